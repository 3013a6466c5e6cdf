"""The one place that asks the clock: called at the edges only, and passed on as `as_of`."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))  # no summer time since 1991


def today() -> date:
    """Today's date in China, wherever the machine stands."""
    return datetime.now(CHINA).date()
