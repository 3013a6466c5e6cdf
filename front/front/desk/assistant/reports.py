"""此条有误: what the staff found wrong with an entry, until a lead says what became of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from front.desk import audit
from front.desk.tables import reports, staff
from front.inbox.database import Database
from front.inbox.tables import clock
from front.masking import mask

RIGHT, MENDED = "right", "mended"
_LONGEST = 1000


class ReportError(Exception):
    """A report that cannot be taken or closed; the message says why, in Chinese."""


class Reports:
    """The reports, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: str, reason: str, by: str) -> int:
        """Report an entry; the reason is masked. Raises ReportError for one without words."""
        reason = mask(reason.strip()[:_LONGEST])
        if len(reason) < 2:
            raise ReportError("请写明哪里不对，例如：电话已经换了")
        row = {"entry": entry[:100], "reason": reason, "by": by, "state": "open", "at": clock()}
        async with self._database.write() as connection:
            made = await connection.execute(reports.insert().values(**row).returning(reports.c.id))
            id = int(made.scalar_one())
            await audit.write(connection, by, "report.made", f"entry:{entry}"[:100], report=id)
        return id

    async def close(self, id: int, state: str, outcome: str, by: str) -> None:
        """Say that the entry is right, or has been mended. Raises ReportError where somebody was faster."""
        if state not in (RIGHT, MENDED):
            raise ReportError("请选“条目没错”或“已经改好”")
        values = {"state": state, "outcome": mask(outcome.strip())[:200], "closed_by": by, "closed_at": clock()}
        mine = update(reports).where(reports.c.id == id, reports.c.state == "open").values(**values)
        async with self._database.write() as connection:
            row = (await connection.execute(mine.returning(reports.c.entry))).first()
            if row is None:
                raise ReportError("这条已经有人处理了，请刷新页面")
            await audit.write(connection, by, "report.closed", f"entry:{row.entry}"[:100], report=id, state=state)

    async def open_ones(self) -> list[dict[str, Any]]:
        """What waits, oldest first."""
        return await self._some(reports.c.state == "open", reports.c.id.asc(), 500)

    async def closed_ones(self, limit: int = 50) -> list[dict[str, Any]]:
        """What was closed, newest first."""
        return await self._some(reports.c.state != "open", reports.c.closed_at.desc(), limit)

    async def about(self, entry: str) -> list[dict[str, Any]]:
        """What waits about one entry."""
        return await self._some((reports.c.state == "open") & (reports.c.entry == entry), reports.c.id.asc(), 20)

    async def _some(self, which: Any, order: Any, limit: int) -> list[dict[str, Any]]:
        named = reports.outerjoin(staff, staff.c.login == reports.c.by)
        columns = (reports, staff.c.name.label("name"))
        statement = select(*columns).select_from(named).where(which).order_by(order).limit(limit)
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(statement)).mappings()]
