"""References to outputs of other resources: `{valueFrom: {kind: AwsKmsKey, name: orders}}`.

The platform replaces them by values before it runs the Pulumi program. Everything that needs no
value accepts a reference; it stands for the one value that the other resource will have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from planton.diagnostics.diagnostic import quote
from planton.manifest.partitions import region_in
from planton.manifest.shape import fields
from planton.manifest.value_problem import kind, problem
from planton.manifest.value_readers import read_optional_text

KEYS = ("kind", "env", "name", "fieldPath")
"""The fields of the contract's ValueFromRef; only `name` is required."""
PATTERNS = {
    "kind": "[A-Za-z][A-Za-z0-9]{0,99}",
    "env": r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}",
    "name": r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}",
    "fieldPath": r"[A-Za-z_][A-Za-z0-9_.\[\]-]{0,252}",
}


class Reference(str):
    """A reference as the text of a value, which is the manifest's mapping in one line.

    Equal references are equal texts: kind and field path are always there.
    """

    kind: str
    name: str
    env: str
    field_path: str

    @staticmethod
    def to(*, kind: str, name: str, env: str = "", field_path: str) -> Reference:
        """The reference to a resource's field; `env` is empty for the manifest's own."""
        where = f"env: {env}, " if env else ""
        text = f"{{valueFrom: {{kind: {kind}, {where}name: {name}, fieldPath: {field_path}}}}}"
        reference = Reference(text)
        reference.kind, reference.name = kind, name
        reference.env, reference.field_path = env, field_path
        return reference

    @classmethod
    def of(cls, held: Mapping[str, str]) -> Reference:
        """The reference that `data` gives under `valueFrom`."""
        field_path, env = held["fieldPath"], held.get("env", "")
        return cls.to(kind=held["kind"], name=held["name"], env=env, field_path=field_path)

    @property
    def data(self) -> dict[str, dict[str, str]]:
        """The manifest's mapping."""
        held = {
            "kind": self.kind,
            "env": self.env,
            "name": self.name,
            "fieldPath": self.field_path,
        }
        return {"valueFrom": {key: value for key, value in held.items() if value}}


@dataclass(frozen=True)
class ReferenceReader:
    """Reads a string, `{value: …}` or `{valueFrom: …}` (the contract's StringValueOrRef).

    The kind and field path are those of a reference that does not name them (the contract's
    default_kind and default_kind_field_path).
    """

    kind: str
    field_path: str
    required: bool = False

    def __call__(self, value: object, check: Callable[[object], object]) -> object:
        """The value that passes the field's own check, or a reference, which is not checked."""
        if isinstance(value, dict):
            if "valueFrom" in value:
                return self._reference(value)
            if set(value) <= {"value"}:
                # A null has been removed before.
                value = value.get("value")
        text = read_optional_text(value)
        if text is None and self.required:
            raise problem("missing", "is required")
        return check(text)

    def _reference(self, value: dict[str, object]) -> Reference:
        if others := sorted(value.keys() - {"valueFrom"}):
            raise self._problem(f"must have nothing beside valueFrom, got {quote(others[0])}")
        held = value["valueFrom"]
        if not isinstance(held, dict):
            raise self._problem(f"must have a mapping in valueFrom, got {kind(held)}")
        if unknown := sorted(map(str, held.keys() - set(KEYS))):
            allowed = " and ".join((", ".join(KEYS[:-1]), KEYS[-1]))
            raise self._problem(f"must have only {allowed} in valueFrom, got {quote(unknown[0])}")
        found: dict[str, str] = {}
        for key, one in held.items():
            if one == "":
                continue
            if not isinstance(one, str):
                raise self._problem(f"must have a string in valueFrom.{key}, got {kind(one)}")
            if not re.fullmatch(PATTERNS[key], one):
                raise self._problem(f"must have a valid {key} in valueFrom, got {quote(one)}")
            found[key] = one
        if "name" not in found:
            raise self._problem("must have the name of the resource in valueFrom.name")
        of = found.get("kind", self.kind)
        if of != self.kind and "fieldPath" not in found:
            raise self._problem(
                f"must have a fieldPath in valueFrom, because the default is that of {self.kind}"
            )
        return Reference.to(
            kind=of,
            name=found["name"],
            env=found.get("env", ""),
            field_path=found.get("fieldPath", self.field_path),
        )

    def _problem(self, message: str) -> PydanticCustomError:
        example = f"{{valueFrom: {{kind: {self.kind}, name: NAME, fieldPath: {self.field_path}}}}}"
        return problem("value-from", message, f"write {example}")


KMS_KEY = ReferenceReader("AwsKmsKey", "status.outputs.key_arn")
KINESIS_STREAM = ReferenceReader("AwsKinesisStream", "status.outputs.stream_arn", required=True)
S3_BUCKET = ReferenceReader("AwsS3Bucket", "status.outputs.bucket_id", required=True)
"""The default kinds and field paths of the contract (spec.proto of AwsDynamodb, v1alpha1)."""


def references(
    block: BaseModel, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Reference]]:
    """Every reference in a block of the manifest, with its path."""
    for name, value in zip(fields(type(block)), dict(block).values(), strict=True):
        match value:
            case Reference():
                yield (*path, name), value
            case BaseModel():
                yield from references(value, (*path, name))
            case list():
                for i, item in enumerate(value):
                    if isinstance(item, BaseModel):
                        yield from references(item, (*path, name, i))


def region_of(arn: str) -> str | None:
    """The region in an ARN; None if it is a reference."""
    return None if isinstance(arn, Reference) else region_in(arn)
