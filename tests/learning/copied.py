"""A copy of the project with its service running, for tests that train: nothing here is touched, no port is shared."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from tests.running import ROOT, free_port

_START_WITHIN = 300.0
_AS_IT_IS = ("models/luebao.tar.gz", "models/luebao.inputs")  # made, so not in the repository


class Project:
    """The copy: its files, its commands, and the citizens, the office and the lead who use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _copy(folder)
        self.url = f"http://127.0.0.1:{free_port()}"
        run, ours = folder / ".run", {name: value for name, value in os.environ.items() if name[:7] != "LUEBAO_"}
        self.environment = {
            **ours,
            "LUEBAO_RASA_PORT": str(free_port()),
            "LUEBAO_ACTIONS_PORT": str(free_port()),
            "LUEBAO_FRONT_PORT": self.url.rpartition(":")[2],
            "LUEBAO_RUN": str(run),
            "LUEBAO_DATABASE_URL": f"sqlite:///{run / 'front.db'}",
            "LUEBAO_KNOWLEDGE": str(folder / "knowledge"),
            "PYTHONPATH": os.pathsep.join([str(folder), str(folder / "front")]),
        }

    @contextmanager
    def served(self) -> Iterator[None]:
        """`make run` in the copy, until it is left."""
        with (self.folder / ".run" / "serve.log").open("wb") as log:
            command = [str(self.folder / ".venv" / "bin" / "python"), "-m", "scripts.serve"]
            service = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait(service)
            yield
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(60)

    def ask(self, question: str, *, pleased: bool = True) -> str:
        """What a new citizen is answered on the web page: an entry's id, or the kind of a reply that is no answer."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        replies = self._call(browser, "/api/chat", {"id": uuid.uuid4().hex, "text": question})["messages"]
        replies = replies or self._call(browser, "/api/chat/poll?after=0")["messages"]
        assert len(replies) == 1, (question, replies)
        if not pleased:
            self._call(browser, "/api/feedback", {"message": replies[0]["id"], "good": False})
        custom = replies[0]["custom"]
        return str(custom["entries"][0]["id"] if custom["kind"] == "answer" else custom["kind"])

    @contextmanager
    def kept_busy(self, question: str, every: float = 0.3) -> Iterator[list[str]]:
        """Citizens ask meanwhile, one after the other; yields what they are answered, or how that failed."""
        answers: list[str] = []
        over = threading.Event()

        def work() -> None:
            while not over.wait(every):
                try:
                    answers.append(self.ask(question))
                except (OSError, AssertionError, LookupError, TypeError) as error:
                    answers.append(repr(error))

        citizens = threading.Thread(target=work)
        citizens.start()
        try:
            yield answers
        finally:
            over.set()
            citizens.join()

    def accepted(self, texts: Sequence[str], label: str, by: str) -> int:
        """The office collects what was not understood and a lead accepts these; returns how many."""
        front = self.folder / "front"
        python, lead = str(front / ".venv" / "bin" / "python"), str(Path(__file__).with_name("lead.py"))
        how: dict[str, Any] = {"cwd": front, "env": self.environment, "check": True, "text": True}
        subprocess.run([python, "-m", "front", "lessons", "collect"], **how)
        done = subprocess.run([python, lead, by, label], **how, input=json.dumps(texts), stdout=subprocess.PIPE)
        return int(done.stdout)

    def learn(self, *options: str) -> tuple[int, str]:
        """`make learn`, or with --roll-back `make rollback`: the exit status and what it said."""
        command = [str(self.folder / ".venv" / "bin" / "python"), "-m", "scripts.learn", *options]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        with (self.folder / ".run" / "learn.log").open("a", encoding="utf-8") as log:
            log.write(done.stdout + done.stderr)
        return done.returncode, done.stdout

    def lessons(self) -> dict[str, tuple[str, str, str]]:
        """Every lesson of the office: text to state, label and note."""
        with sqlite3.connect(self.folder / ".run" / "front.db") as database:
            rows = database.execute("SELECT text, state, label, note FROM lessons").fetchall()
        return {text: (state, label, note) for text, state, label, note in rows}

    def contents(self) -> dict[str, str]:
        """What a training may change: a hash of every file of data/ and of the model in service."""
        files = [*(self.folder / "data").rglob("*"), *(self.folder / "models").glob("luebao.*")]
        hashes = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()}
        return {str(file.relative_to(self.folder)): hash for file, hash in hashes.items()}

    def _call(self, browser: urllib.request.OpenerDirector, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with browser.open(request, timeout=60) as response:
            return json.load(response)

    def _wait(self, service: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + _START_WITHIN
        while time.monotonic() < end and service.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=10):
                    return
            except OSError:
                time.sleep(1)
        raise AssertionError((self.folder / ".run" / "serve.log").read_text(encoding="utf-8", errors="replace"))


def _copy(folder: Path) -> None:
    """The repository's files as they are on the disk and the model; the environments are linked."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    made = [file for name in _AS_IT_IS for file in [ROOT / name, *(ROOT / name).glob("*")]]
    for file in [*(ROOT / name for name in names), *made]:
        if file.is_file():
            target = folder / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
    for name in (".venv", "front/.venv"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".run").mkdir(exist_ok=True)
