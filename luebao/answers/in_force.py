"""A rule that has ended, or has not begun, is never answered."""

from __future__ import annotations

from datetime import date

from luebao.answers.reply import Reply
from luebao.knowledge.model import Entry, Knowledge
from luebao.knowledge.period import Holds
from luebao.knowledge.wording import fill_reply


def not_in_force(knowledge: Knowledge, entry: Entry, as_of: date, not_yet: bool) -> Reply:
    """Say that an entry's rule has ended, or is to come, with the phone."""
    said = knowledge.replies["notice.not_yet" if not_yet else "notice.no_longer"]
    full, sms = (f"“{entry.title}”{fill_reply(text, knowledge, as_of)}" for text in (said.full, said.sms))
    return Reply("unsupported", full, sms, handoff="out_of_scope")


def out_of_force(knowledge: Knowledge, entries: list[Entry], as_of: date) -> Reply | None:
    """The reply to give instead where one of the entries does not hold on the day; None where all may be answered."""
    for entry in entries:
        holds = entry.holds(as_of)
        if holds in (Holds.NO_LONGER, Holds.NOT_YET):
            return not_in_force(knowledge, entry, as_of, holds is Holds.NOT_YET)
    return None
