"""A scenario's stage: its folder, its far ends, its Rasa, its fronts, its crowd, and what was measured."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.faults import edges, parts
from benchmarks.faults.checker import Verdict, judge, unanswered
from benchmarks.faults.history import History
from benchmarks.faults.people import CHANNELS, Person, Web, World

_TOKEN = re.compile(r"[a-z]+-\d{4}x\d")
SETTLE = 90.0  # seconds until the last answer has to be there
_FAST = {"LUEBAO_PERSON_RATE": "1000", "LUEBAO_ADDRESS_RATE": "100000", "LUEBAO_BRAIN_SLOTS": "64"}


@dataclass
class Stage:
    """What a scenario holds in its hands. `notes`: what it measured besides the history."""

    folder: Path
    history: History
    edge: str
    http: httpx.AsyncClient
    fronts: list[parts.Front] = field(default_factory=list)
    others: list[parts.Part] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    may_repeat: frozenset[str] = frozenset()
    most: int = 10_000  # people, whatever the scenario wants
    took: float = 0.0
    settled: float = 0.0

    async def start(self, part: parts.Part) -> parts.Part:
        """Start a part that ends with the scenario."""
        self.others.append(part)
        await part.start()
        return part

    async def front(
        self, database: str, rasa: int, clock: float | None = None, more: Mapping[str, str] | None = None
    ) -> parts.Front:
        """Start one more front. `clock`: seconds it is ahead, None for a clock nobody touches."""
        env = {"LUEBAO_DATABASE_URL": database, "LUEBAO_RASA_URLS": f"http://127.0.0.1:{rasa}"}
        env |= {**_FAST, **edges.settings(self.edge), **(more or {})}
        front = parts.Front(f"front{len(self.fronts) + 1}", self.folder, env, clock is not None)
        if clock:
            front.set_clock(clock)
        self.fronts.append(front)
        await front.start()
        return front

    @property
    def sqlite(self) -> str:
        """A database file of the scenario's own."""
        return f"sqlite:///{self.folder / 'front.db'}"

    async def crowd(self, size: int, messages: int = 3, pause: float = 2.0, copies: int = 1, **how: Any) -> None:
        """`size` people, a third on each channel, talk at the same time; returns when all have sent everything."""
        world = World(self.history, [front.url for front in self.fronts], self.http)
        kinds, size = list(CHANNELS.values()), min(size, self.most)
        self.people = [kinds[number % 3](world, number) for number in range(size)]
        watching = [one for one in self.people if isinstance(one, Web)][: size // 15]
        streams = [asyncio.create_task(one.watch()) for one in watching]
        started = time.monotonic()
        try:
            await asyncio.gather(*(_talk(one, messages, pause, copies, **how) for one in self.people))
            self.took = time.monotonic() - started
            await self._settle(how.get("quiet", 12.0))
        finally:
            for stream in streams:
                stream.cancel()
            await asyncio.gather(*streams, return_exceptions=True)

    async def _settle(self, quiet: float) -> None:
        """Until every accepted message has its answer or its time is over; and then a while, for second copies."""
        started = time.monotonic()
        pages = [one for one in self.people if isinstance(one, Web)]
        while (missing := unanswered(self.history)) and time.monotonic() - started < SETTLE:
            slow = [one for one in pages if any(self.history.said[id_].person == one.id for id_ in missing)]
            await asyncio.gather(*(one.read_history() for one in slow))
            await asyncio.sleep(1.0)
        self.settled = time.monotonic() - started
        await asyncio.sleep(quiet)
        for begin in range(0, len(pages), 20):
            await asyncio.gather(*(one.read_history() for one in pages[begin : begin + 20]))

    def verdict(self) -> Verdict:
        """What the checker says."""
        return judge(self.history, self.may_repeat)


async def _talk(one: Person, messages: int, pause: float, copies: int, questions: Any = None, **_: Any) -> None:
    """One person's messages: some wait for the answer's arrival, some do not; nobody at the same moment."""
    await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  spreads people
    for number in range(messages):
        id_ = f"{one.channel}-{one.number:04d}x{number}"
        text = questions(one, number) if questions else f"问 {id_} 怎么备案"
        await one.say(id_, text, copies)
        await asyncio.sleep(random.uniform(0, pause))  # noqa: S311


def echoed(_: str, text: str) -> str | None:
    """Which message the fast Rasa's answer repeats."""
    found = _TOKEN.search(text)
    return found[0] if found else None


@asynccontextmanager
async def stage(name: str) -> AsyncIterator[Stage]:
    """A stage that is cleared away; the history and the logs stay in /tmp where something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"luebao-faults-{name}-"))
    history = History(echoed)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(edges.serving(history))
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, limits=limits))
        made = Stage(folder, history, edge, http)
        try:
            yield made
        finally:
            for part in [*made.fronts, *reversed(made.others)]:
                part.kill()
    if made.verdict().problems or not history.said:
        history.save(folder / "history.jsonl")
    else:
        shutil.rmtree(folder, ignore_errors=True)
