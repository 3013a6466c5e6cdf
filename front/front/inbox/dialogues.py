"""Rasa's own memory of a dialogue (brain/tracker_cache.py), as far as a person's wish to be forgotten needs it.

Rasa keeps the slots and the last two turns by the sender id, in a database of its own. The front reaches it by the same
address, LUEBAO_TRACKER_URL, deletes a person's row when the person is erased, and whatever is older than two days, so
that a row which could not be deleted then (the database was away, a turn was still being written) goes all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Float, MetaData, String, Table, delete, func, select, text

from front.inbox.database import Database
from front.inbox.tables import clock

DAYS_KEPT = 2
_ROWS = Table("dialogues", MetaData(), Column("sender", String(255), primary_key=True), Column("updated", Float))


class Dialogues:
    """Rasa's rows; a front that is not told the address has none, and every method does nothing then."""

    def __init__(self, url: str) -> None:
        """`url`: an asynchronous URL, "" where it is not known."""
        self._database = Database(url) if url else None

    @property
    def known(self) -> bool:
        """Whether the front was told where they are."""
        return self._database is not None

    async def erase(self, senders: Sequence[str]) -> int:
        """Delete these senders' rows; returns how many there were. Raises Unavailable."""
        if not self._database or not senders or not await self._there():
            return 0
        async with self._database.write() as connection:
            return (await connection.execute(delete(_ROWS).where(_ROWS.c.sender.in_(senders)))).rowcount

    async def forget_old(self) -> int:
        """Delete what is older than two days; returns how many rows. Raises Unavailable."""
        if not self._database or not await self._there():
            return 0
        async with self._database.write() as connection:
            old = delete(_ROWS).where(_ROWS.c.updated < clock() - DAYS_KEPT * 86400.0)
            return (await connection.execute(old)).rowcount

    async def counts(self) -> tuple[int, int] | None:
        """How many rows there are, and how many are due to go; None where the address is not known."""
        if not self._database:
            return None
        if not await self._there():
            return 0, 0
        due = func.count().filter(_ROWS.c.updated < clock() - DAYS_KEPT * 86400.0).label("due")
        async with self._database.read() as connection:
            row = (await connection.execute(select(func.count().label("every"), due).select_from(_ROWS))).one()
        return row.every, row.due

    async def close(self) -> None:
        """Close the connections."""
        if self._database:
            await self._database.close()

    async def _there(self) -> bool:
        """Whether Rasa has made its table: the front may be older than the first Rasa, or may have opened the file."""
        assert self._database
        catalogue = _MASTER if self._database.sqlite else _CATALOGUE
        async with self._database.read() as connection:
            return (await connection.execute(catalogue)).scalar() is not None


_MASTER = text("SELECT name FROM sqlite_master WHERE name = 'dialogues'")
_CATALOGUE = text("SELECT to_regclass('dialogues')::text")
