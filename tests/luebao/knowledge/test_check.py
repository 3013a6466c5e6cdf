"""Whatever a clerk gets wrong in a copy of the real knowledge is told, with the file, the line and what is wrong.

The slips themselves are in slips.yml.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest
import yaml

from luebao.answers.reply import Reason
from luebao.knowledge import Knowledge, Problem
from luebao.knowledge.load import draft_of
from luebao.knowledge.sms import MOST_PARTS, PART
from tests.luebao.clerk import KNOWLEDGE, Clerk, where

SOURCES, ROUTES, CONFLICTS, OUT_OF_SCOPE, REPLIES = (
    f"{name}.yml" for name in ("sources", "routes", "conflicts", "out_of_scope", "replies")
)
ENTRIES, FACTS = "entries/office.yml", "facts/office.yml"


@attrs.frozen
class Slip:
    """One slip of slips.yml."""

    name: str
    says: str
    file: str = ""
    entry: str = ""
    below: str = ""
    full: str = ""
    old: str = ""
    new: str = ""
    at: str = ""

    def happens_to(self, clerk: Clerk) -> None:
        if self.full:
            clerk.change(self._file, "full: |\n", f"full: |\n      {self.full}\n", self._below)
        else:
            clerk.change(self._file, self.old, self.new, self._below)

    def place(self, clerk: Clerk) -> tuple[str, int]:
        """Where the check should point, found in the changed file."""
        return f"knowledge/{self._file}", clerk.line(self._file, self.at or self.full or self.new, self._below)

    @property
    def _file(self) -> str:
        return self.file or f"entries/{self.entry.split('.')[0]}.yml"

    @property
    def _below(self) -> str:
        return f"- id: {self.entry}\n" if self.entry else self.below


@attrs.frozen
class BadDay:
    """A day on which a clerk made every slip of a group, and what the check told in one run."""

    clerk: Clerk
    told: list[Problem]


GROUPS = {
    group: [Slip(**slip) for slip in slips]
    for group, slips in yaml.safe_load(Path(__file__).with_name("slips.yml").read_text("utf-8")).items()
}
ALONE = GROUPS.pop("alone")


def case(slip: Slip, *first: str) -> Any:
    """A slip as a test case."""
    return pytest.param(*first, slip, id="-".join([*first, slip.name]).replace(" ", "-"))


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], BadDay]:
    """The day with this group of slips."""

    @cache
    def day(group: str) -> BadDay:
        folder = tmp_path_factory.mktemp(group) / "knowledge"
        shutil.copytree(KNOWLEDGE, folder)
        clerk = Clerk(folder)
        for slip in GROUPS[group]:
            slip.happens_to(clerk)
        return BadDay(clerk, clerk.problems())

    return day


@pytest.mark.parametrize(("group", "slip"), [case(slip, group) for group, slips in GROUPS.items() for slip in slips])
def test_a_slip_is_told_at_its_file_and_line(bad_day: Callable[[str], BadDay], group: str, slip: Slip) -> None:
    day = bad_day(group)
    assert slip.place(day.clerk) in where(day.told, slip.says)


@pytest.mark.parametrize("group", GROUPS)
def test_the_slips_of_one_day_are_told_in_one_run_and_nothing_else(
    bad_day: Callable[[str], BadDay], group: str
) -> None:
    day = bad_day(group)
    places = {slip.place(day.clerk) for slip in GROUPS[group]}
    assert [str(problem) for problem in day.told if (problem.file, problem.line) not in places] == []


@pytest.mark.parametrize("slip", [case(slip) for slip in ALONE])
def test_a_slip_is_told_among_what_follows_from_it(clerk: Clerk, slip: Slip) -> None:
    slip.happens_to(clerk)
    assert slip.place(clerk) in where(clerk.problems(), slip.says)


@pytest.mark.parametrize("file", [ENTRIES, OUT_OF_SCOPE])
def test_an_sms_in_more_than_three_parts_is_told(small_office: Clerk, file: str) -> None:
    small_office.change(file, "sms: ", "sms: " + "医" * MOST_PARTS * PART)
    [problem] = small_office.problems()
    assert (problem.file, problem.line) == (f"knowledge/{file}", small_office.line(file, "sms: "))
    assert "短信太长" in problem.wrong


def test_the_real_knowledge_is_without_problems(clerk: Clerk) -> None:
    assert clerk.problems() == []


def write_in_full(office: Clerk, words: list[str]) -> list[tuple[str, int]]:
    """Begin an answer with a line for each of these, and tell where they stand."""
    office.change(ENTRIES, "full: |\n", "full: |\n" + "".join(f"      最多{word}。\n" for word in words))
    return [(f"knowledge/{ENTRIES}", office.line(ENTRIES, f"最多{word}。")) for word in words]


def test_every_way_to_write_a_figure_is_told_on_its_own_line(small_office: Clerk) -> None:
    figures = [
        *("3天", "３天", "1.5倍", "30%", "30％", "百分之三十", "5190857", "2021年"),
        *("两天", "三个月", "十五个工作日", "二十四小时", "五分钟", "一百元", "六十周岁"),
        *("十二种病", "九类病", "三成"),
    ]
    places = write_in_full(small_office, figures)
    assert where(small_office.problems(), "正文里直接写了数字") == places


def test_a_chinese_figure_with_the_unit_of_any_fact_is_told(small_office: Clerk, knowledge: Knowledge) -> None:
    units = {fact.unit for fact in knowledge.facts.values()} - {"", "%", "°C"}
    places = write_in_full(small_office, [f"五{unit}" for unit in sorted(units)])
    assert where(small_office.problems(), "正文里直接写了数字") == places


def test_words_that_only_look_like_figures_are_left_alone(small_office: Clerk) -> None:
    write_in_full(small_office, ["第三天、哪两个工作日、同一天、每一个月、一起办、第一方面、一窗受理、一站式、万一"])
    assert small_office.problems() == []


def test_where_a_fact_has_ended_every_text_that_states_it_is_told(small_office: Clerk) -> None:
    small_office.change(FACTS, "until: open", "until: past", "id: days")
    assert where(small_office.problems(), "{{ days }} 没有可用的数值") == [
        (f"knowledge/{ENTRIES}", number)
        for number, line in enumerate(small_office.read(ENTRIES).splitlines(), 1)
        if "{{ days }}" in line
    ]


def test_a_fact_may_end_on_the_day_before_the_next_value_begins(small_office: Clerk) -> None:
    small_office.change(FACTS, "until: open", "until: 2026-12-31")
    new = '- {value: "7", from: 2027-01-01, until: open, clause: r.1}'
    small_office.change(FACTS, "values:\n", f"values:\n      {new}\n")
    assert small_office.problems() == []


def test_each_reply_the_program_asks_for_must_be_there(small_office: Clerk) -> None:
    small_office.write(REPLIES, "replies: []\n")
    needed = {
        *("menu", "clarify", "ask_direction", "rephrase", "no_such_option", "empty", "too_long"),
        *(f"handoff.{reason}" for reason in get_args(Reason)),
        *(f"notice.{state}" for state in ("dated", "no_longer", "not_yet")),
        *(
            "guide.misheard",
            "guide.which",
            "matter.which",
            "checklist.which",
            "ask_region",
            "changes.first",
            "changes.none",
        ),
        *("conditions.first", "conditions.final", "conditions.none"),
    }
    problems = small_office.problems()
    assert {problem.wrong for problem in problems} == {f"缺少标准回复 {id}" for id in needed}
    assert {(problem.file, problem.line) for problem in problems} == {(f"knowledge/{REPLIES}", 1)}


@pytest.mark.parametrize("name", ["signs", "lines", "asides"])
def test_conditions_without_any_words_are_told(small_office: Clerk, name: str) -> None:
    small_office.write(f"conditions/{name}.yml", f"{name}: []\n")
    assert where(small_office.problems(), f"{name} 是空的") == [(f"knowledge/conditions/{name}.yml", 1)]


def test_a_file_in_another_encoding_is_told_and_nothing_else(small_office: Clerk) -> None:
    (small_office.folder / FACTS).write_bytes(small_office.read(FACTS).encode("gbk"))
    assert [str(problem) for problem in small_office.problems()] == [
        f"knowledge/{FACTS}:1: 文件不是 UTF-8 编码。请用 UTF-8 另存后再试。"
    ]


def test_all_missing_files_are_told_and_nothing_else(small_office: Clerk) -> None:
    files = [CONFLICTS, OUT_OF_SCOPE, REPLIES, ROUTES]
    for file in files:
        (small_office.folder / file).unlink()
    problems = small_office.problems()
    assert where(problems, "缺少这个文件") == [(f"knowledge/{file}", 1) for file in files]
    assert len(problems) == len(files)


def test_a_missing_list_of_clauses_is_told_and_nothing_else(small_office: Clerk) -> None:
    small_office.change(ENTRIES, "status: current", "status: dated")
    small_office.change(ENTRIES, "until: open", "until: unknown")
    (small_office.folder / SOURCES).unlink()
    assert [problem.wrong for problem in small_office.problems()] == ["缺少这个文件"]


@pytest.mark.parametrize("new", ["route:", "routes: 见下\nold:"], ids=["misspelt", "no-list"])
def test_a_lost_list_is_told_and_nothing_else(small_office: Clerk, new: str) -> None:
    small_office.change(ROUTES, "routes:", new)
    assert {problem.file for problem in small_office.problems()} == {f"knowledge/{ROUTES}"}


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert [problem.wrong for problem in Clerk(tmp_path / "nowhere").problems()] == ["找不到知识库文件夹"]


def test_what_cannot_be_read_is_left_out_and_the_rest_is_kept(small_office: Clerk) -> None:
    small_office.change(ENTRIES, "direction: none", "direction: 出去")
    draft = draft_of(small_office.folder)
    assert not draft.complete
    assert list(draft.knowledge.entries) == ["office.family"]
