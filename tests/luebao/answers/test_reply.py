"""The contract between the actions and whatever shows their replies."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from luebao.answers import Option, Reply
from luebao.answers.reply import Cited, schema

OPTION = Option("怎么备案", '/show{"entry":"remote.register"}', ["m.2.1"])
ANSWER = Reply(
    "answer",
    "先办备案。",
    "先办备案（便民措施）",
    entries=[Cited("remote.register", "怎么备案", ["m.2.1"], False)],
    citation=["《便民措施》二-1", "《指南》八"],
    options=[OPTION],
)
CLARIFY = Reply("clarify", "您想问哪一个？", "您想问：1.怎么备案", options=[OPTION])
HANDOFF = Reply("handoff", "请拨打电话。", "请拨打电话", handoff="asked")
CONTRACT = Draft202012Validator(schema())


def test_the_contract_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_a_channel_that_shows_only_text_gets_everything() -> None:
    assert ANSWER.text == (
        "先办备案。\n\n依据：《便民措施》二-1；《指南》八。\n\n您可能还想了解（回复数字）：\n1. 怎么备案"
    )
    assert CLARIFY.text == "您想问哪一个？\n\n请回复数字选择：\n1. 怎么备案"
    assert HANDOFF.text == "请拨打电话。"


def test_a_reply_becomes_the_custom_object() -> None:
    assert ANSWER.as_custom() == {
        "kind": "answer",
        "full": "先办备案。",
        "sms": "先办备案（便民措施）",
        "entries": [{"id": "remote.register", "title": "怎么备案", "clauses": ["m.2.1"], "dated": False}],
        "citation": ["《便民措施》二-1", "《指南》八"],
        "options": [{"title": "怎么备案", "payload": '/show{"entry":"remote.register"}', "clauses": ["m.2.1"]}],
    }
    assert HANDOFF.as_custom()["handoff"] == {"reason": "asked"}


@pytest.mark.parametrize("reply", [ANSWER, CLARIFY, HANDOFF], ids=["answer", "clarify", "handoff"])
def test_these_replies_keep_to_the_contract(reply: Reply) -> None:
    CONTRACT.validate(reply.as_custom())


@pytest.mark.parametrize(
    ("reply", "broken"),
    [
        (ANSWER, {"entries": []}),
        (ANSWER, {"citation": []}),
        (ANSWER, {"entries": [{"id": "remote.register", "title": "怎么备案", "clauses": [], "dated": False}]}),
        (ANSWER, {"entries": [{"id": "remote", "title": "怎么备案", "clauses": ["m.2.1"], "dated": False}]}),
        (ANSWER, {"full": ""}),
        (ANSWER, {"sms": ""}),
        (ANSWER, {"kind": "guess"}),
        (ANSWER, {"confidence": 0.9}),
        (ANSWER, {"options": [{"title": "重来", "payload": "/restart", "clauses": []}]}),
        (CLARIFY, {"options": []}),
        (HANDOFF, {"handoff": {"reason": "tired"}}),
        (HANDOFF, {"handoff": None}),
        (ANSWER, {"kind": "unsupported"}),
    ],
)
def test_a_broken_reply_is_refused(reply: Reply, broken: dict[str, Any]) -> None:
    assert not CONTRACT.is_valid({**reply.as_custom(), **broken})
