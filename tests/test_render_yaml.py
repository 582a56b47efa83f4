"""Every YAML reader reads rendered YAML alike."""

from __future__ import annotations

import yaml

from planton.document.writer import dump


def test_strings_are_quoted_and_keys_only_if_they_could_be_misread() -> None:
    data = {
        "type": "N",
        "y": "yes",
        "a b": "1e3",
        "example.org/key": "",
        "text": "one\ntwo\n",
        "number": 5,
        "on_": [True, None, "~"],
    }
    text = dump(data)
    assert text == (
        'type: "N"\n'
        '"y": "yes"\n'
        '"a b": "1e3"\n'
        'example.org/key: ""\n'
        "text: |\n"
        "  one\n"
        "  two\n"
        "number: 5\n"
        "on_:\n"
        "- true\n"
        "- null\n"
        '- "~"\n'
    )
    assert yaml.safe_load(text) == data
