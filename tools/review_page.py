"""Makes docs/review.md: how changes are reviewed, with the types of resources that hold data."""

from __future__ import annotations

from planton.review.data_types import DATA

_HEAD = """\
# Reviewing changes

`./dev docs` generates this page. Two commands find what a change would lose before anything is
deployed: `planton diff --base` compares manifests, and `planton review` reads a preview of Pulumi.

## The manifests of a branch

```
planton diff --base origin/main
planton diff --base origin/main tables shared/orders.yaml
```

compares the manifests in the working tree with those of a Git revision (a branch, a tag or a
commit), without a checkout: which were added, removed, renamed and changed, each with [its
changes](changes.md), the worst first. Unchanged ones are not listed. Without a path, the working
directory is compared.

| exit status | |
| --- | --- |
| 0 | no data is lost |
| 1 | a manifest that differs is invalid, or a file cannot be read |
| 2 | wrong usage: an unknown revision, no repository, no manifest under the paths |
| 3 | data would be lost or an update refused; also if a manifest was removed |

If several apply, 2 comes before 1, and 1 before 3: what is invalid hides its changes. What would
be lost is listed nevertheless. A removed manifest with `deletionPolicy: retain` is no loss, but
fails as well: nothing manages its table any more.

**The base** is the commit at which HEAD left the revision (`git merge-base`), as in a pull request
on GitHub: what others have merged since is not listed. A shallow clone may not have that commit;
the message then says how to get it.

**The working tree** counts as it is: committed or not, staged or not, files that Git does not
track included. Files that Git ignores do not count. Folders are searched as [`planton
validate`](checking.md) does it. Links are not followed: changed ones are named in a note, and a
file that becomes a link counts as removed. Files in submodules are not compared: run planton
there. A manifest that moves out of the named paths counts as removed. What a sparse checkout
leaves out is taken from Git's index. A file in Git LFS, or one that a partial clone lacks, is an
error.

**Which manifests are the same** is decided by metadata.name, not by what Git considers a rename: a
manifest in the same file with the same name; then one with the same name, `org` and `env` in
another file, which is renamed; then the only one that is left in the same file, whose
metadata.name has changed, so that its table would be replaced. If several have the same name,
`org` and `env`, their region and account decide. Manifests that nothing tells apart are listed as
removed and as added.

**A second manifest of one table**, which has the metadata.name, `org`, `env`, region and account of
one that stays, is added. If both are deployed to one stack, it changes the existing table: it fails
if that would lose data or be refused. If they are for different stacks, set `metadata.env`.

**Validity and rules**: a manifest is valid or not by the rules of now. One that was invalid, or
whose file could not be read, cannot be compared: it is listed with the reason and does not fail,
because this version could not have deployed it. One that only broke the rules of your organization
is compared. The manifests of the base have the [defaults](organization.md) that the `planton.yaml`
files set then, so a branch that changes a default shows what that does to every table. Rules from
`--config` and `PLANTON_CONFIG` apply to both sides as they are now. A branch can also loosen the
rules that its manifests must follow: the `planton.yaml` files that differ are named in a note. To
keep the rules out of the reach of a pull request, name a file outside of it with `--config`.

**Requests** of a Kratix platform are not compared, because the platform decides what an update of
one does. Changed ones are named in a note.

`git` must be on the PATH, in version 2.30 or newer. The command changes nothing in the repository
and fetches nothing. A repository can name programs in its settings (hooks, filters, a file system
monitor, an external diff): none of them is run. A path or revision is never read as an option.

### Formats

| `--format` | for | |
| --- | --- | --- |
| `text` | people | every change with its fix |
| `markdown` | a comment on a pull request | what would be lost in bold, the rest folded |
| `json` | scripts | [every key](json.md#diff---base) |
| `sarif` | code scanning | errors and warnings at the line that changed |
| `github` | GitHub Actions | the same as annotations |

In `sarif` and `github`, what loses data or is refused is an error; what rebuilds an index or a
replica, has no effect in AWS, needs a second update, or cannot be compared is a warning. Other
changes in place are no findings. Notes are notices in `github`. In `markdown`, a manifest shows at
most ten of its changes, the gravest first, and what a comment has no room for is counted.

### In GitHub Actions

```yaml
name: manifests
on: pull_request
permissions:
  contents: read
  pull-requests: write # for the comment
jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # the comparison needs the commit at which the branch began
      - uses: OWNER/REPOSITORY@v0.1.0 # the address of this project
        with:
          paths: tables
          base: origin/${{ github.base_ref }}
          fail-on: loss
```

validates the manifests, compares them, and writes one comment, which later runs of the same job
update. The summary of the job has the same content. A pull request that changes neither manifests
nor the rules for them gets no comment. `fail-on: never` reports what would be lost and passes; what
is invalid fails in any case. The token of a pull request from a fork cannot write comments: that is
a warning, and the verdict stays. Do not run this under `pull_request_target`: that gives a
stranger's branch a token that may write.

In a very large repository, check out with `fetch-depth: 2` and set `base: HEAD^`: under
`pull_request`, HEAD is a merge whose first parent is the target branch.

## A preview of any Pulumi program

```
pulumi preview --json --show-replacement-steps > preview.json
planton review preview.json
```

reads a preview, whoever's program it is of, and fails if a resource that holds data would be
deleted or replaced. It is the net below the change guard: for `--target`, for programs without the
guard, for stacks that are taken over, and for a file or line that was removed by mistake.

| exit status | |
| --- | --- |
| 0 | no such resource would be deleted or replaced |
| 1 | the preview failed, or is not a preview that can be judged |
| 2 | wrong usage |
| 3 | data would be lost |

If 1 and 3 apply, it is 1: a preview that failed does not list everything. What it lists is shown.
`-` reads standard input. The formats are `text`, [`json`](json.md#review), `markdown` and
`github`.

- A **deleted** resource with the option `retainOnDelete` in its state (`oldState.retainOnDelete`)
  stays in the cloud and is only forgotten by the stack: it is listed and does not fail.
- A **replaced** resource fails even then, because the program goes on with another one: a new and
  empty one, or an existing one that is imported in its place.
- Without `--show-replacement-steps`, Pulumi does not list two kinds of deletions: of a resource
  that the program no longer has, if it depends on one that is deleted before it is replaced
  (`deleteBeforeReplace`); and of an old copy that an interrupted update left behind. If a preview
  replaces something without its steps, the verdict says so.
- What the stack only reads (`external`) is not deleted, and not listed.
- `protect` makes the preview itself fail.
- An update in place is not judged. What it does to a table, the change guard and `planton diff`
  know.
- Under `--refresh`, a resource that no longer exists in the cloud may be listed as deleted.

The form is the one of all versions of Pulumi 3. It has no version number, so an unknown key or
operation, or a summary that counts steps which are not listed, is an error: use a newer planton.
The stream of events that `PULUMI_ENABLE_STREAMING_JSON_PREVIEW` turns on is another form, and
refused.

### What holds data

Of AWS, under the classic and the native provider in any version, and of what stands for AWS in
Kubernetes or contains it (a namespace, or a CRD, which is deleted with all its objects). Listed is
what holds data that others wrote, or without which data cannot be read. Not listed is what a
program can create again as it was, and what is often replaced and holds nothing but its disk (EC2
instances). Resources of other clouds are not judged.

| what would be lost | types |
| --- | --- |
"""


def page() -> str:
    """The page."""
    rows = (
        f"| {what} | {', '.join(f'`{one}`' for one in types)} |" for what, types in DATA.items()
    )
    return _HEAD + "\n".join(rows) + "\n"
