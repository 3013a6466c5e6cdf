"""What must be true of knowledge/conditions/: words that lead to lines, and every line of a list within reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from luebao.knowledge.load import Draft, Place
from luebao.knowledge.model import Knowledge, Line
from luebao.knowledge.problem import Problem

PART = "；"  # what parts the lines within one item of a list


def check_conditions(draft: Draft) -> list[Problem]:
    """Every problem of the signs, lines and asides, as far as all files could be read."""
    rules = (_filled, _patterns, _twice, _lines, _idle, _unreached) if draft.complete else (_patterns, _twice)
    return [problem for rule in rules for problem in rule(draft)]


def parts(text: str) -> list[str]:
    """The lines within one item of a list: 急性肾衰；各种原因引起的尿闭 has two."""
    return text.split(PART)


def _filled(draft: Draft) -> Iterator[Problem]:
    knowledge = draft.knowledge
    for name, things in (("signs", knowledge.signs), ("lines", knowledge.lines), ("asides", knowledge.asides)):
        if not things:
            yield Problem(f"knowledge/conditions/{name}.yml", 1, f"{name} 是空的", "请至少写一项")
    for sign in knowledge.signs.values():
        if not sign.words:
            todo = "请写上市民会说的词"
            yield draft.places["conditions/signs", sign.id].problem(("words",), f"“{sign.title}”没有说法", todo)
    for aside in knowledge.asides.values():
        if not aside.before and not aside.after:
            place = draft.places["conditions/asides", aside.id]
            yield place.problem((), f"“{aside.title}”没有词", "请写 before 或 after")


def _written(draft: Draft) -> Iterator[tuple[Place, str, int, str]]:
    """(place, field, index, pattern) of every word of the signs and asides."""
    for sign in draft.knowledge.signs.values():
        for field in ("words", "alike"):
            for index, word in enumerate(getattr(sign, field)):
                yield draft.places["conditions/signs", sign.id], field, index, word
    for aside in draft.knowledge.asides.values():
        for field in ("before", "after", "alike"):
            for index, word in enumerate(getattr(aside, field)):
                yield draft.places["conditions/asides", aside.id], field, index, word


def _patterns(draft: Draft) -> Iterator[Problem]:
    for place, field, index, word in _written(draft):
        # An aside may end or begin with a gap: 以前… stands somewhere before the condition.
        inner = word.strip("…") if field in ("before", "after") else word
        if any(not choice.strip() for piece in inner.split("…") for choice in piece.split("/")):
            todo = "“/”两边、“…”两边都要有字，如 肚子/肚儿…疼/痛"
            yield place.problem((field, index), f"“{word}”写得不完整", todo)


def _twice(draft: Draft) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for sign in draft.knowledge.signs.values():
        for index, word in enumerate(sign.words):
            for plain in [word] if "…" in word else word.split("/"):
                if plain in seen:
                    place = draft.places["conditions/signs", sign.id]
                    todo = "请只留一处；同一个词要用在几行清单上，就在 lines.yml 里让几行都写这个编号"
                    yield place.problem(("words", index), f"“{plain}”在“{seen[plain]}”里已有", todo)
                seen.setdefault(plain, sign.title)


def _lines(draft: Draft) -> Iterator[Problem]:
    knowledge = draft.knowledge
    for line in knowledge.lines.values():
        place = draft.places["conditions/lines", line.id]
        yield from _quote(knowledge, line, place)
        if not line.needs:
            yield place.problem(("needs",), f"{line.id} 没有写要有哪些情况", "请在 needs 里写上 signs.yml 的编号")
        for index, need in enumerate(line.needs):
            for id in need.split("/"):
                if id not in knowledge.signs:
                    yield _unknown(place, ("needs", index), id, knowledge.signs, "情况")
        if line.above and line.above not in knowledge.facts:
            yield _unknown(place, ("above",), line.above, knowledge.facts, "事实")
        measured = any(knowledge.signs[id].measured for id in _ids(line) if id in knowledge.signs)
        if measured != bool(line.above):
            todo = "要看体温的一行，needs 里写体温的情况，above 里写体温的事实"
            yield place.problem((), f"{line.id} 的 needs 与 above 不配套", todo)


def _quote(knowledge: Knowledge, line: Line, place: Place) -> Iterator[Problem]:
    if line.scope not in knowledge.scopes:
        yield _unknown(place, ("scope",), line.scope, knowledge.scopes, "清单")
        return
    items = {item.id: item for item in knowledge.scopes[line.scope].items}
    if line.item not in items:
        yield _unknown(place, ("item",), line.item, items, f"{line.scope} 里的项")
    elif line.quote and line.quote not in parts(items[line.item].text):
        wrong = f"“{line.quote}”不是 {line.scope} 里 {line.item} 的一段"
        yield place.problem(("quote",), wrong, f"请照抄清单里两个“{PART}”之间的一段")


def _unknown(place: Place, field: tuple[str | int, ...], id: str, known: Iterable[str], what: str) -> Problem:
    near = get_close_matches(id, list(known), 1, 0.6)
    todo = f"是不是想写 {near[0]}" if near else "请改成已有的编号，或先补上它"
    return place.problem(field, f"{id} 不是已有的{what}", todo)


def _ids(line: Line) -> list[str]:
    return [id for need in line.needs for id in need.split("/")]


def _idle(draft: Draft) -> Iterator[Problem]:
    used = {id for line in draft.knowledge.lines.values() for id in _ids(line)}
    for sign in draft.knowledge.signs.values():
        if sign.id not in used:
            place = draft.places["conditions/signs", sign.id]
            yield place.problem(("id",), f"“{sign.title}”没有用在任何一行清单上", "请在 lines.yml 里用上，或删去")


def _unreached(draft: Draft) -> Iterator[Problem]:
    """A list that people's words lead to is reached in all its parts, or a citizen would be told nothing was found."""
    lines = draft.knowledge.lines.values()
    reached = {(line.scope, line.item, line.quote) for line in lines}
    for scope in draft.knowledge.scopes.values():
        if all(line.scope != scope.id for line in lines):
            continue
        for index, item in enumerate(scope.items):
            for part in parts(item.text):
                if not reached & {(scope.id, item.id, part), (scope.id, item.id, "")}:
                    place = draft.places["scopes", scope.id]
                    todo = "请在 conditions/lines.yml 里补上一行"
                    yield place.problem(("items", index), f"“{part}”没有对应的说法", todo)
