"""An editor, as far as the YAML language server can tell: it opens files and asks about them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

_PATIENCE = 300.0  # seconds that one conversation may take

Json = dict[str, Any]
Marks = list[tuple[int, str]]
"""What is marked in a file: lines (from 1) and messages, in the order of the text."""


class Editor:
    """One conversation with a language server. Lines and columns count from 0."""

    def __init__(self, process: subprocess.Popen[bytes], root: Path, settings: Json) -> None:
        self._process = process
        self._settings = settings
        self._asked = 0
        self._marked: dict[str, list[Json]] = {}
        text: Json = {
            "completion": {"completionItem": {"snippetSupport": True}},
            "hover": {"contentFormat": ["plaintext"]},
        }
        capabilities = {"textDocument": text, "workspace": {"configuration": True}}
        about = {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": capabilities}
        folder = {"uri": root.as_uri(), "name": "root"}
        self._ask("initialize", {**about, "workspaceFolders": [folder]})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": settings})

    def open(self, texts: Mapping[Path, str]) -> dict[Path, Marks]:
        """Opens files with these texts; returns what is marked in each."""
        for file, text in texts.items():
            document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
            self._tell("textDocument/didOpen", {"textDocument": document})
        return {file: self._marks(file.as_uri()) for file in texts}

    def _marks(self, uri: str) -> Marks:
        while uri not in self._marked:
            self._read()
        marked = [(d["range"]["start"], d["message"]) for d in self._marked.pop(uri)]
        marked.sort(key=lambda mark: (mark[0]["line"], mark[0]["character"]))
        return [(start["line"] + 1, message) for start, message in marked]

    def completions(self, file: Path, line: int, column: int) -> dict[str, str]:
        """What is offered at a place, and the text that is then written."""
        found = self._ask("textDocument/completion", _place(file, line, column))
        items = found["items"] if isinstance(found, dict) else found
        return {item["label"]: item["insertText"] for item in items}

    def hover(self, file: Path, line: int, column: int) -> str:
        """What is shown of a place, without Markdown's escapes."""
        shown = self._ask("textDocument/hover", _place(file, line, column))
        return str(shown["contents"]["value"]).replace("\\", "")

    def _ask(self, method: str, parameters: Json) -> Any:
        self._asked += 1
        number = self._asked
        self._send({"id": number, "method": method, "params": parameters})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                return message["result"]

    def _tell(self, method: str, parameters: Json) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: Json) -> None:
        assert self._process.stdin is not None
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._process.stdin.flush()

    def _read(self) -> Json:
        assert self._process.stdout is not None
        size = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
        assert size, "the language server has ended"
        message: Json = json.loads(self._process.stdout.read(size))
        parameters = message.get("params", {})
        if message.get("method") == "textDocument/publishDiagnostics":
            self._marked[parameters["uri"]] = parameters["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            asked = [item.get("section") for item in parameters["items"]]
            wanted = [self._settings.get(section, {}) for section in asked]
            self._send({"id": message["id"], "result": wanted})
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message


def _place(file: Path, line: int, column: int) -> Json:
    return {
        "textDocument": {"uri": file.as_uri()},
        "position": {"line": line, "character": column},
    }


@contextmanager
def editor(command: list[str], root: Path, settings: Json) -> Iterator[Editor]:
    """An editor on a folder, with `settings` by their sections; the server ends with it."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=root
    ) as process:
        # One that never answers is ended, which is seen where an answer is waited for.
        watch = Timer(_PATIENCE, process.kill)
        watch.daemon = True
        watch.start()
        try:
            yield Editor(process, root, settings)
        finally:
            watch.cancel()
            process.kill()
