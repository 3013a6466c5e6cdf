"""Is the front alive, and can it do its work? Each check answers within three seconds, whatever hangs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from front.brain import Brain
from front.inbox.inbox import Inbox
from front.inbox.protocol import Unavailable
from front.metrics import OLDEST, QUEUED, UNSENT, WAITING

_SECONDS = 3.0
_FRESH = 1.0  # seconds a result is given to others who ask
OLD_QUEUE = 20.0  # seconds a message may wait; a burst is worked off in less


class Health:
    """The checks, over one inbox and one brain."""

    def __init__(self, inbox: Inbox, brain: Brain) -> None:
        self._inbox = inbox
        self._brain = brain
        self._hanging: dict[str, asyncio.Task[str]] = {}
        self._last: tuple[float, dict[str, Any]] = (-_FRESH, {})

    def live(self) -> dict[str, Any]:
        """Whether this process is worth keeping: its workers run (that it answers at all shows the rest)."""
        dead = self._inbox.dead_workers()
        return {"live": not dead, "dead_workers": dead}

    async def ready(self) -> dict[str, Any]:
        """Whether messages can be stored and answered: {"ready": bool, "checks": {name: "ok" or what is wrong}}."""
        then, result = self._last
        if time.monotonic() - then < _FRESH:
            return result
        checks = {"database": self._database, "queue": self._queue, "rasa": self._rasa}
        if self._inbox.hub.shared:
            checks["redis"] = self._redis
        states = await asyncio.gather(*(self._within(name, check) for name, check in checks.items()))
        named = dict(zip(checks, states, strict=True))
        ready = all(state == "ok" or state.startswith("degraded") for state in states)
        self._last = (time.monotonic(), {"ready": ready, "checks": named})
        return self._last[1]

    async def measure(self) -> None:
        """Bring the gauges up to date, as far as the database answers."""
        await self._within("queue", self._queue)

    async def _within(self, name: str, check: Callable[[], Awaitable[str]]) -> str:
        """A check's result, or that it hangs; a hanging one is not started a second time."""
        task = self._hanging.get(name)
        if task is None:
            task = asyncio.ensure_future(check())
            self._hanging[name] = task
            task.add_done_callback(lambda _: self._hanging.pop(name, None))
        done, _ = await asyncio.wait([task], timeout=_SECONDS)
        if not done:
            return f"没有在 {_SECONDS:.0f} 秒内应答"
        return str(task.exception()) if task.exception() else task.result()

    async def _database(self) -> str:
        try:
            await self._inbox.records.write_probe()
        except Unavailable as error:
            return str(error)
        return "ok"

    async def _queue(self) -> str:
        try:
            counts = await self._inbox.records.counts()
        except Unavailable as error:
            return str(error)
        WAITING.set(counts["waiting"])
        OLDEST.set(counts["oldest"])
        UNSENT.labels("pending").set(counts["pending"])
        UNSENT.labels("dead").set(counts["dead"])
        QUEUED.set(counts["queued"])
        return "ok" if counts["oldest"] < OLD_QUEUE else f"最早的一条消息已等了 {counts['oldest']:.0f} 秒"

    async def _redis(self) -> str:
        state = await self._inbox.hub.probe()
        return state if state == "ok" else f"degraded: {state}"  # messages are answered without it

    async def _rasa(self) -> str:
        states = await self._brain.probe()
        bad = {url: state for url, state in states.items() if state != "ok"}
        if not bad:
            return "ok"
        said = "，".join(f"{url} {state}" for url, state in bad.items())
        return f"degraded: {said}" if len(bad) < len(states) else said
