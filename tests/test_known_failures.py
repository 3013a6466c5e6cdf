"""What is answered wrongly today, kept in the open: each must still fail, or it moves to the conversations."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.conversations.test_conversations import KEYS, _wrong
from tests.running import ROOT, RunningBrain

FILE = ROOT / "tests" / "known_failures.yml"
FAILURES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
NAMES = [failure["名称"] for failure in FAILURES]


def test_every_failure_says_what_would_be_right_and_why_it_fails() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for failure in FAILURES:
        assert set(failure) == {"名称", "为什么", "对话"}, failure["名称"]
        assert all(set(turn) <= KEYS for turn in failure["对话"]), failure["名称"]
        assert set(failure["对话"][-1]) > {"市民"}, f"{failure['名称']}：最后一轮没有写怎样才算对"


@pytest.mark.parametrize("failure", FAILURES, ids=NAMES)
def test_still_fails(brain: RunningBrain, citizen: str, failure: dict[str, Any]) -> None:
    *before, last = failure["对话"]
    for turn in before:
        answer = brain.say(turn["市民"], citizen)
        assert not list(_wrong(turn, answer)), f"前面的“{turn['市民']}”就不对了，请改写这一条：{answer['text']}"
    answer = brain.say(last["市民"], citizen)
    assert list(_wrong(last, answer)), f"这条已经答对了，请从清单删掉并放进 conversations：{failure['名称']}"
