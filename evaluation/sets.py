"""The questions and dialogues to measure with: tests/held_out/, never trained on, and dev.jsonl where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs

from scripts.settings import ROOT

HELD_OUT = ROOT / "tests" / "held_out"
DEV = ROOT.parent / "shared" / "eval" / "dev.jsonl"
OTHER = ("out_of_scope/other_service", "out_of_scope/daily", "out_of_scope/gibberish")


@attrs.frozen
class Question:
    """One question and the labels that answer it rightly; `voice` is the manner it is asked in."""

    text: str
    labels: list[str]
    voice: str

    @property
    def kind(self) -> str:
        """in: an entry answers it; near: 医保, but not in the sources; other: no 医保; talk: said to the robot."""
        name = self.labels[0]
        if name.startswith("out_of_scope/"):
            return "other" if name in OTHER else "near"
        return "talk" if name.split("/")[0] in ("chitchat", "menu", "human", "none_of_these") else "in"


def questions() -> list[Question]:
    """All single questions of tests/held_out/."""
    rows = [
        row
        for name in ("in_scope", "out_of_scope", "web", "guidance_single")
        for row in _rows(HELD_OUT / f"{name}.jsonl")
    ]
    return [Question(row["q"], [row["label"], *row.get("also", [])], row["voice"]) for row in rows]


def dialogues() -> list[dict[str, Any]]:
    """The dialogues of tests/held_out/: name, turns, and the day they are held on (`as_of`) where that matters."""
    return _rows(HELD_OUT / "dialogues.jsonl")


def guidance() -> list[dict[str, Any]]:
    """The dialogues about guides, deadlines, places, emergencies, checklists and changes, in the same form."""
    return _rows(HELD_OUT / "guidance.jsonl")


def development() -> list[dict[str, Any]]:
    """Real citizens' questions with the clauses and words of a right answer, where they are at hand."""
    return _rows(DEV) if DEV.is_file() else []


# The sets of strangers' questions and what they are called.
STRANGERS = {"strangers": "生人", "later": "后来", "fresh": "新近", "latest": "最新"}


def strangers(name: str) -> list[dict[str, Any]]:
    """Questions of people who knew the clauses and no training data, in the form of dev.jsonl (decision 16).

    `name`: one of `STRANGERS`; each was written after the mending for those before it.
    """
    return _rows(HELD_OUT / f"{name}.jsonl")


def strangers_dialogues(name: str) -> list[dict[str, Any]]:
    """Their dialogues: name and turns; a turn has the form of a question, with what must `not` be said."""
    return _rows(HELD_OUT / f"{name}_dialogues.jsonl")


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
