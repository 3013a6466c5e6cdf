"""What the actions tell the staff about how a message was heard."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import ActionAnswer, ActionOffer
from actions.turn import understood
from luebao.answers.reply import schema

RANKING = [
    {"name": "transfer/time_limit", "confidence": 0.93456},
    {"name": "transfer/how", "confidence": 0.04},
    {"name": "transfer/materials", "confidence": 0.01},
    {"name": "chitchat/greet", "confidence": 0.001},
]


def heard(text: str = "转移多久", intent: str = "transfer", **message: Any) -> Tracker:
    """A tracker whose newest message was heard like that."""
    latest = {"text": text, "intent": {"name": intent}, "entities": [], "label_ranking": RANKING, **message}
    return Tracker("someone", {}, latest, [], False, None, {}, "action_listen")


@pytest.mark.parametrize(
    ("tracker", "band"),
    [
        (heard(), "answer"),
        (heard(intent="nlu_fallback", candidates=["transfer/time_limit"]), "offer"),
        (heard(intent="nlu_fallback", candidates=[]), "pass"),
    ],
)
def test_the_best_three_readings_and_the_band(tracker: Tracker, band: str) -> None:
    told = understood(tracker)["understood"]
    assert told["band"] == band
    assert told["labels"] == [["transfer/time_limit", 0.935], ["transfer/how", 0.04], ["transfer/materials", 0.01]]


def test_nothing_is_told_of_an_option_that_was_chosen() -> None:
    assert understood(heard('/show{"entry":"transfer.time_limit"}')) == {}
    assert understood(heard(label_ranking=[])) == {}


@pytest.mark.parametrize(("action", "kind"), [(ActionAnswer(), "answer"), (ActionOffer(), "clarify")])
def test_every_reply_carries_it_within_the_contract(action: Any, kind: str) -> None:
    dispatcher = CollectingDispatcher()
    action.run(dispatcher, heard(candidates=["transfer/time_limit"]), {})
    (message,) = dispatcher.messages
    assert message["custom"]["kind"] == kind
    assert message["custom"]["understood"]["band"] == "answer"
    Draft202012Validator(schema()).validate(message["custom"])
