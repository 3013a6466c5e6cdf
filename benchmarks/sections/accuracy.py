"""Which answers are right, on questions that were not trained on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from benchmarks.limits import Limits
from benchmarks.load import Answered, Question, burst, held_out
from benchmarks.sections.common import SYSTEMS, Pair, Rows
from evaluation.judge import OFFERED, judge_clauses
from evaluation.sets import STRANGERS, strangers
from scripts.client import Answer

_CHUNK = 50
_AT_ONCE = 4
_WORDS = {
    ("in_scope", "right"): "in scope: right entry answered",
    ("in_scope", "wrong"): "in scope: wrong entry answered",
    ("in_scope", "offered"): "in scope: not answered, right entry among the options",
    ("in_scope", "silent"): "in scope: not answered otherwise",
    ("out_of_scope", "answered"): "out of scope: answered as if in scope",
    ("out_of_scope", "not answered"): "out of scope: not answered (said so, asked back or handed over)",
}
_STRANGERS_WORDS = {
    ("strangers_in", "right"): "strangers, in scope: right clauses and words",
    ("strangers_in", "wrong"): "strangers, in scope: wrong",
    ("strangers_in", "offered"): "strangers, in scope: asked back or offered",
    ("strangers_in", "silent"): "strangers, in scope: not answered",
    ("strangers_out", "answered"): "strangers, out of scope: answered as if in scope",
}


def measure(pair: Pair, limits: Limits) -> dict[str, Any]:
    """Ask every held-out question of both systems, each as a new citizen."""
    until = time.monotonic() + limits.section_seconds
    result: dict[str, Any] = {}
    for kind, became in (("in_scope", judge), ("out_of_scope", _outside)):
        result[kind] = _counted(pair, held_out(kind)[: limits.questions], until, became)
    return result | _strangers(pair, limits, until)


def _strangers(pair: Pair, limits: Limits, until: float) -> dict[str, Any]:
    """The questions of people who had seen no training data, judged by clauses and words: harder than the others."""
    rows = [row for name in STRANGERS for row in strangers(name)][: limits.questions]
    known = {row["q"]: row for row in rows if row["kind"] == "in" or row["kind"].startswith("oos")}
    result = {}
    for kind, inside in (("strangers_in", True), ("strangers_out", False)):
        asked = [Question(text) for text, row in known.items() if (row["kind"] == "in") is inside]
        result[kind] = _counted(pair, asked, until, lambda answer: _said(known[answer.question.text], answer))
    return result


def _counted(
    pair: Pair, questions: list[Question], until: float, became: Callable[[Answered], str]
) -> dict[str, dict[str, int]]:
    """How often each thing became of a question, by system; the systems take turns, chunk by chunk."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in SYSTEMS}
    for start in range(0, len(questions), _CHUNK):
        for name in SYSTEMS:
            answers = burst(pair[name], questions[start : start + _CHUNK], _AT_ONCE, until).answers
            counts[name].update(map(became, answers))
    return {name: dict(counts[name]) for name in SYSTEMS}


def _said(row: dict[str, Any], answer: Answered) -> str:
    """The words of this section for what became of a stranger's question."""
    judged = judge_clauses(row, Answer(str(answer.custom.get("full", "")), answer.custom))
    if row["kind"] != "in":
        return "answered" if judged == "wrong" else "not answered"
    return judged if judged in ("right", "wrong", OFFERED) else "silent"


def rows(result: dict[str, Any]) -> tuple[tuple[str, ...], Rows]:
    """Header and lines."""
    lines = []
    for (kind, verdict), words in (_WORDS | _STRANGERS_WORDS).items():
        cells = (_share(result[kind][name], verdict) for name in SYSTEMS)
        lines.append((words, *cells))
    return ("", *SYSTEMS), lines


def judge(answer: Answered) -> str:
    """What became of a question that has an entry: right, wrong, offered or silent."""
    if answer.custom.get("kind") == "answer":
        return "right" if _right(answer.question, answer.custom["entries"][0]["id"]) else "wrong"
    offered = answer.custom.get("options", []) if answer.custom.get("kind") == "clarify" else []
    return "offered" if any(_right(answer.question, option["payload"]) for option in offered) else "silent"


def _right(question: Question, said: str) -> bool:
    """Whether an id (transfer.how) or a payload that shows it is one of those asked for."""
    ids = [label.replace("/", ".") for label in question.labels]
    return said in ids or any(f'"{id}"' in said for id in ids)


def _outside(answer: Answered) -> str:
    return "answered" if answer.custom.get("kind") == "answer" else "not answered"


def _share(counts: dict[str, int], verdict: str) -> str:
    total = sum(counts.values())
    return f"{counts.get(verdict, 0)} of {total} ({100 * counts.get(verdict, 0) / total:.1f} %)" if total else "–"
