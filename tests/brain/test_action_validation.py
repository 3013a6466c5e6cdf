"""The check of the action server's replies: the same verdicts as Rasa's own, compiled once."""

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from brain import action_validation

RASAS_OWN = RemoteAction._validate_action_result
RIGHT = {
    "events": [{"event": "slot", "name": "misses", "value": 1}],
    "responses": [{"text": "您好", "custom": {"a": 1}}],
}
WRONG = [{"events": [{"event": "no such event"}]}, {"events": "none"}, {"responses": "text"}, {"events": [{}]}]


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RASAS_OWN)
    action_validation.install()
    return RemoteAction("action_answer", None)


def test_a_good_reply_passes(action: RemoteAction) -> None:
    assert action._validate_action_result(RIGHT) is True
    assert RASAS_OWN(action, RIGHT) is True


@pytest.mark.parametrize("reply", WRONG)
def test_a_bad_reply_is_refused_as_before(action: RemoteAction, reply: dict) -> None:
    with pytest.raises(ValidationError):
        RASAS_OWN(action, reply)
    with pytest.raises(ValidationError):
        action._validate_action_result(reply)


def test_it_is_installed_in_the_running_brain() -> None:
    from brain import loopback  # noqa: F401

    assert RemoteAction._validate_action_result is action_validation._validate_action_result
