"""How many customer-service messages WeChat still lets us push to a person.

Five for each message of the person, within 48 hours; three within a minute of a tap (menu, follow, QR code).
Source: developers.weixin.qq.com/doc/subscription/guide/product/kf/intro. WeChat itself has the last word (45047).
"""

from __future__ import annotations

from front.channels.wechat.messages import NAME
from front.inbox.protocol import Inbound, Inbox

PER_MESSAGE, MESSAGE_SECONDS = 5, 48 * 3600
PER_TAP, TAP_SECONDS = 3, 60
_PUSH, _TAP = f"{NAME}.push", f"{NAME}.tap"


class PushQuota:
    """Counted in the database, so that all front processes share it. Methods may raise `Unavailable`."""

    def __init__(self, inbox: Inbox) -> None:
        """The inbox keeps the marks."""
        self._inbox = inbox

    async def heard(self, inbound: Inbound) -> None:
        """A person did something: a message starts the count anew, a tap allows a little more for a minute."""
        if not await self._inbox.marks(_PUSH, inbound.person, MESSAGE_SECONDS):
            return  # nothing was pushed since the last time: most messages end here, and nothing is written
        if inbound.kind == "event" or "menu_id" in inbound.extra:
            await self._inbox.mark(_TAP, inbound.person)
        else:
            await self._inbox.unmark(_PUSH, inbound.person)

    async def left(self, person: str) -> int:
        """How many messages may be pushed to this person now."""
        pushes = await self._inbox.marks(_PUSH, person, MESSAGE_SECONDS)
        taps = await self._inbox.marks(_TAP, person, TAP_SECONDS) if len(pushes) >= PER_MESSAGE else []
        since_tap = [push for push in pushes if taps and push.age < taps[0].age]
        return max(PER_MESSAGE - len(pushes), PER_TAP - len(since_tap) if taps else 0, 0)

    async def count(self, person: str) -> None:
        """One message was pushed."""
        await self._inbox.mark(_PUSH, person)
