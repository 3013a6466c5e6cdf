"""learned.yml: what citizens asked, who accepted it and when, and what never gets in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from evaluation import learned
from evaluation.learned import Lesson
from evaluation.training import texts
from scripts import train
from scripts.settings import LEARNED
from tests.running import ROOT

ONE = Lesson("余额借给我爹刷一下", "voucher/family", "wang", "2026-11-22", 1)
TWO = Lesson("[青岛](place)看病 \n咋报: - #1", "remote/reimburse", "li", "2026-11-21", 2)


def test_rasa_reads_each_question_with_who_accepted_it_and_when(tmp_path: Path) -> None:
    content = learned.written([ONE, TWO])
    assert content
    found = RasaYAMLReader().reads(content.decode())
    read = {m.get("text"): (m.get_full_intent(), m.get("metadata")["example"]) for m in found.intent_examples}
    assert read == {
        "余额借给我爹刷一下": ("voucher/family", {"by": "wang", "at": "2026-11-22"}),
        "［青岛］(place)看病 咋报: - #1": ("remote/reimburse", {"by": "li", "at": "2026-11-21"}),
    }
    assert not found.entity_examples


def test_what_is_written_is_read_again_and_written_the_same(tmp_path: Path) -> None:
    content = learned.written([TWO, ONE])
    assert content == learned.written([ONE, TWO])
    learned.put(content, tmp_path / "learned.yml")
    again = learned.read(tmp_path / "learned.yml")
    assert learned.written([*again, ONE]) == content
    learned.put(learned.written([]), tmp_path / "learned.yml")
    assert learned.read(tmp_path / "learned.yml") == []


def test_the_evaluation_reads_both_forms() -> None:
    assert texts("- 甲\n- 乙\n") == ["甲", "乙"]
    assert texts([{"text": "甲", "metadata": {"by": "wang"}}]) == ["甲"]


def test_questions_of_the_exam_unknown_labels_and_contradictions_are_refused() -> None:
    exam = json.loads((ROOT / "tests" / "held_out" / "in_scope.jsonl").read_text(encoding="utf-8").splitlines()[0])
    asked = [
        ONE,
        Lesson(exam["q"] + "！", exam["label"], "wang", "2026-11-22", 3),
        Lesson("新生儿咋参保", "payment/newborn", "wang", "2026-11-22", 4),
        Lesson("余额借给我爹刷一下？", "voucher/use", "wang", "2026-11-22", 5),
        Lesson("。。。", "voucher/use", "wang", "2026-11-22", 6),
    ]
    why = learned.refused(asked, {}, ["voucher/family", "voucher/use", exam["label"]])
    assert {id: reason[:4] for id, reason in why.items()} == {3: "这句是考", 4: "没有“p", 5: "同一句已", 6: "没有字，"}


def test_the_hash_of_the_inputs_foresees_the_file() -> None:
    now = train.state_of_inputs()
    content = LEARNED.read_bytes() if LEARNED.is_file() else None
    assert train.state_of_inputs({LEARNED: content}) == now
    assert train.state_of_inputs({LEARNED: b"other"}) != now
