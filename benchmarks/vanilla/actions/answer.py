"""Answers with the same texts as the real project, so that only the machinery around them differs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from luebao.answers import Reply, answer, hand_over, small_talk, unanswered
from luebao.knowledge import load
from luebao.today import today

_KNOWLEDGE = load(Path(os.environ["LUEBAO_KNOWLEDGE"]))
_IDS = {
    id.replace(".", "_"): id for id in (*_KNOWLEDGE.entries, *_KNOWLEDGE.unanswered, *_KNOWLEDGE.replies)
}  # transfer_time_limit: transfer.time_limit


class ActionAnswer(Action):
    """Answer whatever intent was recognised."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Send the reply of the intent, text and `custom` as the real project does."""
        reply = _reply(str(tracker.latest_message["intent"]["name"]))
        dispatcher.utter_message(text=reply.text, json_message=reply.as_custom())
        return []


def _reply(intent: str) -> Reply:
    id = _IDS.get(intent, "")
    if id in _KNOWLEDGE.entries:
        return answer(_KNOWLEDGE, id, today())
    if id in _KNOWLEDGE.unanswered:
        return unanswered(_KNOWLEDGE, id, today())
    if id in _KNOWLEDGE.replies:
        return small_talk(_KNOWLEDGE, id, today())
    if intent == "unclear":
        return small_talk(_KNOWLEDGE, "rephrase", today())
    return hand_over(_KNOWLEDGE, "asked" if intent == "human" else "two_misses", today())
