"""The parts a scenario starts and breaks: processes of ours on free ports, with their logs in the scenario's folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpx

from benchmarks.processes import family
from scripts.settings import FRONT_PYTHON, MODEL, ROOT, environment

BRAIN_PYTHON = ROOT / ".venv" / "bin" / "python"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Part:
    """One process; `ready` says whether it works."""

    def __init__(self, name: str, command: list[str], folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.name, self.command = name, command
        self.log = folder / f"{name}.log"
        self.env = dict(env or os.environ)
        self.running: subprocess.Popen[bytes] | None = None
        self.ready: Callable[[], Awaitable[bool]] = self._listens
        self.port = 0

    async def start(self, seconds: float = 120.0) -> None:
        """Start, and wait until it works. Raises RuntimeError with the end of its log."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(  # noqa: S603  our own commands
                self.command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.running.poll() is None:
            if await self.ready():
                return
            await asyncio.sleep(0.05)
        self.kill()
        raise RuntimeError(f"{self.name} 没有启动：\n{self.log.read_text(errors='replace')[-2000:]}")

    async def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def signal(self, what: signal.Signals) -> None:
        """To the process and all it has started."""
        if self.running and self.running.poll() is None:
            for pid in family(self.running.pid):
                try:
                    os.kill(pid, what)
                except ProcessLookupError:
                    continue

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        if self.running:
            self.running.wait()

    async def stop(self) -> None:
        """As its operator would stop it."""
        if self.running and self.running.poll() is None:
            self.running.send_signal(signal.SIGINT)
            await asyncio.to_thread(self.running.wait, 20)

    async def freeze(self, seconds: float) -> None:
        """Stand still for a while."""
        self.signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.signal(signal.SIGCONT)


class Front(Part):
    """`front serve`. `later`: seconds its clock is ahead, changed with `set_clock` while it runs (libfaketime)."""

    def __init__(self, name: str, folder: Path, env: Mapping[str, str], clock: bool = False) -> None:
        self.clock_file = folder / f"{name}.clock"
        port = free_port()
        command = [str(FRONT_PYTHON), "-m", "front", "serve", "--port", str(port)]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("LUEBAO_")}
        super().__init__(name, command, folder, clean | dict(env) | (self._faked() if clock else {}))
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        self.ready = self._alive

    def _faked(self) -> dict[str, str]:
        library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
        if library is None:
            raise RuntimeError("没有 libfaketime：请 apt-get install faketime")
        self.set_clock(0)
        more = {"FAKETIME_CACHE_DURATION": "1", "DONT_FAKE_MONOTONIC": "1"}
        return {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self.clock_file), **more}

    def set_clock(self, later: float) -> None:
        """Its clock jumps to `later` seconds ahead of ours."""
        new = self.clock_file.with_suffix(".new")
        new.write_text(f"{later:+.0f}\n")
        new.replace(self.clock_file)

    async def _alive(self) -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
                return (await client.get(f"{self.url}/livez")).status_code == 200
        except httpx.HTTPError:
            return False


def rasa_peer(folder: Path, pause: float) -> Part:
    """A fast Rasa that can be killed."""
    port = free_port()
    part = Part("rasa", [str(FRONT_PYTHON), "-m", "benchmarks.faults.rasa_peer", str(port), str(pause)], folder)
    part.port = port
    return part


def real_brain(folder: Path) -> tuple[Part, Part]:
    """The real Rasa and its actions, with the commands and the environment of scripts/serve.py: (rasa, actions)."""
    if not MODEL.exists():
        raise RuntimeError("没有模型 models/luebao.tar.gz：请先 make train")
    rasa_port, actions_port = free_port(), free_port()
    env = environment() | {
        "LUEBAO_TRACKER_URL": f"sqlite:///{folder / 'tracker.db'}",
        "LUEBAO_ACTIONS_PORT": str(actions_port),
        "LUEBAO_RASA_PORT": str(rasa_port),
    }
    python = str(BRAIN_PYTHON)
    sdk = [python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions_port)]
    run = [python, "-m", "rasa", "run", "--model", str(MODEL), "--interface", "127.0.0.1", "--port", str(rasa_port)]
    actions, rasa = Part("actions", sdk, folder, env), Part("rasa", run, folder, env)
    rasa.port, actions.port = rasa_port, actions_port
    return rasa, actions


class Postgres(Part):
    """A PostgreSQL of our own; `url` for the front."""

    def __init__(self, folder: Path) -> None:
        binary = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
        if binary is None:
            raise RuntimeError("没有 PostgreSQL 的程序：请 apt-get install postgresql")
        data, port = folder / "pg", free_port()
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data.mkdir()
        shutil.chown(data, "postgres")
        folder.chmod(0o755)
        made = [*as_postgres, str(binary / "initdb"), "-D", str(data), "-A", "trust", "-U", "root", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, cwd="/")  # noqa: S603
        where = ["-D", str(data), "-p", str(port), "-k", str(data), "-c", "listen_addresses=127.0.0.1"]
        super().__init__("postgres", [*as_postgres, str(binary / "postgres"), *where], folder)
        self.port, self.url = port, f"postgresql://root@127.0.0.1:{port}/postgres"
        self.ready = self._answers

    async def _answers(self) -> bool:
        import asyncpg

        try:
            connection = await asyncpg.connect(self.url, timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True


def redis_server(folder: Path) -> Part:
    """A Redis of our own."""
    port = free_port()
    part = Part("redis", ["redis-server", "--port", str(port), "--save", "", "--dir", str(folder)], folder)
    part.port = port
    return part
