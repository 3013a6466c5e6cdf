"""Small results are written with whatever transaction comes by, and are not lost with one that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from conftest import settings_for
from sqlalchemy import insert, select, text

from front.inbox.database import Database
from front.inbox.protocol import Unavailable
from front.inbox.tables import clock, marks

_NOTE = insert(marks)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(settings_for(database_url, None).database_url)
    await opened.migrate()
    yield opened
    await opened.close()


def note(value: str) -> dict[str, object]:
    return {"scope": "test", "key": "k", "value": value, "at": 0.0}


async def noted(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(select(marks.c.value).order_by(marks.c.id))).scalars())


async def test_what_nobody_takes_along_is_written_a_moment_later(database: Database) -> None:
    await asyncio.wait_for(database.write_alongside(_NOTE, note("alone")), 2)
    assert await noted(database) == ["alone"]


async def test_what_is_written_at_the_same_time_is_committed_together(database: Database) -> None:
    async with database.write() as connection:
        waiting = [asyncio.create_task(database.write_alongside(_NOTE, note(value))) for value in "ab"]
        await asyncio.sleep(0)
        await connection.execute(_NOTE, note("first"))
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)
    assert await noted(database) == ["first", "a", "b"]


async def test_a_transaction_that_fails_leaves_it_to_the_next(database: Database) -> None:
    waiting = None
    with pytest.raises(ZeroDivisionError):
        async with database.write() as connection:
            waiting = asyncio.create_task(database.write_alongside(_NOTE, note("kept")))
            await connection.execute(_NOTE, note("undone"))
            raise ZeroDivisionError
    assert waiting
    await waiting
    assert await noted(database) == ["kept"]


async def test_it_can_be_written_again_when_the_disk_failed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(settings_for(f"sqlite:///{tmp_path / 'front.db'}", None).database_url)
    await database.migrate()

    async def full(_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(database._engine, "_aside", full)
        with pytest.raises(Unavailable):
            await database.write_alongside(_NOTE, note("again"))
    await database.write_alongside(_NOTE, note("again"))
    assert await noted(database) == ["again"]
    await database.close()


async def test_a_statement_that_fails_says_so_to_who_waits(database: Database) -> None:
    with pytest.raises(Unavailable):
        await database.write_alongside(text("UPDATE nothing_of_the_kind SET x = 1"), {})
    async with database.write() as connection:
        await connection.execute(_NOTE.values(scope="test", key="k", value="fine", at=clock()))
    assert await noted(database) == ["fine"]
