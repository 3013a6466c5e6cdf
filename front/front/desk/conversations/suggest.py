"""Answers to begin with: what the robot answered from, what belongs to that, and what the last question looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from luebao.answers import answer
from luebao.knowledge import Knowledge

from front.inbox.words import wants_human

_MOST = 4
Find = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Suggestion:
    """An entry and its answer in the channel's rendition, to be edited before it is sent."""

    id: str
    title: str
    text: str
    sms: str


def suggestions(
    knowledge: Knowledge, messages: list[dict[str, Any]], as_of: date, find: Find = lambda text: ()
) -> list[Suggestion]:
    """For a transcript, best first. `find`: entries that a text looks like."""
    answered = [e["id"] for one in reversed(messages) for e in one.get("entries", ()) if one["who"] == "robot"][:2]
    said = [one["text"] for one in reversed(messages) if one["who"] == "citizen"]
    question = next((text for text in said if not wants_human(text)), "")
    found = [*find(question)][:_MOST] if question else []
    related = [id for entry in answered if entry in knowledge.entries for id in knowledge.entries[entry].follow_ups]
    ids = [id for id in dict.fromkeys([*answered[:1], *found, *answered, *related]) if id in knowledge.entries]
    return [suggestion(knowledge, id, as_of) for id in ids[:_MOST]]


def suggestion(knowledge: Knowledge, id: str, as_of: date) -> Suggestion:
    """One entry. Raises KeyError for an unknown one."""
    reply = answer(knowledge, id, as_of)
    cited = f"\n\n依据：{'；'.join(reply.citation)}。" if reply.citation else ""
    return Suggestion(id, knowledge.entries[id].title, reply.full + cited, reply.sms)
