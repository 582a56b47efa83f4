"""CloudWatch's evaluation of an alarm over given data points, which no emulator has.

After the User Guide's pages "Evaluating an alarm" and "Configuring how CloudWatch alarms treat
missing data", whose tables the tests repeat. CloudWatch looks at more periods than it evaluates.
How many is documented by one example only, two more than three, and taken from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from planton.manifest.enums import MissingData
from planton.plan.alarm_plan import AlarmPlan

Series = Sequence["float | None"]
"""The values of consecutive periods, the latest last; None where there are no data."""

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
_MORE = 2


def state(
    values: Series,
    *,
    threshold: float,
    periods: int,
    datapoints: int,
    missing: MissingData,
    before: str = OK,
) -> str:
    """The state after an evaluation."""
    seen = [None if value is None else value > threshold for value in values[-periods - _MORE :]]
    real = [over for over in seen if over is not None]
    if len(real) >= periods:
        return ALARM if sum(real[-periods:]) >= datapoints else OK
    filled = periods - len(real)
    match missing:
        case MissingData.BREACHING:
            return ALARM if sum(real) + filled >= datapoints else OK
        case MissingData.NOT_BREACHING:
            return ALARM if sum(real) >= datapoints else OK
    if sum(real) >= datapoints:
        return ALARM
    if False in real:
        return OK
    if missing is MissingData.IGNORE:
        return before
    if _is_premature(seen, datapoints):
        return ALARM
    return OK if real else INSUFFICIENT_DATA


def _is_premature(seen: Sequence[bool | None], datapoints: int) -> bool:
    """Whether the oldest data point is breaching and old enough, and all others are or are
    missing."""
    first = next((i for i, over in enumerate(seen) if over is not None), None)
    if first is None or len(seen) - first < datapoints:
        return False
    return all(over is not False for over in seen[first:])


def states(alarm: AlarmPlan, metrics: Mapping[str, Series]) -> list[str]:
    """The states of an alarm after each period. `metrics` has the values of its one metric under
    "", or those of its queries by their ids; what is not there has never had any."""
    length = max(len(series) for series in metrics.values())
    values = _watched(alarm, metrics, length)
    found, current = [], OK
    for end in range(1, length + 1):
        window: list[float | None] = [*[None] * (alarm.periods + _MORE), *values[:end]]
        current = state(
            window,
            threshold=alarm.threshold,
            periods=alarm.periods,
            datapoints=alarm.datapoints,
            missing=alarm.missing,
            before=current,
        )
        found.append(current)
    return found


def _watched(alarm: AlarmPlan, metrics: Mapping[str, Series], length: int) -> Series:
    sums = [query.expression for query in alarm.queries if query.expression]
    if not sums or sums[0].startswith("SELECT"):
        return metrics[""]
    terms = [_filled(term, metrics, length) for term in sums[0].split(" + ")]
    return [sum(values) for values in zip(*terms, strict=True)]


def _filled(term: str, metrics: Mapping[str, Series], length: int) -> list[float]:
    """`FILL(id, 0)`: the values, and the number where there are none."""
    found = re.fullmatch(r"FILL\(([a-z][A-Za-z0-9_]*), ([0-9]+)\)", term)
    assert found, term
    values = metrics.get(found[1], [None] * length)
    return [float(found[2]) if value is None else value for value in values]
