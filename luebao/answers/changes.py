"""What changed: where the older document says something else than the newer one."""

from __future__ import annotations

from datetime import date

from luebao.answers.reply import Cited, Option, Reply, show
from luebao.knowledge.citation import citations
from luebao.knowledge.model import Conflict, Entry, Knowledge
from luebao.knowledge.sms import MOST_PARTS, segments
from luebao.knowledge.wording import fill_reply


def changes(knowledge: Knowledge, as_of: date, entry: str = "") -> Reply:
    """What is now and what was before: for one entry, or everything.

    Where nothing is known to have changed, that is said, with the phone. Raises KeyError for an id that is no entry.
    """
    about = knowledge.entries[entry] if entry else None
    some = [one for one in knowledge.conflicts.values() if about is None or concerns(one, about)]
    if not some:
        none = knowledge.replies["changes.none"]
        full, sms = fill_reply(none.full, knowledge, as_of), fill_reply(none.sms, knowledge, as_of)
        return Reply("unsupported", full, sms, handoff="out_of_scope")
    first = knowledge.replies["changes.first"]
    lines = [f"· {one.matter}\n  现在：{one.newer.says}。\n  以前：{one.older.says}。" for one in some]
    clauses = list(dict.fromkeys(clause for one in some for side in (one.newer, one.older) for clause in side.clauses))
    ids = list(dict.fromkeys(id for one in some for id in one.entries))
    cited = [knowledge.entries[id] for id in ([entry] if entry else []) + [id for id in ids if id != entry]]
    return Reply(
        "answer",
        "\n\n".join([fill_reply(first.full, knowledge, as_of), *lines]),
        _sms(knowledge, some, about, as_of),
        entries=[Cited.of(one) for one in cited],
        citation=citations(clauses, knowledge),
        options=[Option("还有哪些变化", show("change.all"), [])] if entry else [],
    )


def concerns(conflict: Conflict, entry: Entry) -> bool:
    """Whether a conflict is about an entry: it is named there, or answers from the clauses that are in conflict."""
    newer = set(conflict.newer.clauses) - set(conflict.older.clauses)
    return entry.id in conflict.entries or (bool(newer) and newer <= set(entry.clauses))


def _sms(knowledge: Knowledge, some: list[Conflict], about: Entry | None, as_of: date) -> str:
    whole = fill_reply(knowledge.replies["changes.first"].sms, knowledge, as_of)
    if about is None:
        return whole
    phone = fill_reply("{{ phone.hotline }}", knowledge, as_of)
    short = f"现在：{some[0].newer.says}。以前：{some[0].older.says}。{phone}"
    return short if segments(short) <= MOST_PARTS else whole
