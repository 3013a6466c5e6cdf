"""Starts `make learn` and `make rollback` beside the front, and reads how they go from the files they write."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from front.settings import Settings

_TAIL = 4000  # characters of the log that a page shows


class NotHere(Exception):
    """Training is not possible here; the message says what to do, in Chinese."""


class Jobs:
    """One in a process. The command runs in a session of its own: it goes on where the front is restarted."""

    def __init__(self, settings: Settings) -> None:
        self._project = settings.knowledge.resolve().parent
        self._folder = self._project / ".run" / "learn"
        self._environment = {"LUEBAO_DATABASE_URL": settings.database_url}
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0.0

    @property
    def here(self) -> bool:
        """Whether this machine has what training needs."""
        return self._python.exists() and (self._project / "scripts" / "learn.py").is_file()

    def running(self) -> bool:
        """Whether a training or a roll-back is under way, started here or elsewhere on this machine."""
        if self._process and self._process.poll() is None:
            return True
        state = self.state()
        return not state.get("done") and _alive(state.get("pid")) and self._process is None

    def state(self) -> Mapping[str, Any]:
        """What the last command said: step, done, by, name, started; {} where there was none."""
        try:
            state = json.loads((self._folder / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def log(self) -> str:
        """The end of what the last command printed."""
        try:
            text = (self._folder / "learn.log").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        lines = [line for line in text.splitlines() if line[:2].isdigit() and line[2:3] == ":"]
        return "\n".join(lines)[-_TAIL:]

    def history(self) -> list[dict[str, Any]]:
        """What was trained, refused and rolled back, the newest first."""
        try:
            return list(json.loads((self._project / "models" / "history.json").read_text(encoding="utf-8")))[::-1]
        except (OSError, ValueError):
            return []

    def kept(self) -> list[str]:
        """The versions that can be undone, the latest last."""
        folder = self._project / "models" / "kept"
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return [one.name for one in found if (one / "luebao.tar.gz").is_file()]

    async def start(self, by: str, *, roll_back: bool = False) -> None:
        """Begin in the background. Raises NotHere."""
        if not self.here:
            raise NotHere("这台机器上没有训练用的环境，请在装有整个项目的机器上执行 make learn，再更新模型")
        if self.running() or time.monotonic() - self._asked < 2:
            raise NotHere("已经有一次训练在进行，等它结束再来")
        self._asked = time.monotonic()
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [str(self._python), "-m", "scripts.learn", "--by", by, *(["--roll-back"] if roll_back else [])]
        self._process = await asyncio.to_thread(self._begin, command)

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes]:
        (self._folder / "state.json").unlink(missing_ok=True)
        with (self._folder / "learn.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                command,
                cwd=self._project,
                env=os.environ | self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def _python(self) -> Path:
        return self._project / ".venv" / "bin" / "python"


def when(name: str) -> str:
    """A version's name as people read it: 20261122-110530 is 2026年11月22日 11:05."""
    try:
        return datetime.strptime(name, "%Y%m%d-%H%M%S").strftime("%Y年%-m月%-d日 %H:%M")
    except ValueError:
        return name


def _alive(pid: object) -> bool:
    try:
        os.kill(int(str(pid)), 0)
    except (ValueError, OSError):
        return False
    return True
