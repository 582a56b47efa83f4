"""The processor cores that this process may use."""

from __future__ import annotations

import math
import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def usable_cores(cgroup: Path = _CGROUP) -> int:
    """The cores that the process is bound to, or the time that its container may use of them,
    rounded up, whichever is less. `cgroup` is the container's control group."""
    count = _bound_to()
    quota = _quota(cgroup)
    return count if quota is None else max(1, min(count, math.ceil(quota)))


def _bound_to() -> int:
    # Which of these exists depends on the version of Python and on the operating system.
    if hasattr(os, "process_cpu_count"):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(cgroup: Path) -> float | None:
    """The seconds of processor time that the control group may use in a second, by version 2 or 1
    of the kernel's interface; None without a limit."""
    try:
        try:
            quota, period = (cgroup / "cpu.max").read_text().split()
        except OSError:
            quota = (cgroup / "cpu" / "cpu.cfs_quota_us").read_text()
            period = (cgroup / "cpu" / "cpu.cfs_period_us").read_text()
        found = int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # version 2 writes "max" for no limit
        return None
    return found if found > 0 else None  # version 1 writes -1
