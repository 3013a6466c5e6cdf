"""What the tests stand on: both databases, a Rasa, an inbox that runs, and front processes that can be killed."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from rasa_peer import Rasa

from front.brain import Brain
from front.inbox.inbox import Inbox
from front.inbox.protocol import Delivery, Inbound, SendResult
from front.settings import Settings, load

POSTGRES = os.environ.get("LUEBAO_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432")


@pytest.fixture
def rasa() -> Iterator[Rasa]:
    """A Rasa that answers."""
    peer = Rasa()
    yield peer
    peer.stop()


async def _postgres(statement: str) -> None:
    connection = await asyncpg.connect(f"{POSTGRES}/postgres", timeout=3)
    await connection.execute(statement)
    await connection.close()


def new_postgres() -> tuple[str, Callable[[], None]]:
    """The address of a new database on the real server, and how to drop it."""
    name = f"front_{secrets.token_hex(4)}"
    try:
        asyncio.run(_postgres(f"CREATE DATABASE {name}"))
    except OSError:
        pytest.skip("没有 PostgreSQL（LUEBAO_TEST_POSTGRES），跳过")
    return f"{POSTGRES}/{name}", lambda: asyncio.run(_postgres(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A database of its own on the real PostgreSQL."""
    url, drop = new_postgres()
    yield url
    drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each database in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'front.db'}"
        return
    url, drop = new_postgres()
    yield url
    drop()


class Phone:
    """A channel at the edge: takes what is sent, or refuses it as the test says."""

    def __init__(self, name: str = "wechat") -> None:
        self.name = name
        self.got: list[Delivery] = []
        self.results: list[tuple[SendResult, str]] = []

    async def send(self, delivery: Delivery) -> tuple[SendResult, str]:
        """Answer with the next planned result, SENT when there is none."""
        result = self.results.pop(0) if self.results else (SendResult.SENT, "")
        if result[0] is SendResult.SENT:
            self.got.append(delivery)
        return result

    def texts(self) -> list[str]:
        """What arrived, in order."""
        return [str(delivery.body["text"]) for delivery in self.got]


def settings_for(url: str, rasa: Rasa | None, **more: str) -> Settings:
    """Settings over a database and a Rasa."""
    environment = {"LUEBAO_DATABASE_URL": url, "LUEBAO_LEASE": "2", "LUEBAO_BRAIN_DEADLINE": "1"}
    return load(environment | ({"LUEBAO_RASA_URLS": rasa.url} if rasa else {}) | more)


@asynccontextmanager
async def running(settings: Settings, phone: Phone | None = None) -> AsyncIterator[Inbox]:
    """An inbox that works, with a phone as its WeChat."""
    brain = Brain(settings.rasa_urls, settings.brain_deadline, settings.brain_slots)
    inbox = Inbox(settings, brain)
    phone = phone or Phone()
    inbox.channels[phone.name] = phone
    await inbox.start()
    try:
        yield inbox
    finally:
        await inbox.stop()
        await brain.close()


@pytest.fixture
def phone() -> Phone:
    """A person's WeChat."""
    return Phone()


@pytest.fixture
async def inbox(database_url: str, rasa: Rasa, phone: Phone) -> AsyncIterator[Inbox]:
    """An inbox over each database."""
    async with running(settings_for(database_url, rasa), phone) as made:
        yield made


def text(said: str, key: str | None = None, person: str = "o-zhang", channel: str = "wechat") -> Inbound:
    """A person's message."""
    return Inbound(channel, person, key or secrets.token_hex(6), "text", said)


async def until(true: Callable[[], bool | Awaitable[bool]], seconds: float = 8.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = true()
        if result if isinstance(result, bool) else await result:
            return
        await asyncio.sleep(0.03)
    raise AssertionError(f"没有在 {seconds} 秒内等到")


class Front:
    """A real front process."""

    more: Sequence[str] = ()  # words of the command

    def __init__(self, url: str, rasa: Rasa, **more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LUEBAO_")}
        mine = {"LUEBAO_DATABASE_URL": url, "LUEBAO_RASA_URLS": rasa.url, "LUEBAO_LEASE": "2"}
        fast = {"LUEBAO_PERSON_RATE": "1000", "LUEBAO_ADDRESS_RATE": "1000"}
        self.environment = clean | mine | fast | more
        self.start()

    def start(self) -> None:
        """Start, and wait until it serves."""
        command = [sys.executable, "-m", "front", "serve", "--port", str(self.port), *self.more]
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE)
        for _ in range(1200):  # a minute: the machine may be busy
            if self.process.poll() is not None:
                assert self.process.stderr
                raise AssertionError(self.process.stderr.read().decode())
            try:
                httpx.get(f"{self.url}/livez", trust_env=False)
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("front 没有启动")

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)


@pytest.fixture
def start_front(rasa: Rasa) -> Iterator[Callable[..., Front]]:
    """Starts front processes that end with the test."""
    fronts: list[Front] = []

    def start(url: str, **more: str) -> Front:
        fronts.append(Front(url, rasa, **more))
        return fronts[-1]

    yield start
    for front in fronts:
        front.kill()


@pytest.fixture
def front(start_front: Callable[..., Front], tmp_path: Path) -> Front:
    """One front on SQLite."""
    return start_front(f"sqlite:///{tmp_path / 'front.db'}")


@pytest.fixture
def browser(front: Front) -> Iterator[httpx.Client]:
    """A browser that has opened the page."""
    with httpx.Client(base_url=front.url, trust_env=False, timeout=10) as client:
        client.get("/")
        yield client
