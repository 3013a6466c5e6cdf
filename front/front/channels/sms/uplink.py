"""What the gateways' callbacks have in common: one short message on its way up, and how it may be wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from front.channels.sms import numbers, segments
from front.inbox.protocol import Delivery, Inbound, Kind

NAME = "sms"
MOST_BYTES = 64 * 1024  # of a callback: hundreds of messages
_KEY = re.compile(r"[A-Za-z0-9._-]{1,100}")


class Unreadable(ValueError):
    """A callback that is not what its gateway documents; the message says what was expected, for operators."""


@dataclass(frozen=True)
class Uplink:
    """One short message of a person.

    `person` is None where the sender is never answered (short codes, …); `gateway` and `id` make the inbox key;
    `readable` is False for binary messages whose words we do not have; `to` is the number that was written to.
    """

    gateway: str
    id: str
    person: str | None
    text: str
    to: str = ""
    readable: bool = True

    @property
    def key(self) -> str:
        """Unique within the channel, whichever gateway brought it."""
        return f"{self.gateway}:{self.id}"

    def inbound(self) -> Inbound:
        """As the inbox takes it. Only for a message that has a person."""
        if self.person is None:
            raise ValueError("a message without a person is not for the inbox")
        kind: Kind = "text" if self.readable else "other"
        return Inbound(NAME, self.person, self.key, kind, self.text, extra={"to": self.to} if self.to else {})


def uplink(gateway: str, id_: str, sender: object, text: str, *, to: object = "", readable: bool = True) -> Uplink:
    """An Uplink from a gateway's fields. Raises Unreadable for an id that cannot be one."""
    if not _KEY.fullmatch(id_):
        raise Unreadable("短信的编号不对：应是 1 到 100 个字母、数字或 . _ -")
    number = str(to)[:30] if isinstance(to, str | int) and not isinstance(to, bool) else ""
    return Uplink(gateway, id_, numbers.person(sender), segments.clean(text), segments.clean(number), readable)


def gateway_of(key: str | None) -> str:
    """Which gateway a message came through, by its inbox key; "" if that cannot be known."""
    return key.split(":", 1)[0] if key and ":" in key else ""


def text_of(delivery: Delivery) -> str:
    """The words of a delivery for SMS: its own sms rendition, the full text where there is none (staff)."""
    return str(delivery.body.get("sms") or delivery.body.get("text") or "")
