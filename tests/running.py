"""A really running brain for the tests: Rasa with the trained model, and the actions, on free ports."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningBrain:
    """Starts both processes as scripts/serve.py does, and speaks to them over HTTP."""

    def __init__(self, folder: Path, knowledge: Path = ROOT / "knowledge", **settings: str) -> None:
        self.port, self.actions_port = free_port(), free_port()
        self.folder = folder
        self.environment = {
            **os.environ,
            "LUEBAO_ACTIONS_PORT": str(self.actions_port),
            "LUEBAO_TRACKER_URL": f"sqlite:///{folder / 'tracker.db'}",
            "LUEBAO_KNOWLEDGE": str(knowledge),
            "RASA_TELEMETRY_ENABLED": "false",
            "SANIC_HOST": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            **settings,
        }
        self.rasa = self._start("rasa", "rasa", "run", "-m", "models/luebao.tar.gz", "-i", "127.0.0.1", "-p", self.port)
        self.actions: subprocess.Popen[bytes] | None = None
        self.start_actions()
        self._until(lambda: _listening(self.port), "rasa")
        self.say("你好", "warm-up")

    def start_actions(self) -> None:
        """Start the action server (again)."""
        self.actions = self._start("actions", "rasa_sdk", "--actions", "actions", "-p", self.actions_port)
        self._until(lambda: _listening(self.actions_port), "actions")

    def kill_actions(self) -> None:
        """End the action server as the kernel would: at once."""
        assert self.actions
        self.actions.kill()
        self.actions.wait()

    def stop(self) -> None:
        """End both."""
        processes = [process for process in (self.rasa, self.actions) if process]
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)

    def post(self, body: Any, path: str = "/webhooks/rest/webhook", timeout: float = 30) -> tuple[int, Any]:
        """POST bytes or something to be written as JSON; the status and the JSON that came back."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", path, raw, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def say(self, message: str, sender: str, **more: Any) -> dict[str, Any]:
        """One turn of a citizen: the item that came back, with `text` and `custom`."""
        status, items = self.post({"sender": sender, "message": message, **more})
        assert status == 200, items
        assert len(items) == 1, items
        return dict(items[0])

    def log(self) -> str:
        """What Rasa wrote so far."""
        return (self.folder / "rasa.log").read_text(encoding="utf-8", errors="replace")

    def _start(self, name: str, *command: Any) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            arguments = [sys.executable, "-m", *map(str, command)]
            return subprocess.Popen(arguments, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def _until(self, ready: Callable[[], bool], name: str) -> None:
        for _ in range(180):
            if ready():
                return
            time.sleep(1)
        log = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        raise AssertionError(f"{name} 没有启动：\n{log[-3000:]}")


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def turns(file: Path) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """The conversations of one YAML file: (name, the day they are held on or nothing, turns)."""
    for conversation in yaml.safe_load(file.read_text(encoding="utf-8")):
        yield conversation["名称"], str(conversation.get("日期", "")), conversation["对话"]
