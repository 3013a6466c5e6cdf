"""One database: SQLite in a file (WAL, synchronous=FULL) or PostgreSQL by its address.

PostgreSQL goes through SQLAlchemy's asyncio engine. SQLite does not: aiosqlite hands every cursor, row and close to a
thread, fifty times a message, which cost more than everything else together. A statement on a local file takes some
microseconds and runs where it is called; only what can wait, BEGIN IMMEDIATE for the lock and COMMIT for the disk, goes
to a thread. SQLite has one writer: its write transactions queue, in order, so none fails half-way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import CursorResult, Executable, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from front.inbox.protocol import Unavailable
from front.inbox.sqlite_file import SqliteFile

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"
STATEMENT_SECONDS = 4
_SOON = 0.02  # seconds that what goes alongside waits for a transaction
_LOG = structlog.get_logger("database")


class Connection(Protocol):
    """What a transaction's block may do."""

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement."""
        ...


@dataclass(frozen=True, eq=False)
class _Alongside:
    """A statement that goes with whichever transaction comes by, and who waits for it."""

    statement: Executable
    given: Mapping[str, Any]
    written: asyncio.Future[None]


class Database:
    """Transactions. Every failure of the database itself arrives as `Unavailable`."""

    def __init__(self, url: str) -> None:
        """Prepare the engine for an asynchronous URL; nothing is opened yet."""
        self.sqlite = url.startswith("sqlite")
        self._alongside: list[_Alongside] = []
        self._engine: SqliteFile | AsyncEngine = SqliteFile(url) if self.sqlite else _postgresql(url)
        self._reading = self._engine
        if isinstance(self._engine, AsyncEngine):  # BEGIN and ROLLBACK would be two of a read's three round trips
            self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """A transaction that is committed when the block ends and rolled back when it raises."""
        taken: list[_Alongside] = []
        try:
            async with _unavailable(), self._engine.begin() as connection:
                yield connection
                taken, self._alongside = self._alongside, []
                for one in taken:
                    await connection.execute(one.statement, one.given)
        except BaseException:
            self._alongside += taken
            raise
        for one in taken:
            if not one.written.done():
                one.written.set_result(None)

    async def write_alongside(self, statement: Executable, given: Mapping[str, Any]) -> None:
        """Write with the next transaction, or without one a moment later: a COMMIT of its own costs more than it does.

        Returns when it is committed. Raises Unavailable; it may have been written then, as after a failed COMMIT.
        """
        one = _Alongside(statement, given, asyncio.get_running_loop().create_future())
        self._alongside.append(one)
        try:
            while not one.written.done():
                await asyncio.wait([one.written], timeout=_SOON)
                if one in self._alongside:
                    async with self.write():
                        pass
        finally:
            if one in self._alongside:
                self._alongside.remove(one)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection for reading: each statement sees what is committed by then."""
        async with _unavailable(), self._reading.connect() as connection:
            yield connection

    async def migrate(self) -> None:
        """Bring the tables to the newest form; several processes may do this at once."""
        async with _unavailable(), self._engine.begin() as connection:
            if not self.sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(5190857)"))
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        """Close every connection; a server that does not answer is not waited for."""
        try:
            await asyncio.wait_for(self._engine.dispose(), STATEMENT_SECONDS)
        except TimeoutError:
            _LOG.warning("database_close_timeout")


@asynccontextmanager
async def _unavailable() -> AsyncIterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
        raise Unavailable(f"数据库没有应答：{type(error).__name__}") from error


def _upgrade(connection: SyncConnection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _postgresql(url: str) -> AsyncEngine:
    milliseconds = str(STATEMENT_SECONDS * 1000)
    return create_async_engine(
        url,
        pool_size=20,
        max_overflow=0,  # opening a connection for a moment costs both sides more than a message does
        pool_timeout=5,
        pool_use_lifo=True,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "timeout": 3,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": {
                "statement_timeout": milliseconds,
                "idle_in_transaction_session_timeout": milliseconds,
                "application_name": "luebao-front",
            },
        },
    )
