"""An answer says which document and section it comes from, and from when the document is."""

from __future__ import annotations

import pytest

from luebao.knowledge import Knowledge
from luebao.knowledge.citation import citations, short_citation

MEASURES = "《威海医保医保服务二十四项便民措施详情》"
GUIDE = "《异地过年人员医疗保障服务指南》"


@pytest.mark.parametrize(
    ("clauses", "lines"),
    [
        (["m.1.2"], [f"{MEASURES}一-2（文件未载明日期）"]),
        (["m.x2.1", "m.1.2"], [f"{MEASURES}一-2、拓展二 线上（文件未载明日期）"]),
        (["g.out.10"], [f"{GUIDE}“威海参保人在异地”十（2021年春节期间印发，文件未印日期）"]),
        (
            ["g.out.10", "m.2.5"],
            [
                f"{MEASURES}二-5（文件未载明日期）",
                f"{GUIDE}“威海参保人在异地”十（2021年春节期间印发，文件未印日期）",
            ],
        ),
    ],
)
def test_one_line_for_each_document_the_newer_first(knowledge: Knowledge, clauses: list[str], lines: list[str]) -> None:
    assert citations(clauses, knowledge) == lines


@pytest.mark.parametrize(
    ("clauses", "short"),
    [(["m.1.2"], "（便民措施）"), (["g.n2"], "（2021年通知）"), (["g.out.10", "m.2.5"], "（便民措施等）")],
)
def test_an_sms_names_the_first_document(knowledge: Knowledge, clauses: list[str], short: str) -> None:
    assert short_citation(clauses, knowledge) == short
