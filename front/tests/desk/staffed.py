"""An inbox with a desk, without its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conftest import text
from rasa_peer import reply
from sqlalchemy import text as sql

from front.desk.accounts import Accounts, Staff
from front.desk.callbacks.callbacks import Callbacks
from front.desk.callbacks.secret import Secret
from front.desk.conversations.front_desk import FrontDesk
from front.desk.conversations.reading import Reading
from front.desk.rights import Role
from front.inbox.inbox import Inbox

KEY = "a key of thirty-two characters at least"
HANDOFF: dict[str, Any] = {
    "kind": "handoff",
    "full": "请拨打5190857",
    "sms": "请拨打5190857",
    "entries": [],
    "citation": [],
    "options": [],
}
ENTRY = {"id": "transfer.time_limit", "title": "医保转移多久办好", "clauses": ["m.1.2"], "dated": False}


def handed_over(reason: str) -> dict[str, Any]:
    """Rasa hands over."""
    return {"text": "请拨打5190857", "custom": {**HANDOFF, "handoff": {"reason": reason}}}


def answered() -> dict[str, Any]:
    """Rasa answers from an entry."""
    custom = {
        **reply("x")["custom"],
        "kind": "answer",
        "full": "15个工作日",
        "entries": [ENTRY],
        "citation": ["便民措施"],
    }
    return {"text": "15个工作日", "custom": custom}


class Staffed:
    """The inbox, its desk's parts, and citizens who write."""

    def __init__(self, inbox: Inbox, *, key: str = KEY) -> None:
        self.inbox = inbox
        self.callbacks = Callbacks(inbox.database, Secret(key) if key else None)
        self.front_desk = FrontDesk(inbox.database, self.callbacks)
        self.reading = Reading(inbox.database)
        self.accounts = Accounts(inbox.database)
        inbox.staffed_by(self.front_desk)

    async def says(self, said: str, person: str = "o-zhang", channel: str = "wechat") -> str | None:
        """A citizen writes; the reply that comes at once."""
        received = await self.inbox.receive(text(said, person=person, channel=channel))
        delivery = await self.inbox.wait_reply(received.id, 3)
        if delivery:
            await self.inbox.passive_sent(delivery)
        return str(delivery.body["text"]) if delivery else None

    async def hire(self, login: str, name: str = "王丽", role: Role = Role.AGENT, *, present: bool = True) -> Staff:
        """Somebody at the desk, or not yet."""
        await self.accounts.add("测试", login, name, role)
        if present:
            await self.accounts.present(login, 90)
        self.front_desk._seen = None  # the last second's look
        return Staff(0, login, name, role, False)

    async def rows(self, statement: str, **given: Any) -> list[Mapping[Any, Any]]:
        """Straight from the database."""
        async with self.inbox.database.read() as connection:
            return [dict(row) for row in (await connection.execute(sql(statement), given)).mappings()]

    async def do(self, statement: str, **given: Any) -> None:
        """Straight into the database."""
        async with self.inbox.database.write() as connection:
            await connection.execute(sql(statement), given)

    async def time_passes(self, seconds: float) -> None:
        """For the conversations and those who are at the desk."""
        for column in ("agent_until", "state_at", "queued_at", "callback_until"):
            await self.do(f"UPDATE conversations SET {column} = {column} - :seconds", seconds=seconds)
        await self.do("UPDATE staff SET present_until = present_until - :seconds", seconds=seconds)
        self.front_desk._seen = None
