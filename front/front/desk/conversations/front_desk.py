"""The desk as the inbox knows it: who is there, whether the robot is on, and where numbers to call back are kept."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from luebao.policy.workdays import announced
from luebao.today import CHINA
from sqlalchemy import delete, exists, func, select

from front.desk.callbacks import callbacks as calls
from front.desk.callbacks.callbacks import Callbacks
from front.desk.conversations.opening import next_opening, said
from front.desk.office.office import hours_of
from front.desk.tables import notes, office, staff
from front.inbox.database import Connection, Database
from front.inbox.office import Staffing
from front.inbox.tables import clock

_FRESH = 1.0  # seconds: every message asks


class FrontDesk:
    """`front.inbox.office.FrontDesk`, over one database."""

    def __init__(self, database: Database, callbacks: Callbacks) -> None:
        self._database = database
        self._callbacks = callbacks
        self._seen: tuple[float, Staffing] | None = None
        announced()  # the calendar is made when first wanted: not while the first citizen waits

    @property
    def calls_back(self) -> bool:
        """Whether there is a key for the numbers."""
        return self._callbacks.secret is not None

    async def staffing(self) -> Staffing:
        """Who is there now, as of the last second."""
        if self._seen is None or time.monotonic() - self._seen[0] > _FRESH:
            self._seen = time.monotonic(), await self._look(datetime.now(CHINA))
        return self._seen[1]

    async def _look(self, now: datetime) -> Staffing:
        newest = select(func.max(office.c.id)).group_by(office.c.name)
        set_ = select(office.c.name, office.c.value).where(office.c.id.in_(newest))
        there = select(exists().where(staff.c.present_until > clock(), staff.c.disabled.is_(False)))
        async with self._database.read() as connection:
            values: dict[str, Any] = {row.name: row.value for row in await connection.execute(set_)}
            present = bool((await connection.execute(there)).scalar())
        robot = values.get("robot") or {}
        return Staffing(
            present=present,
            opens="" if present else said(next_opening(hours_of(values.get("hours") or {}), announced(), now), now),
            calls_back=self.calls_back,
            robot_on=bool(robot.get("on", True)),
            notice=str(robot.get("notice") or ""),
        )

    async def note_callback(self, connection: Connection, conversation_id: int, number: str) -> None:
        """Keep a number, encrypted."""
        await self._callbacks.note(connection, conversation_id, number)

    async def cancel_callbacks(self, connection: Connection, conversation_id: int) -> None:
        """The number goes."""
        await self._callbacks.cancel(connection, conversation_id)

    async def erased(self, connection: Connection, conversation_id: int) -> None:
        """Notes and call-backs go with the person."""
        await calls.erase(connection, conversation_id)
        await connection.execute(delete(notes).where(notes.c.conversation_id == conversation_id))
