"""What can be found: entries, what the sources leave out, guides and checklists, with the words to find them by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from luebao.knowledge.model import Entry, Fact, Knowledge, Route
from luebao.knowledge.wording import NAME, fill_reply, names

GUIDE, CHECKLIST = "guide.", "checklist."


@dataclass(frozen=True)
class Item:
    """One thing to open. `clauses`: (id, document and place, gist); `facts`: (label, value, what it was before)."""

    id: str
    kind: str  # 条目, 没有收录, 向导, 清单
    title: str
    questions: tuple[str, ...] = ()
    clauses: tuple[tuple[str, str, str], ...] = ()
    routes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()
    body: str = ""

    @property
    def label(self) -> str:
        """What training examples call it by."""
        return self.id


def items(knowledge: Knowledge, as_of: date) -> list[Item]:
    """Everything that can be opened, in the order of the files."""
    made = [_entry(knowledge, entry, as_of) for entry in knowledge.entries.values()]
    made += [_guide(knowledge, id, as_of) for id in knowledge.guides]
    made += [_checklist(knowledge, id, as_of) for id in knowledge.checklists]
    left_out = (one for one in knowledge.unanswered.values() if one.near)
    return made + [Item(one.id, "没有收录", one.title, body=fill_reply(one.full, knowledge, as_of)) for one in left_out]


def _entry(knowledge: Knowledge, entry: Entry, as_of: date) -> Item:
    texts = [entry.full, *entry.steps, entry.sms, entry.staff, *(case.full for case in entry.cases)]
    item = _item(knowledge, entry.id, "条目", entry.title, texts, entry.clauses, as_of, entry.routes)
    return Item(**{**vars(item), "questions": tuple(entry.questions)})


def _guide(knowledge: Knowledge, id: str, as_of: date) -> Item:
    guide = knowledge.guides[id]
    texts = [guide.opening, *(question.ask for question in guide.questions)]
    texts += [line for end in guide.outcomes for line in [end.title, *end.card.values()]]
    clauses = knowledge.clauses_of([entry for end in guide.outcomes for entry in end.entries])
    return _item(knowledge, GUIDE + id, "向导", guide.title, texts, clauses, as_of)


def _checklist(knowledge: Knowledge, id: str, as_of: date) -> Item:
    one = knowledge.checklists[id]
    clauses = knowledge.clauses_of(one.entries)
    title = one.title.removeprefix("办事清单：")
    return _item(knowledge, CHECKLIST + id, "清单", title, list(one.card.values()), clauses, as_of)


def _item(
    knowledge: Knowledge,
    id: str,
    kind: str,
    title: str,
    texts: list[str],
    clauses: list[str],
    as_of: date,
    routes: Iterable[str] = (),
) -> Item:
    used = list(dict.fromkeys(name for text in texts for name, _ in names(text)))
    reached = dict.fromkeys([*routes, *(name.split(".")[1] for name in used if name.startswith("route."))])
    return Item(
        id,
        kind,
        title,
        clauses=tuple(_clause(knowledge, clause) for clause in clauses),
        routes=tuple(_route(knowledge.routes[route]) for route in reached if route in knowledge.routes),
        facts=tuple(_facts((knowledge.facts[name] for name in used if name in knowledge.facts), as_of)),
        body=NAME.sub(lambda match: _named(match[0], knowledge, as_of), "\n".join(texts)),
    )


def _clause(knowledge: Knowledge, id: str) -> tuple[str, str, str]:
    source = knowledge.source_of(id)
    return id, f"{source.short} {source.clauses[id].at}", source.clauses[id].gist


def _route(route: Route) -> str:
    return route.name if route.name in route.label else f"{route.label}（{route.name}）"


def _facts(facts: Iterable[Fact], as_of: date) -> Iterator[tuple[str, str, str]]:
    for fact in facts:
        now, before = fact.value(as_of) or fact.last(), fact.former(as_of)
        yield fact.label, now.value + fact.unit, before.value + fact.unit if before else ""


def _named(name: str, knowledge: Knowledge, as_of: date) -> str:
    """A name filled in; nothing for the citizen's own words, which are not known here."""
    return "" if "case." in name else fill_reply(name, knowledge, as_of)
