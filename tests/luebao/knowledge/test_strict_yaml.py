"""A value is the text the clerk typed, and knows the line it was typed on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from luebao.knowledge.strict_yaml import Document, read

FILE = "facts.yml"


def read_bytes(folder: Path, typed: bytes) -> Document:
    (folder / FILE).write_bytes(typed)
    return read(folder / FILE, folder)


def read_text(folder: Path, typed: str) -> Document:
    return read_bytes(folder, typed.encode())


@pytest.mark.parametrize("typed", ["8:30", "no", "0631", "5190857", "2021-02-01", "1e3", "~", "30.0", "null"])
def test_a_plain_value_stays_as_typed(tmp_path: Path, typed: str) -> None:
    assert read_text(tmp_path, f"value: {typed}\n").data == {"value": typed}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("category",), 2),
        (("facts",), 3),
        (("facts", 0, "id"), 4),
        (("facts", 0, "values"), 5),
        (("facts", 0, "values", 1), 7),
        (("facts", 0, "values", 1, "clause"), 7),
        (("facts", 0, "values", 1, "no such key"), 7),
        (("no such key",), 2),
    ],
)
def test_a_value_knows_its_line_or_that_of_the_nearest_thing_around_it(tmp_path: Path, path: Any, line: int) -> None:
    text = """\
# 一行说明
category: phone
facts:
  - id: phone.hotline
    values:
      - {value: "1", clause: m.1}
      - {value: "2", clause: m.2}
"""
    assert read_text(tmp_path, text).line(path) == line


def test_a_key_written_twice_is_told_with_both_lines_and_the_first_is_kept(tmp_path: Path) -> None:
    document = read_text(tmp_path, 'id: a\nunit: 元\nvalues: ["1"]\nunit: 天\n')
    assert document.data["unit"] == "元"
    assert [str(problem) for problem in document.problems] == [
        f"{tmp_path.name}/{FILE}:4: 键 unit 写了两次（第一次在第 2 行）。请删去其中一个。"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("id: a\nvalues: [1, 2\n", 3),
        ("id: a\n\tunit: 天\n", 2),
        ("id: a\n  unit: 天\n", 2),
        ('id: a\nunit: "天\n', 3),
        ("id: a\nunit: 说明: 天\n", 2),
        ("id: a\n---\nid: b\n", 2),
    ],
    ids=["open-bracket", "tab", "indent", "open-quote", "colon-in-text", "second-document"],
)
def test_wrong_yaml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    [problem] = read_text(tmp_path, text).problems
    assert (problem.line, problem.wrong[:9]) == (line, "YAML 写法有误")


def test_a_file_saved_by_an_old_windows_editor_is_told(tmp_path: Path) -> None:
    [problem] = read_bytes(tmp_path, "unit: 个工作日\n".encode("gbk")).problems
    assert "不是 UTF-8 编码" in problem.wrong


def test_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, "id: a\r\nunit: 天\r\n".encode("utf-8-sig"))
    assert (document.data, document.line(("unit",))) == ({"id": "a", "unit": "天"}, 2)


def test_an_invisible_character_pasted_from_elsewhere_is_told(tmp_path: Path) -> None:
    [problem] = read_text(tmp_path, "id: a\nunit: 个\x0b工作日\n").problems
    assert "YAML 写法有误" in problem.wrong
