"""`luebao guide`: what the guides ask, every way through them, and a picture."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from luebao.__main__ import main
from luebao.knowledge import Knowledge
from luebao.knowledge.guide import walk
from tests.luebao.clerk import KNOWLEDGE, Clerk


def luebao(*words: str, folder: Path = KNOWLEDGE) -> Result:
    """Run `luebao guide --dir folder words…`."""
    return CliRunner().invoke(main, ["guide", "--dir", str(folder), *words])


def said(*words: str) -> str:
    """What a command that succeeds prints, on one line: a table or a narrow screen may break any text."""
    result = luebao(*words)
    assert result.exit_code == 0, result.output
    return result.output.replace("\n", "")


def refused(*words: str, folder: Path = KNOWLEDGE) -> str:
    """The last line of a command that fails; it fails in words, not with a traceback."""
    result = luebao(*words, folder=folder)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    return result.output.splitlines()[-1]


def test_list_names_every_guide(knowledge: Knowledge) -> None:
    text = said("list")
    assert [guide.id for guide in knowledge.guides.values() if guide.id not in text or guide.title not in text] == []


def test_show_tells_what_is_asked_and_what_comes_of_it() -> None:
    text = said("show", "transfer")
    assert "问题1：在山东省内转，还是跨省转？" in text
    assert "  · 从威海转走" in text
    assert "  · 不清楚" in text
    assert "【带什么】本人有效身份证件。" in text
    assert "跨省15个工作日办结" in text


@pytest.mark.parametrize("command", ["show", "walk"])
def test_an_unknown_guide_is_told(command: str) -> None:
    assert refused(command, "tranfser") == "Error: 没有向导 tranfser。用 luebao guide list 查看全部编号。"


@pytest.mark.parametrize("command", [["list"], ["show", "remote"], ["walk", "remote"]])
def test_every_command_says_where_the_knowledge_is_broken(small_office: Clerk, command: list[str]) -> None:
    (small_office.folder / "conflicts.yml").unlink()
    assert refused(*command, folder=small_office.folder) == "Error: 共 1 处问题，请改正后再试。"


def test_walk_has_a_line_for_every_way(knowledge: Knowledge) -> None:
    text = said("walk", "payment")
    paths = list(walk(knowledge.guides["payment"]))
    assert f"共 {len(paths)} 种走法" in text
    assert re.search(r"│ 居民医保 +│ 用支付宝 +│ 用支付宝交居民医保 +│", text)
    assert re.search(r"│ 单位申报缴费 +│ — +│ 单位申报缴纳职工医保 +│", text)
    assert re.search(r"│ 不清楚 +│ — +│ 交医保费，总的办法 +│", text)


def test_a_guide_is_drawn_with_each_question_once_where_ways_go_on_alike(tmp_path: Path) -> None:
    file = tmp_path / "payment.mmd"
    assert "图已写到" in said("walk", "payment", "--draw", str(file))
    text = file.read_text(encoding="utf-8")
    assert text.startswith('flowchart TD\n  n0["交的是哪种医保？"]\n')
    [employer] = re.findall(r'  (n\d+)\(\["单位申报缴纳职工医保"\]\)', text)
    assert f'  n0 -->|"单位申报缴费"| {employer}\n' in text
    assert text.count("用微信交，还是用支付宝交？") == 2  # for 居民 and for 灵活就业, which end differently


def test_answers_that_lead_to_the_same_share_an_arrow(tmp_path: Path) -> None:
    file = tmp_path / "inbound.mmd"
    said("walk", "inbound", "--draw", str(file))
    assert '-->|"没有备案／不清楚"|' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["picture.pdf", "picture"])
def test_a_file_that_cannot_be_drawn_is_told(tmp_path: Path, name: str) -> None:
    assert "文件名请以 .mmd、.svg 或 .png 结尾" in refused("walk", "payment", "--draw", str(tmp_path / name))


def test_without_graphviz_a_picture_is_refused_and_mermaid_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused("walk", "payment", "--draw", str(tmp_path / "payment.svg")) == (
        "Error: 没有找到 graphviz 的 dot 命令，画不了这种图。请安装 graphviz，或改用 .mmd 结尾。"
    )


@pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed")
@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_with_graphviz_a_picture_is_drawn(tmp_path: Path, suffix: str, begins: bytes) -> None:
    file = tmp_path / f"payment.{suffix}"
    said("walk", "payment", "--draw", str(file))
    assert file.read_bytes().startswith(begins)
