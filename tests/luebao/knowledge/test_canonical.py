"""A new entry can be reached at once: its title and questions are training sentences."""

from __future__ import annotations

import yaml

from luebao.knowledge import Knowledge
from luebao.knowledge.canonical import canonical_nlu, label


def sentences(knowledge: Knowledge) -> dict[str, list[str]]:
    """The training sentences by label, as Rasa reads them."""
    blocks = yaml.safe_load(canonical_nlu(knowledge))["nlu"]
    assert len({block["intent"] for block in blocks}) == len(blocks)
    return {block["intent"]: [line.removeprefix("- ") for line in block["examples"].splitlines()] for block in blocks}


def test_every_entry_is_there_with_its_title_and_its_questions(knowledge: Knowledge) -> None:
    said = sentences(knowledge)
    assert len(said) == len(knowledge.entries)
    for entry in knowledge.entries.values():
        assert said[label(entry.id)][0] == entry.title
        assert set(said[label(entry.id)]) == {entry.title, *entry.questions}


def test_a_title_that_is_also_a_question_stands_once(knowledge: Knowledge) -> None:
    entry = knowledge.entries["service.hotline"]
    assert entry.title in entry.questions
    assert sentences(knowledge)["service/hotline"].count(entry.title) == 1


def test_the_label_is_the_category_and_the_matter() -> None:
    assert label("transfer.time_limit") == "transfer/time_limit"
