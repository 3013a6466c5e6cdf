"""Right, wrong, offered or handed over; and the table that counts them by entry."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa，也就没有评测")

from evaluation.entries import became, by_entry, write
from evaluation.judge import HANDED, OFFERED, RIGHT, WRONG, judge, judge_clauses, judge_turn
from evaluation.sets import Question
from luebao.knowledge import load
from scripts.client import Answer
from tests.running import ROOT

KNOWLEDGE = load(ROOT / "knowledge")


def reply(kind: str, *entries: str, text: str = "", clauses: list[str] | None = None) -> Answer:
    cited: list[dict[str, Any]] = [{"id": id, "clauses": clauses or []} for id in entries]
    return Answer(text, {"kind": kind, "entries": cited})


TRANSFER = Question("转移要几天", ["transfer/time_limit", "transfer/how"], "plain")
RATIO = Question("报几成", ["out_of_scope/ratio"], "short")
WEATHER = Question("天气", ["out_of_scope/daily"], "short")
HUMAN = Question("转人工", ["human"], "short")


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        (TRANSFER, reply("answer", "transfer.time_limit"), RIGHT),
        (TRANSFER, reply("answer", "transfer.how"), RIGHT),
        (TRANSFER, reply("answer", "voucher.what", "transfer.time_limit"), RIGHT),
        (TRANSFER, reply("answer", "voucher.what"), WRONG),
        (TRANSFER, reply("clarify"), OFFERED),
        (TRANSFER, reply("ask"), OFFERED),
        (TRANSFER, reply("unsupported"), HANDED),
        (TRANSFER, reply("handoff"), HANDED),
        (RATIO, reply("unsupported"), RIGHT),
        (RATIO, reply("answer", "remote.reimburse"), WRONG),
        (WEATHER, reply("answer", "remote.reimburse"), WRONG),
    ],
)
def test_judge(question: Question, answer: Answer, verdict: str) -> None:
    assert judge(question, answer, KNOWLEDGE) == verdict


def test_the_entry_a_case_hands_on_to_is_right_too() -> None:
    handing = [(entry.id, case.entry) for entry in KNOWLEDGE.entries.values() for case in entry.cases if case.entry]
    assert handing
    for id, other in handing:
        question = Question("x", [id.replace(".", "/", 1)], "plain")
        assert judge(question, reply("answer", str(other)), KNOWLEDGE) == RIGHT


@pytest.mark.parametrize(
    ("turn", "answer", "right"),
    [
        ({"label": "transfer/how"}, reply("answer", "transfer.how", text="15个工作日"), True),
        ({"label": "transfer/how", "say": ["15个"]}, reply("answer", "transfer.how", text="9个"), False),
        ({"label": "transfer/how", "not": ["9个"]}, reply("answer", "transfer.how", text="9个"), False),
        ({"label": "transfer/how", "also": ["voucher/use"]}, reply("answer", "voucher.use"), True),
        ({"label": "transfer/how", "second": "voucher/use"}, reply("answer", "transfer.how"), False),
        ({"label": "transfer/how", "second": "voucher/use"}, reply("answer", "transfer.how", "voucher.use"), True),
        ({"label": "*"}, reply("answer", "voucher.use"), True),
        ({"label": "*"}, reply("clarify"), False),
        ({"label": "unclear"}, reply("smalltalk"), True),
        ({"label": "ask"}, reply("smalltalk"), False),
        ({"label": "human"}, reply("handoff"), True),
        ({"label": "chitchat/thanks"}, reply("smalltalk"), True),
        ({"label": "out_of_scope/ratio"}, reply("unsupported"), True),
        ({"label": "out_of_scope/ratio"}, reply("answer", "remote.reimburse"), False),
    ],
)
def test_judge_a_turn(turn: dict[str, Any], answer: Answer, right: bool) -> None:
    assert judge_turn(turn, answer, KNOWLEDGE) == right


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (reply("answer", "transfer.time_limit", text="15个工作日", clauses=["m.1.2"]), RIGHT),
        (reply("answer", "transfer.time_limit", text="很快", clauses=["m.1.2"]), WRONG),
        (reply("answer", "voucher.use", text="15个工作日", clauses=["m.9.9"]), WRONG),
        (reply("clarify"), OFFERED),
        (reply("handoff"), HANDED),
    ],
)
def test_judge_by_clauses_and_words(answer: Answer, verdict: str) -> None:
    row = {"kind": "in", "clauses": ["m.1.2"], "must": [["15个", "十五个"]]}
    assert judge_clauses(row, answer) == verdict


@pytest.mark.parametrize(
    ("row", "answer", "verdict"),
    [
        ({"kind": "oos-medical"}, reply("answer", "voucher.use"), WRONG),
        ({"kind": "oos-medical"}, reply("clarify"), RIGHT),
        ({"kind": "talk"}, reply("smalltalk"), RIGHT),
        ({"kind": "talk"}, reply("answer", "voucher.use"), WRONG),
        ({"kind": "human"}, reply("handoff"), RIGHT),
        ({"kind": "human"}, reply("unsupported"), HANDED),
        ({"kind": "ask"}, reply("ask"), RIGHT),
        ({"kind": "in", "clauses": ["m.1.2"], "also": ["ask"]}, reply("ask"), RIGHT),
        ({"kind": "ask", "also": ["talk"]}, reply("smalltalk"), RIGHT),
        ({"kind": "oos-medical", "also": ["human"]}, reply("answer", "voucher.use"), WRONG),
        (
            {"kind": "in", "clauses": ["m.1.2"], "not": ["45"]},
            reply("answer", "t", text="45", clauses=["m.1.2"]),
            WRONG,
        ),
    ],
)
def test_judge_a_strangers_turn(row: dict[str, Any], answer: Answer, verdict: str) -> None:
    assert judge_clauses(row, answer) == verdict


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        (RATIO, reply("clarify"), OFFERED),
        (RATIO, reply("handoff"), HANDED),
        (RATIO, reply("unsupported"), RIGHT),
        (HUMAN, reply("handoff"), RIGHT),
    ],
)
def test_out_of_scope_tells_a_choice_and_the_bare_hotline_from_an_honest_reply(
    question: Question, answer: Answer, verdict: str
) -> None:
    assert became(question, answer, KNOWLEDGE) == verdict


def test_the_weakest_entry_stands_first_and_says_what_was_answered_instead(tmp_path: Path) -> None:
    judged = [
        (TRANSFER, reply("answer", "transfer.time_limit")),
        (TRANSFER, reply("clarify")),
        (Question("码", ["voucher/use"], "short"), reply("answer", "voucher.what")),
        (RATIO, reply("unsupported")),
    ]
    lines = by_entry(judged, KNOWLEDGE)
    assert [line.id for line in lines] == ["voucher.use", "transfer.time_limit", "out_of_scope.ratio"]
    write(lines, tmp_path / "entries.csv")
    with (tmp_path / "entries.csv").open(encoding="utf-8-sig", newline="") as sheet:
        rows = list(csv.DictReader(sheet))
    assert rows[0]["标题"] == KNOWLEDGE.entries["voucher.use"].title
    assert (rows[0]["答错"], rows[0]["错答成（次数）"]) == ("1", "voucher.what(1)")
    assert (rows[1]["题数"], rows[1]["答对"], rows[1]["请选"]) == ("2", "1", "1")
    assert rows[2]["范围"] == "医保但没收录"
