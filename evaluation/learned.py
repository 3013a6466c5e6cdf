"""data/nlu/learned.yml: citizens' own questions that the office accepted, each with who accepted it and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs
import yaml

from brain.text import clean, fold
from evaluation import sets
from scripts.settings import LEARNED

_HEAD = """\
# 由“学习”写成（make learn，见 docs/how-to/learn.md）：市民的原话，班长接受的。请不要手改；要撤回，用 make rollback。
version: "3.1"
nlu:
"""
# Rasa reads [运城](place) as an entity; nobody types that to us.
_MARKUP = str.maketrans("[]{}", "［］｛｝")


@attrs.frozen
class Lesson:
    """A question and the label it was given; `id` 0: it stands in learned.yml already."""

    text: str
    label: str
    by: str
    at: str
    id: int = 0


def read(file: Path = LEARNED) -> list[Lesson]:
    """What was learned so far."""
    if not file.is_file():
        return []
    blocks = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
    return [
        Lesson(one["text"], block["intent"], one["metadata"]["by"], one["metadata"]["at"])
        for block in blocks
        for one in block["examples"]
    ]


def written(lessons: Iterable[Lesson]) -> bytes | None:
    """The file's content, sorted, the first to accept a question counting; None where there is nothing to write."""
    by_label: dict[str, dict[str, Lesson]] = {}
    for lesson in lessons:
        by_label.setdefault(lesson.label, {}).setdefault(fold(lesson.text), lesson)
    if not by_label:
        return None
    lines = [_HEAD]
    for label in sorted(by_label):
        lines.append(f"- intent: {label}\n  examples:\n")
        for lesson in sorted(by_label[label].values(), key=lambda one: (one.text, one.at)):
            text = json.dumps(plain(lesson.text), ensure_ascii=False)
            who = json.dumps({"by": lesson.by, "at": lesson.at}, ensure_ascii=False)
            lines.append(f"  - text: {text}\n    metadata: {who}\n")
    return "".join(lines).encode()


def plain(text: str) -> str:
    """A question as training data can hold it: one line, nothing Rasa takes for markup."""
    return clean(text).translate(_MARKUP)


def put(content: bytes | None, file: Path = LEARNED) -> None:
    """Replace the file as a whole, or remove it."""
    if content is None:
        file.unlink(missing_ok=True)
        return
    coming = file.with_suffix(".coming")
    coming.write_bytes(content)
    coming.replace(file)


def refused(lessons: Iterable[Lesson], known: Mapping[str, str], labels: Iterable[str]) -> dict[int, str]:
    """Why some of the lessons must not be learned, by id. `known`: the label of every example, folded."""
    exams, known, existing = exam(), dict(known), set(labels)
    why: dict[int, str] = {}
    for lesson in lessons:
        text = fold(lesson.text)
        if not text:
            why[lesson.id] = "没有字，学不了"
        elif text in exams:
            why[lesson.id] = "这句是考题，学了就量不准了，请换一句"
        elif lesson.label not in existing:
            why[lesson.id] = f"没有“{lesson.label}”这个条目或类别"
        elif known.setdefault(text, lesson.label) != lesson.label:
            why[lesson.id] = f"同一句已经归在“{known[text]}”"
    return why


def exam() -> set[str]:
    """Every question to measure with, folded: tests/held_out/, and dev.jsonl where it is at hand."""
    files = [*sets.HELD_OUT.glob("*.jsonl"), sets.DEV]
    rows = [json.loads(row) for file in files if file.is_file() for row in file.read_text("utf-8").splitlines() if row]
    return {fold(turn["q"]) for row in rows for turn in row.get("turns", [row])}
