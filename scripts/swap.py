"""A new model takes over while people are being answered: a second Rasa, and the first one ends its turns."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import attrs

from scripts.settings import MODEL, RASA_FILE, RASA_PORT

READY_WITHIN = 300.0  # seconds for the second Rasa to answer, on a machine that is busy training
_DRAIN = 10.0  # seconds the first one goes on: the front looks twice a second and waits three for an answer
_TELL_WITHIN = READY_WITHIN + 60


class Runs(Protocol):
    """A process of the service."""

    port: int

    def start(self) -> None: ...
    def end(self) -> None: ...
    def ended(self) -> bool: ...


@attrs.define
class Swap:
    """Looks at the model's file; `look` is called about once a second by whoever watches the processes.

    `make` makes a Rasa for a port; `answers` says whether the Rasa at a port answers.
    """

    serving: Runs
    make: Callable[[int], Runs]
    answers: Callable[[int], bool]
    tell: Callable[[str], None] = lambda _: None
    model: Path = MODEL
    file: Path = RASA_FILE
    _of: str = ""
    _stamp: tuple[int, ...] = ()
    _failed: str = ""
    _coming: Runs | None = None
    _digest: str = ""
    _since: float = 0.0
    _going: list[tuple[Runs, float]] = attrs.field(factory=list)

    def begin(self) -> None:
        """Note which model serves now, and tell the front where."""
        self._stamp, self._of = _stamp(self.model), digest(self.model)
        self._write()

    def look(self) -> None:
        """Go on with what is under way, or begin where there is a new model."""
        self._let_go()
        if self._coming:
            self._wait(self._coming)
        elif (stamp := _stamp(self.model)) != self._stamp and stamp:
            self._stamp = stamp
            self._begin()

    def end(self) -> None:
        """The service stops: no second Rasa stays behind."""
        for process in [*(process for process, _ in self._going), *([self._coming] if self._coming else [])]:
            process.end()
        self.file.unlink(missing_ok=True)

    def _begin(self) -> None:
        self._digest = digest(self.model)
        if self._digest == self._of:
            return
        self.tell("有新的模型，正在换上…")
        self._coming, self._since = self.make(_free_port()), time.monotonic()
        self._coming.start()

    def _wait(self, coming: Runs) -> None:
        if coming.ended() or time.monotonic() - self._since > READY_WITHIN:
            self.tell("新的模型没有启动起来，继续用原来的")
            coming.end()
            self._coming, self._failed = None, self._digest
            self._write()
        elif self.answers(coming.port):
            self._going.append((self.serving, time.monotonic() + _DRAIN))
            self.serving, self._of, self._coming = coming, self._digest, None
            self._write()
            self.tell("新的模型已在用")

    def _let_go(self) -> None:
        for process, until in self._going[:]:
            if time.monotonic() >= until:
                process.end()
                self._going.remove((process, until))

    def _write(self) -> None:
        url = f"http://127.0.0.1:{self.serving.port}"
        now = {"urls": [url], "first": RASA_PORT, "pid": os.getpid(), "model": self._of, "failed": self._failed}
        coming = self.file.with_suffix(".coming")
        coming.write_text(json.dumps(now), encoding="utf-8")
        coming.replace(self.file)


def taken_over(within: float = _TELL_WITHIN) -> bool:
    """Wait until the running service uses the model in models/; True also where no service runs."""
    wanted, end = digest(MODEL), time.monotonic() + within
    while time.monotonic() < end:
        try:
            state = json.loads(RASA_FILE.read_text(encoding="utf-8"))
            os.kill(state["pid"], 0)
        except (OSError, ValueError, LookupError):
            return True
        if state["model"] == wanted:
            return True
        if state["failed"] == wanted:
            return False
        time.sleep(0.5)
    return False


def digest(file: Path) -> str:
    """A hash of the model's file."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        state = file.stat()
    except OSError:
        return ()
    return (state.st_mtime_ns, state.st_size, state.st_ino)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
