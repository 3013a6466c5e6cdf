"""From rows to counts: which outcome a reply is, what was waited for. Pure; rows come from figures.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from math import ceil
from typing import Any

from luebao.today import CHINA

from front.inbox.gist import STAFF

# What became of a question (front.inbox.gist), in the order of the charts.
OUTCOMES = {
    "answered": "答了",
    "offered": "列出几个请选",
    "asked_back": "反问情况",
    "unsupported": "没有收录",
    "handed": "转人工",
    "failed": "机器人没应答",
}
# The reasons the citizens' page offers as buttons (front/web/cards.js). Others are a citizen's own words.
REASONS = ("过期", "不相关", "不完整", "看不懂")
OWN_WORDS = "市民自己写的"


@dataclass
class Counts:
    """What was counted in a period."""

    outcomes: Counter[str] = field(default_factory=Counter)
    days: Counter[tuple[date, str]] = field(default_factory=Counter)  # day, channel
    hours: Counter[tuple[int, str]] = field(default_factory=Counter)  # hour of the day, channel
    failures: Counter[date] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    people: set[int] = field(default_factory=set)
    staff_replies: int = 0
    dead: int = 0  # replies that no channel would take

    @property
    def questions(self) -> int:
        """Questions: every reply that has an outcome."""
        return self.outcomes.total()

    def add(self, at: float, channel: str, conversation_id: int, which: str, about: str) -> None:
        """Count one reply: when, where, to whom, its outcome, and the entries it was made from."""
        self.staff_replies += which == STAFF
        if which not in OUTCOMES:
            return
        day, hour = _day_and_hour(int(at // 3600))
        self.outcomes[which] += 1
        self.days[day, channel] += 1
        self.hours[hour, channel] += 1
        self.people.add(conversation_id)
        if which == "failed":
            self.failures[day] += 1
        if about:
            ids, categories = _cited(about)
            self.entries.update(ids)
            self.categories.update(categories)


@lru_cache(maxsize=20_000)
def _day_and_hour(hours: int) -> tuple[date, int]:
    """Of an hour counted from 1970: the day in China and the hour of the day."""
    at = datetime.fromtimestamp(hours * 3600, CHINA)
    return at.date(), at.hour


@lru_cache(maxsize=2000)
def _cited(about: str) -> tuple[tuple[str, ...], frozenset[str]]:
    ids = tuple(about.split())
    return ids, frozenset(id.split(".")[0] for id in ids)


@dataclass
class Votes:
    """What citizens thought of answers."""

    good: int = 0
    bad: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    bad_entries: Counter[str] = field(default_factory=Counter)

    def add(self, good: bool, reason: str, about: str) -> None:
        """Count one vote; a reason in a citizen's own words is counted as such and not kept."""
        if good:
            self.good += 1
            return
        self.bad += 1
        self.reasons[reason if reason in REASONS else OWN_WORDS if reason else "没有说"] += 1
        self.bad_entries.update(about.split())


@dataclass
class Handoffs:
    """How long people waited for a member of staff, and were looked after. Times are seconds."""

    asked: int = 0
    waits: list[float] = field(default_factory=list)
    handled: list[float] = field(default_factory=list)
    requeued: int = 0  # put back into the queue, by hand or because the member of staff was gone
    unanswered: int = 0  # nobody came in time
    waiting: int = 0  # asked for a while ago, and there is time yet


QUEUE_SECONDS = 3 * 86400.0  # as front.inbox.conversations has it: after that the robot has the person again
_ENDS, _WAITS_AGAIN = ("closed", "returned"), ("requeued", "expired")


def handoffs(events: Iterable[Mapping[Any, Any]], before: float, now: float) -> Handoffs:
    """Follow the events of each conversation in order; those asked for at `before` (seconds) or later do not count."""
    found = Handoffs()
    since: dict[int, float] = {}  # waiting since
    taken: dict[int, float] = {}
    for event in events:
        who, what, at = event["conversation_id"], event["event"], event["at"]
        if what == "asked" and at < before:
            found.unanswered += at - since.get(who, at) > QUEUE_SECONDS
            if who not in since or at - since[who] > QUEUE_SECONDS:
                found.asked += 1
                since[who] = at
        elif what == "taken" and who in since:
            found.waits.append(max(0.0, at - since.pop(who)))
            taken[who] = at
        elif what in _WAITS_AGAIN and taken.pop(who, None) is not None:
            found.requeued += 1
            since[who] = at
        elif what in _ENDS and who in taken:
            found.handled.append(max(0.0, at - taken.pop(who)))
    late = sum(now - at > QUEUE_SECONDS for at in since.values())
    found.unanswered, found.waiting = found.unanswered + late, len(since) - late
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of at least one value; `share` 0.5 is the median."""
    return sorted(values)[max(1, ceil(share * len(values))) - 1]
