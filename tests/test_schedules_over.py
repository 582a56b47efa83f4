"""What knows the time reports adjustments that are over; what does not, judges files alike."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
import yaml

from planton.cli.parser import main
from planton.cli.plan import plan_command
from planton.cli.rehearse import rehearse_command
from planton.diagnostics.diagnostic import Source, render
from planton.manifest.checking.type_check import MAX_FINDINGS
from planton.manifest.rules import over
from planton.reading.at_time import at_time
from planton.reading.read import read
from planton.reading.stack_input import read_stack_input
from planton.rehearsal.program.runner import rehearse
from tests.corpus import ACCEPT, cases, code
from tests.loading import NOW

CASES = [case for case in cases(ACCEPT) if code(case) == "schedule-over"]
PAST = ACCEPT / "schedule-over" / "at-in-the-past.yaml"
IGNORING = "dynamodb.project-planton.org/ignore-warnings"
WARNING = """\
x.yaml:16:19: warning[schedule-over]: the adjustment 'black-friday' is over: \
'at(2025-11-28T00:00:00)' in America/New_York is in the past
   16 |         schedule: at(2025-11-28T00:00:00)
      |                   ^^^^^^^^^^^^^^^^^^^^^^^
  spec.autoscaling.scheduledAdjustments[0].schedule
  help: remove it, or set a time in the future"""


def written(path: Path = PAST, *, ignored: str = "", **adjustment: Any) -> str:
    """A case with a changed adjustment."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if ignored:
        data["metadata"]["annotations"] = {IGNORING: ignored}
    data["spec"]["autoscaling"]["scheduledAdjustments"][0].update(adjustment)
    return json.dumps(data)


def found(text: str, now: datetime = NOW) -> list[tuple[str, str]]:
    """The path and message of each warning about what is over."""
    reading = at_time(read(Source("x.yaml", text)), now)
    assert reading.manifest
    return [(d.path, d.message) for d in reading.diagnostics if d.code == "schedule-over"]


def is_over(schedule: str, zone: str | None = None, end: str | None = None) -> bool:
    return bool(found(written(schedule=schedule, timezone=zone, endTime=end)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_an_accepted_file_is_over_only_for_what_knows_the_time(case: Path) -> None:
    text = case.read_text(encoding="utf-8")

    assert read(Source("x.yaml", text)).diagnostics == ()
    assert len(found(text)) == 1


def test_the_warning_points_at_the_schedule() -> None:
    reading = at_time(read(Source("x.yaml", PAST.read_text(encoding="utf-8"))), NOW)

    assert render(reading.diagnostics) == WARNING


def test_the_warning_about_an_end_points_at_the_end() -> None:
    assert found(written(schedule="at(2030-01-01T00:00:00)", endTime="2026-11-30T11:59:59Z")) == [
        (
            "spec.autoscaling.scheduledAdjustments[0].endTime",
            "the adjustment 'black-friday' is over: endTime 2026-11-30T11:59:59Z is in the past",
        )
    ]


def test_an_adjustment_of_an_index_is_found_in_its_block() -> None:
    data = yaml.safe_load(PAST.read_text(encoding="utf-8"))
    index = {
        "name": "by-pk",
        "keySchema": data["spec"]["keySchema"],
        "projection": {"type": "ALL"},
        "provisionedThroughput": data["spec"]["provisionedThroughput"],
        "autoscaling": data["spec"]["autoscaling"],
    }
    data["spec"]["globalSecondaryIndexes"] = [index]
    paths = [path for path, _ in found(json.dumps(data))]

    assert paths == [
        "spec.autoscaling.scheduledAdjustments[0].schedule",
        "spec.globalSecondaryIndexes[0].autoscaling.scheduledAdjustments[0].schedule",
    ]


# It is 12:00 in UTC on 30 November 2026.


@pytest.mark.parametrize(
    ("schedule", "zone", "over"),
    [
        ("at(2026-11-30T11:59:59)", None, True),
        ("at(2026-11-30T12:00:00)", None, False),
        ("at(2026-11-30T20:59:59)", "Asia/Tokyo", True),
        ("at(2026-11-30T21:00:00)", "Asia/Tokyo", False),
        ("at(2026-11-30T06:59:59)", "America/New_York", True),
        ("at(2026-11-30T07:00:00)", "America/New_York", False),
        ("at(2026-11-30T02:59:59)", "Etc/GMT+9", True),
        ("at(2026-11-30T03:00:00)", "Etc/GMT+9", False),
        # An unknown zone may be as late as UTC-12.
        ("at(2026-11-29T23:59:59)", "Moon/Tycho", True),
        ("at(2026-11-30T00:00:00)", "Moon/Tycho", False),
        ("at(2026-11-30T00:00:00)", "Europe", False),  # a folder of zones
        ("at(0001-01-01T00:00:00)", "Asia/Tokyo", True),
        ("at(9999-12-31T23:59:59)", "America/New_York", False),
        ("cron(59 11 30 11 ? 2026)", None, True),
        ("cron(0 12 30 11 ? 2026)", None, False),
        ("cron(0 20 30 11 ? 2026)", "Asia/Tokyo", True),
        ("cron(0 12 ? 10 MON 2026)", None, True),
        ("cron(0 12 ? * MON 2026)", None, False),
        ("cron(0 12 24 12 ? *)", None, False),
        ("rate(1 minute)", None, False),
    ],
)
def test_a_schedule_is_over_when_its_last_time_has_passed_in_its_zone(
    schedule: str, zone: str | None, over: bool
) -> None:
    assert is_over(schedule, zone) == over


@pytest.mark.parametrize(
    "schedule", ["rate(1 day)", "cron(0 6 ? * MON *)", "at(2030-01-01T00:00:00)"]
)
@pytest.mark.parametrize(
    ("end", "over"), [("2026-11-30T11:59:59.9Z", True), ("2026-11-30T12:00:00Z", False)]
)
def test_nothing_fires_after_its_end(schedule: str, end: str, over: bool) -> None:
    zone = None if schedule.startswith("rate") else "Asia/Tokyo"

    assert is_over(schedule, zone, end) == over


def test_a_start_in_the_past_is_no_end() -> None:
    assert (
        found(written(schedule="rate(1 day)", timezone=None, startTime="2020-01-01T00:00:00Z"))
        == []
    )


def test_autoscaling_that_is_off_has_no_adjustments() -> None:
    data = json.loads(written())
    data["spec"]["autoscaling"]["enabled"] = False

    assert found(json.dumps(data)) == []


@pytest.mark.parametrize("failure", [ZoneInfoNotFoundError, OSError, ValueError])
def test_a_zone_that_cannot_be_read_is_unknown(
    failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: str) -> None:
        raise failure

    monkeypatch.setattr(over, "ZoneInfo", unreadable)

    assert is_over("at(2026-11-29T23:59:59)", "Asia/Tokyo")
    assert not is_over("at(2026-11-30T00:00:00)", "Asia/Tokyo")


def test_not_more_are_reported_than_of_a_rule() -> None:
    data = json.loads(written())
    block = data["spec"]["autoscaling"]
    (one,) = block["scheduledAdjustments"]
    block["scheduledAdjustments"] = [{**one, "name": f"n{i}"} for i in range(MAX_FINDINGS + 1)]

    assert len(found(json.dumps(data))) == MAX_FINDINGS


@pytest.mark.parametrize("spelling", ["schedule-over", "schedule_over"])
def test_the_warning_can_be_ignored(spelling: str) -> None:
    assert found(written(ignored=spelling)) == []


def test_the_warning_is_beside_the_others() -> None:
    data = json.loads(written())
    data["spec"]["ttl"] = None
    text = json.dumps(data)
    stack_input = read_stack_input(
        Source("x.yaml", text), lambda _: None, {"AWS_REGION": "eu-west-1"}, now=NOW
    )

    assert [one.code for one in stack_input.warnings] == ["empty-value", "schedule-over"]


def test_of_an_invalid_manifest_only_its_errors_are_reported() -> None:
    reading = at_time(read(Source("x.yaml", written(dimension="BOTH"))), NOW)

    assert [one.code for one in reading.diagnostics] == ["enum"]


# The commands and the program


def test_plan_shows_the_warning_and_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(PAST.read_bytes())

    assert plan_command(str(file), b"", "text", now=NOW) == 0
    out, err = capsys.readouterr()
    assert err == f"{WARNING.replace('x.yaml', str(file))}\n\n"
    assert "at(2025-11-28T00:00:00) America/New_York" in out


def test_the_json_of_a_plan_holds_the_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan_command("-", PAST.read_bytes(), "json", now=NOW) == 0
    data = json.loads(capsys.readouterr().out)

    assert data["valid"] is True
    assert [(d["code"], d["severity"]) for d in data["diagnostics"]] == [
        ("schedule-over", "warning")
    ]


def test_before_its_time_there_is_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan_command("-", PAST.read_bytes(), "text", now=NOW.replace(year=2024)) == 0
    assert capsys.readouterr().err == ""


def test_the_commands_know_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    """As long as it is after 2025."""
    assert main(["plan", str(PAST)]) == 0
    assert "warning[schedule-over]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "--strict"],
        ["diff", str(PAST)],
        ["render", "crossplane", "--region", "eu-west-1"],
        ["convert"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_does_not_know_the_time_says_nothing(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command, *more = arguments
    assert main([command, *more, str(PAST)]) == 0
    assert "[schedule-over]" not in "".join(capsys.readouterr())


def test_validate_accepts_the_code_among_those_to_ignore() -> None:
    assert main(["validate", "--ignore", "schedule-over", str(PAST)]) == 0


def test_the_program_logs_the_warning_and_goes_on() -> None:
    """As long as it is after 2025."""
    done = rehearse({"STACK_INPUT_YAML": PAST.read_text(encoding="utf-8")})

    assert done.error is None
    assert [(one.severity, one.text) for one in done.messages] == [
        ("info", "rules of the organization: no planton.yaml applies"),
        ("warning", WARNING.replace("x.yaml", "STACK_INPUT_YAML")),
    ]
    assert "aws:appautoscaling/scheduledAction:ScheduledAction" in {r.type for r in done.resources}


def test_a_rehearsal_shows_the_warning_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse_command(str(PAST), b"", "text", now=NOW) == 0
    out, err = capsys.readouterr()

    assert err.count("warning[schedule-over]") == 1
    assert "[schedule-over]" not in out
