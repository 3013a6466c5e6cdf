"""A real Kannel and a real front on loopback: bearerbox, smsbox, fakesmsc as the phone, `front serve`."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import httpx

from front.channels.sms.kannel_conf import KannelPlan, fake_smsc, render

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
PRESENT = bool(shutil.which("bearerbox") and shutil.which("smsbox") and Path(FAKESMSC).exists())
ABSENT = "没有安装 kannel：apt-get install -y --no-install-recommends kannel kannel-extras"
_GOT = re.compile(r"Got message \d+: <(\S+) (\S+) (\S+) (.*)>$")


def until[T](look: Callable[[], T], seconds: float = 15.0) -> T:
    """The first truthy value of `look`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (value := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return value


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def listening(port: int) -> bool:
    """Whether somebody listens on a port; without connecting, for a fake SMSC would take us for the phone."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


@dataclass
class Process:
    """One program that is started, stopped kindly, or killed."""

    command: list[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            environment = {**os.environ, **self.environment}
            self.running = subprocess.Popen(self.command, stdout=log, stderr=log, env=environment)

    def stop(self, kill: bool = False) -> None:
        if self.running is None:
            return
        self.running.kill() if kill else self.running.terminate()
        try:
            self.running.wait(15)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
        self.running = None


@dataclass(frozen=True)
class Sms:
    """One message as the phone shows it, its parts not yet joined."""

    sender: str
    to: str
    coding: str
    text: str


class Phone:
    """fakesmsc as one person's phone: says one thing, then shows everything that comes."""

    def __init__(self, port: int, directory: Path, number: str) -> None:
        self.number = number  # in full, +86…
        self._port, self._directory, self._count = port, directory, 0
        self._process: Process | None = None

    def say(self, text: str, number: str = "", coding: str = "ucs2") -> None:
        """Send one message to 106900, as another number if that is given, and go on listening."""
        encoding = {"ucs2": "utf-16-be"}.get(coding)
        said = quote(text.encode(encoding), safe="") if encoding else text
        self._connect(f"{number or self.number} 106900 {coding} {said}", 1)

    def listen(self) -> None:
        """Switch on without saying anything."""
        self._connect("1 1 text -", 0)

    def _connect(self, message: str, most: int) -> None:
        self.hang_up()
        self._count += 1
        log = self._directory / f"phone{self.number}-{self._count}.log"
        command = [FAKESMSC, "-H", "127.0.0.1", "-r", str(self._port), "-i", "0.1", "-m", str(most), message]
        self._process = Process(command, log)
        self._process.start()

    def hang_up(self) -> None:
        """Switch off."""
        if self._process:
            self._process.stop()

    def shows(self, count: int, seconds: float = 15.0) -> list[Sms]:
        """What has arrived, once it is `count` messages; and nothing follows for half a second."""
        until(lambda: len(self.messages()) >= count, seconds)
        time.sleep(0.5)
        return self.messages()

    def messages(self) -> list[Sms]:
        """What has arrived for this phone, in order."""
        logs = [self._directory / f"phone{self.number}-{number}.log" for number in range(1, self._count + 1)]
        lines = [line for log in logs if log.exists() for line in log.read_text("latin-1").splitlines()]
        got = [_sms(*found.groups()) for line in lines if (found := _GOT.search(line))]
        return [sms for sms in got if sms.to.lstrip("+") == self.number.lstrip("+")]


def _sms(sender: str, to: str, coding: str, body: str) -> Sms:
    """One line of fakesmsc: a part of several is "udh <header> data <bytes>", a blank byte is written "+"."""
    if coding not in {"ucs-2", "udh"}:
        return Sms(sender, to, coding, body)
    raw = unquote_to_bytes(body.rsplit(" ", 1)[-1].replace("+", " "))
    return Sms(sender, to, coding, raw.decode("utf-16-be", "replace"))


class Gateway:
    """Kannel's two programs over one generated kannel.conf."""

    def __init__(self, directory: Path, front: str, secret: str) -> None:
        admin, box, sendsms, smsc = free_ports(4)
        self.smsc_port = smsc
        plan = KannelPlan(front, secret, "pw", directory, admin_port=admin, box_port=box, sendsms_port=sendsms)
        self.plan = replace(plan, smsc=fake_smsc(smsc), retries=150, retry_seconds=1)
        for name in ("store", "dlr"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        self.conf = directory / "kannel.conf"
        self.conf.write_text(render(self.plan), "utf-8")
        self.bearerbox = Process(["bearerbox", "-v", "4", str(self.conf)], directory / "bearerbox.out")
        self.smsbox = Process(["smsbox", "-v", "4", str(self.conf)], directory / "smsbox.out")

    def start(self) -> None:
        self.bearerbox.start()
        until(lambda: listening(self.plan.box_port) and listening(self.smsc_port))
        self.smsbox.start()
        until(lambda: listening(self.plan.sendsms_port))

    def stop(self) -> None:
        self.smsbox.stop()
        self.bearerbox.stop()

    @property
    def sendsms(self) -> str:
        return f"http://127.0.0.1:{self.plan.sendsms_port}/cgi-bin/sendsms"


class Front:
    """`front serve` on a free port with its own database."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        [self.port] = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = directory / "front.log"
        database = {"LUEBAO_DATABASE_URL": f"sqlite:///{directory / 'front.db'}", "LUEBAO_SMS_FRONT_URL": self.url}
        command = [sys.executable, "-m", "front", "serve", "--port", str(self.port)]
        self.process = Process(command, self.log, {**environment, **database})

    def start(self) -> None:
        self.process.start()
        until(self._alive, 120)  # a busy machine takes long to load everything

    def _alive(self) -> bool:
        try:
            return httpx.get(f"{self.url}/livez", timeout=1, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self, kill: bool = False) -> None:
        self.process.stop(kill)
