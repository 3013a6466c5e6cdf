"""A new model takes over: the second process answers before the first one ends; one that fails changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from scripts import swap
from scripts.serve import Process
from scripts.swap import Swap, digest
from tests.running import free_port

# Serves the words in the model's file; a model that says "broken" ends it, as Rasa ends.
SERVER = """
import http.server, pathlib, sys
words = pathlib.Path(sys.argv[1]).read_bytes()
if words == b"broken": raise SystemExit(1)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(words)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Answer).serve_forever()
"""


class Small(Process):
    """A process that is ready sooner than Rasa."""

    @property
    def log(self) -> Path:
        """Nothing of interest."""
        return Path("/dev/null")


def said(port: int) -> str:
    """What the process at a port serves; "" where none does."""
    try:
        with urlopen(f"http://127.0.0.1:{port}", timeout=2) as response:
            return str(response.read().decode())
    except OSError:
        return ""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Swap]:
    """A service with model one."""
    monkeypatch.setattr(swap, "_DRAIN", 1.0)
    model, file = tmp_path / "model", tmp_path / "rasa.json"
    monkeypatch.setattr(swap, "MODEL", model)
    monkeypatch.setattr(swap, "RASA_FILE", file)
    model.write_text("one")

    def make(port: int) -> Small:
        return Small("small", [sys.executable, "-c", SERVER, str(model), str(port)], port)

    first = make(free_port())
    first.start()
    until(lambda: said(first.port) == "one")
    made = Swap(first, make, lambda port: bool(said(port)), lambda _: None, model, file)
    made.begin()
    yield made
    made.serving.end()
    made.end()
    assert not file.exists()


def until(true: Callable[[], bool], step: Callable[[], None] = lambda: None, seconds: float = 30) -> None:
    """Wait for something, taking a step each time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        step()
        time.sleep(0.1)


def put(service: Swap, words: str) -> None:
    """Put a model in place, whole."""
    coming = service.model.with_suffix(".coming")
    coming.write_text(words)
    coming.replace(service.model)


def told(service: Swap) -> dict[str, object]:
    """What the front reads."""
    return dict(json.loads(service.file.read_text()))


def test_the_old_one_answers_until_the_new_one_does_and_a_little_longer(service: Swap) -> None:
    old = service.serving.port
    put(service, "two")
    words = []
    until(lambda: service.serving.port != old, lambda: (service.look(), words.append(said(old)))[0])
    assert set(words) <= {"one"}
    assert told(service)["urls"] == [f"http://127.0.0.1:{service.serving.port}"]
    assert said(service.serving.port) == "two"
    assert said(old) == "one"  # it ends the turns it is in
    until(lambda: said(old) == "", service.look)
    assert swap.taken_over(1)


def test_a_model_that_does_not_start_leaves_the_old_one_in_service(service: Swap) -> None:
    old = service.serving.port
    put(service, "broken")
    until(lambda: bool(told(service)["failed"]), service.look)
    assert told(service)["failed"] == digest(service.model)
    assert swap.taken_over(1) is False
    assert (service.serving.port, said(old)) == (old, "one")
    put(service, "one")  # what the gate does then: the old model is put back
    service.look()
    assert swap.taken_over(1)


def test_where_no_service_runs_nobody_is_waited_for(service: Swap) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    service.file.write_text(json.dumps({"pid": ended.pid, "model": "", "failed": ""}))
    assert swap.taken_over(30)
