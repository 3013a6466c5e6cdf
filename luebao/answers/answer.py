"""Make the replies. Each takes the knowledge and the day it is asked for; a rule that has ended is never answered."""

from __future__ import annotations

import json
from datetime import date

from luebao.answers.reply import Cited, Option, Reason, Reply
from luebao.knowledge.citation import citations
from luebao.knowledge.model import Entry, Knowledge
from luebao.knowledge.period import Holds
from luebao.knowledge.sms import sms_text
from luebao.knowledge.wording import NotInForce, fill

NONE_OF_THESE = Option("都不是", "/none_of_these", [])


def answer(knowledge: Knowledge, id: str, as_of: date) -> Reply:
    """The answer of entry `id` on a day; where it does not hold then, the citizen is told so with the phone.

    Raises KeyError for an id that is no entry.
    """
    entry = knowledge.entries[id]
    if entry.holds(as_of) in (Holds.NO_LONGER, Holds.NOT_YET):
        return _not_in_force(knowledge, entry, as_of)
    try:
        return _answer(knowledge, entry, as_of)
    except NotInForce:
        return _not_in_force(knowledge, entry, as_of)


def clarify(knowledge: Knowledge, ids: list[str], as_of: date) -> Reply:
    """Ask which of up to three entries is meant; without any, ask to say it in other words."""
    options = _options(knowledge, ids, as_of)[:3]
    if not options:
        return small_talk(knowledge, "rephrase", as_of)
    offered = [*options, NONE_OF_THESE]
    lines = "".join(f"{number}.{option.title}；" for number, option in enumerate(offered, 1))
    said = knowledge.replies["clarify"]
    sms = fill(said.sms, knowledge, as_of) + lines.rstrip("；") + "。"
    return Reply("clarify", fill(said.full, knowledge, as_of), sms, options=offered)


def unanswered(knowledge: Knowledge, id: str, as_of: date) -> Reply:
    """Say honestly what the sources leave out, with the phone and what they do answer nearby.

    Raises KeyError for an id that is no out-of-scope class.
    """
    item = knowledge.unanswered[id]
    options = _options(knowledge, item.related, as_of)
    full, sms = fill(item.full, knowledge, as_of), fill(item.sms, knowledge, as_of)
    return Reply("unsupported", full, sms, options=options, handoff="out_of_scope")


def small_talk(knowledge: Knowledge, id: str, as_of: date) -> Reply:
    """A reply that states no policy: a greeting, the menu, thanks. Raises KeyError for an unknown id."""
    said = knowledge.replies[id]
    options = _options(knowledge, said.related, as_of)
    return Reply("smalltalk", fill(said.full, knowledge, as_of), fill(said.sms, knowledge, as_of), options=options)


def hand_over(knowledge: Knowledge, reason: Reason, as_of: date) -> Reply:
    """Give the citizen the hotline, saying why."""
    said = knowledge.replies[f"handoff.{reason}"]
    return Reply("handoff", fill(said.full, knowledge, as_of), fill(said.sms, knowledge, as_of), handoff=reason)


def _answer(knowledge: Knowledge, entry: Entry, as_of: date) -> Reply:
    parts = [fill(entry.full, knowledge, as_of).strip()]
    if entry.steps:
        steps = [f"{number}. {fill(step, knowledge, as_of)}" for number, step in enumerate(entry.steps, 1)]
        parts.append("\n".join(["办理步骤：", *steps]))
    if entry.routes:
        parts.append("办理渠道：" + "、".join(knowledge.routes[id].label for id in entry.routes) + "。")
    if entry.status == "dated":
        parts.append(fill(knowledge.replies["notice.dated"].full, knowledge, as_of))
    return Reply(
        "answer",
        "\n\n".join(parts),
        sms_text(entry.sms, entry.clauses, knowledge, as_of),
        entries=[Cited(entry.id, entry.title, entry.clauses, entry.status == "dated")],
        citation=citations(entry.clauses, knowledge),
        options=_options(knowledge, entry.follow_ups, as_of),
    )


def _not_in_force(knowledge: Knowledge, entry: Entry, as_of: date) -> Reply:
    state = "not_yet" if entry.holds(as_of) is Holds.NOT_YET else "no_longer"
    said = knowledge.replies[f"notice.{state}"]
    full, sms = (f"“{entry.title}”{fill(text, knowledge, as_of)}" for text in (said.full, said.sms))
    return Reply("unsupported", full, sms, handoff="out_of_scope")


def _options(knowledge: Knowledge, ids: list[str], as_of: date) -> list[Option]:
    entries = [knowledge.entries[id] for id in ids if id in knowledge.entries]
    return [
        Option(entry.title, _payload(entry.id), entry.clauses)
        for entry in entries
        if entry.holds(as_of) in (Holds.YES, Holds.UNSURE)
    ]


def _payload(id: str) -> str:
    return "/show" + json.dumps({"entry": id}, separators=(",", ":"))
