"""What a person should look at again: never or long ago compared with the rules in force."""

from __future__ import annotations

from datetime import date

import attrs

from luebao.knowledge.model import Knowledge
from luebao.knowledge.period import Since


@attrs.frozen
class Stale:
    """A fact or an entry that waits for a look."""

    kind: str
    id: str
    title: str
    last_checked: Since


def stale(knowledge: Knowledge, as_of: date, days: int) -> list[Stale]:
    """Facts and entries not checked for more than `days` days; never checked first, then the oldest."""
    everything = [
        *(Stale("事实", fact.id, fact.label, fact.last_checked) for fact in knowledge.facts.values()),
        *(Stale("条目", entry.id, entry.title, entry.effective.last_checked) for entry in knowledge.entries.values()),
    ]
    waiting = [thing for thing in everything if _age(thing, as_of) > days]
    return sorted(waiting, key=lambda thing: -_age(thing, as_of))


def _age(thing: Stale, as_of: date) -> float:
    return (as_of - thing.last_checked.day).days if thing.last_checked.day else float("inf")
