"""Who saw and did what: written for good, read by those who may. Never what citizens or staff wrote, never a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from front.desk.tables import audit
from front.inbox.database import Connection, Database
from front.inbox.tables import clock


async def write(connection: Connection, who: str, action: str, about: str = "", **detail: Any) -> None:
    """Add a line in the caller's own transaction, so that nothing is done without it."""
    line = {"at": clock(), "who": who, "action": action, "about": about, "detail": detail}
    await connection.execute(audit.insert().values(**line))


class Audit:
    """The log, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, who: str, action: str, about: str = "", **detail: Any) -> None:
        """Add a line by itself: for looking at something."""
        async with self._database.write() as connection:
            await write(connection, who, action, about, **detail)

    async def lines(
        self, *, who: str = "", action: str = "", about: str = "", before: int = 0, limit: int = 100
    ) -> list[Mapping[str, Any]]:
        """The newest lines, oldest last, with an id below `before` where given."""
        statement = select(audit).order_by(audit.c.id.desc()).limit(limit)
        for column, value in ((audit.c.who, who), (audit.c.action, action), (audit.c.about, about)):
            statement = statement.where(column == value) if value else statement
        statement = statement.where(audit.c.id < before) if before else statement
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(statement)).mappings()]
