"""How far a guide has come: from the slot, the message and the option that was chosen."""

from __future__ import annotations

from typing import Any, Dict, Optional

import attrs
from rasa_sdk import Tracker

from actions.turn import label, words
from luebao.knowledge import Knowledge
from luebao.knowledge.guide import Answers, next_question
from luebao.policy.guides import GO_ON, START_AGAIN, known

# For how many turns about other things a guide waits.
WAITS = 5


@attrs.frozen
class Progress:
    """A guide and its answers after this message. `misheard`: the message answered nothing."""

    id: str
    answers: Answers
    misheard: bool

    def state(self) -> Dict[str, Any]:
        """What the slot `guide` holds until the next message."""
        return {"id": self.id, "answers": self.answers, "left": WAITS}


def progress(tracker: Tracker, knowledge: Knowledge, chosen: Dict[str, str]) -> Optional[Progress]:
    """Where the guide stands; None where the message begins none that exists. `chosen` holds an option's parts."""
    state, message = tracker.get_slot("guide") or {}, tracker.latest_message
    given = message.get("guide_answer")
    id = chosen.get("guide") or (state.get("id") if given is not None else label(tracker).split(".")[-1])
    if id not in knowledge.guides:
        return None
    guide = knowledge.guides[id]
    if given == START_AGAIN:
        return Progress(id, {}, False)
    answers = state["answers"] if state.get("id") == id else _said_before(tracker, guide)
    waiting = next_question(guide, answers)
    if words(tracker) and not chosen:
        answers = {**answers, **known(guide, words(tracker), message.get("facets") or {})}
    if chosen.get("question"):
        answers = {**answers, chosen["question"]: chosen.get("answer", "")}
    if given and given != GO_ON and waiting:
        answers = {**answers, waiting.id: given}
    return Progress(id, answers, given == "")


def _said_before(tracker: Tracker, guide: Any) -> Answers:
    """What is known of the case from the turns before the guide began."""
    return known(guide, "", (tracker.get_slot("topic") or {}).get("facets", {}))
