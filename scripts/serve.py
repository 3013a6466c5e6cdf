"""Run everything: the actions and Rasa on loopback, and the front that people reach; watched, until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType

import attrs
from rich.console import Console

from luebao.knowledge import KnowledgeError, load
from scripts import train
from scripts.client import BrainDown, ask
from scripts.settings import ACTIONS_PORT, FRONT_PORT, FRONT_PYTHON, FRONT_URL, MODEL, RASA_PORT, ROOT, RUN, environment

console = Console(stderr=True)
START_WITHIN = 180  # seconds, on a machine that is busy with other things
_RESTARTS = 5


@attrs.define
class Process:
    """One process of the brain and its log."""

    name: str
    command: list[str]
    port: int
    running: subprocess.Popen[bytes] | None = None
    restarts: int = 0

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return RUN / f"{self.name}.log"

    def start(self) -> None:
        """Start it in its own session, so that Ctrl-C reaches it through us alone."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env=environment(), stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        """Let it finish the turn it is in, then end it."""
        if self.running and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(15)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()


class Brain:
    """The two processes together."""

    def __init__(self) -> None:
        python = sys.executable
        actions = [python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(ACTIONS_PORT)]
        rasa = [
            python,
            "-m",
            "rasa",
            "run",
            "--model",
            str(MODEL),
            "--interface",
            "127.0.0.1",
            "--port",
            str(RASA_PORT),
        ]
        self.processes = [Process("actions", actions, ACTIONS_PORT), Process("rasa", rasa, RASA_PORT)]

    def start(self) -> None:
        """Start both and wait until a question is answered. Exits with the reason where that fails."""
        RUN.mkdir(exist_ok=True)
        for process in self.processes:
            if _taken(process.port):
                _fail(f"端口 {process.port} 已被占用。请停掉占用它的程序，或另设 LUEBAO_{process.name.upper()}_PORT")
            process.log.write_bytes(b"")
            process.start()
        self._wait()

    def ready(self) -> bool:
        """Whether a question is answered."""
        return _answers()

    def _wait(self) -> None:
        started = time.monotonic()
        with console.status("启动中…") as status:
            while time.monotonic() - started < START_WITHIN:
                for process in self.processes:
                    if process.running and process.running.poll() is not None:
                        self.stop()
                        _fail(f"{process.name} 没能启动：\n{_tail(process.log)}\n完整记录在 .run/{process.name}.log")
                if self.ready():
                    return
                status.update(f"启动中…（{time.monotonic() - started:.0f} 秒）")
                time.sleep(1)
        self.stop()
        logs = "、".join(f".run/{process.log.name}" for process in self.processes)
        _fail(f"{START_WITHIN} 秒内没有启动好，请看 {logs}")

    def watch(self) -> None:
        """Start again what ends by itself; give up after a few times."""
        while True:
            time.sleep(1)
            for process in self.processes:
                if process.running and process.running.poll() is not None:
                    process.restarts += 1
                    if process.restarts > _RESTARTS:
                        self.stop()
                        _fail(f"{process.name} 反复退出，请看 .run/{process.name}.log")
                    console.print(f"[yellow]! {process.name} 退出了，正在重新启动（第 {process.restarts} 次）[/]")
                    process.start()

    def stop(self) -> None:
        """End the front first, then Rasa, so that no turn loses its actions."""
        for process in reversed(self.processes):
            process.stop()


class Service(Brain):
    """The brain, and the front before it."""

    def __init__(self) -> None:
        super().__init__()
        front = [str(FRONT_PYTHON), "-m", "front", "serve", "--port", str(FRONT_PORT)]
        self.processes.append(Process("front", front, FRONT_PORT))

    def ready(self) -> bool:
        """Whether the front says so: it has asked Rasa and its database."""
        try:
            with urllib.request.urlopen(f"{FRONT_URL}/readyz", timeout=10) as response:
                return bool(response.status == 200)
        except OSError:
            return False


def _answers() -> bool:
    try:
        return ask("你好", sender="warm-up", timeout=10).kind == "smalltalk"
    except BrainDown:
        return False


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])


def _fail(message: str) -> None:
    console.print(f"✗ {message}", style="red", markup=False, highlight=False)
    raise SystemExit(1)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Check the knowledge, train if needed, serve until Ctrl-C."""
    try:
        load(ROOT / "knowledge")
    except KnowledgeError as error:
        _fail(f"知识库有 {len(error.problems)} 处问题，改正后再启动：\n{error}")
    train.main()
    signal.signal(signal.SIGTERM, _interrupt)
    service = Service()
    try:
        service.start()
        console.print(f"[green]✓ 鲁e宝已就绪[/] 网页：{FRONT_URL}/（Ctrl-C 停止）")
        console.print('  另开一个终端试试：  make chat    或    make ask Q="医保转移多久能办好"', markup=False)
        service.watch()
    except KeyboardInterrupt:
        console.print("正在停止…")
    finally:
        service.stop()


if __name__ == "__main__":
    main()
