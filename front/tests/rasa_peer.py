"""A Rasa for the tests: a real HTTP server on loopback that speaks the reply contract, well or badly on request."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OPTIONS = [
    {"title": "跨省转移多久办好", "payload": '/show{"entry":"transfer.time_limit"}', "clauses": ["m.1.2"]},
    {"title": "都不是", "payload": "/none_of_these", "clauses": []},
]


def reply(said: str, options: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """One item in the contract's form, which says what was asked."""
    full = f"答：{said}"
    custom = {"kind": "clarify" if options else "smalltalk", "full": full, "sms": full[:60], "entries": []}
    return {"text": full, "custom": {**custom, "citation": [], "options": options or []}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.peer.lock:
            self.server.peer.asked.append(body)
        content = self.server.peer.answer(body)
        with contextlib.suppress(OSError):
            self._write(content)

    def _write(self, content: bytes) -> None:
        self.send_response(500 if self.server.peer.mode == "error" else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    peer: Rasa

    def __init__(self, *where: Any) -> None:
        super().__init__(*where)
        self.connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def hang_up(self) -> None:
        """What a process that dies does to its connections."""
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Rasa:
    """`mode`: ok, slow (`delay` seconds), empty, error, garbage, wrong. `asked`: the bodies received, in order.

    `says`: what it answers to particular messages, an item of the contract each.
    """

    def __init__(self) -> None:
        self.mode = "ok"
        self.delay = 0.0
        self.says: dict[str, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self._server: _Server | None = None
        self.port = 0
        self.start()

    def reset(self) -> None:
        """As new, where it was."""
        self.mode, self.delay = "ok", 0.0
        self.asked.clear()
        self.says.clear()
        if self._server is None:
            self.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def messages(self) -> list[str]:
        """What people's questions were, without the probes of health."""
        return [body.get("message") or body["payload"] for body in self.asked if body["sender"] != "front-probe"]

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.peer = self
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._server = None

    def answer(self, body: dict[str, Any]) -> bytes:
        """The response's bytes, as the mode has it."""
        time.sleep(self.delay)
        said = body.get("message") or body.get("payload", "")
        if self.mode == "empty":
            return b"[]"
        if self.mode == "garbage":
            return b"<html>"
        if self.mode == "wrong":
            return json.dumps([{"text": "您好", "custom": {"kind": "answer"}}]).encode()
        if said in self.says:
            return json.dumps([self.says[said]], ensure_ascii=False).encode()
        return json.dumps([reply(said, OPTIONS if "选项" in said else None)], ensure_ascii=False).encode()
