"""What every action of a turn does alike: read the tracker, send one reply, remember what it offered."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any, Dict, List

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from luebao.answers import Reply
from luebao.knowledge import Knowledge
from luebao.knowledge.live import LiveKnowledge
from luebao.today import today

Events = List[Dict[str, Any]]

_live = LiveKnowledge(Path(os.environ.get("LUEBAO_KNOWLEDGE", "knowledge")))


class Turn:
    """One reply for one message; subclasses say which, and how it changes the count of misses.

    Mixed into each Action, and none itself: the SDK registers every subclass of Action by its name.
    """

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        """The reply to the tracker's latest message."""
        raise NotImplementedError

    def misses(self, tracker: Tracker) -> int:
        """How many turns in a row were not understood, this one included."""
        return 0

    def offered(self, tracker: Tracker, reply: Reply) -> List[str]:
        """The payloads a number typed next may choose from."""
        return [option.payload for option in reply.options]

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        """Send the reply as complete text and as the structured `custom` object of the contract."""
        reply = self.reply(tracker, _live.current(), as_of(tracker))
        dispatcher.utter_message(text=reply.text, json_message=reply.as_custom())
        return [SlotSet("offered", self.offered(tracker, reply)), SlotSet("misses", self.misses(tracker))]


def as_of(tracker: Tracker) -> date:
    """The day to answer for: today in China, or the day named in the message's metadata (a preview)."""
    metadata = tracker.latest_message.get("metadata") or {}
    try:
        return date.fromisoformat(metadata["as_of"])
    except (KeyError, TypeError, ValueError):
        return today()


def label(tracker: Tracker) -> str:
    """What the message was understood as, such as transfer.time_limit; empty where that is unknown."""
    ranking = tracker.latest_message.get("label_ranking") or [{}]
    return str(ranking[0].get("name", "")).replace("/", ".")


def intent(tracker: Tracker) -> str:
    """The intent Rasa routed the message by."""
    return str((tracker.latest_message.get("intent") or {}).get("name"))


def candidates(tracker: Tracker) -> List[str]:
    """The entries the message may have meant, best first."""
    return [str(name).replace("/", ".") for name in tracker.latest_message.get("candidates") or []]


def entity(tracker: Tracker, name: str) -> str:
    """The value of an entity in the latest message, or an empty string."""
    return str(next(tracker.get_latest_entity_values(name), ""))


def missed(tracker: Tracker) -> int:
    """The count of misses with this turn added."""
    return int(tracker.get_slot("misses") or 0) + 1
