"""The day counted for a citizen who said a date, beside the answer that states the rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from luebao.answers.reply import Reply
from luebao.knowledge.facets import Facets, fits
from luebao.knowledge.model import Deadline, Knowledge
from luebao.knowledge.sms import MOST_PARTS, segments
from luebao.knowledge.wording import fill
from luebao.policy import deadlines
from luebao.policy.spoken_dates import SpokenDate, spoken_dates
from luebao.policy.workdays import written

# A day without a year this near (days) can only mean this one.
_NEAR = 45
_COUNT = {
    "report": deadlines.report_by,
    "transfer": deadlines.transfer_done_by,
    "backdate": deadlines.registration_start,
}


def with_counted_day(reply: Reply, knowledge: Knowledge, said: Facets, as_of: date) -> Reply:
    """The answer with what was counted from `said["date"]`; without a date, with the offer to count.

    A reply that answers no entry with a deadline stays as it is.
    """
    fitting = list(_fitting(reply, knowledge, said))
    if not fitting:
        return reply
    spoken = _spoken(said, fitting[0], as_of)
    if spoken is None:
        asks = dict.fromkeys(deadline.ask for deadline in fitting)
        return attrs.evolve(reply, full="\n\n".join([reply.full, *asks]))
    if spoken.date is None:
        return attrs.evolve(reply, full=f"{reply.full}\n\n{spoken.how}，请再告诉我一次日期。")
    counted = [(deadline, count(deadline, spoken.date, knowledge, as_of)) for deadline in fitting]
    parts = [_in_full(*one, spoken, knowledge, as_of) for one in counted]
    short = "；".join(deadlines.in_sms(one, as_of).rstrip("。") for _, one in counted)
    sms = f"{short}。{reply.sms}"
    return attrs.evolve(
        reply,
        full="\n\n".join([*parts, reply.full]),
        sms=sms if segments(sms) <= MOST_PARTS else f"{short}。{_phone(knowledge, as_of)}",
    )


def _fitting(reply: Reply, knowledge: Knowledge, said: Facets) -> Iterator[Deadline]:
    """The deadlines of the entries answered, as far as they are those of the case; where it is unknown, all."""
    answered = {cited.id for cited in reply.entries} if reply.kind == "answer" else set()
    for deadline in knowledge.deadlines.values():
        case = {facet: value for facet, value in deadline.when.items() if facet in said}
        if answered & set(deadline.entries) and fits(case, said):
            yield deadline


def _spoken(said: Facets, deadline: Deadline, as_of: date) -> SpokenDate | None:
    found = spoken_dates(said.get("date", ""), as_of, past=deadline.counts != "backdate")
    return found[0] if found else None


def count(deadline: Deadline, day: date, knowledge: Knowledge, as_of: date) -> deadlines.Deadline:
    """What a deadline gives for a day, by the fact's value on `as_of`. Raises ValueError where it cannot be counted."""
    fact = knowledge.facts[deadline.fact]
    value = fact.value(as_of) or fact.last()
    return _COUNT[deadline.counts](day, int(value.value), fact.unit)


def _in_full(
    deadline: Deadline, counted: deadlines.Deadline, spoken: SpokenDate, knowledge: Knowledge, as_of: date
) -> str:
    far = abs((counted.start - as_of).days) > _NEAR
    supplied = f"您{spoken.how}，先按{written(counted.start)}算，不对请告诉我。" if spoken.how and far else ""
    return f"{supplied}{deadlines.in_full(counted, as_of)}{fill(deadline.note, knowledge, as_of)}"


def _phone(knowledge: Knowledge, as_of: date) -> str:
    return fill("{{ phone.hotline }}", knowledge, as_of)
