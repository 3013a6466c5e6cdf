"""When something holds. Dates are arguments here; nothing in this library asks what today is.

A document often does not say since when a rule holds or how long. `unknown` says so; it never means valid.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

import attrs

UNKNOWN, OPEN, PAST = "unknown", "open", "past"


class Holds(Enum):
    """Whether something holds on a day."""

    YES = "现行"
    UNSURE = "待核实"
    NOT_YET = "尚未生效"
    NO_LONGER = "已失效"


@attrs.frozen
class Since:
    """The first day, or unknown."""

    day: date | None

    def __str__(self) -> str:
        return self.day.isoformat() if self.day else UNKNOWN


@attrs.frozen
class Until:
    """The last day; or `open` (no end known of), `unknown` (may have ended), `past` (has ended, day unknown)."""

    day: date | None
    mark: str = OPEN

    def __str__(self) -> str:
        return self.day.isoformat() if self.day else self.mark


def holds(since: Since, until: Until, as_of: date) -> Holds:
    """Whether the period from `since` to `until` (both days included) holds on `as_of`."""
    if since.day and as_of < since.day:
        return Holds.NOT_YET
    if until.day:
        return Holds.YES if as_of <= until.day else Holds.NO_LONGER
    return {OPEN: Holds.YES, UNKNOWN: Holds.UNSURE, PAST: Holds.NO_LONGER}[until.mark]
