"""Writes the pages that are made from code: `./dev docs`. A test compares them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools import changes_page, fields, rules_page

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "changes.md": changes_page.page,
    "fields.md": fields.page,
    "rules.md": rules_page.page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")
