"""A real HTTP server on loopback that plays api.weixin.qq.com: tokens that end, quotas, errors on request."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Weixin:
    """What it was asked, and what it will answer."""

    def __init__(self) -> None:
        self.url = ""
        self.token = "token-1"
        self.expires_in = 7200
        self.stuck = False  # keeps giving out the same refused token until forced
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.raw: list[bytes] = []
        self.errors: deque[int] = deque()  # errcodes for the next calls that carry a token
        self.refused_tokens: set[str] = set()
        self.broken: bytes | None = None  # answered instead of JSON
        self.slow = 0.0

    def sent(self) -> list[str]:
        """The texts pushed and accepted."""
        return [body["text"]["content"] for path, body in self.asked if path.endswith("/custom/send")]

    def tokens_fetched(self) -> list[bool]:
        """Whether each fetch of a token was forced."""
        return [body["force_refresh"] for path, body in self.asked if path.endswith("stable_token")]

    def answer(self, path: str, query: str, raw: bytes) -> dict[str, Any]:
        """What WeChat would say."""
        body = json.loads(raw)
        if path.endswith("stable_token"):
            self.asked.append((path, body))
            if self.token in self.refused_tokens and (body["force_refresh"] or not self.stuck):
                self.token = f"token-{len(self.refused_tokens) + 1}"
            return {"access_token": self.token, "expires_in": self.expires_in}
        if query != f"access_token={self.token}" or self.token in self.refused_tokens:
            return {"errcode": 42001, "errmsg": "access_token expired rid: 1"}
        if self.errors and (code := self.errors.popleft()):
            return {"errcode": code, "errmsg": f"scripted {code}"}
        self.asked.append((path, body))
        self.raw.append(raw)
        return {"errcode": 0, "errmsg": "ok"}


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # five, as it is by default, refuses some of twenty senders on a busy machine


@contextmanager
def running() -> Iterator[Weixin]:
    """The server, on a free port."""
    weixin = Weixin()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            path, _, query = self.path.partition("?")
            raw = self.rfile.read(int(self.headers["content-length"]))
            time.sleep(weixin.slow)
            body = weixin.broken if weixin.broken is not None else json.dumps(weixin.answer(path, query, raw)).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            with suppress(BrokenPipeError):  # the caller had no patience
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = _Server(("127.0.0.1", 0), Handler)
    weixin.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield weixin
    finally:
        server.shutdown()
        server.server_close()
