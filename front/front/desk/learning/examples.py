"""What the robot is trained on and examined with, read from the project's files, as far as they are here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from luebao.knowledge import Knowledge
from luebao.knowledge.canonical import label

from front.inbox.words import fold

_EXAMS = ("in_scope", "out_of_scope", "web", "guidance_single", "guidance", "dialogues")


def examples(project: Path, knowledge: Knowledge) -> list[tuple[str, str]]:
    """(label, text) of every training example; of the entries' own questions alone where data/ is not here."""
    found: list[tuple[str, str]] = []
    for file in sorted((project / "data" / "nlu").glob("*.yml")):
        for block in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            found += [(block["intent"], text) for text in _texts(block["examples"]) if text]
    own = ((label(one.id), text) for one in knowledge.entries.values() for text in (one.title, *one.questions))
    return found or list(own)


def exam(project: Path) -> frozenset[str]:
    """Every question the robot is measured with, folded: it must never be trained on."""
    files = [project / "tests" / "held_out" / f"{name}.jsonl" for name in _EXAMS]
    files.append(project.parent / "shared" / "eval" / "dev.jsonl")
    return frozenset(fold(question) for file in files if file.is_file() for question in _questions(file))


def state_of(project: Path) -> tuple[tuple[str, int], ...]:
    """Changes when the examples do."""
    files = sorted((project / "data" / "nlu").glob("*.yml"))
    return tuple((file.name, file.stat().st_mtime_ns) for file in files)


def _texts(block: str | Sequence[dict[str, Any]]) -> list[str]:
    if isinstance(block, str):
        return [line.strip().removeprefix("- ").strip() for line in block.splitlines()]
    return [str(one["text"]) for one in block]


def _questions(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            yield from (turn["q"] for turn in row.get("turns", [row]))
