"""Run by Alembic: inside the front's own connection at start, or from the command line with LUEBAO_DATABASE_URL."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from front.desk.tables import metadata  # with the inbox's
from front.settings import load


def run(connection: Connection) -> None:
    """Apply the migrations on this connection; SQLite alters a table by copying it (batch mode)."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def from_command_line() -> None:
    """Open the configured database for Alembic's own commands."""
    engine = create_async_engine(load().database_url)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(from_command_line())
