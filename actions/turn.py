"""What every action of a turn does alike: read the tracker, send one reply, remember what it offered."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any, Dict, List, Optional

import attrs
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from luebao.answers import Reply, resume
from luebao.knowledge import Knowledge
from luebao.knowledge.canonical import id_of
from luebao.knowledge.guide import next_question
from luebao.knowledge.live import LiveKnowledge
from luebao.today import today

Events = List[Dict[str, Any]]

# For how many turns an answer goes on being what a follow-up may lean on.
TOPIC_LASTS = 3
# The intent of a message that is not sure enough to be answered (brain.bands), and how many readings the staff see.
NOT_SURE, HEARD = "nlu_fallback", 3
# What is remembered of the citizen's case from one turn to the next.
REMEMBERED = ("region", "place", "direction", "stage", "term", "disease", "disease_name", "date")

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

    def topic(self, tracker: Tracker, reply: Reply) -> Optional[Dict[str, Any]]:
        """What a follow-up may lean on after this turn; it fades after a few turns about nothing."""
        if reply.entries:
            return {"entry": reply.entries[0].id, "facets": remembered(tracker), "left": TOPIC_LASTS}
        before = tracker.get_slot("topic")
        if before and reply.kind != "smalltalk":
            before = {**before, "facets": _added(before["facets"], remembered(tracker)), "left": before["left"] - 1}
        return before if before and before["left"] > 0 else None

    def guide(self, tracker: Tracker, reply: Reply, knowledge: Knowledge) -> Optional[Dict[str, Any]]:
        """The guide under way after this turn, or just ended; it is forgotten after a few turns about other things."""
        state = tracker.get_slot("guide")
        left = state["left"] - 1 if state else 0
        return {**state, "left": left} if left and state["id"] in knowledge.guides else None

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        """Send the reply as complete text and as the structured `custom` object of the contract."""
        knowledge = _live.current()
        reply = self.reply(tracker, knowledge, as_of(tracker))
        guide = self.guide(tracker, reply, knowledge)
        if guide and reply.kind in ("answer", "unsupported", "smalltalk") and _waits(knowledge, guide):
            reply = attrs.evolve(reply, options=[*reply.options, resume(knowledge.guides[guide["id"]])])
        misses = 0 if reply.kind == "handoff" else self.misses(tracker)
        custom = {**reply.as_custom(), **understood(tracker)}
        dispatcher.utter_message(text=reply.text, json_message=custom)
        return [
            SlotSet("offered", self.offered(tracker, reply)),
            SlotSet("misses", misses),
            SlotSet("topic", self.topic(tracker, reply)),
            SlotSet("guide", guide),
        ]


def _waits(knowledge: Knowledge, guide: Dict[str, Any]) -> bool:
    """Whether the guide has a question left to ask."""
    return next_question(knowledge.guides[guide["id"]], guide["answers"]) is not None


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
    return id_of(str(ranking[0].get("name", "")))


def understood(tracker: Tracker) -> Dict[str, Any]:
    """What the message was heard as and how surely, for the staff; nothing where an option was chosen."""
    message = tracker.latest_message
    ranking = message.get("label_ranking") or []
    if not ranking or not words(tracker):
        return {}
    unsure = "offer" if message.get("candidates") else "pass"
    band = unsure if intent(tracker) == NOT_SURE else "answer"
    labels = [[str(one["name"]), round(float(one["confidence"]), 3)] for one in ranking[:HEARD]]
    return {"understood": {"labels": labels, "band": band}}


def said(tracker: Tracker) -> Dict[str, str]:
    """What is known of the citizen's case: from this message, and from before where it leans on that."""
    message = tracker.latest_message
    chosen = {one["entity"]: str(one["value"]) for one in message.get("entities") or []} if not words(tracker) else {}
    now = message.get("facets") or chosen
    known = (tracker.get_slot("topic") or {}).get("facets", {}) if message.get("in_context") else {}
    if "region" in now and "place" not in now:
        known = {name: value for name, value in known.items() if name != "place"}
    return {name: value for name, value in {**known, **now}.items() if name in REMEMBERED}


def remembered(tracker: Tracker) -> Dict[str, str]:
    """What is known of the case after this message: what `said` knows, and whose insurance it is (`direction`).

    That goes on until another direction or place is named. Who transfers his insurance to 威海 says nothing of it.
    """
    case, known = said(tracker), (tracker.get_slot("topic") or {}).get("facets", {})
    if label(tracker).startswith("transfer."):
        return {name: value for name, value in case.items() if name != "direction"}
    if "direction" in known and not {"direction", "region"} & set(case):
        return {**case, "direction": known["direction"]}
    return case


def _added(known: Dict[str, str], now: Dict[str, str]) -> Dict[str, str]:
    """A case with what was remembered of another message: its place goes as a whole, and its direction is `now`'s."""
    gone = {"direction", "place", "region"} if {"place", "region"} & set(now) else {"direction"}
    return {**{name: value for name, value in known.items() if name not in gone}, **now}


def parts(payload: str) -> Dict[str, str]:
    """What an option's payload holds: /show{"entry":"…"}, /guide{"guide":"…"}; nothing for /none_of_these."""
    _, brace, rest = payload.partition("{")
    return dict(json.loads(brace + rest)) if brace else {}


def before(tracker: Tracker) -> str:
    """The entry answered last, or an empty string."""
    return str((tracker.get_slot("topic") or {}).get("entry", ""))


def words(tracker: Tracker) -> str:
    """What the citizen typed; nothing where an option was chosen."""
    text = str(tracker.latest_message.get("text") or "")
    return "" if text.startswith("/") else text


def asked(tracker: Tracker) -> List[str]:
    """The entries (or out-of-scope classes) the message asks for: one, or each of its questions."""
    labels = tracker.latest_message.get("questions") or []
    return [id_of(name) for name in labels] or [label(tracker)]


def intent(tracker: Tracker) -> str:
    """The intent Rasa routed the message by."""
    return str((tracker.latest_message.get("intent") or {}).get("name"))


def candidates(tracker: Tracker) -> List[str]:
    """The entries the message may have meant, best first."""
    return [id_of(name) for name in tracker.latest_message.get("candidates") or []]


def entity(tracker: Tracker, name: str) -> str:
    """The value of an entity in the latest message, or an empty string."""
    return str(next(tracker.get_latest_entity_values(name), ""))


def missed(tracker: Tracker) -> int:
    """The count of misses with this turn added."""
    return int(tracker.get_slot("misses") or 0) + 1
