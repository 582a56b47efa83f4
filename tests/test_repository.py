"""What is read of a Git repository, and what its settings cannot make git do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from planton.document.reader import MAX_BYTES
from planton.repository.changed_files import ChangedFile, Comparison
from planton.repository.git import RepositoryError
from tests.repositories import OTHER_KEY, Repository, manifest

PWNED = "touch pwned; true"
CHANGED = manifest("orders", *OTHER_KEY)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """With one manifest, orders.yaml; it is the working directory."""
    repository = Repository(tmp_path / "repository", orders=manifest())
    monkeypatch.chdir(repository.folder)
    return repository


def compare(revision: str = "main", *paths: str) -> list[ChangedFile]:
    return list(Comparison(revision, paths or ["."]).files())


def changed(revision: str = "main", *paths: str) -> list[str]:
    return [file.path for file in compare(revision, *paths)]


def refusal(revision: str = "main", *paths: str) -> str:
    with pytest.raises(RepositoryError) as error:
        compare(revision, *paths)
    return str(error.value)


def test_both_sides_of_a_changed_file_are_read(repository: Repository) -> None:
    repository.write("orders.yaml", CHANGED)

    assert compare() == [
        ChangedFile("orders.yaml", "orders.yaml", manifest().encode(), CHANGED.encode())
    ]


@pytest.mark.parametrize("is_committed", [True, False])
@pytest.mark.parametrize("is_staged", [True, False])
def test_what_is_not_committed_counts_as_well(
    is_committed: bool, is_staged: bool, repository: Repository
) -> None:
    repository.write("orders.yaml", CHANGED)
    repository.write("new.yaml", manifest("new-table"))
    if is_staged:
        repository.git("add", "-A")
    if is_committed:
        repository.commit()

    assert changed() == ["new.yaml", "orders.yaml"]


def test_ignored_files_do_not_count(repository: Repository) -> None:
    repository.write(".gitignore", "build\n")
    repository.write("build/new.yaml", manifest("new-table"))

    assert changed() == []
    assert refusal("main", "build/new.yaml") == (
        "'build/new.yaml' is neither in 'main' nor in the working tree; files that Git ignores are "
        "left out"
    )


def test_the_same_files_as_in_validate_are_found_in_folders(repository: Repository) -> None:
    for name in (".hidden.yaml", ".github/a.yaml", "node_modules/a.yaml", "a.txt", "b.YML"):
        repository.write(name, manifest("new-table"))

    assert changed() == ["b.YML"]
    assert changed("main", "a.txt", ".github") == [".github/a.yaml", "a.txt"]


def test_it_is_compared_with_the_merge_base(repository: Repository) -> None:
    """What others have merged since is not this branch's change."""
    base = repository.git("rev-parse", "HEAD")
    repository.write("new.yaml", manifest("new-table"))
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.write("orders.yaml", CHANGED)
    repository.commit()
    repository.git("checkout", "-q", "work")

    comparison = Comparison("main", ["."])

    assert comparison.base.commit == base
    assert [file.path for file in comparison.files()] == ["new.yaml"]


def test_after_a_merge_only_the_changes_of_the_branch_are_left(repository: Repository) -> None:
    repository.write("new.yaml", manifest("new-table"))
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.write("orders.yaml", CHANGED)
    repository.commit()
    repository.git("checkout", "-q", "work")
    repository.git("merge", "-q", "main", "-m", "merge")

    assert changed() == ["new.yaml"]


def test_the_commit_that_github_checks_out_is_compared_with_its_first_parent(
    repository: Repository, tmp_path: Path
) -> None:
    """It merges the pull request into its target; with `fetch-depth: 2` both parents are there."""
    repository.write("new.yaml", manifest("new-table"))
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.write("orders.yaml", CHANGED)
    repository.commit()
    repository.git("merge", "-q", "--no-ff", "work", "-m", "merge")

    assert changed("HEAD^") == ["new.yaml"]
    clone(repository, tmp_path / "shallow", "--depth=2")
    assert changed("HEAD^") == ["new.yaml"]


@pytest.mark.parametrize("kind", ["branch", "tag", "commit", "short", "annotated"])
def test_a_revision_is_a_branch_a_tag_or_a_commit(kind: str, repository: Repository) -> None:
    commit = repository.git("rev-parse", "main")
    repository.git("tag", "v1")
    repository.git("tag", "-a", "v2", "-m", "x")
    names = {"branch": "main", "tag": "v1", "annotated": "v2", "commit": commit}

    assert Comparison(names.get(kind, commit[:9]), ["."]).base.commit == commit


@pytest.mark.parametrize(
    "revision",
    [
        "-h",
        "--output=pwned",
        "--upload-pack=touch pwned",
        "",
        "x" * 2000,
        "a\0b",
        "a\nb",
    ],
)
def test_what_cannot_be_a_revision_never_reaches_git(revision: str, repository: Repository) -> None:
    assert "is not a revision: expected a branch, a tag or a commit" in refusal(revision)
    assert not (repository.folder / "pwned").exists()


@pytest.mark.parametrize("revision", ["nowhere", "main..work", "main:orders.yaml", "^main", "*"])
def test_an_unknown_revision_is_refused(revision: str, repository: Repository) -> None:
    assert refusal(revision) == (
        f"--base: unknown revision '{revision}': expected a branch, a tag or a commit\n"
        "  to get a branch of the remote repository: git fetch origin BRANCH"
    )


def test_a_branch_named_like_an_option_is_never_one(repository: Repository) -> None:
    """Git refuses to create it, but a server could send it."""
    commit = repository.git("rev-parse", "main")
    (repository.folder / ".git/refs/heads/--all").write_text(f"{commit}\n")

    assert Comparison("refs/heads/--all", ["."]).base.commit == commit
    assert "is not a revision" in refusal("--all")


def clone(repository: Repository, folder: Path, *options: str) -> None:
    source = repository.folder.as_uri()
    subprocess.run(["git", "clone", "-q", *options, source, folder], check=True)
    os.chdir(folder)


def test_a_shallow_clone_without_the_base_says_how_to_get_it(
    repository: Repository, tmp_path: Path
) -> None:
    repository.write("orders.yaml", CHANGED)
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.write("new.yaml", manifest("new-table"))
    repository.commit()
    repository.git("checkout", "-q", "work")
    advice = (
        "to get the missing commits: git fetch --unshallow origin, or --deepen=N; with "
        "actions/checkout: fetch-depth: 0"
    )

    clone(repository, tmp_path / "shallow", "--depth=1", "--no-single-branch")
    assert refusal("origin/main") == (
        "--base: this shallow clone holds no commit that 'origin/main' and HEAD have in common\n"
        f"  {advice}"
    )
    clone(repository, tmp_path / "single", "--depth=1")
    assert refusal("origin/main").endswith(advice)
    clone(repository, tmp_path / "deep", "--depth=2", "--no-single-branch")
    assert changed("origin/main") == ["orders.yaml"]


def test_unrelated_histories_have_no_base(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "other")
    repository.write("orders.yaml", CHANGED)
    repository.commit()

    assert refusal() == "--base: 'main' and HEAD have no commit in common"


def test_a_branch_without_commits_has_no_base(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "other")

    assert refusal() == "--base: HEAD has no commit yet, so nothing can be compared with it"


def test_a_partial_clone_fetches_nothing(repository: Repository, tmp_path: Path) -> None:
    """Fetching would run what the clone's settings name."""
    repository.write("orders.yaml", CHANGED)
    repository.commit()
    repository.git("config", "uploadpack.allowFilter", "true")
    clone(repository, tmp_path / "partial", "--filter=blob:none")

    for setting, value in (("uploadpack", f"{PWNED}; git-upload-pack"), ("promisor", "true")):
        subprocess.run(["git", "config", f"remote.origin.{setting}", value], check=True)

    (file,) = compare("origin/main")

    assert not list(tmp_path.rglob("pwned"))
    assert (file.old, file.new) == (None, CHANGED.encode())
    assert [(one.source.name, one.message) for one in file.problems] == [
        ("origin/main:orders.yaml", "this clone does not have the file's content")
    ]


def test_a_sparse_partial_clone_fetches_nothing_either(
    repository: Repository, tmp_path: Path
) -> None:
    repository.write("tables/users.yaml", manifest("users"))
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    repository.write("tables/users.yaml", manifest("users", *OTHER_KEY))
    repository.commit()
    repository.git("config", "uploadpack.allowFilter", "true")
    clone(repository, tmp_path / "partial", "--filter=blob:none", "--sparse")

    (file,) = compare("origin/main")

    assert (file.old, file.new) == (None, None)
    assert [one.source.name for one in file.problems] == [
        "tables/users.yaml",
        "origin/main:tables/users.yaml",
    ]


def test_rules_that_cannot_be_read_differ(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("planton.yaml", "rules: []\n")
    repository.git("checkout", "-q", "main")
    repository.commit()
    assert changed() == []
    real = open

    def refuse(path: object, *arguments: Any, **options: Any) -> Any:
        if str(path).endswith("planton.yaml"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)  # type: ignore[call-overload]

    comparison = Comparison("main", ["."])
    monkeypatch.setattr("builtins.open", refuse)

    assert [file.path for file in comparison.files()] == ["orders.yaml"]


def test_without_git_the_command_says_what_it_needs(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository.folder))

    assert refusal() == "--base needs git, which is not on the PATH: install it"


def test_outside_of_a_repository_the_command_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    assert refusal() == (
        "git rev-parse failed: 'not a git repository (or any of the parent directories): .git'\n"
        "  --base compares with a revision of the Git repository around the working directory"
    )


def test_a_repository_of_someone_else_is_not_trusted(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    assert "if you trust it: git config --global --add safe.directory" in refusal()


def test_a_bare_repository_has_no_working_tree(repository: Repository, tmp_path: Path) -> None:
    clone(repository, tmp_path / "bare", "--bare")

    assert refusal() == "the repository has no working tree here: run planton in its files"


@pytest.mark.parametrize("path", ["/etc", "..", "a\0b"])
def test_a_path_outside_of_the_repository_is_refused(path: str, repository: Repository) -> None:
    assert "is outside of the repository" in refusal("main", path)


def test_standard_input_is_refused(repository: Repository) -> None:
    assert refusal("main", "-") == "--base compares files: standard input has no revision"


def test_a_submodule_is_another_repository(repository: Repository, tmp_path: Path) -> None:
    other = Repository(tmp_path / "other", users=manifest("users"))
    allowed = "protocol.file.allow=always"
    repository.git("-c", allowed, "submodule", "--quiet", "add", str(other.folder), "sub")
    repository.commit()

    assert changed() == []
    assert refusal("main", "sub") == "'sub' is in a submodule: run planton in that folder"
    assert "is in a submodule" in refusal("main", "sub/users.yaml")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "work")
    assert changed() == []


def test_links_are_named_and_not_followed(repository: Repository, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(manifest("secret"))
    (repository.folder / "outside.yaml").symlink_to(secret)
    (repository.folder / "inside.yaml").symlink_to("orders.yaml")
    (repository.folder / "broken.yaml").symlink_to("nowhere")
    (repository.folder / "up").symlink_to(tmp_path)

    comparison = Comparison("main", ["."])

    assert [file.path for file in comparison.files()] == []
    assert comparison.links == ("broken.yaml", "inside.yaml", "outside.yaml")
    repository.git("checkout", "-q", "main")
    repository.commit()
    assert Comparison("main", ["."]).links == ()


def test_a_file_that_becomes_a_link_is_no_longer_there(
    repository: Repository, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(manifest("secret"))
    repository.remove("orders.yaml")
    (repository.folder / "orders.yaml").symlink_to(secret)

    (file,) = compare()

    assert (file.old, file.new) == (manifest().encode(), None)


def test_a_folder_that_becomes_a_link_is_no_longer_there(
    repository: Repository, tmp_path: Path
) -> None:
    repository.write("tables/users.yaml", manifest("users"))
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    repository.remove("tables/users.yaml")
    (repository.folder / "tables").rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "users.yaml").write_text(manifest("users", *OTHER_KEY))
    (repository.folder / "tables").symlink_to(elsewhere)

    (file,) = compare()

    assert (file.path, file.new) == ("tables/users.yaml", None)


def test_a_link_can_be_named(repository: Repository) -> None:
    repository.write("orders.yaml", CHANGED)
    (repository.folder / "link").symlink_to("orders.yaml")

    assert changed("main", "link") == ["orders.yaml"]


def test_a_pipe_in_the_place_of_a_file_is_not_opened(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading it would block forever."""
    repository.remove("orders.yaml")
    os.mkfifo(repository.folder / "orders.yaml")
    monkeypatch.setattr("planton.repository.working_tree.read_data", lambda _: b"opened")

    (file,) = compare()

    assert (file.old is None, file.new) == (False, None)


def test_an_unreadable_file_is_a_problem(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    comparison = Comparison("main", ["."])
    monkeypatch.setattr("builtins.open", refuse)
    (file,) = comparison.files()

    assert [(one.source.name, one.message) for one in file.problems] == [
        ("orders.yaml", "the file cannot be read: Permission denied")
    ]


def test_a_file_of_git_lfs_is_a_problem(repository: Repository) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    repository.write("orders.yaml", pointer)
    repository.write("other.yaml", pointer)
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    repository.write("orders.yaml", CHANGED)
    repository.write("other.yaml", "openapi: 3\n")

    found = {file.path: [one.message for one in file.problems] for file in compare()}

    assert found == {
        "orders.yaml": [
            "the file is stored in Git LFS, so its content at the revision cannot be read"
        ],
        "other.yaml": [],
    }


def test_of_a_large_file_only_the_beginning_is_read(repository: Repository) -> None:
    large = b"a" * (MAX_BYTES + 100_000)
    repository.write("orders.yaml", large)
    repository.write("users.yaml", manifest("users"))
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    repository.write("orders.yaml", b"b" + large)
    repository.remove("users.yaml")

    orders, users = compare()

    assert [len(data or b"") for data in (orders.old, orders.new)] == [MAX_BYTES + 1] * 2
    assert users.old == manifest("users").encode(), "the next file is read from its beginning"


def test_a_sparse_checkout_removes_nothing(repository: Repository) -> None:
    repository.write("tables/users.yaml", manifest("users"))
    repository.write("tables/carts.yaml", manifest("carts"))
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    repository.write("tables/users.yaml", manifest("users", *OTHER_KEY))
    repository.commit()
    repository.git("sparse-checkout", "set", "elsewhere")
    assert not (repository.folder / "tables").exists()

    (file,) = compare()

    assert (file.path, file.new) == (
        "tables/users.yaml",
        manifest("users", *OTHER_KEY).encode(),
    )


def test_ids_of_sha256_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    folder = tmp_path / "repository"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "--object-format=sha256", "-b", "main"], cwd=folder)
    repository = Repository.__new__(Repository)
    repository.folder = folder
    repository.write("orders.yaml", manifest())
    repository.write("users.yaml", manifest("users"))
    repository.commit()
    repository.write("orders.yaml", CHANGED)
    monkeypatch.chdir(folder)

    assert changed() == ["orders.yaml"]


def test_nothing_that_the_repository_names_is_run(repository: Repository) -> None:
    """Whoever unpacks an archive gets its .git/config and hooks, too."""
    repository.write(".gitattributes", "*.yaml filter=evil diff=evil\n")
    repository.write("orders.yaml", CHANGED)
    for setting in (
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "gpg.program",
        "credential.helper",
        "alias.ls-files",
        "alias.rev-parse",
        "alias.cat-file",
    ):
        value = f"!{PWNED}" if setting.startswith(("alias", "credential")) else PWNED
        repository.git("config", setting, value)
    hooks = repository.folder / ".git" / "hooks"
    for name in ("post-index-change", "post-checkout", "reference-transaction", "fsmonitor"):
        (hooks / name).write_text(f"#!/bin/sh\n{PWNED}\n")
        (hooks / name).chmod(0o755)

    assert changed() == ["orders.yaml"]

    assert list(repository.folder.rglob("pwned")) == []


def test_the_variables_of_a_hook_do_not_lead_to_another_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other", users=manifest("users"))
    repository.write("orders.yaml", CHANGED)
    for name, value in (
        ("GIT_DIR", str(other.folder / ".git")),
        ("GIT_WORK_TREE", str(other.folder)),
        ("GIT_INDEX_FILE", str(other.folder / ".git" / "index")),
        ("GIT_OBJECT_DIRECTORY", str(other.folder / ".git" / "objects")),
        ("GIT_GLOB_PATHSPECS", "1"),
    ):
        monkeypatch.setenv(name, value)

    assert changed() == ["orders.yaml"]


def test_a_failure_of_git_is_shown_on_one_line(repository: Repository) -> None:
    (repository.folder / ".git" / "index").write_bytes(b"\x1b[31m broken")

    assert refusal().startswith("git ls-files failed: '")
    assert "\n" not in refusal()
    assert "\x1b" not in refusal()
