"""Waking those who wait for something new in a conversation: open web pages here, and in other processes by Redis.

Only a hint travels: whoever is woken reads the database. Redis gone or frozen delays a page by one look, no more.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Hub:
    """Wakes by conversation id."""

    def __init__(self, redis_url: str = "", look: float = 10.0) -> None:
        """`look`: seconds after which a waiter looks by himself, in case a hint was lost."""
        self.look = look
        self.closing = False
        self._waiting: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._hints = None
        if redis_url:
            from front.inbox.redis_hints import RedisHints

            self._hints = RedisHints(redis_url, self._wake_here)

    def start(self) -> None:
        """Begin to exchange hints with other processes, where there is a Redis."""
        if self._hints:
            self._hints.start()

    async def stop(self) -> None:
        """Wake everybody and stop."""
        self.close()
        if self._hints:
            await self._hints.stop()

    @property
    def shared(self) -> bool:
        """Whether there is a Redis to exchange hints by."""
        return self._hints is not None

    async def probe(self) -> str:
        """Whether Redis answers: "ok" (also without one), or what is wrong; within two seconds."""
        return await self._hints.probe() if self._hints else "ok"

    def close(self) -> None:
        """Wake everybody for good: open streams end, so that the process can."""
        self.closing = True
        for events in list(self._waiting.values()):
            for event in events:
                event.set()

    def wake(self, conversation_id: int) -> None:
        """There is something new in this conversation."""
        self._wake_here(conversation_id)
        if self._hints:
            self._hints.put(conversation_id)

    def enter(self, conversation_id: int) -> asyncio.Event:
        """An event that is set at each hint; to be given back with `leave`. Enter before reading, so none is missed."""
        event = asyncio.Event()
        self._waiting[conversation_id].add(event)
        return event

    def leave(self, conversation_id: int, event: asyncio.Event) -> None:
        """Stop being woken."""
        self._waiting[conversation_id].discard(event)
        if not self._waiting[conversation_id]:
            del self._waiting[conversation_id]

    def _wake_here(self, conversation_id: int) -> None:
        for event in self._waiting.get(conversation_id, ()):
            event.set()
