"""What may stand in the texts of the knowledge base: no bare figure, no unknown name, no SMS that is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from luebao.knowledge import wording
from luebao.knowledge.facets import REPEATED
from luebao.knowledge.load import Draft, Place
from luebao.knowledge.problem import Problem
from luebao.knowledge.sms import MOST_PARTS, segments, sms_text, units

# A figure is a digit, or a Chinese number in front of a unit that states an amount, a time or a count.
_FIGURE = re.compile(
    r"[0-9０-９]+(?:\.[0-9]+)?[%％]?|百分之[一二三四五六七八九十百]+|(?<![哪某同当第每几])[一二两三四五六七八九十百千]+"
    r"(?:个?工作日|个?自然日|个月|天|小时|分钟|元|块钱|周岁|种病|个病种|类病|倍|成)"
    r"|(?<![哪某同当第每几])[三四五六七八九十百千]+(?:日|种|类|家|项|个|年)"
)
# The nation's emergency number, known to everybody; no figure of the office.
_EMERGENCY = "120急救电话"
# Stands for what a citizen might say, where a case repeats it.
_WORDS = dict.fromkeys(REPEATED, "乌鲁木齐")


def check_text(draft: Draft, place: Place, field: tuple[str | int, ...], text: str) -> Iterator[Problem]:
    """Problems of one text of an entry, a case or a reply."""
    if not text.strip():
        yield place.problem(field, f"{field[0]} 是空的", "请写上内容")
    block = (*place.path, *field) in place.document.blocks
    for number, line in enumerate(text.split("\n")):
        offset = number + 1 if block else 0
        bare = wording.NAME.sub("", line).replace(_EMERGENCY, "")
        for figure in _FIGURE.finditer(bare):
            todo = "请写进 knowledge/facts/ 并在这里用 {{ 名称 }} 引用"
            yield place.problem(field, f"正文里直接写了数字“{figure[0]}”", todo, offset)
        for name, how in wording.names(line):
            yield from _name(draft, place, field, name, how, offset)
        if re.search(r"[{}｛｝]", bare):
            yield place.problem(field, "{{ }} 的写法不完整", "请写成 {{ 名称 }}，前后各两个花括号", offset)


def _name(
    draft: Draft, place: Place, field: tuple[str | int, ...], name: str, how: str, offset: int
) -> Iterator[Problem]:
    sample = f"{{{{ {name} | {how} }}}}" if how else f"{{{{ {name} }}}}"
    try:
        wording.fill(sample, draft.knowledge, date.max, _WORDS if field[0] == "cases" else None)
    except wording.NotInForce:
        fact = draft.knowledge.facts[name]
        ends = [value.until.day for value in fact.values if value.until.day]
        if how or not ends:
            yield place.problem(field, f"{sample} 没有可用的数值", "请检查该事实各数值的 from 与 until", offset)
    except wording.UnknownName:
        if not draft.complete:
            return
        scopes = [f"scope.{id}" for id in draft.knowledge.scopes]
        routes = [f"route.{id}" for id in draft.knowledge.routes]
        near = get_close_matches(name, [*draft.knowledge.facts, *routes, *scopes], 1)
        todo = f"是不是想写 {{{{ {near[0]} }}}}" if near else "请先在 knowledge/facts/ 里写上这个事实"
        yield place.problem(field, f"{sample} 不是已有的名称", todo, offset)


def check_sms(
    draft: Draft, place: Place, field: tuple[str | int, ...], sms: str, clauses: list[str]
) -> Iterator[Problem]:
    """A problem where an SMS, filled in and cited, takes more than three parts."""
    known = [id for id in clauses if draft.knowledge.has_clause(id)]
    try:
        text = sms_text(sms, known, draft.knowledge, _a_day(draft), _WORDS)
    except (wording.UnknownName, wording.NotInForce):
        return
    if segments(text) > MOST_PARTS:
        wrong = f"短信太长：{units(text)} 个字，要拆成 {segments(text)} 条"
        yield place.problem(field, wrong, f"请缩短到 {MOST_PARTS} 条以内，最好一条")


def _a_day(draft: Draft) -> date:
    """A day on which as many facts as possible have a value: the first day of the newest dated value, or any."""
    days = [value.from_.day for fact in draft.knowledge.facts.values() for value in fact.values if value.from_.day]
    return max(days, default=date.min)
