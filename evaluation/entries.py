"""What became of the questions of each entry and of each out-of-scope class: the weakest first."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import attrs
from rich.table import Table

from evaluation.judge import HANDED, OFFERED, RIGHT, WRONG, judge
from evaluation.sets import Question
from luebao.knowledge import Knowledge
from luebao.knowledge.canonical import id_of
from scripts.client import Answer

VERDICTS = (RIGHT, WRONG, OFFERED, HANDED)
_HEAD = ("范围", "编号", "标题", "题数", "答对", "答错", "请选", "转交", "错答成（次数）")
SCOPES = {"in": "范围内", "near": "医保但没收录", "other": "与医保无关", "talk": "对机器人说的话"}


@attrs.frozen
class Line:
    """One entry or class: its scope (as `Question.kind`), how many questions ended how, what was answered instead."""

    scope: str
    id: str
    title: str
    counts: Counter[str]
    instead: Counter[str]

    @property
    def n(self) -> int:
        """The number of its questions."""
        return sum(self.counts.values())

    def share(self, verdict: str) -> float:
        """The share of its questions that ended this way (0 to 1)."""
        return self.counts[verdict] / self.n

    def cells(self) -> list[str]:
        """The line as the cells of a table, in plain Chinese."""
        instead = "，".join(f"{id}({times})" for id, times in self.instead.most_common(3))
        counts = [str(self.counts[verdict]) for verdict in VERDICTS]
        return [SCOPES[self.scope], self.id, self.title, str(self.n), *counts, instead]


def by_entry(judged: Iterable[tuple[Question, Answer]], knowledge: Knowledge) -> list[Line]:
    """A line for each entry or class asked about, the one with the most wrong, then the fewest right, first."""
    lines: dict[str, Line] = {}
    for question, answer in judged:
        id = id_of(question.labels[0])
        line = lines.setdefault(id, Line(question.kind, id, _title(id, knowledge), Counter(), Counter()))
        verdict = became(question, answer, knowledge)
        line.counts[verdict] += 1
        if verdict == WRONG:
            line.instead.update(cited["id"] for cited in answer.custom["entries"])
    return sorted(lines.values(), key=lambda line: (-line.share(WRONG), line.share(RIGHT), line.id))


def became(question: Question, answer: Answer, knowledge: Knowledge) -> str:
    """What became of one question; out of scope, choices and the bare hotline are told apart from an honest reply."""
    verdict = judge(question, answer, knowledge)
    if question.kind == "in" or verdict == WRONG:
        return verdict
    if answer.kind in ("clarify", "ask"):
        return OFFERED
    asked_for = question.labels[0] in ("human", "none_of_these")
    return HANDED if answer.kind == "handoff" and not asked_for else RIGHT


def write(lines: Iterable[Line], file: Path) -> None:
    """All lines as a table a spreadsheet opens (UTF-8 with its mark)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8-sig", newline="") as sheet:
        csv.writer(sheet).writerows([_HEAD, *(line.cells() for line in lines)])


def table(lines: list[Line], what: str, most: int = 10) -> Table:
    """The weakest lines for the console; those with nothing to improve are left out."""
    shown = Table(*_HEAD[1:], title=f"最弱的{most}个{what}")
    for line in [line for line in lines if line.counts[RIGHT] < line.n][:most]:
        shown.add_row(*line.cells()[1:])
    return shown


def _title(id: str, knowledge: Knowledge) -> str:
    for known in (knowledge.entries, knowledge.unanswered, knowledge.replies):
        if id in known:
            return str(known[id].title)
    return id
