"""What a connection for reading costs the server."""

from __future__ import annotations

from conftest import settings_for
from sqlalchemy import text

from front.inbox.database import Database


async def test_postgresql_is_read_without_a_transaction_around(postgres_url: str) -> None:
    database = Database(settings_for(postgres_url, None).database_url)
    alone = text("SELECT now() = statement_timestamp()")  # now() is the time the transaction began
    async with database.read() as connection:
        assert [(await connection.execute(alone)).scalar() for _ in range(2)] == [True, True]
    async with database.write() as connection:
        assert [(await connection.execute(alone)).scalar() for _ in range(2)] == [False, False]
    await database.close()
