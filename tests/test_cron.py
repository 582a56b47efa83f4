"""What a schedule and its time zone may contain, beyond the cases of the corpora."""

import re
import zoneinfo

import pytest
from pydantic import TypeAdapter, ValidationError

from planton.manifest.cron import CRON, wrong_field
from planton.manifest.formats import OptionalTimezone


@pytest.mark.parametrize(
    "fields",
    [
        "0 10 * * ? *",
        "15 12 * * ? *",
        "0 18 ? * MON-FRI *",
        "0 8 1 * ? *",
        "0/10 * ? * MON-FRI *",
        "0/5 8-17 ? * MON-FRI *",
        "0 9 ? * 2#1 *",
        "0/30 20-23 ? * FRI-SAT 2026-2030",
        "30 6 ? * MON *",
        "0 0 L-3 2 ? *",
    ],
)
def test_the_examples_of_aws_are_schedules(fields: str) -> None:
    assert wrong_field(fields.split(" ")) is None
    assert re.fullmatch(CRON, f"cron({fields})")


@pytest.mark.parametrize(
    ("fields", "seen", "name"),
    [
        ("60 6 * * ? *", "60", "minute"),
        ("? 6 * * ? *", "?", "minute"),
        ("0 6, * * ? *", "6,", "hour"),
        ("0 6 0 * ? *", "0", "day of month"),
        ("0 6 ?,1 * ? *", "?,1", "day of month"),
        ("0 6 1#2 * ? *", "1#2", "day of month"),
        ("0 6 1 0 ? *", "0", "month"),
        ("0 6 1 JUNE ? *", "JUNE", "month"),
        ("0 6 ? * SUN#6 *", "SUN#6", "day of week"),
        ("0 6 ? * 2W *", "2W", "day of week"),
        ("0 6 * * ? 2200", "2200", "year"),
        ("0 6 * * ? 26", "26", "year"),
    ],
)
def test_the_first_invalid_field_is_named_and_the_schema_refuses_it(
    fields: str, seen: str, name: str
) -> None:
    wrong = wrong_field(fields.split(" "))

    assert wrong
    assert (wrong[0], wrong[1].name) == (seen, name)
    assert not re.fullmatch(CRON, f"cron({fields})")


def test_every_existing_time_zone_has_the_form_of_one() -> None:
    form = TypeAdapter(OptionalTimezone)
    names = zoneinfo.available_timezones()
    refused = []
    for name in names:
        try:
            form.validate_python(name)
        except ValidationError:
            refused.append(name)

    assert refused == []
    assert {"GB-Eire", "Europe/Berlin"} <= names
