"""What benchmarks/faults counts as one answer where WeChat was given several; the other cases: tests/benchmarks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[3]))

from benchmarks.faults.checker import judge
from benchmarks.faults.history import Answer, History, Said

PHONE = "请拨打5190857。"


def told(channel: str, *answers: tuple[str, str | None]) -> History:
    """A message and what was answered, each a path and the message whose answer it is (None: the phone number)."""
    history = History(said={"m1": Said("m1", "zhang", channel, "问 m1", 0.0)}, accepted={"m1": 1.0})
    for at, (path, says) in enumerate(answers, 2):
        under = "m1" if path == "passive" else None
        words = f"答：{says}" if says else PHONE
        history.answers.append(Answer("zhang", channel, path, words, float(at), under, says, None, says is None))
    return history


@pytest.mark.parametrize("second", ["m1", None])
def test_the_responses_to_one_msgid_are_seen_as_one_the_first(second: str | None) -> None:
    verdict = judge(told("wechat", ("passive", "m1"), ("passive", second), ("passive", second)))
    assert (verdict.problems, verdict.unseen) == ([], 2)
    assert (verdict.robot, verdict.phone) == (1, 0)


@pytest.mark.parametrize("first", ["m1", None])
def test_a_push_besides_is_a_second_answer(first: str | None) -> None:
    verdict = judge(told("wechat", ("passive", first), ("passive", first), ("push", "m1")))
    assert [problem.kind for problem in verdict.problems] == ["double"]


def test_two_pushes_are_two_answers() -> None:
    assert [one.kind for one in judge(told("wechat", ("push", "m1"), ("push", "m1"))).problems] == ["double"]


def test_a_phone_shows_both_of_two_text_messages() -> None:
    assert [one.kind for one in judge(told("sms", ("passive", "m1"), ("passive", "m1"))).problems] == ["double"]
