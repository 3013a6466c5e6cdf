"""How many customer-service messages WeChat still lets us push to a person.

Five for each message of the person, within 48 hours; three within a minute of a tap (menu, follow, QR code).
Source: developers.weixin.qq.com/doc/subscription/guide/product/kf/intro. WeChat itself has the last word (45047).
"""

from __future__ import annotations

from front.channels.wechat.messages import NAME
from front.inbox.protocol import Inbox, Said

PER_MESSAGE, MESSAGE_SECONDS = 5, 48 * 3600
PER_TAP, TAP_SECONDS = 3, 60
_PUSH = f"{NAME}.push"


class PushQuota:
    """Counted from what the database holds, so that all front processes share it. Methods may raise `Unavailable`."""

    def __init__(self, inbox: Inbox) -> None:
        """The inbox knows what was heard, and keeps a mark for each push."""
        self._inbox = inbox

    async def left(self, person: str) -> int:
        """How many messages may be pushed to this person now: a message starts the count anew, a tap adds a little."""
        pushes = await self._inbox.marks(person, {_PUSH: MESSAGE_SECONDS})
        if not pushes:
            return PER_MESSAGE
        said = await self._inbox.said(NAME, person, MESSAGE_SECONDS)
        heard = next((one.age for one in said if not _is_tap(one)), MESSAGE_SECONDS)
        tapped = next((one.age for one in said if _is_tap(one) and one.age < TAP_SECONDS), 0.0)
        since_message = sum(push.age < heard for push in pushes)
        since_tap = sum(push.age < tapped for push in pushes)
        return max(PER_MESSAGE - since_message, PER_TAP - since_tap if tapped else 0, 0)

    async def count(self, person: str) -> None:
        """One message was pushed."""
        await self._inbox.mark(_PUSH, person)


def _is_tap(said: Said) -> bool:
    """A tap on the menu, on an option, a follow or a QR code: no message in WeChat's eyes."""
    return said.kind == "event" or "menu_id" in said.extra
