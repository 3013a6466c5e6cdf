"""What a connection for reading costs the server."""

from __future__ import annotations

from conftest import settings_for
from sqlalchemy import text

from front.inbox.database import Connection, Database

_BEGUN = text("SELECT now()")  # when the transaction began


async def _begun_together(connection: Connection) -> bool:
    first, second = [(await connection.execute(_BEGUN)).scalar() for _ in range(2)]
    return bool(first == second)


async def test_postgresql_is_read_without_a_transaction_around(postgres_url: str) -> None:
    database = Database(settings_for(postgres_url, None).database_url)
    async with database.read() as connection:
        assert not await _begun_together(connection)
    async with database.write() as connection:
        assert await _begun_together(connection)
    await database.close()
