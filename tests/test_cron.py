"""What a schedule and its time zone may contain, beyond the cases of the corpora."""

import re
import zoneinfo
from datetime import datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from planton.manifest.cron import CRON, wrong_field
from planton.manifest.formats import OptionalTimezone
from planton.manifest.rules.over import last_time_of_cron


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


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ("0 18 24 12 ? 2024", "2024-12-24T18:00"),
        ("5,55,30 8-17 1 MAR ? 2024", "2024-03-01T17:55"),
        ("0 0 1-20/7,2 jan-feb,Apr ? 2023,2020-2022", "2023-04-20T00:00"),
        ("0 0 1 1 ? 2020-2024/3", "2024-01-01T00:00"),
        # Whatever is no plain number may be the last one.
        ("* 6 ? 2 FRI 2024", "2024-02-29T06:59"),
        ("0 6 L 2 ? 2023", "2023-02-28T06:00"),
        ("0 6 15W,31 4,6 ? 2024", "2024-06-30T06:00"),
        ("0/5 6 L-3,1 * ? 2024", "2024-12-31T06:59"),
        ("0 22-2 1 NOV-FEB ? 2024", "2024-12-01T23:00"),
        ("0 6 1 1 ? 2024/2", "2199-01-01T06:00"),
        ("0 6 1 1 ? *", "2199-01-01T06:00"),
    ],
)
def test_a_cron_does_not_fire_after_its_last_time(fields: str, last: str) -> None:
    assert wrong_field(fields.split(" ")) is None
    assert last_time_of_cron(f"cron({fields})") == datetime.fromisoformat(last)


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
