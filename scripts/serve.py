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
from scripts.settings import (
    ACTIONS_PORT,
    FRONT_PORT,
    FRONT_PYTHON,
    FRONT_URL,
    MODEL,
    RASA_FILE,
    RASA_PORT,
    ROOT,
    RUN,
    environment,
)
from scripts.swap import Swap

console = Console(stderr=True)
START_WITHIN = 180  # seconds, on a machine that is busy with other things
_RESTARTS = 5
_DOUBTFUL = ("那个到底咋整呢，俺也说不清", "他们说的那个东西要不要先弄", "办了以后是不是就能用")


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

    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.running is None or self.running.poll() is not None

    def end(self) -> None:
        """Let it finish the turn it is in, then end it."""
        if self.running and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(15)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()


def rasa(port: int) -> Process:
    """A Rasa with the model in models/."""
    where = ["--model", str(MODEL), "--interface", "127.0.0.1", "--port", str(port)]
    return Process("rasa", [sys.executable, "-m", "rasa", "run", *where], port)


class Brain:
    """The two processes together."""

    def __init__(self) -> None:
        actions = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(ACTIONS_PORT)]
        self.processes = [Process("actions", actions, ACTIONS_PORT), rasa(RASA_PORT)]

    def start(self) -> None:
        """Start both and wait until a question is answered. Exits with the reason where that fails."""
        RUN.mkdir(exist_ok=True)
        RUN.chmod(0o700)  # conversations and logs are nobody else's on this machine
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

    def look(self) -> None:
        """Something to do every second while it is watched."""

    def watch(self) -> None:
        """Start again what ends by itself; give up after a few times."""
        while True:
            time.sleep(1)
            self.look()
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
            process.end()


class Service(Brain):
    """The brain, and the front before it."""

    def __init__(self) -> None:
        super().__init__()
        front = [str(FRONT_PYTHON), "-m", "front", "serve", "--simulated", "--port", str(FRONT_PORT)]
        self.processes.append(Process("front", front, FRONT_PORT))
        self.swap = Swap(self.processes[1], rasa, _warm, lambda said: console.print(f"[yellow]! {said}[/]"))

    def start(self) -> None:
        """Start all, and say where Rasa is: the front asks there."""
        RASA_FILE.unlink(missing_ok=True)
        super().start()
        self.swap.begin()

    def look(self) -> None:
        """A new model takes over."""
        self.swap.look()
        self.processes[1] = self.swap.serving

    def stop(self) -> None:
        """End a Rasa that was coming or going, too."""
        super().stop()
        self.swap.end()

    def ready(self) -> bool:
        """Whether the front says so: it has asked Rasa and its database (people get the phone before that)."""
        try:
            with urllib.request.urlopen(f"{FRONT_URL}/readyz", timeout=10) as response:
                return bool(response.status == 200)
        except OSError:
            return False


def _answers(port: int = RASA_PORT) -> bool:
    try:
        return ask("你好", "warm-up", timeout=10, at=f"http://127.0.0.1:{port}").kind == "smalltalk"
    except BrainDown:
        return False


def _warm(port: int) -> bool:
    """Whether the Rasa at a port answers, and warm: its first question in doubt takes seconds, not a citizen's."""
    if not _answers(port):
        return False
    try:
        for question in _DOUBTFUL:
            ask(question, "warm-up", timeout=20, at=f"http://127.0.0.1:{port}")
    except BrainDown:
        return False
    return True


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
        console.print('  像微信那样发：front/.venv/bin/front simulate wechat "医保转移多久"（短信：simulate sms）')
        console.print(f"  哪里要修：{FRONT_URL}/readyz；机器人停了它报503，市民仍得到咨询电话，分流请看 /livez")
        service.watch()
    except KeyboardInterrupt:
        console.print("正在停止…")
    finally:
        service.stop()


if __name__ == "__main__":
    main()
