"""What the inbox and the channels say to each other: the only thing of the inbox a channel needs to know.

A channel turns what it received into an `Inbound`, hands it to `Store.receive`, and gets every reply back as a
`Delivery`: at once from `Answering.wait_reply` where the channel can answer inside the request, else through
`Channel.send`, which the sender worker calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, Protocol, runtime_checkable

Kind = Literal["text", "voice", "image", "event", "other"]


@dataclass(frozen=True)
class Inbound:
    """One thing a person sent, verified by its channel.

    `channel` is "wechat", "sms" or "web"; `person` the channel's own stable id (openid, +8613…, web session id);
    `key` is unique within the channel (MsgId, Kannel's %I, the client's message id) and is the database's unique key.
    `text` is what was said, already in words; a web client's chosen option goes in `extra` as {"payload": "/show{…}"}.
    `event` is "subscribe", "unsubscribe", "scan", "click", "view" or "location" where `kind` is "event".
    """

    channel: str
    person: str
    key: str
    kind: Kind
    text: str = ""
    event: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """The stored inbound: its row id, and whether the same key had been stored before."""

    id: int
    duplicate: bool


@dataclass(frozen=True)
class Delivery:
    """One outbox row, claimed and handed to a channel.

    `body`: {"text": the full text, "sms": the SMS text, "custom": an object of reply.schema.json or None,
    "options": [{"title", "payload"}] as numbered in the text, "from": "robot" | "human" | "system"}.
    `inbound_key` is the key of the message this replies to, None for a message of the staff; `attempt` counts from 1.
    `at`: when it was stored, in seconds since 1970.
    """

    id: int
    channel: str
    person: str
    body: Mapping[str, Any]
    inbound_key: str | None
    attempt: int
    at: float = 0.0


class SendResult(Enum):
    """How sending went: delivered; worth another try; never going to work (goes to the dead letters)."""

    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"


class Channel(Protocol):
    """A way to reach people. `send` never raises for what the other side did: it says RETRY or DEAD and why."""

    name: str

    async def send(self, delivery: Delivery) -> tuple[SendResult, str]:
        """Send one delivery; returns the result and a short note for operators (no citizen's text in it)."""
        ...


@runtime_checkable
class Bounded(Protocol):
    """A channel that bounds how many messages a person may be sent until he writes again."""

    async def remaining(self, person: str) -> int:
        """How many messages may still be sent to this person now."""
        ...


@dataclass(frozen=True)
class Mark:
    """One small thing a channel noted about a person, and how many seconds ago."""

    scope: str
    value: str
    age: float


@dataclass(frozen=True)
class Said:
    """One thing a person sent, as it is stored (masked), and how many seconds ago."""

    key: str
    kind: Kind
    text: str
    extra: Mapping[str, Any]
    age: float


class Inbox(Protocol):
    """What the inbox does for the channels. Every method may raise `Unavailable` when the database does not answer."""

    async def receive(self, inbound: Inbound) -> Received:
        """Store what was received, once for each (channel, key). When this returns, it is not lost any more."""
        ...

    def withdraw(self, inbound: Inbound) -> bool:
        """The person is told that this was not taken: should it turn out stored all the same, it is not answered.

        False where it is known to be stored: it is answered, and the person must not be told otherwise.
        """
        ...

    async def wait_reply(self, received_id: int, seconds: float, missed: bool = False) -> Delivery | None:
        """The reply, claimed for this caller, if there is one within `seconds`; the work goes on in any case.

        `missed`: this is a copy, and whoever brought an earlier one is known to have hung up without a response:
        what was shown there is shown again.
        None: not ready (the sender will deliver it), already delivered, claimed by a later delivery of the same
        key, or there is nothing to say. A caller who gets a delivery must call `passive_sent` or `passive_failed`.
        """
        ...

    async def passive_sent(self, delivery: Delivery) -> None:
        """The delivery went out in the response."""
        ...

    async def passive_failed(self, delivery: Delivery, note: str = "") -> None:
        """The delivery could not go out in the response: the sender worker takes it."""
        ...

    async def keep_rest(self, delivery: Delivery, rest: str) -> None:
        """Keep what did not fit, for the person's 更多; the next reply of the robot replaces it."""
        ...

    async def erase(self, channel: str, person: str) -> int:
        """Erase everything about a person; returns how many messages there were."""
        ...

    async def first_time(self, scope: str, value: str, seconds: float) -> bool:
        """Whether this value (a nonce) is new in its scope; it is remembered for `seconds`. Atomic."""
        ...

    async def said(self, channel: str, person: str, seconds: float) -> list[Said]:
        """What was received of a person in the last `seconds`, newest first, at most a hundred."""
        ...

    async def mark(self, scope: str, key: str, value: str = "") -> None:
        """Note something about `key` (a person): a push made, an opt-out, a text. Scopes begin with the channel."""
        ...

    async def marks(self, key: str, scopes: Mapping[str, float]) -> list[Mark]:
        """What was noted about `key` in each scope in its last so many seconds, newest first."""
        ...

    async def unmark(self, scope: str, key: str) -> None:
        """Forget what was noted."""
        ...


class Unavailable(Exception):
    """The database does not answer or refuses to write: nothing was stored, the other side should try again."""
