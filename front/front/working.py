"""How a command reaches the settings, the inbox and its database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import click

from front.brain import Brain
from front.inbox.database import Database
from front.inbox.inbox import Inbox
from front.inbox.protocol import Unavailable
from front.settings import MissingSetting, Settings, load


def settings() -> Settings:
    """Those of the environment. Raises ClickException."""
    try:
        return load()
    except MissingSetting as missing:
        raise click.ClickException(str(missing)) from None


def with_inbox(work: Callable[[Inbox], Awaitable[Any]]) -> Any:
    """Do something with the inbox's database, without starting the workers."""

    async def run() -> Any:
        told = settings()
        brain = Brain(told.rasa_urls)
        inbox = Inbox(told, brain)
        try:
            await inbox.database.migrate()
            return await work(inbox)
        finally:
            await inbox.dialogues.close()
            await inbox.database.close()
            await brain.close()

    try:
        return asyncio.run(run())
    except Unavailable as error:
        raise click.ClickException(f"{error}。请检查 LUEBAO_DATABASE_URL 和数据库") from None


def with_database(work: Callable[[Database], Awaitable[Any]]) -> Any:
    """Do something with the database alone."""
    return with_inbox(lambda inbox: work(inbox.database))
