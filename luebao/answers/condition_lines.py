"""The lines of the emergency lists that a described condition falls under: quoted, never judged."""

from __future__ import annotations

import re
from datetime import date

import attrs

from luebao.answers.reply import Cited, Reply
from luebao.knowledge.citation import citations
from luebao.knowledge.model import Knowledge
from luebao.knowledge.sms import MOST_PARTS, segments
from luebao.knowledge.wording import fill_reply
from luebao.policy.conditions import Found, conditions

# Asks whether one condition counts, not which ones do.
_ASKS_ONE = re.compile(
    "(?:算|属|是)(?:不算|不是|于|不属)?.{0,4}(?:急诊|抢救|急症)|(?:急诊|抢救).{0,3}(?:吗|么|不|嘛)[？?]?$"
)
_ASKS_ALL = re.compile("哪些|哪几|什么|啥|几种|范围|清单|名单|都有|多少")
_MOST_QUOTED = 6


def with_condition_lines(reply: Reply, knowledge: Knowledge, text: str, as_of: date) -> Reply:
    """The answer for the condition a message describes, where the entry answered is about the emergency lists.

    Nothing found where somebody asks about one condition is said as such, beside the list; it is never called
    no emergency.
    """
    ways = {knowledge.entries[cited.id].conditions for cited in reply.entries if cited.id in knowledge.entries}
    if reply.kind != "answer" or ways <= {""}:
        return reply
    found = conditions(text, knowledge, as_of)
    if "instead" in ways:
        return _instead(reply, found, knowledge, text, as_of)
    whole = [one for one in found if not one.missing]
    if not whole:
        return reply
    return attrs.evolve(
        reply, full=f"{reply.full}\n\n{_lines(whole, knowledge)}\n{_say(knowledge, 'conditions.final', as_of)}"
    )


def _instead(reply: Reply, found: list[Found], knowledge: Knowledge, text: str, as_of: date) -> Reply:
    if not found:
        if not _ASKS_ONE.search(text) or _ASKS_ALL.search(text):
            return reply
        return attrs.evolve(reply, full=f"{_say(knowledge, 'conditions.none', as_of)}\n\n{reply.full}")
    shown = [one for one in found if not one.missing] or found
    first, final = (_say(knowledge, f"conditions.{name}", as_of) for name in ("first", "final"))
    full = f"{first}\n\n{_lines(shown, knowledge)}\n\n{final}\n\n{_say(knowledge, 'notice.dated', as_of)}"
    clauses = list(dict.fromkeys(knowledge.scopes[one.scope].clause for one in shown))
    return attrs.evolve(
        reply,
        full=full,
        sms=_sms(shown, knowledge, as_of),
        entries=_cited(reply, clauses, knowledge),
        citation=citations(clauses, knowledge),
    )


def _lines(found: list[Found], knowledge: Knowledge) -> str:
    """One line a list, with the words that led to it and what is to be known about it."""
    lines = []
    for one in found[:_MOST_QUOTED]:
        where = knowledge.scopes[one.scope].title + (f"（{one.specialty}）" if one.specialty else "")
        notes = "".join(f"；{note.text}" for note in one.notes)
        lines.append(f"· 您说的“{'、'.join(one.words)}”，{where}里写有：“{one.quote}”{notes}")
    return "\n".join(lines)


def _sms(found: list[Found], knowledge: Knowledge, as_of: date) -> str:
    head, tail = (knowledge.replies[f"conditions.{name}"] for name in ("first", "final"))
    parts = [fill_reply(part.sms, knowledge, as_of) for part in (head, tail)]
    for count in (2, 1):
        quotes = "、".join(f"“{one.quote}”" for one in found[:count])
        sms = f"{parts[0]}清单里写有{quotes}。{parts[1]}"
        if segments(sms) <= MOST_PARTS:
            return sms
    return "".join(parts)


def _cited(reply: Reply, clauses: list[str], knowledge: Knowledge) -> list[Cited]:
    """The entries answered, and those of the other list where its lines were quoted."""
    others = [
        entry for entry in knowledge.entries.values() if entry.conditions == "instead" and entry.clauses[0] in clauses
    ]
    cited = {one.id: one for one in reply.entries}
    for entry in others:
        cited.setdefault(entry.id, Cited.of(entry))
    return list(cited.values())


def _say(knowledge: Knowledge, name: str, as_of: date) -> str:
    return fill_reply(knowledge.replies[name].full, knowledge, as_of)
