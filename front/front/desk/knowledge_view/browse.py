"""What the page shows of the knowledge base as of a day. Pure: no page, no clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from luebao.answers import answer
from luebao.knowledge import Knowledge
from luebao.knowledge.model import Conflict, Entry, Fact, Route, Value
from luebao.knowledge.period import Holds, Since, Until, holds
from luebao.knowledge.sms import segments, units
from luebao.knowledge.wording import NotInForce, fill, names

from front.desk.knowledge_view.history import span

DIRECTIONS = {"out": "威海人去外地", "in": "外地人来威海"}
STATUSES = {"current": "现行", "dated": "2021年的", "replaced": "已有新规定"}
VIEWS = {"entries": "条目", "facts": "事实", "conflicts": "冲突", "clauses": "条款", "due": "该核对的"}
_FACETS = {
    "region": "地方",
    "direction": "方向",
    "stage": "什么时候",
    "term": "多久",
    "disease": "病种",
    "app": "用哪个",
    "channel": "怎么办",
    "out": "去外地",
    "in": "来威海",
    "before": "住院前",
    "after": "出院后",
    "long": "长期",
    "temporary": "临时",
    "five": "五种之一",
    "other": "其他",
    "online": "网上",
    "offline": "窗口",
}


@dataclass(frozen=True)
class Renditions:
    """An entry's three renditions on a day. `sms_units` counts characters, `sms_parts` messages with the signature."""

    full: str
    sms: str
    staff: str
    citation: tuple[str, ...]
    sms_units: int
    sms_parts: int
    in_force: bool


def renditions(knowledge: Knowledge, entry: Entry, as_of: date) -> Renditions:
    """What a citizen and a clerk read of an entry on a day; where it does not hold then, what is said instead."""
    reply = answer(knowledge, entry.id, as_of)
    try:
        staff = fill(entry.staff, knowledge, as_of).strip()
    except NotInForce:
        staff = "这一天没有生效的数值，看“事实”里的起止日期。"
    parts = segments(reply.sms)
    return Renditions(
        reply.full, reply.sms, staff, tuple(reply.citation), units(reply.sms), parts, reply.kind == "answer"
    )


def filtered(knowledge: Knowledge, text: str) -> dict[str, list[Entry]]:
    """The entries by category that have every word of `text` somewhere: id, title, questions, texts, clauses."""
    wanted = text.casefold().split()
    found: dict[str, list[Entry]] = {}
    for entry in knowledge.entries.values():
        everything = _everything(knowledge, entry)
        if all(word in everything for word in wanted):
            found.setdefault(entry.category, []).append(entry)
    return found


def _everything(knowledge: Knowledge, entry: Entry) -> str:
    places = [knowledge.clause(id).at for id in entry.clauses]
    routes = [knowledge.routes[id].label for id in entry.routes]
    texts = [entry.id, entry.title, entry.full, entry.staff, *entry.questions, *entry.clauses, *places, *routes]
    return "\n".join(texts).casefold()


def facts_of(knowledge: Knowledge, entry: Entry) -> list[Fact]:
    """The facts that an entry's texts name, each once."""
    cases = [text for case in entry.cases for text in (case.full, case.sms)]
    texts = "\n".join([entry.full, entry.sms, entry.staff, *entry.steps, *cases])
    ids = dict.fromkeys(name for name, _ in names(texts))
    return [knowledge.facts[id] for id in ids if id in knowledge.facts]


def conflicts_of(knowledge: Knowledge, entry: Entry) -> list[Conflict]:
    """The conflicts that name an entry."""
    return [one for one in knowledge.conflicts.values() if entry.id in one.entries]


def case_words(when: dict[str, str]) -> str:
    """地方：省内，什么时候：住院前."""
    return "，".join(f"{_FACETS.get(name, name)}：{_FACETS.get(value, value)}" for name, value in when.items())


@dataclass(frozen=True)
class Covered:
    """What rests on a clause."""

    entries: tuple[str, ...]
    facts: tuple[str, ...]
    routes: tuple[str, ...]
    conflicts: tuple[str, ...]


def coverage(knowledge: Knowledge) -> dict[str, Covered]:
    """For every clause of every source what cites it, in the order of the sources."""
    return {clause: _covered(knowledge, clause) for source in knowledge.sources.values() for clause in source.clauses}


def _covered(knowledge: Knowledge, clause: str) -> Covered:
    facts = (f.id for f in knowledge.facts.values() if any(value.clause == clause for value in f.values))
    routes = (one.id for one in knowledge.routes.values() if clause in _clauses_of(one))
    sides = (c.id for c in knowledge.conflicts.values() if clause in (*c.older.clauses, *c.newer.clauses))
    entries = (entry.id for entry in knowledge.entries.values() if clause in entry.clauses)
    return Covered(tuple(entries), tuple(facts), tuple(routes), tuple(sides))


def _clauses_of(route: Route) -> set[str]:
    return {route.clause, route.url_clause, *(use.clause for use in route.can)}


def value_state(value: Value, as_of: date) -> Holds:
    """Whether a value holds on a day."""
    return holds(value.from_, value.until, as_of)


def since_words(since: Since) -> str:
    """从2027年1月1日起, or that it is not known."""
    return f"从{since.day.year}年{since.day.month}月{since.day.day}日起" if since.day else "从哪天起来源没有写"


def until_words(until: Until) -> str:
    """到2026年12月31日止, or what is known instead."""
    if until.day:
        return f"到{until.day.year}年{until.day.month}月{until.day.day}日止"
    return {"open": "没有终止", "past": "已失效，哪天不详"}.get(until.mark, "可能已失效，来源没有写")


def checked_words(checked: Since) -> str:
    """When a person last compared it with the rules in force."""
    return f"{checked.day.year}年{checked.day.month}月{checked.day.day}日核对" if checked.day else "从未核对"


@dataclass(frozen=True)
class Place:
    """Where something is written: a file below the knowledge folder, and its line from 1 (0: not found)."""

    file: str
    line: int


def place(folder: Path, kind: str, id_: str) -> Place:
    """Where an entry (kind "entries") or a fact ("facts") is written."""
    for file in sorted((folder / kind).glob("*.yml")):
        line, _ = span(file.read_text(encoding="utf-8"), id_)
        if line:
            return Place(f"{kind}/{file.name}", line)
    return Place(kind, 0)


def how_to_check(place: Place, id_: str, today: date) -> str:
    """The commands after which something counts as checked, to be copied."""
    where = f"knowledge/{place.file}"
    return (
        f"nano +{place.line} {where}    # {id_}：把 last_checked 写成 {today.isoformat()}\n"
        ".venv/bin/luebao knowledge check"
    )
