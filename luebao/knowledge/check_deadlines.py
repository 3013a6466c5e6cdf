"""What must be true of knowledge/deadlines.yml: facts that can be counted, entries that exist."""

from __future__ import annotations

from collections.abc import Iterator

from luebao.knowledge.check_text import check_text
from luebao.knowledge.facets import FACETS
from luebao.knowledge.load import Draft
from luebao.knowledge.problem import Problem

# The units luebao.policy.deadlines can count; a rule in another unit needs another way to count.
COUNTABLE = {"report": "个工作日", "transfer": "个工作日", "backdate": "日"}


def check_deadlines(draft: Draft) -> Iterator[Problem]:
    """Every problem of the deadlines."""
    knowledge = draft.knowledge
    for deadline in knowledge.deadlines.values():
        place = draft.places["deadlines", deadline.id]
        for name in ("ask", "note"):
            yield from check_text(draft, place, (name,), getattr(deadline, name))
        for facet, value in deadline.when.items():
            if value not in FACETS.get(facet, ()):
                known = "、".join(FACETS.get(facet, FACETS))
                yield place.problem(("when",), f"没有 {facet}: {value} 这种情况", f"这里可以写：{known}")
        if not draft.complete:
            continue
        for index, id in enumerate(deadline.entries):
            if id not in knowledge.entries:
                yield place.problem(("entries", index), f"entries 里的 {id} 不是已有的条目", "请改成已有的编号")
        fact, unit = knowledge.facts.get(deadline.fact), COUNTABLE[deadline.counts]
        if fact is None:
            yield place.problem(("fact",), f"{deadline.fact} 不是已有的事实", "请改成 knowledge/facts/ 里的编号")
        elif fact.unit != unit or not all(value.value.isdigit() for value in fact.values):
            todo = f"推算只会数整数的“{unit}”；规定改了单位的，请删去这一项"
            yield place.problem(("fact",), f"事实 {fact.id} 不是多少“{unit}”，推算不了", todo)
