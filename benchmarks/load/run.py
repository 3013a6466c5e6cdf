"""The load run: people of three channels against nginx, front, Rasa, actions and the database, all of them real."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import quantiles
from typing import Any

import aiohttp
import attrs
import stack
from citizens import Citizen, Follower, Heard, Page, Phone, texts
from machine import LOCAL, Machine, free_port, own_folder
from world import World

from benchmarks.places import HELD_OUT

# Of ten people who come, five use the page, three WeChat and two SMS.
_MIX: tuple[type[Citizen], ...] = (Page, Follower, Page, Phone, Page, Follower, Page, Phone, Follower, Page)


@attrs.frozen
class Setup:
    """What stands behind nginx."""

    name: str
    database: str  # "sqlite", or "postgresql" with Redis
    rasas: int
    fronts: int


SETUPS = (
    Setup("sqlite-1", "sqlite", 1, 1),
    Setup("postgresql-1", "postgresql", 1, 1),
    Setup("postgresql-2", "postgresql", 2, 2),
)


@attrs.frozen
class Limits:
    """How much: people at once of each phase, and when a phase ends."""

    at_once: Sequence[int]
    seconds: float
    messages: int


async def measure(setup: Setup, limits: Limits) -> dict[str, Any]:
    """One setup from cold: a row for each phase. Raises NotStarted."""
    with own_folder("load") as folder, Machine(folder) as machine:
        world, port = World(), free_port()
        await world.start(port)
        url = await asyncio.to_thread(_start, machine, setup, world.settings(port))
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
            crowd = Crowd(url, http, world)
            await crowd.talk(4, time.monotonic() + 30, 40)  # what is loaded late
            phases = [await _phase(machine, crowd, at_once, limits) for at_once in limits.at_once]
        await world.stop()
        return {**attrs.asdict(setup), "memory_mb": machine.memory(), "phases": phases}


def _start(machine: Machine, setup: Setup, world: dict[str, str]) -> str:
    """Start everything; nginx's address."""
    settings = {**world, "LUEBAO_DATABASE_URL": f"sqlite:///{machine.folder / 'front.db'}"}
    if setup.database == "postgresql":
        settings["LUEBAO_DATABASE_URL"] = stack.postgresql(machine).create("front")
        settings["LUEBAO_REDIS_URL"] = stack.redis(machine)
    settings["LUEBAO_RASA_URLS"] = ",".join(stack.brain(machine) for _ in range(setup.rasas))
    fronts = [stack.front(machine, settings)[0] for _ in range(setup.fronts)]
    return f"http://{LOCAL}:{stack.nginx(machine, fronts)}"


class Crowd:
    """People who come, ask a few questions one after the other, and go; others come in their place."""

    def __init__(self, url: str, http: aiohttp.ClientSession, world: World) -> None:
        self._new = (kind(url, http, world) for kind in itertools.cycle(_MIX))
        self._said = _questions()

    async def talk(self, at_once: int, until: float, most: int) -> list[Heard]:
        """So many at once, until the clock (monotonic) says `until` or `most` questions are asked."""
        heard: list[Heard] = []
        asked = itertools.count(1)

        async def chair() -> None:
            while time.monotonic() < until:
                citizen = next(self._new)
                await citizen.arrive()
                for _ in range(citizen.most):
                    if time.monotonic() > until or next(asked) > most:
                        break
                    heard.append(await citizen.say(next(self._said)))
                try:
                    await citizen.leave()
                except TimeoutError:
                    heard.append(Heard(citizen.channel, 0.0, "lost", "the stream did not bring every answer"))
                if next(asked) > most:
                    return

        await asyncio.gather(*(chair() for _ in range(at_once)))
        return heard


def _questions() -> Iterator[str]:
    """Held-out questions of both kinds, mixed; no two of the first twenty thousand are alike."""
    files = [HELD_OUT / f"{name}.jsonl" for name in ("in_scope", "out_of_scope")]
    asked = [json.loads(line)["q"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    random.Random(7).shuffle(asked)  # noqa: S311
    return itertools.cycle(texts(asked))


async def _phase(machine: Machine, crowd: Crowd, at_once: int, limits: Limits) -> dict[str, Any]:
    cpu, started = machine.cpu(), time.monotonic()
    heard = await crowd.talk(at_once, started + limits.seconds, limits.messages)
    spent = time.monotonic() - started
    after = machine.cpu()
    count = max(1, len(heard))
    return {
        "at_once": at_once,
        "messages": len(heard),
        "seconds": round(spent, 1),
        "a_second": round(len(heard) / spent, 2),
        "cpu_ms_a_message": {name: round(1000 * (after[name] - cpu[name]) / count, 2) for name in after},
        "channels": {name: _summary([h for h in heard if h.channel == name]) for name in ("web+sse", "wechat", "sms")},
        "lost": [h.text for h in heard if h.way == "lost"][:10],
    }


def _summary(heard: Sequence[Heard]) -> dict[str, Any]:
    seconds = [h.seconds for h in heard if h.way != "lost"]
    if len(seconds) < 2:
        return {"messages": len(heard), "ways": dict(Counter(h.way for h in heard))}
    cuts = quantiles(seconds, n=100, method="inclusive")
    percentiles = {f"p{n}_ms": round(1000 * cuts[n - 1]) for n in (50, 95, 99)}
    return {"messages": len(heard), **percentiles, "ways": dict(Counter(h.way for h in heard))}
