"""Search while typing: what was typed found in titles, questions, places and numbers; whole sentences by likeness.

`Search` is built for one state of the knowledge; `live.LiveSearch` keeps one up to date for the process.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from luebao.knowledge.model import Knowledge

from front.desk.assistant.items import Item, items
from front.desk.assistant.likeness import Likeness
from front.desk.assistant.words import han, heard_in, normal, squashed, tokens, typed_as_pinyin

_LONGEST = 200
_CLAUSE_ID = re.compile(r"[gm](?:\.\w+)+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PRINTED = re.compile(r"[一二三四五六七八九十]{1,3}[-、.（(]?[0-9一二三四五六七八九十]{0,2}[)）]?")
# What a token found there is worth. The item a sentence is most like gets _LIKE, one a point less like it 2 less.
_LIKE = 9.0
_CHANCE = -1.2  # below this a sentence is about something else (two in five of those; none of 520 of ours)
_TITLE, _QUESTION, _PLACE, _ROUTE, _FACT, _FORMER, _BODY = 9.0, 6.0, 8.0, 5.0, 7.0, 6.5, 2.0
_FIRST = 0.3  # entries before guides and lists that say the same


@dataclass(frozen=True)
class Match:
    """Where it was found: 标题, 问法, 依据, 渠道, 数字, 正文; the text there, and which spans of it were meant."""

    where: str
    text: str
    spans: tuple[tuple[int, int], ...] = ()
    worth: float = 0.0


@dataclass(frozen=True)
class Hit:
    """One thing found, best first in a list. `title` has the title's own marked spans."""

    id: str
    kind: str
    score: float
    title: Match
    match: Match | None = None


class Search:
    """Finds what can be opened, in one state of the knowledge on one day."""

    def __init__(self, knowledge: Knowledge, as_of: date, examples: Mapping[str, Sequence[str]] | None = None) -> None:
        """`examples`: sentences by id (transfer.time_limit); without any, titles and questions have to do."""
        self._items = items(knowledge, as_of)
        known = examples or {}
        said = {one.id: [one.title, *one.questions, *known.get(one.id, ())] for one in self._items}
        # A guide or a list nobody has asked for by name yet would take its entry's place.
        named = {one.id for one in self._items if one.kind in ("条目", "没有收录")}
        self._likeness = Likeness({id: some for id, some in said.items() if id in named or id in known})
        self._floor = _CHANCE if examples else -math.inf  # titles alone are too few to say what is not ours

    def find(self, query: str, limit: int = 8) -> list[Hit]:
        """What a query may mean, best first; nothing for an empty one."""
        query = query.strip()[:_LONGEST]
        letters, words = typed_as_pinyin(query), tokens(query)
        if not words:
            return []
        like = self._like(query)
        scored = []
        for number, item in enumerate(self._items):
            found = [_best(item, word) for word in words]
            found += [_heard(item, letters)] if letters else []
            matches = [match for match in found if match]
            worth = sum(match.worth for match in matches) / len(words) + like.get(item.id, 0.0)
            if worth >= 1.0:
                worth += _FIRST if item.kind == "条目" else 0.0
                scored.append((-worth, number, item, matches))
        scored.sort(key=lambda one: one[:2])
        return [_hit(item, query, -worth, matches) for worth, _, item, matches in scored[:limit]]

    def _like(self, query: str) -> dict[str, float]:
        """What each item is worth by likeness: nothing for a number, a clause or letters."""
        if han(query) < 2 or any(_PRINTED.fullmatch(word) or _CLAUSE_ID.fullmatch(word) for word in tokens(query)):
            return {}
        scores = self._likeness.scores(query)
        best = max(scores.values(), default=0.0)
        near = {id: score for id, score in scores.items() if score > max(self._floor, best - _LIKE / 2)}
        return {id: _LIKE + 2 * (score - best) for id, score in near.items()}


def _hit(item: Item, query: str, score: float, matches: list[Match]) -> Hit:
    spans = tuple(span for match in matches if match.where == "标题" for span in match.spans)
    title = Match("标题", item.title, spans or common(query, item.title))
    others = [match for match in matches if match.where != "标题"]
    if others:
        return Hit(item.id, item.kind, score, title, max(others, key=lambda match: match.worth))
    return Hit(item.id, item.kind, score, title, None if spans else _nearest(item, query))


def _nearest(item: Item, query: str) -> Match | None:
    """The known question that shares most with what was typed, to say why this was found."""
    marked = [(common(query, question), question) for question in item.questions]
    shared = [(sum(end - start for start, end in spans) / len(text), spans, text) for spans, text in marked]
    best = max(shared, default=None)
    return Match("问法", best[2], best[1]) if best and best[0] >= 0.3 else None


def _best(item: Item, word: str) -> Match | None:
    """The best place of an item that has this word."""
    return max(_places(item, word), key=lambda match: match.worth, default=None)


def _places(item: Item, word: str) -> Iterator[Match]:
    if span := _span(item.title, word):
        yield Match("标题", item.title, (span,), _TITLE + len(word) / len(item.title))
    yield from _in_clauses(item, word)
    yield from _in_facts(item, word)
    for question in item.questions:
        if span := _span(question, word):
            yield Match("问法", question, (span,), _QUESTION + len(word) / len(question))
    for number, route in enumerate(item.routes):
        if span := _span(route, word):
            yield Match("渠道", route, (span,), _ROUTE - number / 10)
    if span := _span(item.body, word):
        yield _snippet(item.body, span)


def _in_clauses(item: Item, word: str) -> Iterator[Match]:
    """By the clause's id (m.1.2, m.1) or by its place as printed (一-2, 指南 七)."""
    sought = squashed(word)
    for number, (id, place, gist) in enumerate(item.clauses):
        worth = _PLACE - number / 10 - len(item.clauses) / 20  # an entry about little else comes first
        if _CLAUSE_ID.fullmatch(word):
            if id == word or id.startswith(f"{word}."):
                yield Match("依据", f"{id} {place}：{gist}", ((0, len(id)),), worth + (2 if id == word else 0))
        elif _PRINTED.fullmatch(word) and squashed(place).endswith(sought):
            start, exact = len(id) + 1, squashed(place.split(" ")[-1].split("”")[-1]) == sought
            yield Match("依据", f"{id} {place}：{gist}", ((start, start + len(place)),), worth + (2 if exact else 0))
        elif span := _span(place, word) or _span(gist, word):
            offset = len(id) + 1 + (0 if _span(place, word) else len(place) + 1)
            spans = ((span[0] + offset, span[1] + offset),)
            yield Match("依据", f"{id} {place}：{gist}", spans, _ROUTE - number / 10)


def _in_facts(item: Item, word: str) -> Iterator[Match]:
    for number, (label, now, before) in enumerate(item.facts):
        less = number / 10 + len(item.facts) / 20 + len(item.clauses) / 20
        text = f"{label}：{now}" + (f"（原为{before}）" if before else "")
        if span := _span(now, word):
            start = len(label) + 1 + span[0]
            yield Match("数字", text, ((start, start + len(word)),), _FACT - less)
        elif before and (span := _span(before, word)):
            start = text.rindex(before) + span[0]
            yield Match("数字", text, ((start, start + len(word)),), _FORMER - less)


def _heard(item: Item, letters: str) -> Match | None:
    """Where an item's title, questions or routes are typed by these letters of pinyin."""
    for where, texts, worth in (("标题", (item.title,), _TITLE), ("问法", item.questions, _QUESTION),
                                ("渠道", item.routes, _ROUTE)):  # fmt: skip
        for text in texts:
            if span := heard_in(letters, text):
                early = 1 if span[0] == 0 else 0
                return Match(where, text, (span,), worth + early + (span[1] - span[0]) / len(text))
    return None


def _span(text: str, word: str) -> tuple[int, int] | None:
    """Where a word stands in a text; a number only as a whole number, 15 not in 2015."""
    said, start = normal(text), -1
    while (start := said.find(word, start + 1)) >= 0:
        end = start + len(word)
        cut_off = word[0].isdigit() and said[start - 1 : start].isdigit()
        if not cut_off and not (word[-1].isdigit() and said[end : end + 1].isdigit()):
            return start, end
    return None


def _snippet(body: str, span: tuple[int, int]) -> Match:
    """The sentence around what was found."""
    start = max(body.rfind(mark, 0, span[0]) for mark in "。\n；") + 1
    start = max(start, span[0] - 20)
    ends = [end for mark in "。\n；" if (end := body.find(mark, span[1])) >= 0]
    text = body[start : min([*ends, span[1] + 40])]
    return Match("正文", text, ((span[0] - start, span[1] - start),), _BODY)


def common(query: str, text: str) -> tuple[tuple[int, int], ...]:
    """The parts of a text, of two characters and more, that the query has too."""
    said, asked, spans, start = normal(text), normal(query), [], 0
    while start < len(said) - 1:
        end = start
        while end < len(said) and said[start : end + 1] in asked and not said[end].isspace():
            end += 1
        if end - start >= 2:
            spans.append((start, end))
        start = max(end, start + 1)
    return tuple(spans)
