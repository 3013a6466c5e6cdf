"""Which lines of 急诊入院病种 and 急诊抢救范围 a described condition falls under; the table is conditions.yml."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from luebao.knowledge import Knowledge, load
from luebao.knowledge.check_conditions import parts
from luebao.policy.conditions import Found, conditions
from tests.luebao.clerk import KNOWLEDGE, Clerk

TODAY = date(2026, 11, 20)
LISTS = {"emergency_admission": "入院", "emergency_rescue": "抢救"}
TABLE = [
    next(iter(row.items())) for row in yaml.safe_load(Path(__file__).with_name("conditions.yml").read_text("utf-8"))
]
OFFICE = load(KNOWLEDGE)  # hypothesis cannot take the fixture


def found(text: str, knowledge: Knowledge = OFFICE) -> list[Found]:
    return conditions(text, knowledge, TODAY)


def said(line: Found) -> str:
    return f"{'还要' if line.missing else LISTS[line.scope]} {line.quote}"


def admission(text: str, item: str) -> Found | None:
    return next((line for line in found(text) if (line.scope, line.item) == ("emergency_admission", item)), None)


def notes(line: Found | None) -> set[str]:
    assert line is not None
    return {note.kind for note in line.notes}


@pytest.mark.parametrize(("text", "wanted"), TABLE)
def test_a_description_finds_these_lines_and_no_others(text: str, wanted: list[str]) -> None:
    lines = [said(line) for line in found(text)]
    assert [w for w in wanted if not any(line.startswith(w) for line in lines)] == []
    unexpected = [line for line in lines if not any(line.startswith(w) for w in wanted)]
    # A line that asks for more may always be told along with one that was found, never on its own.
    assert [line for line in unexpected if not wanted or not line.startswith("还要")] == []


def test_the_table_is_large_enough_to_judge_by() -> None:
    assert len(TABLE) >= 150
    assert len({text for text, _ in TABLE}) == len(TABLE)
    assert sum(not wanted for _, wanted in TABLE) >= 40
    assert sum(len({w for w in wanted if not w.startswith("还要")}) > 1 for _, wanted in TABLE) >= 20


def test_every_line_of_both_lists_is_in_the_table() -> None:
    wanted = {w for _, lines in TABLE for w in lines}
    for scope, name in LISTS.items():
        for item in OFFICE.scopes[scope].items:
            for part in parts(item.text):
                assert any(w.startswith((name, "还要")) and part.startswith(w[3:]) for w in wanted), part


@pytest.mark.parametrize("text", [text for text, wanted in TABLE if wanted])
def test_a_quote_is_exactly_what_the_list_says(text: str) -> None:
    for line in found(text):
        item = next(item for item in OFFICE.scopes[line.scope].items if item.id == line.item)
        assert line.quote in (item.text, *parts(item.text))
        assert line.specialty == item.specialty
        assert line.words


def test_a_condition_that_needs_another_tells_which() -> None:
    [line] = [line for line in found("腿骨折了") if line.scope == "emergency_rescue"]
    assert (line.quote, line.missing) == ("骨折伴有脂肪、空气栓塞者", ("脂肪、空气栓塞",))
    assert [note.text for note in line.notes] == ["清单写的是“骨折伴有脂肪、空气栓塞者”，您还没有说到：脂肪、空气栓塞"]


@pytest.mark.parametrize("text", ["39度", "烧到39", "39℃", "39.0°C", "三十九度", "腋下39度", "发烧38到39度"])
def test_exactly_at_the_threshold_is_left_open(text: str) -> None:
    assert "threshold" in notes(admission(text, "fever"))


@pytest.mark.parametrize("text", ["39.1", "39度1", "腋下40度", "烧到40", "39度多", "快40度", "39度以上"])
def test_above_the_threshold_nothing_is_open(text: str) -> None:
    assert notes(admission(text, "fever")) <= {"armpit"}


@pytest.mark.parametrize("text", ["38.9", "38度9", "不到39度", "快39度", "烧到三十八九度，早上37", "三十七度五"])
def test_below_the_threshold_or_up_to_it(text: str) -> None:
    line = admission(text, "fever")
    assert line is None or notes(line) == {"threshold", "armpit"}


def test_about_the_threshold_is_told_as_such() -> None:
    assert "about" in notes(admission("39度左右", "fever"))


def test_inflammation_with_exactly_its_threshold_is_open_too() -> None:
    assert "threshold" in notes(admission("肺炎38度", "inflammation"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("发烧39度5", "清单写的是腋下体温"),
        ("额温39.5", "您说的是额温，清单写的是腋下体温"),
        ("耳温枪量的39.5", "您说的是耳温，清单写的是腋下体温"),
        ("含在嘴里量的39.5", "您说的是口温，清单写的是腋下体温"),
    ],
)
def test_the_list_means_the_armpit(text: str, told: str) -> None:
    line = admission(text, "fever")
    assert line is not None
    assert told in [note.text for note in line.notes]


@pytest.mark.parametrize("text", ["腋下39.5", "夹肢窝量的39.5", "体温（腋下）39.5"])
def test_the_armpit_named_needs_no_word_about_it(text: str) -> None:
    assert "armpit" not in notes(admission(text, "fever"))


def test_a_high_fever_without_a_figure_is_told_so() -> None:
    assert "unmeasured" in notes(admission("发高烧", "fever"))


@pytest.mark.parametrize(
    "text", ["39岁", "39号床", "39.5元", "花了39.5万", "气温39度", "39度的天", "热水40度", "39公里", "139.5", "2039年"]
)
def test_a_figure_of_something_else_is_no_temperature(text: str) -> None:
    assert found(text) == []


def test_the_thresholds_are_the_facts_of_the_office(clerk: Clerk) -> None:
    clerk.change("facts/emergency.yml", 'value: "39"', 'value: "40"', "id: emergency.fever")
    assert found("烧到39.5", clerk.knowledge()) == []
    assert found("烧到40.5", clerk.knowledge()) != []


def test_a_word_the_clerk_adds_is_understood(clerk: Clerk) -> None:
    assert found("孩子打蔫了") == []
    clerk.change("conditions/signs.yml", "words: [中暑", "words: [打蔫, 中暑")
    assert [line.quote for line in found("孩子打蔫了", clerk.knowledge())] == ["中暑"]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for line in found(text):
        assert line.scope in LISTS


PIECES = [text for text, _ in TABLE] + ["没", "不", "以前", "怕", "，", "39", "度", "5", "…", "/", "（", "\n", "Ⅲ"]


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_anything_put_together_of_what_people_say_is_read(text: str) -> None:
    for line in found(text):
        assert line.words


@given(st.integers(340, 430), st.integers(340, 430), st.sampled_from(["腋下{}", "腋下{}度", "腋下烧到{}℃", "腋下{}°C"]))
def test_a_higher_temperature_never_loses_a_line(one: int, other: int, written: str) -> None:
    lower, higher = (written.format(tenths / 10) for tenths in sorted((one, other)))
    items = [{(line.scope, line.item) for line in found(f"肺炎，{text}")} for text in (lower, higher)]
    assert items[0] <= items[1]


@given(st.sampled_from([text for text, wanted in TABLE if wanted]), st.sampled_from(["我想问一下，", "", "俺家老人，"]))
def test_a_few_words_before_a_sentence_change_nothing(text: str, before: str) -> None:
    assert [said(line) for line in found(before + text)] == [said(line) for line in found(text)]
