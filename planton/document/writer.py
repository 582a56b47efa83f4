"""YAML that every parser reads in the same way.

Many parsers read an unquoted N as false and 1e3 as a number, so every string is quoted. Keys are
quoted only if a parser could misread them.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

_BARE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_AMBIGUOUS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML's own signature
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        node = super().represent_mapping(tag, mapping, flow_style)
        for key, _ in node.value:
            if _BARE_KEY.fullmatch(key.value) and key.value.lower() not in _AMBIGUOUS:
                key.style = None
        return node


def _text(dumper: _Dumper, text: str) -> Any:
    lines = text.split("\n")
    style = "|" if len(lines) > 1 and all(line.isprintable() for line in lines) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump(data: Any) -> str:
    """The data as one YAML document, with keys in the order of the data."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return text
