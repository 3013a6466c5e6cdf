"""No entry takes another's question: of the training data, and of the model as it was trained."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa，也就没有评测")

from evaluation.neighbours import canonical_strays, confused, right_by_scope, taken, under_two_labels
from evaluation.training import CrossValidated, Example, examples
from luebao.knowledge import load
from tests.running import ROOT

EVERY = examples()


def test_every_example_stands_once_and_is_read_as_citizens_are() -> None:
    assert len(set(EVERY)) == len(EVERY)
    assert len({example.label for example in EVERY}) > 50
    assert not [example for example in EVERY if "\n" in example.text or example.text.startswith("- ")]


def test_no_question_stands_under_two_labels_however_it_is_typed() -> None:
    assert under_two_labels(EVERY) == {}


def test_a_question_under_two_labels_is_found() -> None:
    both = [Example("医保码怎么领？", "voucher/activate", "a.yml"), Example("医保码，怎么领", "voucher/use", "b.yml")]
    assert under_two_labels(both) == {"医保码怎么领": ["voucher/activate", "voucher/use"]}


def test_every_canonical_question_finds_its_entry_by_what_was_learnt_not_by_heart() -> None:
    if not (ROOT / "models" / "luebao.tar.gz").is_file():
        pytest.fail("还没有训练模型。请执行 make train，或用 make test 一次做完")
    assert canonical_strays(load(ROOT / "knowledge")) == []


def test_examples_taken_by_another_label_are_counted_by_pair_whichever_way() -> None:
    some = [Example("甲", "a/x", "a.yml"), Example("乙", "b/y", "b.yml"), Example("丙", "b/y", "b.yml")]
    folds = CrossValidated(some, ["a/x", "b/y", "c"], np.array([[0.2, 0.8, 0], [0.7, 0.2, 0.1], [0.1, 0.9, 0]]))
    found = taken(folds)
    assert [(one.text, one.by, one.probability, one.own) for one in found] == [
        ("甲", "b/y", 0.8, 0.2),
        ("乙", "a/x", 0.7, 0.2),
    ]
    assert right_by_scope(folds) == {"in": pytest.approx(1 / 3)}
    pairs = confused(found)
    assert Counter({pair.labels: len(pair.taken) for pair in pairs}) == Counter({("a/x", "b/y"): 2})
