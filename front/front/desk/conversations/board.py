"""One look at the queue for all open desks of this process, made again when the hub says that something changed."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from front.desk.conversations.reading import Reading
from front.inbox.conversations import DESK
from front.inbox.hub import Hub
from front.inbox.protocol import Unavailable

_TOGETHER = 0.4  # seconds: changes that come together are one look
_LOG = structlog.get_logger("board")


class Board:
    """`people` as of the last look; whoever watches is woken when it changed."""

    def __init__(self, reading: Reading, hub: Hub) -> None:
        self.people: list[dict[str, Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.held: dict[str, list[dict[str, Any]]] = {}  # by the member of staff
        self.looks = 0
        self._reading = reading
        self._hub = hub
        self._watchers: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None

    async def watch(self) -> asyncio.Event:
        """Be woken from now on, by an event that the watcher clears; the first watcher starts the looking."""
        event = asyncio.Event()
        self._watchers.add(event)
        if self._task is None or self._task.done():
            await self.look()
            self._task = asyncio.create_task(self._run())
        return event

    def leave(self, event: asyncio.Event) -> None:
        """Stop being woken; when nobody watches, nobody looks."""
        self._watchers.discard(event)
        if not self._watchers and self._task:
            self._task.cancel()
            self._task = None

    async def look(self) -> None:
        """Look now, and wake who watches."""
        self.people = await self._reading.people()
        self.waiting = [one for one in self.people if not one["agent"]]
        self.held = {}
        for one in self.people:
            if one["agent"]:
                self.held.setdefault(one["agent"], []).append(one)
        self.looks += 1
        for event in self._watchers:
            event.set()

    async def _run(self) -> None:
        changed = self._hub.enter(DESK)
        try:
            while not self._hub.closing:
                try:
                    await asyncio.wait_for(changed.wait(), self._hub.look)
                    await asyncio.sleep(_TOGETHER)
                except TimeoutError:
                    pass
                changed.clear()
                try:
                    await self.look()
                except Unavailable as error:
                    _LOG.warning("database_unavailable", error=str(error))
                    await asyncio.sleep(1.0)
        finally:
            self._hub.leave(DESK, changed)
