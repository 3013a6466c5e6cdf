"""Fifty open desks, two hundred people in the queue: how long the server takes for an action of the staff.

A real `front serve` with real pages, each over its own socket as a browser has it, and citizens who go on writing.
From the click's message to the message that shows its effect; the driver's own time is in it.

    front/.venv/bin/python benchmarks/desk/conversations.py [--desks 50] [--queue 200] [--database postgresql://…]
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import socketio

FRONT = Path(__file__).resolve().parent.parent.parent / "front"
sys.path.insert(0, str(FRONT))

from front.desk.accounts import Accounts  # noqa: E402
from front.desk.rights import Role  # noqa: E402
from front.desk.tables import staff  # noqa: E402
from front.inbox.database import Database  # noqa: E402
from front.inbox.tables import clock, conversations, inbound  # noqa: E402
from front.settings import load  # noqa: E402

_ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.S)
_CLIENT = re.compile(r"""["']client_id["']: ?["']([^"']+)["']""")
_PATIENCE = 30.0


async def fill(database: Database, queue: int, desks: int) -> list[str]:
    """People who wait, and members of staff; the tokens of their sessions."""
    await database.migrate()
    async with database.write() as connection:
        for number in range(queue):
            person = {"channel": "web", "person": f"s-{number}", "brain_id": f"b{number}", "state": "queued"}
            times = {name: clock() - number for name in ("state_at", "queued_at", "created_at", "seen_at")}
            new = conversations.insert().values(**person, **times, reason="asked").returning(conversations.c.id)
            id = (await connection.execute(new)).scalar_one()
            for line in range(6):
                said = {"conversation_id": id, "channel": "web", "key": f"{number}-{line}", "kind": "text", "extra": {}}
                text = f"第{number}位的第{line}句：异地就医备案怎么办理，需要带什么材料"
                row = inbound.insert().values(**said, text=text, event="", state="done", received_at=clock())
                await connection.execute(row)
    accounts, tokens = Accounts(database), []
    for number in range(desks):
        password = await accounts.add("bench", f"kf{number}", f"话务员{number}", Role.AGENT)
        async with database.write() as connection:
            await connection.execute(staff.update().where(staff.c.login == f"kf{number}").values(must_change=False))
        tokens.append(await accounts.sign_in(f"kf{number}", password))
    return tokens


class OpenDesk:
    """One page, as a browser holds it."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.elements: dict[str, Any] = {}
        self.client = ""
        self.socket = socketio.AsyncClient(reconnection=False)
        self._arrived = asyncio.Event()
        self._seen: list[str] = []
        self.socket.on("update", self._update)
        self.socket.on("run_javascript", self._asked)

    async def open(self, http: httpx.AsyncClient) -> float:
        """Load the page and connect; returns the seconds until it is connected."""
        started = time.perf_counter()
        cookie = {"cookie": f"luebao_desk={self.token}"}
        page = (await http.get(f"{self.url}/desk/conversations", headers=cookie)).text
        found, client = _ELEMENTS.search(page), _CLIENT.search(page)
        if not found or not client:
            raise RuntimeError(page[:500])
        self.elements, self.client = json.loads(html.unescape(found[1])), client[1]
        path, headers = "/desk/_nicegui_ws/socket.io", {"cookie": cookie["cookie"], "origin": self.url}
        await self.socket.connect(self.url, headers=headers, socketio_path=path, transports=["websocket"])
        tab = secrets.token_hex(8)
        said = {"client_id": self.client, "tab_id": tab, "document_id": tab, "next_message_id": 0}
        if not await self.socket.call("handshake", said, timeout=_PATIENCE):
            raise RuntimeError("the page was not connected")
        return time.perf_counter() - started

    async def _asked(self, data: dict[str, Any]) -> None:
        """The page asks the browser what was typed before: nothing."""
        if request := data.get("request_id"):
            await self.socket.emit(
                "javascript_response", {"client_id": self.client, "request_id": request, "result": {}}
            )

    def _update(self, data: dict[str, Any]) -> None:
        self.elements.update({id: element for id, element in data.items() if isinstance(element, dict) and id != "_id"})
        self._seen.append(json.dumps(data, ensure_ascii=False))
        self._arrived.set()

    async def act(self, find: Callable[[Any], bool], event: str, args: list[Any], shows: str) -> float:
        """Send an event of the element that `find` knows; seconds until an update holds `shows`."""
        id, element = next((id, one) for id, one in self.elements.items() if isinstance(one, dict) and find(one))
        listener = next(one["listener_id"] for one in element["events"] if one["type"] == event)
        self._seen.clear()
        started = time.perf_counter()
        given = [json.dumps(one) for one in args]
        message = {"id": int(id), "client_id": self.client, "listener_id": listener, "args": given}
        await self.socket.emit("event", message)
        async with asyncio.timeout(_PATIENCE):
            while not any(shows in one for one in self._seen):
                self._arrived.clear()
                await self._arrived.wait()
        return time.perf_counter() - started


def labelled(text: str) -> Callable[[Any], bool]:
    """A button by its words."""
    return lambda one: (one.get("props") or {}).get("label") == text


def _draft(one: Any) -> bool:
    return (one.get("props") or {}).get("type") == "textarea" and bool(one.get("events"))


async def work(desk: OpenDesk, number: int, times: dict[str, list[float]], rounds: int, pause: float) -> None:
    """A member of staff: take the next one, answer, take the next."""
    await asyncio.sleep(pause * number / 50)
    try:
        await _rounds(desk, number, times, rounds, pause)
    except (socketio.exceptions.BadNamespaceError, TimeoutError):
        times["断线或超过30秒"].append(_PATIENCE)


async def _rounds(desk: OpenDesk, number: int, times: dict[str, list[float]], rounds: int, pause: float) -> None:
    for turn in range(rounds):
        times["接下一位"].append(await desk.act(labelled("接下一位"), "click", [None], "网页市民"))
        await asyncio.sleep(pause)
        said = f"第{number}台的第{turn}句回复 {secrets.token_hex(4)}"
        times["发送"].append(await desk.act(_draft, "keydown", [said], said))
        await asyncio.sleep(pause)


async def citizens(url: str, stop: asyncio.Event) -> int:
    """People who go on writing meanwhile: five messages a second."""
    count = 0
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        await http.get("/")
        while not stop.is_set():
            await http.post("/api/chat", json={"id": secrets.token_hex(8), "text": "人工"})
            count += 1
            await asyncio.sleep(0.2)
    return count


@asynccontextmanager
async def served(database_url: str, folder: Path) -> AsyncIterator[tuple[str, int]]:
    """A real front process; its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUEBAO_")}
    mine = {"LUEBAO_DATABASE_URL": database_url, "LUEBAO_RASA_URLS": "http://127.0.0.1:9", "LUEBAO_RUN": str(folder)}
    rates = {"LUEBAO_PERSON_RATE": "1000", "LUEBAO_ADDRESS_RATE": "10000", "LUEBAO_SECRET_KEY": secrets.token_hex(32)}
    command = [sys.executable, "-m", "front", "serve", "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603 - our own front
        command, cwd=FRONT, env=clean | mine | rates, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            for _ in range(600):
                try:
                    await http.get(f"{url}/livez")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.2)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(20)


def cpu(pid: int) -> float:
    """Seconds of CPU a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def row(name: str, seconds: list[float]) -> str:
    """p50, p95 and the longest, in milliseconds."""
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 1.0)]
    return f"| {name} | {len(ordered)} | " + " | ".join(f"{1000 * value:.0f}" for value in at) + " |"


async def measure(arguments: argparse.Namespace) -> None:
    """Fill, open, work, print."""
    folder = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    url = arguments.database or f"sqlite:///{folder / 'front.db'}"
    database = Database(load({"LUEBAO_DATABASE_URL": url}).database_url)
    tokens = await fill(database, arguments.queue, arguments.desks)
    await database.close()
    times: dict[str, list[float]] = {"打开页面": [], "接下一位": [], "发送": [], "断线或超过30秒": []}
    async with served(url, folder) as (address, pid), httpx.AsyncClient(trust_env=False, timeout=60) as http:
        desks = [OpenDesk(address, token) for token in tokens]
        for desk in desks:
            times["打开页面"].append(await desk.open(http))
        await asyncio.sleep(arguments.settle)
        idle, started = cpu(pid), time.perf_counter()
        await asyncio.sleep(10)
        share = (cpu(pid) - idle) / (time.perf_counter() - started)
        print(f"{len(desks)}个页面开着没有动作时 front 占CPU {100 * share:.0f}%")
        stop = asyncio.Event()
        writing = asyncio.create_task(citizens(address, stop))
        used, started = cpu(pid), time.perf_counter()
        await asyncio.gather(*(work(d, n, times, arguments.rounds, arguments.pause) for n, d in enumerate(desks)))
        share = (cpu(pid) - used) / (time.perf_counter() - started)
        stop.set()
        print(f"同时市民发来{await writing}条；{time.perf_counter() - started:.0f}秒，front 占CPU {100 * share:.0f}%")
        for desk in desks:
            await desk.socket.disconnect()
    print("| 动作 | 次数 | p50 毫秒 | p95 | 最长 |\n|---|---|---|---|---|")
    print("\n".join(row(name, seconds) for name, seconds in times.items() if seconds))


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=50)
    parser.add_argument("--queue", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3, help="each desk takes and answers so many")
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between two actions of one desk")
    parser.add_argument("--settle", type=float, default=10.0)
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; SQLite without")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
