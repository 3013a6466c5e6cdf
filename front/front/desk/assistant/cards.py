"""What a clerk sees of one thing, on a day and in a case: answer, sources, the old rule, what comes next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from attrs import evolve
from luebao.answers import Reply, answer, unanswered
from luebao.answers.changes import concerns
from luebao.answers.counted_days import count
from luebao.answers.guide import checklist
from luebao.knowledge.facets import Facets, fits
from luebao.knowledge.model import Case, Conflict, Deadline, Entry, Knowledge, Route
from luebao.knowledge.period import Holds
from luebao.knowledge.wording import NotInForce, fill, fill_reply, names
from luebao.policy import deadlines

from front.desk.assistant.items import CHECKLIST, GUIDE

_STATUS = {"current": "现行", "dated": "2021年的说法", "replaced": "已有新规定"}
_CASES = {
    ("direction", "out"): "威海人去外地",
    ("direction", "in"): "外地人来威海",
    ("stage", "before"): "住院前",
    ("stage", "in"): "住院中",
    ("stage", "after"): "已出院",
    ("term", "long"): "长期居住",
    ("term", "temporary"): "临时外出",
    ("disease", "five"): "5个病种",
    ("disease", "other"): "其他病种",
    ("channel", "online"): "线上",
    ("channel", "offline"): "线下",
}
_OPEN = re.compile(r"[^。\n]*来源(?:里|中)?(?:都|也)?(?:没有|未|没)(?:写|载|说|解释|列|提)[^。\n]*。?")


@dataclass(frozen=True)
class Rule:
    """What holds now and what held before. `clauses` tells where each is written."""

    matter: str
    now: str
    before: str
    clauses: str
    decided: str = ""


@dataclass(frozen=True)
class Choice:
    """A case of the entry that can be switched to."""

    title: str
    when: Facets


@dataclass(frozen=True)
class Card:
    """One thing, laid out. `reply` is what a citizen gets; everything else is for the staff."""

    id: str
    title: str
    kind: str
    reply: Reply
    holds: str = ""
    checked: str = ""
    clauses: tuple[tuple[str, str, str, str], ...] = ()  # id, document and place, gist, status
    rules: tuple[Rule, ...] = ()
    staff: str = ""
    open: tuple[str, ...] = ()
    routes: tuple[tuple[str, str], ...] = ()  # where, how to get there
    next: tuple[tuple[str, str], ...] = ()  # id, title
    lists: tuple[tuple[str, str], ...] = ()
    cases: tuple[Choice, ...] = ()
    deadlines: tuple[str, ...] = ()
    guide: str = ""
    answered_by: str = ""  # the title of the entry that answers this case instead


def card(knowledge: Knowledge, id: str, as_of: date, said: Facets | None = None, text: str = "") -> Card:
    """The card of an entry, a checklist or what the sources leave out. Raises KeyError for any other id.

    `said` is the case that was chosen, `text` what was typed: conditions in it are looked up in the emergency lists.
    """
    if id in knowledge.entries:
        return _entry(knowledge, knowledge.entries[id], as_of, said or {}, text)
    if id.startswith(CHECKLIST):
        one = knowledge.checklists[id.removeprefix(CHECKLIST)]
        reply = checklist(knowledge, one.id, as_of)
        clauses = _clauses(knowledge, knowledge.clauses_of(one.entries))
        return Card(id, one.title, "清单", reply, clauses=clauses, next=_titles(knowledge, one.entries, as_of))
    left_out = knowledge.unanswered[id]
    reply = unanswered(knowledge, id, as_of)
    return Card(id, left_out.title, "没有收录", reply, next=_titles(knowledge, left_out.related, as_of))


def title_of(knowledge: Knowledge, id: str) -> str:
    """What a thing is called; "" for one that is gone."""
    if id.startswith(GUIDE):
        guide = knowledge.guides.get(id.removeprefix(GUIDE))
        return guide.title if guide else ""
    if id.startswith(CHECKLIST):
        one = knowledge.checklists.get(id.removeprefix(CHECKLIST))
        return one.title if one else ""
    found = knowledge.entries.get(id) or knowledge.unanswered.get(id)
    return found.title if found else ""


def counted(knowledge: Knowledge, id: str, day: date, as_of: date) -> tuple[str, str]:
    """What deadline `id` gives for a day: in full and for a text message. Raises ValueError, KeyError."""
    one = knowledge.deadlines[id]
    result = count(one, day, knowledge, as_of)
    return deadlines.in_full(result, as_of) + fill_reply(one.note, knowledge, as_of), deadlines.in_sms(result, as_of)


def case_title(when: Facets) -> str:
    """A case in words: 省内，长期居住."""
    return "，".join(_CASES.get(one, one[1]) for one in when.items())


def _entry(knowledge: Knowledge, entry: Entry, as_of: date, said: Facets, text: str) -> Card:
    reply = _without_offers(answer(knowledge, entry.id, as_of, said, text if entry.conditions else ""), knowledge)
    handed = next((one.title for one in reply.entries if one.id != entry.id), "") if said else ""
    staff = _filled(entry.staff, knowledge, as_of)
    holds = entry.holds(as_of)
    return Card(
        entry.id,
        entry.title,
        "条目",
        reply,
        holds="" if holds is Holds.YES else holds.value,
        checked=str(entry.effective.last_checked).replace("unknown", ""),
        clauses=_clauses(knowledge, entry.clauses),
        rules=tuple(_rules(knowledge, entry, as_of)),
        staff=staff,
        open=_left_open(reply.full, staff),
        routes=tuple(_route(knowledge.routes[id]) for id in _reached(knowledge, entry)),
        next=_titles(knowledge, list(dict.fromkeys([*entry.follow_ups, *entry.related])), as_of),
        lists=tuple(
            (CHECKLIST + one.id, one.title) for one in knowledge.checklists.values() if entry.id in one.entries
        ),
        cases=tuple(_choices(entry.cases)),
        deadlines=tuple(one.id for one in knowledge.deadlines.values() if _counts(one, entry, said)),
        guide=entry.guide,
        answered_by=handed,
    )


def _without_offers(reply: Reply, knowledge: Knowledge) -> Reply:
    """Without the robot's offers to count a day: the card has a date field for that."""
    offers = {one.ask for one in knowledge.deadlines.values()}
    parts = [part for part in reply.full.split("\n\n") if part not in offers]
    return evolve(reply, full="\n\n".join(parts))


def _choices(cases: list[Case]) -> Iterator[Choice]:
    shown = {case_title(case.when): case.when for case in cases}
    yield from (Choice(title, when) for title, when in shown.items())


def _counts(deadline: Deadline, entry: Entry, said: Facets) -> bool:
    known = {facet: value for facet, value in deadline.when.items() if facet in said}
    return entry.id in deadline.entries and fits(known, said)


def _clauses(knowledge: Knowledge, ids: list[str]) -> tuple[tuple[str, str, str, str], ...]:
    rows = []
    for id in ids:
        source, clause = knowledge.source_of(id), knowledge.clause(id)
        newer = f"，见 {'、'.join(clause.see)}" if clause.see else ""
        rows.append((id, f"《{source.title}》{clause.at}", clause.gist, _STATUS[clause.status] + newer))
    return tuple(rows)


def _rules(knowledge: Knowledge, entry: Entry, as_of: date) -> Iterator[Rule]:
    """The old rule beside the new one: values that changed, and clauses that disagree."""
    texts = [entry.full, entry.sms, entry.staff, *entry.steps, *(case.full for case in entry.cases)]
    for name in dict.fromkeys(name for text in texts for name, _ in names(text) if name in knowledge.facts):
        fact = knowledge.facts[name]
        now, before = fact.value(as_of), fact.former(as_of)
        if before:
            here = now.value + fact.unit if now else "这一天没有有效的数值"
            clauses = "、".join(dict.fromkeys([*([now.clause] if now else []), before.clause]))
            yield Rule(fact.label, here, before.value + fact.unit, clauses)
    for one in knowledge.conflicts.values():
        if concerns(one, entry):
            yield _conflict(one)


def _conflict(one: Conflict) -> Rule:
    clauses = f"新：{'、'.join(one.newer.clauses)}；旧：{'、'.join(one.older.clauses)}"
    who = "还没有人确认" if one.decided_by == "unknown" else f"{one.decided_by}确认"
    return Rule(one.matter, one.newer.says, one.older.says, clauses, f"怎么答：{one.answer}（{who}）")


def _left_open(*texts: str) -> tuple[str, ...]:
    """The sentences that say what the sources do not."""
    found = (match[0].strip() for text in texts for match in _OPEN.finditer(text))
    return tuple(dict.fromkeys(found))


def _reached(knowledge: Knowledge, entry: Entry) -> list[str]:
    texts = [entry.full, *entry.steps, *(case.full for case in entry.cases)]
    named = [name.split(".")[1] for text in texts for name, _ in names(text) if name.startswith("route.")]
    return [id for id in dict.fromkeys([*entry.routes, *named]) if id in knowledge.routes]


def _route(route: Route) -> tuple[str, str]:
    paths = [f"{use.matter}：{use.path}" for use in route.can if use.path]
    return route.label, "；".join(part for part in (route.find, route.url, *paths) if part)


def _titles(knowledge: Knowledge, ids: list[str], as_of: date) -> tuple[tuple[str, str], ...]:
    entries = (knowledge.entries[id] for id in ids if id in knowledge.entries)
    return tuple((one.id, one.title) for one in entries if one.holds(as_of) in (Holds.YES, Holds.UNSURE))[:9]


def _filled(text: str, knowledge: Knowledge, as_of: date) -> str:
    try:
        return fill(text, knowledge, as_of).strip()
    except NotInForce as error:
        return f"这一天没有生效的数值，内部说明不显示：{error}"
