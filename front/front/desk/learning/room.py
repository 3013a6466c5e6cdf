"""What the pages of learning share in a process: the collector that runs by itself, the lessons, the training."""

from __future__ import annotations

import asyncio
import time

import structlog
from nicegui import app

from front.desk.frame import Desk
from front.desk.learning.collect import Collector
from front.desk.learning.jobs import Jobs
from front.desk.learning.lessons import Lessons
from front.desk.learning.sense import Sense
from front.inbox.protocol import Unavailable

_EVERY = 300.0  # seconds between two collections by itself
_AGAIN = 20.0  # a page that opens waits for a fresh one no more often
_LOG = structlog.get_logger("learning")


class Room:
    """One in a process."""

    def __init__(self, desk: Desk) -> None:
        self.sense = Sense(desk.knowledge, desk.settings.knowledge.resolve().parent)
        self.lessons = Lessons(desk.inbox.database, self.sense)
        self.jobs = Jobs(desk.settings)
        self._collector = Collector(desk.inbox.database, self.sense)
        self._last = float("-inf")
        self._task: asyncio.Task[None] | None = None
        app.on_startup(self._start)
        app.on_shutdown(self._stop)

    async def collect(self) -> None:
        """Bring the questions up to date, unless that was done a moment ago."""
        if time.monotonic() - self._last > _AGAIN:
            self._last = time.monotonic()
            await self._collector.collect()

    async def _start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="learning")

    async def _stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.collect()
            except Unavailable as error:
                _LOG.warning("database_unavailable", error=str(error))
            except Exception:
                _LOG.exception("collecting_failed")
