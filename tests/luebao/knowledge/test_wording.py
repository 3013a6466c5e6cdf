"""What stands between {{ and }} becomes the office's own words and figures."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from luebao.knowledge import Knowledge
from luebao.knowledge.model import Fact, Route, Scope, ScopeItem, Value
from luebao.knowledge.period import PAST, Since, Until
from luebao.knowledge.wording import NotInForce, UnknownName, fill, names

LAST_OLD_DAY, FIRST_NEW_DAY = date(2026, 12, 31), date(2027, 1, 1)
NEVER = Since(None)


@pytest.fixture(scope="module")
def office(knowledge: Knowledge) -> Knowledge:
    """An office whose only time limit was 7 days long ago, 5 until the end of 2026, and is 3 from then on."""
    days = [
        Value("3", Since(FIRST_NEW_DAY), Until(None), "m.1"),
        Value("5", NEVER, Until(LAST_OLD_DAY), "m.1"),
        Value("7", NEVER, Until(None, PAST), "m.1"),
    ]
    mini = Route("mini", "办事", "“办事”小程序", "mini_program", "m.1", [], find="微信搜索“办事”")
    site = Route("site", "官网", "市局官网", "site", "m.1", [], url="http://example.org/")
    kinds = [ScopeItem("a", "高血压"), ScopeItem("b", "骨折", specialty="骨科")]
    return attrs.evolve(
        knowledge,
        facts={
            "days": Fact("days", "时限", "个工作日", NEVER, days),
            "phone.tax": Fact("phone.tax", "电话", "", NEVER, [Value("12366", NEVER, Until(None), "m.1")]),
        },
        routes={"mini": mini, "site": site},
        scopes={"kinds": Scope("kinds", "病种", "m.1", kinds)},
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ days }}办结，原为{{ days | former }}", "5个工作日办结，原为7个工作日"),
        ("请拨打{{phone.tax}}", "请拨打12366"),
        ("上{{ route.site }}（{{ route.site.url }}）", "上市局官网（http://example.org/）"),
        ("{{ route.mini.name }}：{{ route.mini.find }}", "办事：微信搜索“办事”"),
        ("{{ scope.kinds }}", "1. 高血压\n2. 骨科：骨折"),
        ("{{ scope.kinds | inline }}这{{ scope.kinds | count }}种", "高血压、骨折这2种"),
        ("没有名称的话", "没有名称的话"),
    ],
)
def test_a_name_becomes_what_it_stands_for(office: Knowledge, text: str, said: str) -> None:
    assert fill(text, office, LAST_OLD_DAY) == said


def test_a_dated_value_takes_over_at_midnight_and_the_old_one_becomes_the_former(office: Knowledge) -> None:
    text = "{{ days }}（原为{{ days | former }}）"
    assert fill(text, office, LAST_OLD_DAY) == "5个工作日（原为7个工作日）"
    assert fill(text, office, FIRST_NEW_DAY) == "3个工作日（原为5个工作日）"


@pytest.mark.parametrize(
    "name",
    [
        "hours",
        "days.cross_province",
        "days | formerly",
        "route.nowhere",
        "route.mini.url",
        "route.mini.kind",
        "scope.nothing",
        "scope.kinds | inlin",
        "route.site | former",
    ],
)
def test_a_name_nobody_has_written_is_refused(office: Knowledge, name: str) -> None:
    with pytest.raises(UnknownName):
        fill(f"{{{{ {name} }}}}", office, LAST_OLD_DAY)


def test_a_fact_that_never_had_another_value_has_no_former_one(office: Knowledge) -> None:
    with pytest.raises(NotInForce, match="在 2026-12-31 没有更早的数值"):
        fill("{{ phone.tax | former }}", office, LAST_OLD_DAY)


def test_names_lists_what_a_text_asks_for() -> None:
    assert list(names("{{ a.b }}或{{ scope.c | inline }}，{ d }")) == [("a.b", ""), ("scope.c", "inline")]
