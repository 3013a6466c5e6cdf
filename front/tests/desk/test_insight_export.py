"""What leaves 数据: tables no spreadsheet computes, charts that speak."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from front.desk.insight.charts import described, option
from front.desk.insight.export import as_csv, as_xlsx, guarded
from front.desk.insight.sheets import Sheet


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_is_never_a_formula(evil: str) -> None:
    sheet = Sheet("x", "表", "", ["名称", "数"], [[evil, 3]])
    assert guarded(evil) == f"'{evil}"
    content = as_csv(sheet)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["名称", "数"], [f"'{evil}", "3"]]
    with zipfile.ZipFile(io.BytesIO(as_xlsx([sheet], "今天"))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_chart_says_in_words_what_it_shows_and_its_series_differ_without_colour() -> None:
    sheet = Sheet("days", "每天的提问", "共3条。", ["日期", "微信", "短信"], [["2026-03-10", 2, 1]], "bars", (1, 2))
    drawn = option(sheet)
    assert drawn["aria"]["label"]["description"] == described(sheet) == "每天的提问。共3条。"
    assert drawn["aria"]["decal"]["show"]
    assert [series["data"] for series in drawn["series"]] == [[2], [1]]
