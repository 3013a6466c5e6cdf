"""The servers a run needs, each of its own on a free port of loopback."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from machine import LOCAL, Machine, NotStarted, Running, answers, clean_environment, free_port, listens, wait_until

from benchmarks.places import ROOT
from scripts.settings import MODEL, environment

NGINX = ROOT / "deploy" / "nginx" / "luebao.conf"
_PYTHON = str(ROOT / ".venv" / "bin" / "python")
_START = 240  # seconds Rasa may take on a busy machine


@attrs.frozen
class Postgresql:
    """A PostgreSQL server; everybody on this machine may enter while it lives."""

    programs: Path
    port: int

    def create(self, name: str) -> str:
        """The address of a new database."""
        self._psql("postgres", f"CREATE DATABASE {name}")
        return f"postgresql://postgres@{LOCAL}:{self.port}/{name}"

    def _psql(self, database: str, statement: str) -> None:
        command = [
            self.programs / "psql",
            "-h",
            LOCAL,
            "-p",
            str(self.port),
            "-U",
            "postgres",
            "-c",
            statement,
            database,
        ]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own server


def postgresql(machine: Machine) -> Postgresql:
    """A new server with PostgreSQL's own defaults (every commit reaches the disk). Raises NotStarted."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise NotStarted("没有 PostgreSQL：apt-get install postgresql")
    data, port = machine.folder / "postgresql", free_port()
    data.mkdir()
    shutil.chown(data, "postgres")
    init = [found[-1] / "initdb", "-D", data, "-A", "trust", "-U", "postgres"]
    subprocess.run(init, check=True, capture_output=True, user="postgres", cwd=data)  # noqa: S603
    command = [str(found[-1] / "postgres"), "-D", str(data), "-p", str(port), "-k", str(data), "-h", LOCAL]
    running = machine.start("postgresql", command, clean_environment(), user="postgres")
    ready = [found[-1] / "pg_isready", "-q", "-h", LOCAL, "-p", str(port)]
    wait_until(lambda: subprocess.run(ready).returncode == 0, running, 30)  # noqa: S603
    return Postgresql(found[-1], port)


def redis(machine: Machine) -> str:
    """The address of a new Redis that keeps nothing."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", LOCAL, "--save", "", "--appendonly", "no"]
    running = machine.start("redis", command, clean_environment())
    wait_until(listens(port), running, 20)
    return f"redis://{LOCAL}:{port}"


def brain(machine: Machine) -> str:
    """A Rasa with actions of its own, started as scripts/serve.py does; the address of the Rasa. Raises NotStarted."""
    rasa, actions = free_port(), free_port()
    mine = {
        "LUEBAO_ACTIONS_PORT": str(actions),
        "LUEBAO_TRACKER_URL": f"sqlite:///{machine.folder / f'tracker-{rasa}.db'}",
    }
    env = environment() | mine
    command = [_PYTHON, "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions)]
    machine.start("actions", command, env, ROOT)
    serve = ["run", "--model", str(MODEL), "--interface", LOCAL, "--port", str(rasa)]
    running = machine.start("rasa", [_PYTHON, "-m", "rasa", *serve], env, ROOT)
    wait_until(lambda: _greets(rasa), running, _START)
    return f"http://{LOCAL}:{rasa}"


def _greets(port: int) -> bool:
    """Whether it greets, which takes the model and the actions."""
    body = json.dumps({"sender": "load-warm-up", "message": "你好"}).encode()
    url = f"http://{LOCAL}:{port}/webhooks/rest/webhook"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return any(item.get("custom", {}).get("kind") == "smalltalk" for item in json.load(response))
    except (OSError, ValueError):
        return False


def front(machine: Machine, settings: Mapping[str, str], name: str = "front") -> tuple[int, Running]:
    """A front with these settings: its port. Rate limits are off, because all of our people share one address."""
    port = free_port()
    fast = {"LUEBAO_PERSON_RATE": "100000", "LUEBAO_ADDRESS_RATE": "100000"}
    knowledge = {"LUEBAO_KNOWLEDGE": str(ROOT / "knowledge")}
    command = [sys.executable, "-m", "front", "serve", "--port", str(port)]
    running = machine.start(name, command, clean_environment() | fast | knowledge | dict(settings))
    wait_until(answers(f"http://{LOCAL}:{port}/livez"), running, 60)
    return port, running


def nginx(machine: Machine, fronts: Sequence[int]) -> int:
    """nginx with deploy/nginx/luebao.conf as it is, but for ports and the place of its logs; its port."""
    port, text = free_port(), NGINX.read_text(encoding="utf-8")
    lines = "\n".join(f"    server {LOCAL}:{front} max_fails=2 fail_timeout=5s;" for front in fronts)
    text = re.sub(rf"^    server {LOCAL}:8000 .*;$", lines, text, flags=re.MULTILINE)
    text = re.sub(r"^    listen 80;$", f"    listen {LOCAL}:{port};", text, count=1, flags=re.MULTILINE)
    site = machine.folder / "luebao.conf"
    site.write_text(text.replace("/var/log/nginx", str(machine.folder)), encoding="utf-8")
    main = machine.folder / "nginx.conf"
    main.write_text(
        f"daemon off;\nworker_processes 1;\npid {machine.folder}/nginx.pid;\nerror_log {machine.folder}/nginx.log;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{ include /etc/nginx/mime.types; include {site}; }}\n"
    )
    running = machine.start("nginx", ["nginx", "-p", str(machine.folder), "-c", str(main)], clean_environment())
    wait_until(answers(f"http://{LOCAL}:{port}/livez"), running, 20)
    return port
