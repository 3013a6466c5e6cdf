"""Every figure, name and list is compared with the text it was taken from.

The small office and its text are made up. The real texts are not part of the project; where the office has them in
../shared/sources, the real knowledge is compared too.
"""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from luebao.knowledge import Problem
from luebao.knowledge.load import Draft, draft_of
from luebao.knowledge.model import Fact
from luebao.knowledge.verify import verify
from tests.luebao.clerk import KNOWLEDGE, Clerk, where

FACTS, ROUTES, KINDS, SOURCES = "facts/office.yml", "routes.yml", "scopes/kinds.yml", "sources.yml"
REAL_SOURCES = KNOWLEDGE.parents[1] / "shared" / "sources"
with_real_sources = pytest.mark.skipif(not REAL_SOURCES.is_dir(), reason=f"没有原文：{REAL_SOURCES}")


def sources(office: Clerk) -> Path:
    return office.folder.parent / "sources"


def told(office: Clerk) -> list[Problem]:
    return verify(draft_of(office.folder), sources(office)).problems


def test_what_agrees_with_the_text_is_quiet(small_office: Clerk) -> None:
    """Spaces, quotation marks, dashes and the width of a letter make no difference."""
    assert told(small_office) == []


def test_everything_but_what_was_only_counted_is_compared(small_office: Clerk) -> None:
    before = verify(draft_of(small_office.folder), sources(small_office)).compared
    small_office.change(FACTS, ", counted: true", "")
    after = verify(draft_of(small_office.folder), sources(small_office))
    assert after.compared == before + 1
    assert where(after.problems, "没有“8段”") == [(f"knowledge/{FACTS}", small_office.line(FACTS, 'value: "8"'))]


@pytest.mark.parametrize(
    ("file", "old", "new", "missing"),
    [
        (FACTS, 'value: "15"', 'value: "16"', "条款 r.1 的原文里没有“16个工作日”"),
        (FACTS, 'value: "45"', 'value: "54"', "条款 r.1 的原文里没有“54个工作日”"),
        (FACTS, 'value: "30"', 'value: "300"', "条款 r.1 的原文里没有“300%”"),
        (FACTS, 'value: "12345"', 'value: "12354"', "条款 r.2 的原文里没有“12354”"),
        (FACTS, "value: 一家", "value: 两家", "条款 r.2 的原文里没有“两家”"),
        (FACTS, "written: 3项措施", "written: 3项办法", "条款 r.0 的原文里没有“3项办法”"),
        (FACTS, 'value: "3"', 'value: "4"', "4"),
        (FACTS, 'value: "15"', 'value: "5"', "条款 r.1 的原文里没有“5个工作日”"),
        (FACTS, 'value: "12345"', 'value: "2345"', "条款 r.2 的原文里没有“2345”"),
        (FACTS, 'until: open, clause: r.1', 'until: open, clause: r.2', "条款 r.2 的原文里没有“15个工作日”"),
        (ROUTES, "name: 办事", "name: 办理", "条款 r.3 的原文里没有“办理”"),
        (ROUTES, "url: http://example.org/", "url: http://example.com/", "没有“http://example.com/”"),
        (ROUTES, "path: 首页→个账共济", "path: 首页→家庭共济", "条款 r.3 的原文里没有“家庭共济”"),
        (KINDS, "text: 高血压", "text: 高血脂", "条款 r.2 的原文里没有“高血脂”"),
        (SOURCES, "begins: \"二、咨询电话", "begins: \"二、电话", "原文里找不到条款 r.2 的开头“二、电话”"),
    ],
)  # fmt: skip
def test_what_the_text_does_not_say_is_told_at_its_line(
    small_office: Clerk, file: str, old: str, new: str, missing: str
) -> None:
    small_office.change(file, old, new)
    problems = told(small_office)
    assert where(problems, missing) == [(f"knowledge/{file}", small_office.line(file, new))]
    assert len(problems) == 1


def test_another_edition_of_the_text_is_told(small_office: Clerk) -> None:
    with (sources(small_office) / "rules.txt").open("a", encoding="utf-8") as text:
        text.write("四、新的一条。\n")
    assert where(told(small_office), "sha256 不符") == [(f"knowledge/{SOURCES}", small_office.line(SOURCES, "sha256:"))]


def test_a_missing_text_is_told(small_office: Clerk) -> None:
    (sources(small_office) / "rules.txt").unlink()
    [problem] = told(small_office)
    assert (problem.line, problem.wrong[:5]) == (small_office.line(SOURCES, "file:"), "找不到原文")


def test_a_text_in_another_encoding_is_told(small_office: Clerk) -> None:
    text = sources(small_office) / "rules.txt"
    text.write_bytes(text.read_text(encoding="utf-8").encode("gbk"))
    assert where(told(small_office), "UTF-8")


def changed(draft: Draft, fact: Fact, index: int) -> Draft:
    """The draft with every digit of one value off by one, and 一 as 两."""
    wrong = fact.values[index].value.translate(str.maketrans("0123456789一", "1234567890两"))
    values = [attrs.evolve(value, value=wrong) if at == index else value for at, value in enumerate(fact.values)]
    facts = {**draft.knowledge.facts, fact.id: attrs.evolve(fact, values=values)}
    return attrs.evolve(draft, knowledge=attrs.evolve(draft.knowledge, facts=facts))


@with_real_sources
def test_no_fact_of_the_real_knowledge_can_change_unnoticed() -> None:
    draft = draft_of(KNOWLEDGE)
    unnoticed = []
    for fact in draft.knowledge.facts.values():
        place = draft.places[("facts", fact.id)]
        for index, value in enumerate(fact.values):
            if value.counted:
                continue
            here = (place.document.name, place.document.line((*place.path, "values", index)))
            problems = verify(changed(draft, fact, index), REAL_SOURCES).problems
            if [(problem.file, problem.line) for problem in problems] != [here]:
                unnoticed.append(f"{fact.id}：{value.value}")
    assert unnoticed == []


@with_real_sources
def test_the_real_knowledge_agrees_with_its_texts() -> None:
    draft = draft_of(KNOWLEDGE)
    verified = verify(draft, REAL_SOURCES)
    assert verified.problems == []
    assert verified.compared > len(draft.knowledge.facts)
