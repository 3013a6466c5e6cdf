"""The SQLite file and what stands beside it: nobody else of the machine reads what people wrote."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from front.inbox.database import Database


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Whatever the shell that starts it has set."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


async def use(file: Path) -> dict[str, int]:
    """Write, read, and look while it is open."""
    database = Database(f"sqlite+aiosqlite:///{file}")
    async with database.write() as connection:
        await connection.execute(sql("CREATE TABLE IF NOT EXISTS said (words)"))
    async with database.read() as connection:
        await connection.execute(sql("SELECT * FROM said"))
    shown = modes(file.parent)
    await database.close()
    return shown


async def test_a_new_file_is_this_users_alone(tmp_path: Path, umask: int) -> None:
    shown = await use(tmp_path / "new" / "front.db")
    assert shown == {"front.db": 0o600, "front.db-wal": 0o600, "front.db-shm": 0o600}


async def test_a_file_of_before_loses_the_others_and_keeps_its_group(tmp_path: Path, umask: int) -> None:
    file = tmp_path / "front.db"
    await use(file)
    file.chmod(0o664)
    (tmp_path / "front.db-wal").write_bytes(b"")
    (tmp_path / "front.db-wal").chmod(0o644)
    shown = await use(file)
    assert shown["front.db"] == 0o660
    assert not any(mode & stat.S_IRWXO for mode in shown.values()), shown


async def test_a_file_that_cannot_be_made_is_said_as_before(tmp_path: Path) -> None:
    from front.inbox.protocol import Unavailable

    (tmp_path / "front.db").mkdir()
    with pytest.raises(Unavailable):
        await use(tmp_path / "front.db")


async def test_opening_it_once_more_takes_no_lock_away(tmp_path: Path) -> None:
    """Closing a file of one's own would: POSIX locks belong to the process. `front restore` rests on them."""
    file = tmp_path / "front.db"
    database = Database(f"sqlite+aiosqlite:///{file}")
    async with database.write() as writing:
        await writing.execute(sql("CREATE TABLE said (words)"))
        async with database.read() as reading:  # a second connection, opened meanwhile
            await reading.execute(sql("SELECT 1"))
        code = f"import sqlite3; sqlite3.connect({str(file)!r}, timeout=0.1).execute('BEGIN IMMEDIATE')"
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=asyncio.subprocess.PIPE)
        assert b"database is locked" in (await other.communicate())[1]
    await database.close()
    assert sqlite3.connect(file).execute("SELECT count(*) FROM said").fetchone() == (0,)
