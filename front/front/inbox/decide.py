"""What is decided about a message before Rasa is asked, on every channel alike; and what Rasa's reply changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from front.inbox import replies, words
from front.inbox.office import NOBODY_KNOWN, Staffing
from front.inbox.replies import Body
from front.masking import without_labels

PER_MINUTE = 20  # messages of one person that are worth an answer of Rasa's
_GIVE_UP = 3  # processes that died over a message before it gets the phone number
_PAYLOAD = re.compile(
    r'/(show\{"entry":"[a-z0-9_.]{1,100}"(,"region":"\w{1,4}","place":"\w{1,20}")?\}|none_of_these'
    r'|guide\{"guide":"[a-z0-9_]{1,60}"(,"question":"[a-z0-9_]{1,60}","answer":"\w{1,60}")?\})'
)
_LOG = structlog.get_logger("decide")


@dataclass(frozen=True)
class Turn:
    """One waiting message with what is known of its conversation. `epoch` is the lease it is worked on under."""

    inbound_id: int
    conversation_id: int
    epoch: int
    channel: str
    person: str
    key: str
    brain_id: str
    kind: str
    text: str
    event: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    state: str = "bot"
    reason: str = ""  # why it is queued
    expired: bool = False  # the stored state is over: nobody took the person, or the member of staff is gone
    state_at: float = 0.0
    options: Sequence[Mapping[str, str]] = ()
    rest: str = ""
    recent: int = 1
    takeovers: int = 0
    received_at: float = 0.0


@dataclass(frozen=True)
class Decision:
    """What follows from a message. `body` None: nothing is said. None elsewhere: stays as it is."""

    body: Body | None
    state: str | None = None
    reason: str = ""  # with the state queued: asked, two_misses, error
    options: Sequence[Mapping[str, str]] | None = None
    rest: str | None = None
    event: str = ""  # for handoff_events
    callback: bool = False  # for half an hour a bare phone number is one to call back
    no_callback: bool = False
    erase: bool = False


class _Answer(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def custom(self) -> Mapping[str, Any]: ...


class Asks(Protocol):
    """The brain, as far as deciding needs it."""

    async def ask(self, sender: str, message: str = "", payload: str | None = None) -> _Answer:
        """The reply; raises when there is none."""
        ...


async def decide(turn: Turn, brain: Asks, staffing: Staffing = NOBODY_KNOWN) -> Decision:
    """What to say and what changes. Never raises: whatever goes wrong becomes the phone number."""
    try:
        return _at_the_door(turn, staffing) or await _ask(turn, brain, staffing)
    except Exception as error:
        _LOG.warning("brain_failed", why=str(error) if type(error).__name__ == "BrainFailure" else type(error).__name__)
        return _failed(turn)


def _failed(turn: Turn) -> Decision:
    return Decision(replies.TROUBLE, **_queued(turn, "error"))


def _queued(turn: Turn, reason: str) -> dict[str, Any]:
    """Into the queue; who waits there keeps his place and his reason, unless he now asks for a person himself."""
    waits = turn.state == "queued" and (turn.reason == "asked" or reason != "asked")
    return {} if waits else {"state": "queued", "reason": reason}


def _at_the_door(turn: Turn, staffing: Staffing) -> Decision | None:
    """The decision where Rasa need not be asked."""
    text = words.clean(turn.text)
    if turn.kind == "event" and not (turn.event == "click" and text):
        return _event(turn.event)
    if words.wants_erasure(text):
        return Decision(replies.ERASED, state="bot", options=[], rest="", erase=True)
    if about_calling := _callback(turn, text, staffing):
        return about_calling
    if turn.state == "human":
        return Decision(None)
    if words.wants_human(text):
        return _human(turn, staffing)
    if turn.takeovers >= _GIVE_UP:
        return _failed(turn)
    if aside := _not_a_question(turn, text):
        return aside
    return None if staffing.robot_on else Decision(replies.switched_off(staffing, turn.state == "queued"))


def _callback(turn: Turn, text: str, staffing: Staffing) -> Decision | None:
    """A number that was left, or taken back, or is asked for. Also while a member of staff has the person."""
    if shown := turn.extra.get("callback"):
        return Decision(replies.callback_noted(str(shown)), event="callback")
    if words.wants_no_callback(text):
        return Decision(replies.CALLBACK_CANCELLED, no_callback=True)
    if words.wants_callback(text) and turn.state != "human" and staffing.calls_back:
        return Decision(replies.CALLBACK_ASK, callback=True)
    return None


def _human(turn: Turn, staffing: Staffing, said: Body | None = None) -> Decision:
    """The person asked for a person; `said`: what Rasa says to that, where nothing is known of the desk."""
    queue = _queued(turn, "asked")
    body = said if said and staffing.present is None else replies.human(staffing)
    offers = staffing.present is False and staffing.calls_back
    return Decision(body, **queue, event="asked" if queue else "", callback=offers)


def _event(event: str) -> Decision:
    if event == "unsubscribe":
        return Decision(None, state="bot", options=[], rest="", erase=True)
    # A code at a counter, scanned by somebody who follows already, asks for a word just as following does.
    return Decision(replies.WELCOME if event in ("subscribe", "scan") else None)


def _not_a_question(turn: Turn, text: str) -> Decision | None:
    """A kind word for what Rasa cannot read; the rest of a cut text; a number outside the list."""
    if not text:
        return Decision({"voice": replies.VOICE, "text": replies.EMPTY}.get(turn.kind, replies.NOT_TEXT))
    if len(text) > words.LONGEST:
        return Decision(replies.TOO_LONG)
    if not words.fold(without_labels(text)) and words.fold(text):
        return Decision(replies.ONLY_NUMBERS)
    if turn.recent > PER_MINUTE:
        return Decision(replies.TOO_FAST)
    if turn.rest and words.wants_more(text):
        return Decision(replies.rest(turn.rest), rest="")
    number = words.option_number(text)
    outside = number is not None and number < 10 and not 1 <= number <= len(turn.options)
    if turn.options and outside and not turn.extra.get("payload"):
        return Decision(replies.no_such_number(len(turn.options)))
    return None


def chosen(turn: Turn) -> str | None:
    """The payload of the option a message chooses: clicked, by its number, or by its title in the list shown last."""
    clicked = turn.extra.get("payload")
    if isinstance(clicked, str) and _PAYLOAD.fullmatch(clicked):
        return clicked
    number = words.option_number(turn.text)
    if number is not None and 1 <= number <= len(turn.options):
        return turn.options[number - 1]["payload"]
    said = words.fold(words.clean(turn.text))
    return next((o["payload"] for o in turn.options if said and words.fold(words.clean(o["title"])) == said), None)


async def _ask(turn: Turn, brain: Asks, staffing: Staffing) -> Decision:
    payload = chosen(turn)
    answer = await brain.ask(turn.brain_id, words.clean(turn.text), payload)
    said = replies.body(answer.text, answer.custom["sms"], answer.custom)
    asked = answer.custom.get("handoff", {}).get("reason")
    if asked == "asked":
        return _human(turn, staffing, said)
    queue = _queued(turn, asked) if asked in ("two_misses", "error") else {}
    return Decision(said, **queue, options=said["options"] or None, rest="", event="pointed" if asked else "")
