"""`luebao knowledge` as a clerk uses it: readable Chinese, and exit code 1 where something is wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from luebao.__main__ import main
from luebao.knowledge import Knowledge
from luebao.knowledge.canonical import canonical_nlu
from luebao.today import today
from tests.luebao.clerk import KNOWLEDGE, Clerk

ENTRIES, FACTS, TRANSFER = "entries/office.yml", "facts/office.yml", "office.transfer"
LAST_DAY, DAY_AFTER = "2026-12-31", "2027-01-01"


def luebao(folder: Path, *words: str) -> Result:
    """Run `luebao knowledge --dir folder words…`."""
    return CliRunner().invoke(main, ["knowledge", "--dir", str(folder), *words])


def said(folder: Path, *words: str) -> str:
    """What a command that succeeds prints, on one line: a table or a narrow screen may break any text."""
    result = luebao(folder, *words)
    assert result.exit_code == 0, result.output
    return result.output.replace("\n", "")


def refused(folder: Path, *words: str) -> list[str]:
    """The lines of a command that fails; it fails in words, not with a traceback."""
    result = luebao(folder, *words)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    return result.output.splitlines()


def sources(office: Clerk) -> list[str]:
    return ["--sources", str(office.folder.parent / "sources")]


def test_check_says_that_all_is_well(knowledge: Knowledge) -> None:
    clauses = sum(len(source.clauses) for source in knowledge.sources.values())
    assert said(KNOWLEDGE, "check") == (
        f"没有问题：{len(knowledge.entries)} 个条目、{len(knowledge.facts)} 个事实，{clauses} 条条款全部有回答。"
    )


def test_check_lists_every_problem_with_its_line(small_office: Clerk) -> None:
    small_office.change(ENTRIES, "full: |\n", "full: |\n      三天内办好。\n")
    small_office.change(FACTS, "until: open", "until: 2026-13-40")
    assert refused(small_office.folder, "check") == [
        f"knowledge/{ENTRIES}:{small_office.line(ENTRIES, '三天内')}: "
        "正文里直接写了数字“三天”。请写进 knowledge/facts/ 并在这里用 {{ 名称 }} 引用。",
        f"knowledge/{FACTS}:{small_office.line(FACTS, '2026-13-40')}: "
        "2026-13-40 不是日期。请写成 2026-01-31 这样的日期，不知道就写 unknown。",
        "Error: 共 2 处问题，请改正后再试。",
    ]


@pytest.mark.parametrize("command", ["check", "list", "show", "facts", "conflicts", "stale", "questions", "verify"])
def test_every_command_says_where_the_knowledge_is_broken(small_office: Clerk, command: str) -> None:
    (small_office.folder / "conflicts.yml").unlink()
    more = {"show": [TRANSFER], "verify": sources(small_office)}.get(command, [])
    assert refused(small_office.folder, command, *more) == [
        "knowledge/conflicts.yml:1: 缺少这个文件。请补上，格式见 docs/reference/knowledge.md。",
        "Error: 共 1 处问题，请改正后再试。",
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "找不到知识库文件夹。请用 --dir 指明 knowledge 文件夹。" in refused(tmp_path / "nowhere", "check")[0]


def test_the_folder_may_stand_in_the_environment(small_office: Clerk) -> None:
    result = CliRunner().invoke(main, ["knowledge", "check"], env={"LUEBAO_KNOWLEDGE": str(small_office.folder)})
    assert "没有问题：2 个条目" in result.output


def test_list_names_every_entry(knowledge: Knowledge) -> None:
    text = said(KNOWLEDGE, "list")
    assert [id for id in knowledge.entries if id not in text] == []
    dated = [entry for entry in knowledge.entries.values() if entry.status == "dated"]
    assert len(re.findall(r"│ 2021年 +│", text)) == len(dated)


def test_list_goes_on_where_a_fact_has_ended(small_office: Clerk) -> None:
    small_office.change(FACTS, "until: open", "until: 2020-12-31")
    assert TRANSFER in said(small_office.folder, "list")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ([], ["转移15个工作日办结，原为45个工作日。", "依据：《市民办事规定》导语、一、二", "1. 家人怎么绑定"]),
        (["--rendition", "sms"], ["转移15个工作日办结，请拨打12345（规定）", "个字，连签名 1 条短信"]),
        (["--rendition", "staff"], ["窗口请先问是不是转移，时限15个工作日。"]),
    ],
    ids=["full", "sms", "staff"],
)
def test_show_prints_a_rendition(small_office: Clerk, words: list[str], parts: list[str]) -> None:
    text = said(small_office.folder, "show", TRANSFER, *words)
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize("rendition", ["full", "sms", "staff"])
def test_show_answers_as_of_a_day(small_office: Clerk, rendition: str) -> None:
    small_office.change(ENTRIES, "until: open", f"until: {LAST_DAY}")
    words = ["show", TRANSFER, "--rendition", rendition, "--as-of"]
    assert "15个工作日" in said(small_office.folder, *words, LAST_DAY)
    gone = said(small_office.folder, *words, DAY_AFTER)
    assert "“转移要多久”的规定已过有效期，请拨打12345" in gone
    assert "15个工作日" not in gone


def test_show_of_an_unknown_id_says_how_to_find_the_right_one(small_office: Clerk) -> None:
    assert refused(small_office.folder, "show", "office.tranfser") == [
        "Error: 没有条目 office.tranfser。用 luebao knowledge list 查看全部编号。"
    ]


def test_a_wrong_day_is_told_in_chinese(small_office: Clerk) -> None:
    assert "2026-13-40 不是日期" in refused(small_office.folder, "show", TRANSFER, "--as-of", "2026-13-40")[0]


def test_facts_are_those_of_the_day(small_office: Clerk) -> None:
    new = f'{{value: "7", from: {DAY_AFTER}, until: open, clause: r.1}}'
    small_office.change(FACTS, "until: open", f"until: {LAST_DAY}")
    small_office.change(FACTS, "values:\n", f"values:\n      - {new}\n")
    row = "│ days +│ 转移时间 +│ {} +│ {} +│"
    for day, now, before in ((LAST_DAY, "15个工作日", "45个工作日"), (DAY_AFTER, "7个工作日", "15个工作日")):
        text = said(small_office.folder, "facts", "--as-of", day)
        assert f"事实（{day}）" in text
        assert re.search(row.format(now, before), text)


def test_a_fact_without_a_value_on_the_day_stands_out(small_office: Clerk) -> None:
    small_office.change(FACTS, "until: open", f"until: {LAST_DAY}")
    assert "无有效数值" not in said(small_office.folder, "facts", "--as-of", LAST_DAY)
    assert "无有效数值" in said(small_office.folder, "facts", "--as-of", DAY_AFTER)


def test_conflicts_say_who_decided(small_office: Clerk) -> None:
    text = said(small_office.folder, "conflicts")
    assert re.search(r"转移时间前后不一 .* 无人确认 .* 共济入口前后不一 .* 王主任", text)


def test_stale_leaves_out_what_was_checked_lately(small_office: Clerk) -> None:
    """Six facts and an entry were never checked, the other entry was yesterday."""
    small_office.change(ENTRIES, "last_checked: 2026-01-01", f"last_checked: {today() - timedelta(days=1)}")
    text = said(small_office.folder, "stale", "--days", "0")
    assert text.index("office.family") < text.index(TRANSFER)
    assert "从未" in text
    assert "共 8 项" in text
    text = said(small_office.folder, "stale", "--days", "1")
    assert TRANSFER not in text
    assert "共 7 项" in text


def test_verify_compares_with_the_text(small_office: Clerk) -> None:
    assert "与原文一致：比对了 12 处" in said(small_office.folder, "verify", *sources(small_office))
    small_office.change(FACTS, 'value: "15"', 'value: "16"')
    line = small_office.line(FACTS, 'value: "16"')
    assert refused(small_office.folder, "verify", *sources(small_office)) == [
        f"knowledge/{FACTS}:{line}: 条款 r.1 的原文里没有“16个工作日”。请对照原文更正，或改引正确的条款。",
        "Error: 共 1 处问题，请改正后再试。",
    ]


def test_questions_are_printed_or_written(small_office: Clerk, tmp_path: Path) -> None:
    text = canonical_nlu(small_office.knowledge())
    assert luebao(small_office.folder, "questions").output == text
    assert said(small_office.folder, "questions", "--write", str(tmp_path / "canonical.yml")) == ""
    assert (tmp_path / "canonical.yml").read_text(encoding="utf-8") == text
