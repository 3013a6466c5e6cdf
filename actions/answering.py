"""The actions of the domain, one for each way a turn can end."""

from __future__ import annotations

from datetime import date
from typing import Any, Dict, List, Optional

from rasa_sdk import Action, Tracker

from actions.guiding import progress
from actions.turn import (
    TOPIC_LASTS,
    Turn,
    asked,
    before,
    candidates,
    entity,
    intent,
    label,
    missed,
    parts,
    remembered,
    said,
    words,
)
from luebao.answers import (
    Reply,
    answer_all,
    ask_direction,
    ask_region,
    choose_guide,
    choose_matter,
    clarify,
    guide,
    hand_over,
    resolve,
    small_talk,
    unanswered,
)
from luebao.answers.answer import depends_on_region
from luebao.knowledge import Knowledge

MISSES_BEFORE_HANDOVER = 2
NOT_UNDERSTOOD = "out_of_scope.gibberish"


class ActionAnswer(Turn, Action):
    """Answer the entry the message was understood as."""

    def name(self) -> str:
        return "action_answer"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        ids, case = asked(tracker), said(tracker)
        unclear = tracker.latest_message.get("facets", {}).get("unclear_region")
        if unclear and len(ids) == 1 and depends_on_region(knowledge, ids[0]):
            return ask_region(knowledge, ids[0], case.get("place", ""), unclear.split("/"), as_of)
        reply = answer_all(knowledge, ids, as_of, case, words(tracker), before(tracker))
        return reply or hand_over(knowledge, "error", as_of)

    def topic(self, tracker: Tracker, reply: Reply) -> Optional[Dict[str, Any]]:
        if reply.kind == "ask":  # which place is meant; the answer to that is about the same entry
            return {"entry": asked(tracker)[0], "facets": remembered(tracker), "left": TOPIC_LASTS}
        return super().topic(tracker, reply)


class ActionShow(Turn, Action):
    """Answer the entry a button named."""

    def name(self) -> str:
        return "action_show"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        return _shown(tracker, entity(tracker, "entry"), said(tracker), knowledge, as_of)


class ActionChoose(Turn, Action):
    """Answer the option whose number the citizen typed; a number nobody offered is told so."""

    def name(self) -> str:
        return "action_choose"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        payload = _chosen(tracker)
        if payload == "/none_of_these":
            return hand_over(knowledge, "two_misses", as_of)
        if payload.startswith("/guide"):
            return _guided(tracker, knowledge, as_of, parts(payload))
        if payload:
            chosen = parts(payload)
            return _shown(tracker, chosen.pop("entry"), chosen, knowledge, as_of)
        return small_talk(knowledge, "no_such_option", as_of)

    def offered(self, tracker: Tracker, reply: Reply) -> List[str]:
        return super().offered(tracker, reply) if _chosen(tracker) else tracker.get_slot("offered") or []

    def guide(self, tracker: Tracker, reply: Reply, knowledge: Knowledge) -> Optional[Dict[str, Any]]:
        payload = _chosen(tracker)
        if payload.startswith("/guide"):
            return _under_way(tracker, reply, knowledge, parts(payload))
        return super().guide(tracker, reply, knowledge)


class ActionOffer(Turn, Action):
    """Not sure: offer up to three questions, or else the matters there are; the second time in a row, the hotline."""

    def name(self) -> str:
        return "action_offer"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        if missed(tracker) >= MISSES_BEFORE_HANDOVER:
            return hand_over(knowledge, "two_misses", as_of)
        offered = clarify(knowledge, candidates(tracker), as_of)
        return offered if offered.options else choose_matter(knowledge, as_of)

    def misses(self, tracker: Tracker) -> int:
        return missed(tracker)

    def topic(self, tracker: Tracker, reply: Reply) -> Optional[Dict[str, Any]]:
        likeliest = next(iter(candidates(tracker)), "")
        if reply.kind == "clarify" and likeliest:  # who goes on instead of choosing goes on about this
            return {"entry": likeliest, "facets": remembered(tracker), "left": 1}
        return super().topic(tracker, reply)


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

    def topic(self, tracker: Tracker, reply: Reply) -> Optional[Dict[str, Any]]:
        topic = super().topic(tracker, reply)
        # Who begins with what is not covered (我余额还剩多少) goes on about what is near it (那在哪查).
        if not topic and reply.kind == "unsupported" and reply.options:
            near = parts(reply.options[0].payload).get("entry")
            return {"entry": near, "facets": remembered(tracker), "left": 1} if near else None
        return topic


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
        return {"entry": outbound, "facets": remembered(tracker), "left": TOPIC_LASTS, "ask": ask}


class ActionGuide(Turn, Action):
    """Go on with a guide, or begin one: the next question, or the card it ends with."""

    def name(self) -> str:
        return "action_guide"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        if self.misses(tracker) >= MISSES_BEFORE_HANDOVER:
            return hand_over(knowledge, "two_misses", as_of)
        return _guided(tracker, knowledge, as_of, _clicked(tracker))

    def misses(self, tracker: Tracker) -> int:
        return missed(tracker) if tracker.latest_message.get("guide_answer") == "" else 0

    def guide(self, tracker: Tracker, reply: Reply, knowledge: Knowledge) -> Optional[Dict[str, Any]]:
        return _under_way(tracker, reply, knowledge, _clicked(tracker))


class ActionApologise(Turn, Action):
    """The dialogue found no rule for the turn: the hotline."""

    def name(self) -> str:
        return "action_apologise"

    def reply(self, tracker: Tracker, knowledge: Knowledge, as_of: date) -> Reply:
        return hand_over(knowledge, "error", as_of)


def _shown(tracker: Tracker, id: str, case: Dict[str, str], knowledge: Knowledge, as_of: date) -> Reply:
    return resolve(knowledge, id, as_of, case, before=before(tracker)) or hand_over(knowledge, "error", as_of)


def _chosen(tracker: Tracker) -> str:
    offered, number = tracker.get_slot("offered") or [], entity(tracker, "number")
    if not number.isdigit() or not 1 <= int(number) <= len(offered):
        return ""
    return str(offered[int(number) - 1])


def _guided(tracker: Tracker, knowledge: Knowledge, as_of: date, chosen: Dict[str, str]) -> Reply:
    now = progress(tracker, knowledge, chosen)
    return guide(knowledge, now.id, now.answers, as_of, now.misheard) if now else choose_guide(knowledge, as_of)


def _under_way(
    tracker: Tracker, reply: Reply, knowledge: Knowledge, chosen: Dict[str, str]
) -> Optional[Dict[str, Any]]:
    now = progress(tracker, knowledge, chosen)
    return now.state() if now and reply.kind in ("ask", "answer") else None


def _clicked(tracker: Tracker) -> Dict[str, str]:
    """What an option of a guide holds that was clicked rather than numbered."""
    found = {name: entity(tracker, name) for name in ("guide", "question", "answer")}
    return {name: value for name, value in found.items() if value}
