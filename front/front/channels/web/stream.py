"""Replies as they come: server-sent events that continue after Last-Event-ID, and the long poll."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from front.inbox.inbox import Inbox
from front.inbox.protocol import Unavailable

HEARTBEAT = 15.0
POLL_SECONDS = 25.0
_NEW_PERSON = 3.0  # seconds between looks for somebody who has not written yet
_LIFE = 30 * 60.0  # a stream ends by itself; the browser opens the next one


class Feed:
    """One person's replies after an id."""

    def __init__(self, inbox: Inbox, person: str, after: int | None) -> None:
        """`after` None: from now on."""
        self._inbox = inbox
        self._person = person
        self._after = after
        self._conversation: int | None = None

    async def next(self, seconds: float) -> list[dict[str, Any]]:
        """The replies after the last ones, waiting up to `seconds` for the first. Raises Unavailable."""
        until = time.monotonic() + seconds
        while True:
            if self._conversation is None:
                self._conversation = await self._inbox.records.conversation("web", self._person)
            event = self._inbox.hub.enter(self._conversation or 0)
            try:
                messages = await self._read()
                left = until - time.monotonic()
                if messages or left <= 0 or self._inbox.hub.closing:
                    return messages
                look = self._inbox.hub.look if self._conversation else _NEW_PERSON
                await _set_within(event, min(left, look))
            finally:
                self._inbox.hub.leave(self._conversation or 0, event)

    async def _read(self) -> list[dict[str, Any]]:
        if self._conversation is None:
            self._after = self._after or 0  # whoever has not written yet misses nothing from here on
            return []
        if self._after is None:
            self._after = await self._inbox.records.newest(self._conversation)
            return []
        messages = await self._inbox.records.replies_after(self._conversation, self._after)
        self._after = messages[-1]["id"] if messages else self._after
        return messages


async def events(inbox: Inbox, person: str, after: int | None) -> AsyncIterator[str]:
    """The feed in the form of server-sent events, with a comment as heartbeat."""
    feed = Feed(inbox, person, after)
    end = time.monotonic() + _LIFE
    yield "retry: 2000\n\n"
    while time.monotonic() < end and not inbox.hub.closing:
        try:
            messages = await feed.next(HEARTBEAT)
        except Unavailable:
            return  # the browser comes again, after its retry
        for message in messages:
            data = json.dumps(message, ensure_ascii=False)
            yield f"id: {message['id']}\nevent: message\ndata: {data}\n\n"
        if not messages:
            yield ": 在线\n\n"


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
