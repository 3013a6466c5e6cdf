"""One connection: what uvicorn leaves open. With httptools it bounds neither the head of a request nor its time, so
one client could fill the memory with a header that never ends, or hold connections open that say nothing.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from front.inbox.replies import PHONE

MOST_HEAD = 16 * 1024  # bytes of a request's address and headers
HEAD_SECONDS = 10.0  # from the connection, or from a request's first byte, until its headers are complete
_LONG = f"请求的地址或请求头太长，请从首页重新打开，着急请拨打{PHONE}。"
_WRONG = f"这不是完整的 HTTP 请求，请用浏览器打开首页，着急请拨打{PHONE}。"


class TooLong(Exception):
    """The head is longer than any browser's."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with limits on what comes before the body, and its errors in Chinese."""

    _head = 0  # bytes of the address and headers of this request
    _loose = 0  # bytes since anything was complete
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request has to come soon."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more is waited for."""
        self._calm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More bytes: those of a line or trailer that does not end are counted here, the parser would keep them."""
        self._loose += len(data)
        super().data_received(data)
        if self._loose > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response("head")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head = 0
        self._wait()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header or trailer is complete."""
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The body may take its own time: `Doors` bounds it."""
        self._calm()
        self._loose = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._loose = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete."""
        self._loose = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP, or has no end, is told so, and hung up on."""
        long = msg == "head" or self._head > MOST_HEAD
        content = json.dumps({"error": _LONG if long else _WRONG}, ensure_ascii=False).encode()
        head = STATUS_LINE[431 if long else 400] + b"content-type: application/json\r\nconnection: close\r\n"
        self.transport.write(head + b"content-length: %d\r\n\r\n" % len(content) + content)
        self.transport.close()

    def _count(self, more: int) -> None:
        self._head += more
        if self._head > MOST_HEAD:
            raise TooLong

    def _wait(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _hang_up(self) -> None:
        self._patience = None
        self.transport.close()


def settings() -> dict[str, Any]:
    """What uvicorn.Config is told, wherever it listens."""
    quiet: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False}
    return quiet | {"http": Connection, "timeout_keep_alive": 30, "timeout_graceful_shutdown": 6}
