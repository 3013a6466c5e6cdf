"""Shares, their intervals, and the gate that tells a fall from noise."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa，也就没有评测")

from evaluation.figures import keep, share, worse


@pytest.mark.parametrize(("right", "n"), [(0, 10), (1, 10), (50, 100), (97, 100), (780, 780)])
def test_the_interval_holds_the_share(right: int, n: int) -> None:
    figure = share("答对", [True] * right + [False] * (n - right))
    assert figure.value == right / n
    assert 0 <= figure.low <= figure.value <= figure.high <= 1
    assert figure.n == n


def test_more_questions_make_the_interval_narrower() -> None:
    few, many = share("答对", [True, False] * 10), share("答对", [True, False] * 1000)
    assert many.high - many.low < (few.high - few.low) / 5


def test_the_same_answers_give_the_same_interval() -> None:
    assert share("答对", [True, False, True] * 30) == share("答对", [True, False, True] * 30)


@pytest.mark.parametrize(
    ("before", "now", "more_is_better", "fallen"),
    [
        (90, 60, True, True),
        (90, 88, True, False),
        (90, 99, True, False),
        (1, 20, False, True),
        (10, 11, False, False),
        (20, 1, False, False),
    ],
    ids=["fell", "fell within noise", "rose", "more errors", "more errors within noise", "fewer errors"],
)
def test_the_gate_fails_only_where_it_is_worse_by_more_than_noise(
    tmp_path: Path, before: int, now: int, more_is_better: bool, fallen: bool
) -> None:
    baseline = tmp_path / "baseline.json"
    keep([share("比例", [True] * before + [False] * (100 - before), more_is_better)], baseline)
    lines = worse([share("比例", [True] * now + [False] * (100 - now), more_is_better)], baseline)
    assert bool(lines) == fallen
    assert all("比例" in line for line in lines)


def test_what_was_not_measured_does_not_fail_the_gate(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    keep([share("答对", [True] * 100)], baseline)
    assert worse([share("新指标", [False] * 100), share("答对", [])], baseline) == []
    assert worse([share("答对", [False])], tmp_path / "none.json") == []
