"""The credentials of a stack input are never shown, whatever is wrong with it."""

import pytest

from planton.diagnostics.diagnostic import ManifestError, Source
from planton.reading.stack_input import read_stack_input
from tests.loading import NOW
from tests.test_stack_input import (
    BLOCK,
    KEY_ID,
    MANIFEST,
    ONE_LINE,
    SECRET,
    nothing,
    read_input,
    wrapped,
)

BROKEN_TARGET = MANIFEST.replace("PAY_PER_REQUEST", "PAY")
JSON = (
    f'{{"provider_config": {{"access_key_id": "{KEY_ID}", "secret_access_key": "{SECRET}"}}, '
    f'"target": {ONE_LINE}}}'
)


HOSTILE = {
    # The error stands elsewhere.
    "block": wrapped(BLOCK, BROKEN_TARGET),
    "an attribute called so": wrapped(BLOCK, BROKEN_TARGET.replace("pk", "secretName")),
    "flow": wrapped(f"  {{access_key_id: {KEY_ID}, secret_access_key: {SECRET}}}\n", BROKEN_TARGET),
    "json": JSON.replace("PAY_PER_REQUEST", "PAY"),
    "json, target misspelled": JSON.replace('"target"', '"targets"'),
    "block misspelled": wrapped(BLOCK, name="provider_confg"),
    "block called otherwise": wrapped(BLOCK, BROKEN_TARGET, name="aws"),
    "two documents": wrapped(BLOCK, BROKEN_TARGET) + "---\na: 1\n",
    "in the second document": MANIFEST + "---\n" + wrapped(BLOCK),
    # It stands in the block.
    "one key alone": wrapped(f"  access_key_id: {KEY_ID}\n"),
    "the other alone": wrapped(f"  secret_access_key: {SECRET}\n"),
    "keys misspelled": wrapped(f"  acces_key_id: {KEY_ID}\n  secrt_access_key: {SECRET}\n"),
    "wrong types": wrapped(f"  access_key_id: [{KEY_ID}]\n  secret_access_key: {{{SECRET}: 1}}\n"),
    "a list": wrapped(f"  - {KEY_ID}\n  - {SECRET}\n"),
    "a text": wrapped(f"  {KEY_ID}:{SECRET}\n"),
    "no account, no region": wrapped(f"  account_id: {SECRET}\n  region: {KEY_ID}\n"),
    "unknown key": wrapped(f"  profile: {SECRET}\n"),
    "a secret for a key": wrapped(f"  {KEY_ID}: {SECRET}\n"),
    "both spellings": wrapped(BLOCK + f"  secretAccessKey: {SECRET}\n"),
    "twice": wrapped(BLOCK + f"  secret_access_key: {SECRET}\n"),
    "a secret for a key, twice": wrapped(BLOCK + f"  {SECRET}: 1\n  {SECRET}: 2\n"),
    "block scalar": wrapped(f"  secret_access_key: |\n    {SECRET}\n    {SECRET}\n"),
    "folded": wrapped(f"  session_token: {SECRET}\n    {SECRET}\n"),
    "tagged": wrapped(f"  secret_access_key: !!binary {SECRET}\n"),
    "two blocks": wrapped(BLOCK) + f"awsCredential:\n{BLOCK}",
    "the block twice": wrapped(BLOCK) + f"provider_config:\n{BLOCK}",
    "no target": f"provider_config:\n{BLOCK}",
    # The block is out of its place.
    "not indented": BLOCK.replace("  ", "") + "target:\n",
    "beside the manifest": MANIFEST + f"provider_config:\n{BLOCK}",
    "at the end of spec": MANIFEST + BLOCK,
    "in metadata": MANIFEST.replace("orders", f"5, secret_key: {SECRET}"),
    "deeper": wrapped("", BROKEN_TARGET) + f"provider:\n  deeper:\n    secret: {SECRET}\n",
    "anchor": f"a: &a {SECRET}\n" + wrapped("  secret_access_key: *a\n"),
    "anchored block": f"a: &a\n{BLOCK}"
    + wrapped("", BROKEN_TARGET).replace("_config:", "_config: *a"),
    # The syntax is broken around it, or in it.
    "behind it": wrapped(BLOCK) + "a: [\n",
    "quote not closed": wrapped(BLOCK + f"  session: '{SECRET}\n"),
    "second colon": wrapped(f"  secret_access_key: {SECRET}: x\n"),
    "not in line": wrapped(f"  secret_access_key: {SECRET}\n   access_key_id: {KEY_ID}\n"),
    "at sign": wrapped(f"  secret_access_key: @{SECRET}\n"),
    "alias": wrapped(f"  secret_access_key: *{SECRET}\n"),
    "anchor for a value": wrapped(f"  secret_access_key: &{SECRET}\n", BROKEN_TARGET),
    "tag for a value": wrapped(f"  secret_access_key: !{SECRET} x\n"),
    "escape": wrapped(f'  secret_access_key: "\\{SECRET}"\n'),
    "tab": wrapped(f"  secret_access_key: \t{SECRET}\n \taccess_key_id: x\n"),
    "nul": wrapped(f"  secret_access_key: {SECRET}\x00\n"),
    "directive": f"%{SECRET}\n---\n" + wrapped(BLOCK),
    "json cut off": JSON[:-2],
    "json, quote not closed": JSON.replace(f'"{SECRET}"', f'"{SECRET}'),
    "json, no quotes": JSON.replace(f'"{SECRET}"', f"{SECRET} {{"),
    # It is no YAML mapping at all.
    "environment file": f"aws_secret_access_key={SECRET}\n",
    "ini file": f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n",
    "list of settings": f"- aws_secret_access_key={SECRET}\n",
    "shell script": f"export AWS_SECRET_ACCESS_KEY={SECRET}\nkind: 5\n",
    "equals signs": wrapped(BLOCK).replace(":", " ="),
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("positions", [True, False])
def test_credentials_are_never_shown(what: str, positions: bool) -> None:
    with pytest.raises(ManifestError) as raised:
        read_stack_input(Source("x.yaml", HOSTILE[what], positions=positions), nothing, {}, now=NOW)

    shown = str(raised.value) + "".join(str(d.data()) for d in raised.value.diagnostics)
    assert SECRET not in shown
    assert KEY_ID not in shown


def test_the_lines_of_the_manifest_beside_the_credentials_are_shown() -> None:
    with pytest.raises(ManifestError) as raised:
        read_input(wrapped(BLOCK, BROKEN_TARGET))

    assert "\n   13 |     billingMode: PAY\n" in str(raised.value)


def test_no_repr_shows_a_secret() -> None:
    shown = repr(read_input(wrapped(BLOCK)))

    assert SECRET not in shown
    assert KEY_ID not in shown


@pytest.mark.parametrize("style", ["|\n      ", '"%s"', "'%s'", ">\n      "])
def test_a_secret_in_the_annotation_is_not_shown(style: str) -> None:
    annotation = "dynamodb.project-planton.org/extensions"
    field = f"secret_access_key: {SECRET}"
    value = style % field if "%s" in style else style + field
    text = MANIFEST.replace("metadata: {name: orders}", "metadata:\n  name: orders")
    head, spec, tail = text.partition("spec:")
    text = f"{head}  annotations:\n    {annotation}: {value}\n{spec}{tail}"
    with pytest.raises(ManifestError) as raised:
        read_stack_input(Source("x.yaml", text), nothing, {}, now=NOW)

    assert "unknown key 'secret_access_key'" in str(raised.value)
    assert SECRET not in str(raised.value)
