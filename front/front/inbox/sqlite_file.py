"""A SQLite file for an event loop: statements where they are called, waiting for lock and disk in a thread."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=3000")
_WAIT, _NO_WAIT = "PRAGMA busy_timeout=3000", "PRAGMA busy_timeout=0"
_READERS = 4


class InlineConnection:
    """A connection whose statements run at once, with the methods of SQLAlchemy's AsyncConnection that we use."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement, here and now."""
        return self._connection.execute(statement, parameters)

    async def run_sync(self, work: Callable[[Connection], None]) -> None:
        """Give the connection to a function."""
        work(self._connection)


class SqliteFile:
    """The file's engines: one connection that writes, some that read."""

    def __init__(self, url: str) -> None:
        """A missing folder is made; the file is opened at the first use."""
        path = make_url(url).database or "front.db"
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._writer = _engine(path, 1, "BEGIN IMMEDIATE")
        self._reader = _engine(path, _READERS, "BEGIN")
        self._writes: Connection | None = None  # kept between transactions: making one costs as much as a statement
        self._reads: list[Connection] = []
        self._writing = asyncio.Lock()
        self._reading = asyncio.Semaphore(_READERS)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[InlineConnection]:
        """A write transaction, when its turn has come."""
        async with self._writing:
            connection = await self._opened()
            try:
                yield InlineConnection(connection)
                await self._aside(connection.commit)
            except BaseException:  # rolls back what was not committed, for which the disk is not needed
                connection.close()
                raise
            self._writes = connection

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[InlineConnection]:
        """A connection for reading: in WAL mode it waits for nobody."""
        async with self._reading:
            connection = self._reads.pop() if self._reads else self._reader.connect()
            try:
                yield InlineConnection(connection)
                connection.rollback()
            except BaseException:
                connection.close()
                raise
            self._reads.append(connection)

    async def dispose(self) -> None:
        """Close the file."""
        for connection in (*self._reads, *([self._writes] if self._writes else [])):
            connection.close()
        self._reads, self._writes = [], None
        self._writer.dispose()
        self._reader.dispose()
        self._thread.shutdown(wait=False)

    async def _opened(self) -> Connection:
        """The lock is nearly always free, and then taking it costs less than going to a thread."""
        try:
            return self._open(_NO_WAIT)
        except OperationalError:
            return await self._aside(lambda: self._open(_WAIT))

    def _open(self, wait: str) -> Connection:
        connection, self._writes = self._writes or self._writer.connect(), None
        try:
            _raw(connection).execute(wait)
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    async def _aside[Result](self, work: Callable[[], Result]) -> Result:
        """Do something in the thread, to its end: a caller who is cancelled must not leave it half-way."""
        done = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            result = await done
            if isinstance(result, Connection):
                result.close()
            raise


def _keep_private(path: Path) -> None:
    """What people wrote is in it. SQLite gives -wal and -shm the mode of the file; those of before lose the others'.

    Only what is not there yet is opened here: closing a file takes away every lock this process has on it (POSIX).
    """
    with suppress(OSError):  # it is there; or SQLite will say what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(OSError):  # not there, or somebody else's
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & stat.S_IRWXO:
                file.chmod(mode & ~stat.S_IRWXO)


def _engine(path: str, size: int, begin: str) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": 3, "check_same_thread": False},
    )

    @event.listens_for(engine, "do_connect")
    def make(*_: Any) -> None:
        _keep_private(Path(path))

    @event.listens_for(engine, "connect")
    def connect(raw: Any, _: Any) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        try:  # past SQLAlchemy, which would make a context, a cursor and a result of it
            _raw(connection).execute(begin)
        except sqlite3.Error as error:
            raise OperationalError(begin, None, error) from error

    return engine


def _raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
