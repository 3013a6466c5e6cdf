"""Every clause can be reached: each entry by its canonical questions and by phrasings nobody trained on."""

from __future__ import annotations

import json

import pytest

from luebao.knowledge import load
from tests.running import ROOT, RunningBrain

KNOWLEDGE = load(ROOT / "knowledge")
ENTRIES = list(KNOWLEDGE.entries)
FURTHER_PHRASINGS = 3


def held_out() -> dict[str, list[str]]:
    """Questions of tests/held_out/in_scope.jsonl by entry id."""
    questions: dict[str, list[str]] = {}
    for line in (ROOT / "tests" / "held_out" / "in_scope.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        questions.setdefault(row["label"].replace("/", "."), []).append(row["q"])
    return questions


@pytest.mark.parametrize("id", ENTRIES)
def test_canonical_questions_get_the_entry_with_its_clauses(brain: RunningBrain, citizen: str, id: str) -> None:
    entry = KNOWLEDGE.entries[id]
    for question in [entry.title, *entry.questions]:
        answered = brain.say(question, citizen)["custom"]["entries"]
        assert answered[0]["id"] == id, question  # a condition may be on the other list too
        assert answered[0]["clauses"] == entry.clauses


@pytest.mark.parametrize("id", ENTRIES)
def test_phrasings_never_trained_on_get_the_entry(brain: RunningBrain, citizen: str, id: str) -> None:
    questions = held_out()[id]
    right = [q for q in questions if id in [cited["id"] for cited in brain.say(q, citizen)["custom"]["entries"]]]
    assert len(right) >= FURTHER_PHRASINGS, [q for q in questions if q not in right]


def test_all_clauses_are_reached_by_these_entries() -> None:
    reached = {clause for entry in KNOWLEDGE.entries.values() for clause in entry.clauses}
    assert reached == {clause for source in KNOWLEDGE.sources.values() for clause in source.clauses}
