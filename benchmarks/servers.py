"""The two systems as running servers: started, watched and ended together."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

import attrs

from benchmarks.processes import command, cpu_seconds, family, rss_mb

START_WITHIN = 900.0  # seconds: 2,000 entries on a machine that has other things to do
_CLOSE_WITHIN = 40.0
# Without the front, which the stock project has no match for.
_BRAIN = "from scripts import serve; serve.START_WITHIN = 900; brain = serve.Brain(); brain.start(); brain.watch()"


@attrs.define
class Server:
    """One system under test; `commands` are started together in `folder`."""

    name: str
    folder: Path
    commands: list[list[str]]
    port: int
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = attrs.field(factory=list)

    @property
    def url(self) -> str:
        """Where it takes messages."""
        return f"http://127.0.0.1:{self.port}/webhooks/rest/webhook"

    def __enter__(self) -> Server:
        try:
            self.start()
            self.wait_for_answer()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start its processes with an empty memory of conversations."""
        for old in (*self.folder.glob("rasa.db*"), self.folder / ".run"):
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)
        with (self.folder / "bench-serve.log").open("wb") as log:
            self.running = [
                subprocess.Popen(  # noqa: S603
                    arguments, cwd=self.folder, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
                for arguments in self.commands
            ]

    def wait_for_answer(self) -> None:
        """Return at the first message that is answered. Raises RuntimeError where none is."""
        started = time.monotonic()
        while time.monotonic() - started < START_WITHIN:
            if any(process.poll() is not None for process in self.running):
                break
            if _answered(self.url):
                return
            time.sleep(0.1)
        log = (self.folder / "bench-serve.log").read_text(errors="replace")
        raise RuntimeError(f"{self.name} did not start:\n{log[-2000:]}")

    def stop(self) -> None:
        """End everything it started; Rasa gets the time to close."""
        members = [pid for process in self.running for pid in family(process.pid)]
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(_CLOSE_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pid in members:
            if str(self.folder) in _place(pid):
                os.kill(pid, signal.SIGKILL)
        self.running = []

    def members(self) -> dict[str, list[int]]:
        """Its processes by what they do: rasa, actions. What only watches the others is not counted."""
        found: dict[str, list[int]] = {"rasa": [], "actions": []}
        for pid in (pid for process in self.running for pid in family(process.pid)):
            line = command(pid)
            if "scripts.serve" not in line:
                found["actions" if "rasa_sdk" in line else "rasa"].append(pid)
        return found

    def cpu(self) -> float:
        """CPU seconds of all its processes so far."""
        return cpu_seconds([pid for pids in self.members().values() for pid in pids])

    def rss(self) -> dict[str, int]:
        """Resident MB of each of its processes."""
        return {name: round(rss_mb(pids)) for name, pids in self.members().items()}


def ours(folder: Path, name: str = "ours") -> Server:
    """The two processes of the project's brain as `scripts.serve` starts them, in a copy of the project."""
    rasa, actions = free_port(), free_port()
    ports = {"LUEBAO_RASA_PORT": str(rasa), "LUEBAO_ACTIONS_PORT": str(actions)}
    environment = {**_clean_environment(), **ports, "PYTHONPATH": str(folder)}
    return Server(name, folder, [[sys.executable, "-c", _BRAIN]], rasa, environment)


def vanilla(folder: Path, project: Path, name: str = "vanilla") -> Server:
    """The stock project's `rasa run` and action server, with the library and knowledge of `project`."""
    rasa, actions = free_port(), free_port()
    run = ["-m", "rasa", "run", "--model", "models/vanilla.tar.gz", "--interface", "127.0.0.1", "--port", str(rasa)]
    act = ["-m", "rasa_sdk", "--actions", "actions", "--port", str(actions)]
    environment = {
        **_clean_environment(),
        "VANILLA_ACTIONS_PORT": str(actions),
        "LUEBAO_KNOWLEDGE": str(project / "knowledge"),
        "PYTHONPATH": os.pathsep.join([str(folder), str(project)]),
    }
    return Server(name, folder, [[sys.executable, *act], [sys.executable, *run]], rasa, environment)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clean_environment() -> dict[str, str]:
    """Ours without the settings of a running project; the same quiet and loopback for both systems."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUEBAO_")}
    return {
        **kept,
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
    }


def _answered(url: str) -> bool:
    body = json.dumps({"sender": "first", "message": "医保转移多久能办好"}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            items = json.load(response)
    except (OSError, urllib.error.URLError, ValueError):
        return False
    # While its actions are not there yet, ours gives the phone and the stock project says nothing.
    return bool(items) and all((item.get("custom") or {}).get("kind") != "handoff" for item in items)


def _place(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""
