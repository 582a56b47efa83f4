"""The settings of one alarm: the manifest's, and the defaults where it has none."""

from __future__ import annotations

from planton.manifest.alarm_kinds import ALARMS, Defaults
from planton.manifest.alarms import Alarms


def is_on(alarms: Alarms, name: str) -> bool:
    """Whether the manifest wants the alarm, where there is something to watch."""
    block = alarms.block(name)
    return ALARMS[name].is_on if block is None else block.enabled


def settings(alarms: Alarms, name: str) -> Defaults:
    """The alarm's settings. `evaluationPeriods` alone means all of these periods, as it does in
    CloudWatch."""
    block, defaults = alarms.block(name), ALARMS[name].defaults
    if block is None:
        return defaults
    return Defaults(
        threshold=defaults.threshold if block.threshold is None else block.threshold,
        statistic=block.statistic or defaults.statistic,
        period=block.period_seconds or defaults.period,
        periods=block.evaluation_periods or defaults.periods,
        datapoints=block.datapoints_to_alarm or block.evaluation_periods or defaults.datapoints,
        missing=block.treat_missing_data or defaults.missing,
    )
