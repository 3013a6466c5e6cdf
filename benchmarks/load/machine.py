"""Our own processes: started in a folder of their own, waited for, measured by /proc, ended by their id."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import attrs

from benchmarks.processes import family, rss_mb

LOCAL = "127.0.0.1"
_TICK = os.sysconf("SC_CLK_TCK")


class NotStarted(Exception):
    """A process ended, or did not answer in time; the message has the end of its log."""


@attrs.define
class Running:
    """One process (with its children) under the name its CPU time is counted by."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pids(self) -> list[int]:
        """It and what it started."""
        return family(self.process.pid)

    def end(self) -> None:
        """Ask it to stop; after 15 seconds it has to."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Machine:
    """The processes of one run. Leaving the block ends all of them, the last one first."""

    def __init__(self, folder: Path) -> None:
        """`folder`: for logs and whatever they write."""
        self.folder = folder
        self.running: list[Running] = []
        self._ends = ExitStack()

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path | None = None,
        user: str | None = None,
    ) -> Running:
        """Start a process in a folder (the run's own by default); `user`: as whom, where it refuses to be root."""
        log = self.folder / f"{name}-{len(self.running)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                env=environment,
                stdout=out,
                stderr=out,
                cwd=folder or self.folder,
                user=user,
                start_new_session=True,
            )
        running = Running(name, process, log)
        self.running.append(running)
        self._ends.callback(running.end)
        return running

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far by name."""
        return self._sums(cpu_seconds)

    def memory(self) -> dict[str, float]:
        """Resident megabytes by name."""
        return self._sums(rss_mb)

    def _sums(self, measure: Callable[[list[int]], float]) -> dict[str, float]:
        sums: dict[str, float] = {}
        for running in self.running:
            sums[running.name] = sums.get(running.name, 0.0) + measure(running.pids)
        return sums


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of these processes, and of their children that have ended (PostgreSQL has many)."""
    return sum(map(_ticks, pids)) / _TICK


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], running: Running, seconds: float) -> None:
    """Wait for a process to be of use. Raises NotStarted."""
    end = time.monotonic() + seconds
    while not ready():
        if running.process.poll() is not None or time.monotonic() > end:
            tail = "\n".join(running.log.read_text(errors="replace").splitlines()[-12:])
            raise NotStarted(f"{running.name} 没有在 {seconds:.0f} 秒内启动：\n{tail}")
        time.sleep(0.1)


def answers(url: str) -> Callable[[], bool]:
    """Whether an address says 200."""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
                return bool(response.status == 200)
        except OSError:
            return False

    return ask


def listens(port: int) -> Callable[[], bool]:
    """Whether somebody listens on a port."""

    def ask() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((LOCAL, port)) == 0

    return ask


def clean_environment() -> dict[str, str]:
    """This environment without settings of another front's or its proxy."""
    return {k: v for k, v in os.environ.items() if not k.startswith("LUEBAO_") and not k.lower().endswith("_proxy")}


@contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """A new folder under /tmp, for as long as the run lasts; a server that is not root may read it."""
    with tempfile.TemporaryDirectory(prefix=f"luebao-{name}-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
