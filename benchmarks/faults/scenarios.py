"""Each scenario: set the stage, let the crowd talk, break something in the middle of it. Sizes by `quick`."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import asyncpg

from benchmarks.faults import parts
from benchmarks.faults.questions import Learnt
from benchmarks.faults.stage import Stage
from benchmarks.faults.watching import told, watched

SHARED = "postgresql://root@127.0.0.1:5432"  # the machine's own server: a database of our own on it, never stopped
# A phone cannot tell a repeat, and a process that died between showing a reply and writing so down shows it again.
PHONES = frozenset({"wechat", "sms"})
_HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


async def kill_front(stage: Stage, quick: bool) -> None:
    """kill -9 the front again and again; a process manager starts it."""
    stage.may_repeat = PHONES
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.3))
    front = await stage.front(stage.sqlite, rasa.port)
    talking = asyncio.create_task(stage.crowd(45 if quick else 500, 2 if quick else 3, 2.0 if quick else 5.0))
    for pause in (1.5,) if quick else (3.0, 6.0, 6.0):
        await asyncio.sleep(pause)
        front.kill()
        await asyncio.sleep(0.5)
        await front.start()
    await talking


async def kill_one_of_two(stage: Stage, quick: bool) -> None:
    """Two fronts on one PostgreSQL; each is killed once while the other serves."""
    stage.may_repeat = PHONES
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.3))
    async with _database() as url:
        for _ in range(2):
            await stage.front(url, rasa.port)
        talking = asyncio.create_task(stage.crowd(60 if quick else 500, 3, 5.0))
        for front in stage.fronts:
            await asyncio.sleep(4.0)
            front.kill()
            await asyncio.sleep(3.0)
            await front.start()
        await talking
        _end(stage)


async def kill_fast_rasa(stage: Stage, quick: bool) -> None:
    """kill -9 a fast Rasa with 500 people talking; a process manager starts it."""
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.3))
    await stage.front(stage.sqlite, rasa.port)
    talking = asyncio.create_task(stage.crowd(45 if quick else 500, 3, 5.0))
    for pause in (3.0, 6.0):
        await asyncio.sleep(pause)
        rasa.kill()
        await asyncio.sleep(2.0)
        await rasa.start()
    await talking


async def kill_rasa(stage: Stage, quick: bool) -> None:
    """kill -9 the real Rasa."""
    await _kill_real(stage, quick, 0)


async def kill_actions(stage: Stage, quick: bool) -> None:
    """kill -9 the real action server."""
    await _kill_real(stage, quick, 1)


async def _kill_real(stage: Stage, quick: bool, which: int) -> None:
    brain = parts.real_brain(stage.folder)
    await asyncio.gather(*(stage.start(part) for part in brain))
    front = await stage.front(stage.sqlite, brain[0].port, more={"LUEBAO_BRAIN_SLOTS": "16"})
    await _until_ready(stage, front.url)
    learnt = Learnt()
    stage.notes["answers_known"] = await learnt.learn(stage)
    async with watched(front.url) as readyz:
        crowd = stage.crowd(60 if quick else 500, 2, 15.0, questions=learnt.question)
        talking = asyncio.create_task(crowd)
        await asyncio.sleep(8.0)
        killed = time.monotonic()
        brain[which].kill()
        await asyncio.sleep(2.0)
        await brain[which].start()
        mended = time.monotonic()
        await talking
        stage.notes |= told(readyz, killed, mended, "rasa") | {"back_after": round(mended - killed, 1)}


async def locked(stage: Stage, quick: bool) -> None:
    """Another process holds the SQLite file's write lock for ten seconds."""
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.1))
    front = await stage.front(stage.sqlite, rasa.port)
    async with watched(front.url) as readyz:
        talking = asyncio.create_task(stage.crowd(30 if quick else 500, 2 if quick else 3, 3.0, quiet=3.0))
        await asyncio.sleep(1.5)
        file = str(stage.folder / "front.db")
        holder = subprocess.Popen([sys.executable, "-c", _HOLD, file, "10"], stdout=subprocess.PIPE)  # noqa: S603
        await asyncio.to_thread(holder.stdout.readline)  # type: ignore[union-attr]
        locked_at = time.monotonic()
        await asyncio.to_thread(holder.wait)
        mended = time.monotonic()
        await talking
        stage.notes |= told(readyz, locked_at, mended, "database")


async def disk_full(stage: Stage, quick: bool) -> None:
    """The file system of the SQLite file is full for ten seconds: a small tmpfs, filled by somebody else."""
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.1))
    disk = stage.folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "luebao-faults", str(disk)]
    subprocess.run(mount, check=True)  # noqa: S603
    try:
        front = await stage.front(f"sqlite:///{disk / 'front.db'}", rasa.port)
        async with watched(front.url) as readyz:
            talking = asyncio.create_task(stage.crowd(30 if quick else 200, 3, 3.0))
            await asyncio.sleep(2.0)
            full = time.monotonic()
            await _filled(disk / "filler", 10.0)
            mended = time.monotonic()
            await talking
            stage.notes |= told(readyz, full, mended, "database")
        _end(stage)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)  # noqa: S603, S607


async def _filled(filler: object, seconds: float) -> None:
    from pathlib import Path

    path = Path(str(filler))
    end = time.monotonic() + seconds
    with path.open("wb", buffering=0) as out:
        while time.monotonic() < end:  # what a checkpoint frees is taken again
            try:
                out.write(bytes(4096))
            except OSError:
                await asyncio.sleep(0.02)
    path.unlink()


async def clock_jump(stage: Stage, quick: bool) -> None:
    """The machine's clock jumps four minutes ahead, and later back again (libfaketime around the front)."""
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.3))
    front = await stage.front(stage.sqlite, rasa.port, clock=0)
    talking = asyncio.create_task(stage.crowd(30 if quick else 200, 3, 5.0))
    for later in (240, 0):
        await asyncio.sleep(4.0)
        front.set_clock(later)
    await talking


async def skewed(stage: Stage, quick: bool) -> None:
    """Two fronts with clocks two minutes apart on one PostgreSQL; every message comes three times, to either."""
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.2))
    async with _database() as url:
        await stage.front(url, rasa.port, clock=60)
        await stage.front(url, rasa.port, clock=-60)
        await stage.crowd(30 if quick else 200, 2, 10.0, copies=3)
        _end(stage)


async def triple(stage: Stage, quick: bool) -> None:
    """Every message is sent three times at once, and once again later."""
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.2))
    await stage.front(stage.sqlite, rasa.port)
    await stage.crowd(45 if quick else 500, 2, 2.0 if quick else 12.0, copies=3, quiet=3.0)


async def _server(stage: Stage, quick: bool, which: str, breaks: Callable[[parts.Part], Awaitable[None]]) -> None:
    """Two fronts on a PostgreSQL and a Redis of our own; one of the two servers is broken in the middle."""
    rasa = await stage.start(parts.rasa_peer(stage.folder, 0.2))
    postgres = parts.Postgres(stage.folder)
    servers = {"database": postgres, "redis": parts.redis_server(stage.folder)}
    for server in servers.values():
        await stage.start(server)
    more = {"LUEBAO_REDIS_URL": f"redis://127.0.0.1:{servers['redis'].port}"}
    for _ in range(2):
        await stage.front(postgres.url, rasa.port, more=more)
    async with watched(stage.fronts[0].url) as readyz:
        talking = asyncio.create_task(stage.crowd(30 if quick else 150, 3, 8.0))
        await asyncio.sleep(4.0)
        broken = time.monotonic()
        await breaks(servers[which])
        mended = time.monotonic()
        await talking
        stage.notes |= told(readyz, broken, mended, which) | {"broken_for": round(mended - broken, 1)}
    _end(stage)


async def _stopped(part: parts.Part) -> None:
    await part.stop()
    await asyncio.sleep(10.0)
    await part.start()


async def _restarted(part: parts.Part) -> None:
    await part.stop()
    await part.start()


async def _frozen(part: parts.Part) -> None:
    await part.freeze(30.0)


def _broken(which: str, breaks: Callable[[parts.Part], Awaitable[None]]) -> Callable[[Stage, bool], Awaitable[None]]:
    async def scenario(stage: Stage, quick: bool) -> None:
        await _server(stage, quick, which, breaks)

    return scenario


class _database:  # noqa: N801  reads as a verb's object
    """A database of the scenario's own on the machine's PostgreSQL, dropped at the end."""

    async def __aenter__(self) -> str:
        self._name = f"faults_{secrets.token_hex(4)}"
        await self._run(f"CREATE DATABASE {self._name}")
        return f"{SHARED}/{self._name}"

    async def __aexit__(self, *_: object) -> None:
        await self._run(f"DROP DATABASE {self._name} WITH (FORCE)")

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(f"{SHARED}/postgres", timeout=5)
        await connection.execute(statement)
        await connection.close()


def _end(stage: Stage) -> None:
    """The fronts end before their database does."""
    for front in stage.fronts:
        front.kill()


async def _until_ready(stage: Stage, url: str) -> None:
    for _ in range(240):
        answer = await stage.http.get(f"{url}/readyz", timeout=10)
        if answer.status_code == 200:
            return
        await asyncio.sleep(0.5)
    raise RuntimeError(f"真的 Rasa 没有就绪：{answer.text}")


ALL: dict[str, Callable[[Stage, bool], Awaitable[None]]] = {
    "kill-front": kill_front,
    "kill-one-of-two": kill_one_of_two,
    "kill-fast-rasa": kill_fast_rasa,
    "kill-rasa": kill_rasa,
    "kill-actions": kill_actions,
    "locked": locked,
    "disk-full": disk_full,
    "clock-jump": clock_jump,
    "triple": triple,
    "skewed": skewed,
    "postgres-stopped": _broken("database", _stopped),
    "postgres-restarted": _broken("database", _restarted),
    "postgres-frozen": _broken("database", _frozen),
    "redis-stopped": _broken("redis", _stopped),
    "redis-restarted": _broken("redis", _restarted),
    "redis-frozen": _broken("redis", _frozen),
}
QUICK = ("kill-front", "triple", "locked")
