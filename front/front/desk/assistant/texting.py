"""An answer sent to a caller's phone as a text message, by the outbox. The number is written nowhere else."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import select

from front.desk import audit
from front.inbox import replies
from front.inbox.inbox import Inbox
from front.inbox.protocol import Delivery
from front.inbox.tables import outbox
from front.inbox.writing_first import write_first

SMS = "sms"
OPTED_OUT = "sms.optout"  # the mark the SMS channel makes for 退订
_EVER = 100 * 365 * 24 * 3600.0
_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")


class CannotText(Exception):
    """The message cannot be sent; the message says why and what to do, in Chinese."""


def mobile(number: str) -> str:
    """A mainland mobile number as +86…, however it was typed. Raises CannotText."""
    digits = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", number))
    found = _MOBILE.fullmatch(digits)
    if not found:
        raise CannotText("这不是大陆手机号：应是11位数字，以13到19开头。座机收不到短信，请念给对方听")
    return f"+86{found[1]}"


def shown(person: str) -> str:
    """A +86 number as screens may show it: 138****1234."""
    digits = person.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}"


class Texting:
    """Sends answers to callers."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    @property
    def possible(self) -> bool:
        """Whether this front has an SMS channel."""
        return SMS in self._inbox.channels

    async def send(self, number: str, text: str, entry: str, by: str) -> Delivery:
        """Put the text into the outbox for this number. Raises CannotText."""
        if not self.possible:
            raise CannotText("没有设置短信网关，发不了。请念给对方听，或请管理员设置 LUEBAO_SMS_KANNEL_PATH 等")
        person = mobile(number)
        if await self._inbox.marks(person, {OPTED_OUT: _EVER}):
            raise CannotText(f"{shown(person)} 已退订短信，不能再发。对方想收，请他先发“恢复”")
        said = replies.staff(text)
        async with self._inbox.database.write() as connection:
            delivery, conversation = await write_first(connection, self._inbox.database.sqlite, SMS, person, said)
            await audit.write(connection, by, "answer.texted", f"conversation:{conversation}", entry=entry)
        self._inbox.sending.due()
        self._inbox.hub.wake(conversation)
        return delivery

    async def state(self, delivery: Delivery) -> tuple[str, str]:
        """How it went: (pending, claimed, sent or dead; the gateway's note)."""
        async with self._inbox.database.read() as connection:
            row = (
                await connection.execute(select(outbox.c.state, outbox.c.note).where(outbox.c.id == delivery.id))
            ).first()
        return (row.state, row.note) if row else ("dead", "记录已删除")
