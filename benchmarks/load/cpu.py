"""What the front itself costs: CPU of its process a message, with a Rasa that costs nothing (peer.py).

Processes of the front that are compared run side by side and take turns round by round, so that whatever else the
machine does falls on all of them alike.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import attrs
from citizens import Browser, Citizen, Follower, Heard, Page, Phone, texts
from machine import LOCAL, Machine, Running, clean_environment, cpu_seconds, free_port, listens, own_folder, wait_until
from stack import front, postgresql
from world import World

from benchmarks.places import ROOT

KINDS: dict[str, type[Citizen]] = {"web": Browser, "web+sse": Page, "wechat": Follower, "sms": Phone}
_AT_ONCE = 8


@attrs.frozen
class Measured:
    """One front process to be measured."""

    name: str
    database: str
    url: str
    running: Running


async def measure(
    rounds: int, messages: int, before: Path | None, databases: Sequence[str], kinds: Sequence[str]
) -> dict[str, Any]:
    """CPU ms a message of every kind and front: the median of `rounds` of `messages`, and the least.

    `before`: another copy of the folder front/ to compare with.
    """
    with own_folder("cpu") as folder, Machine(folder) as machine:
        world, port = World(), free_port()
        await world.start(port)
        fronts = _fronts(machine, world.settings(port), before, databases)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
            taken: dict[tuple[str, str, str], list[float]] = {}
            fast: list[float] = []
            for round_ in range(-1, rounds):  # one to warm up
                fast.append(_yardstick())
                for kind in kinds:
                    for front in fronts:
                        spent = await _round(front, KINDS[kind], http, world, messages if round_ >= 0 else 100)
                        if round_ >= 0:
                            taken.setdefault((front.database, front.name, kind), []).append(spent)
        await world.stop()
    rows = [
        {"database": database, "front": name, "kind": kind, "median_ms": median(all_), "least_ms": min(all_)}
        for (database, name, kind), all_ in taken.items()
    ]
    how = {"rounds": rounds, "messages": messages, "at_once": _AT_ONCE, "yardstick_ms": median(fast)}
    return {**how, "rows": rows}


def _yardstick() -> float:
    """CPU ms of a fixed loop: what a millisecond is worth just now, which neighbours of a virtual machine change."""
    before = time.process_time()
    sum(number * number % 7 for number in range(1_000_000))
    return 1000 * (time.process_time() - before)


def _fronts(
    machine: Machine, world: Mapping[str, str], before: Path | None, databases: Sequence[str]
) -> list[Measured]:
    peer, fronts = free_port(), []
    wait_until(listens(peer), machine.start("peer", _peer(peer), clean_environment()), 20)
    server = postgresql(machine) if "postgresql" in databases else None
    for name, code in [("now", ROOT / "front"), *([("before", before)] if before else [])]:
        for database in databases:
            file = machine.folder / f"{name}.db"
            where = server.create(f"front_{name}") if database == "postgresql" and server else f"sqlite:///{file}"
            mine = {"LUEBAO_DATABASE_URL": where, "LUEBAO_RASA_URLS": f"http://{LOCAL}:{peer}", "PYTHONPATH": str(code)}
            port, running = front(machine, {**world, **mine}, f"front-{name}")
            fronts.append(Measured(name, database, f"http://{LOCAL}:{port}", running))
    return fronts


def _peer(port: int) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("peer.py")), str(port)]


async def _round(
    front: Measured, kind: type[Citizen], http: aiohttp.ClientSession, world: World, messages: int
) -> float:
    """CPU ms a message of one round."""
    said = itertools.cycle(texts(["医保转移多久能办好", "异地就医怎么备案", "急诊住院怎么报"]))
    left = messages
    pids = front.running.pids
    before = cpu_seconds(pids)

    async def citizens() -> None:
        nonlocal left
        while left > 0:
            citizen = kind(front.url, http, world)
            await citizen.arrive()
            for _ in range(min(citizen.most, left)):
                left -= 1
                _check(await citizen.say(next(said)))
            await citizen.leave()

    await asyncio.gather(*(citizens() for _ in range(_AT_ONCE)))
    await asyncio.sleep(0.2)  # what is still to be written
    return 1000 * (cpu_seconds(pids) - before) / messages


def _check(heard: Heard) -> None:
    if heard.way == "lost":
        raise RuntimeError(f"{heard.channel}：没有答复（{heard.text}），这次测量不算数")
