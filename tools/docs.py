"""Writes the files that are made from code: `./dev docs`. A test compares them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from planton.cli.schema import text
from planton.diagnostics.codes import SUBJECTS
from tools import (
    alarms_page,
    changes_page,
    control_planes_page,
    controls_page,
    fields,
    request_fields,
    requests_page,
    review_page,
    rules_page,
)

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "alarms.md": alarms_page.page,
    "changes.md": changes_page.page,
    "control-planes.md": control_planes_page.page,
    "controls.md": controls_page.page,
    "fields.md": fields.page,
    "requests.md": requests_page.page,
    "review.md": review_page.page,
    "rules/README.md": rules_page.index,
    **{f"rules/{subject}.md": partial(rules_page.page, subject) for subject in SUBJECTS},
}

REQUEST_FIELDS = ROOT / "planton" / "dialects" / "request_fields.py"
NOT_IN_REQUEST = ROOT / "planton" / "dialects" / "not_in_request.py"
SCHEMA = ROOT / "schema" / "aws-dynamodb.schema.json"

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")
    for file, made in (
        (REQUEST_FIELDS, request_fields.module),
        (NOT_IN_REQUEST, request_fields.refused_module),
        (SCHEMA, text),
    ):
        file.write_text(made(), encoding="utf-8")
        print(file.relative_to(ROOT))
