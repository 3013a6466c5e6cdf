"""The draws of the learning curve, and what it counts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa，也就没有评测")

from evaluation.learning_curve import ALL, drawn, measured
from evaluation.sets import Question
from evaluation.training import examples

EVERY = examples()


@pytest.mark.parametrize("per_label", [5, 20, 80])
def test_so_many_of_each_label_or_all_there_are(per_label: int) -> None:
    there = Counter(example.label for example in EVERY)
    places = drawn(EVERY, per_label, 0)
    assert len(set(places)) == len(places)
    assert Counter(EVERY[place].label for place in places) == {
        label: min(per_label, count) for label, count in there.items()
    }


def test_a_draw_is_repeatable_and_another_is_different() -> None:
    assert drawn(EVERY, 10, 1) == drawn(EVERY, 10, 1)
    assert drawn(EVERY, 10, 1) != drawn(EVERY, 10, 2)
    assert drawn(EVERY, ALL, 0) == list(range(len(EVERY)))


def test_only_an_entry_answered_surely_is_a_wrong_answer() -> None:
    labels = ["transfer/how", "voucher/use", "out_of_scope/ratio", "unclear"]
    inside, outside = Question("转", ["transfer/how"], "short"), Question("比例", ["out_of_scope/ratio"], "short")
    rows = {
        "sure and right": [0.9, 0.1, 0, 0],
        "sure and wrong": [0.1, 0.9, 0, 0],
        "unsure": [0.25, 0.3, 0.25, 0.2],
        "not an entry": [0.1, 0, 0.8, 0.1],
    }
    each = {name: measured(np.array([row, row]), labels, [inside, outside]) for name, row in rows.items()}
    assert each == {
        "sure and right": (1, 0, 1),
        "sure and wrong": (0, 1, 1),
        "unsure": (0, 0, 0),
        "not an entry": (0, 0, 0),
    }
