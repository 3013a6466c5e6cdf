"""The actions of the domain, one for each way a turn can end."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Dict, List, Optional

from rasa_sdk import Action, Tracker

from actions.turn import TOPIC_LASTS, Turn, asked, candidates, entity, intent, label, missed, said
from luebao.answers import Reply, answer, answer_all, ask_direction, clarify, hand_over, small_talk, unanswered
from luebao.knowledge import Knowledge

MISSES_BEFORE_HANDOVER = 2
NOT_UNDERSTOOD = "out_of_scope.gibberish"


class ActionAnswer(Turn, Action):
    """Answer the entry the message was understood as."""

    def name(self) -> str:
        return "action_answer"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        ids = [id for id in asked(tracker) if id in knowledge.entries or id in knowledge.unanswered]
        return answer_all(knowledge, ids, as_of, said(tracker)) if ids else hand_over(knowledge, "error", as_of)


class ActionShow(Turn, Action):
    """Answer the entry a button named."""

    def name(self) -> str:
        return "action_show"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        return _entry(entity(tracker, "entry"), knowledge, as_of)


class ActionChoose(Turn, Action):
    """Answer the option whose number the citizen typed; a number nobody offered is told so."""

    def name(self) -> str:
        return "action_choose"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        payload = _chosen(tracker)
        if payload == "/none_of_these":
            return hand_over(knowledge, "two_misses", as_of)
        if payload:
            return _entry(json.loads(payload.removeprefix("/show"))["entry"], knowledge, as_of)
        return small_talk(knowledge, "no_such_option", as_of)

    def offered(self, tracker: Tracker, reply: Reply) -> List[str]:
        return super().offered(tracker, reply) if _chosen(tracker) else tracker.get_slot("offered") or []


class ActionOffer(Turn, Action):
    """Not sure: offer up to three questions; the second time in a row, the hotline."""

    def name(self) -> str:
        return "action_offer"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        if missed(tracker) >= MISSES_BEFORE_HANDOVER:
            return hand_over(knowledge, "two_misses", as_of)
        return clarify(knowledge, candidates(tracker), as_of)

    def misses(self, tracker: Tracker) -> int:
        return missed(tracker)


class ActionOutOfScope(Turn, Action):
    """Say what the sources leave out."""

    def name(self) -> str:
        return "action_out_of_scope"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        if self.misses(tracker) >= MISSES_BEFORE_HANDOVER:
            return hand_over(knowledge, "two_misses", as_of)
        if label(tracker) in knowledge.unanswered:
            return unanswered(knowledge, label(tracker), as_of)
        return hand_over(knowledge, "out_of_scope", as_of)

    def misses(self, tracker: Tracker) -> int:
        return missed(tracker) if label(tracker) == NOT_UNDERSTOOD else 0


class ActionSmallTalk(Turn, Action):
    """Greet, thank, show the menu."""

    def name(self) -> str:
        return "action_small_talk"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        known = label(tracker) in knowledge.replies
        return small_talk(knowledge, label(tracker) if known else "menu", as_of)


class ActionHandOver(Turn, Action):
    """Give the hotline: asked for, or none of what was offered fits."""

    def name(self) -> str:
        return "action_hand_over"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        asked = intent(tracker) == "human"
        return hand_over(knowledge, "asked" if asked else "two_misses", as_of)


class ActionAskDirection(Turn, Action):
    """The answer depends on the direction and the message does not say it: ask."""

    def name(self) -> str:
        return "action_ask_direction"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        return ask_direction(knowledge, *candidates(tracker), as_of)

    def topic(self, tracker: Tracker, reply: Reply) -> Optional[Dict[str, Any]]:
        outbound, inbound = candidates(tracker)
        ask = {"out": outbound, "in": inbound}
        return {"entry": outbound, "facets": said(tracker), "left": TOPIC_LASTS, "ask": ask}


class ActionApologise(Turn, Action):
    """The dialogue found no rule for the turn: the hotline."""

    def name(self) -> str:
        return "action_apologise"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        return hand_over(knowledge, "error", as_of)


def _entry(id: str, knowledge: Knowledge, as_of: date) -> Reply:
    return answer(knowledge, id, as_of) if id in knowledge.entries else hand_over(knowledge, "error", as_of)


def _chosen(tracker: Tracker) -> str:
    offered, number = tracker.get_slot("offered") or [], entity(tracker, "number")
    if not number.isdigit() or not 1 <= int(number) <= len(offered):
        return ""
    return str(offered[int(number) - 1])
