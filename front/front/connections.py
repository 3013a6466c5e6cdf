"""One connection: what uvicorn leaves open. With httptools it bounds neither the head of a request nor its time, so
one client could fill the memory with a header that never ends, or hold connections open that say nothing; and it counts
all connections together, so one client could take everybody's.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from front.crowd import REFUSED_SECONDS, Crowd, Place
from front.inbox.replies import PHONE

MOST_HEAD = 16 * 1024  # bytes of a request's address and headers
MOST_SAID = 1024 * 1024  # bytes of one message of a WebSocket: Socket.IO takes no more, uvicorn would take 16 MiB
HEAD_SECONDS = 10.0  # from the connection, or from a request's first byte, until its headers are complete
_LONG = f"请求的地址或请求头太长，请从首页重新打开，着急请拨打{PHONE}。"
_WRONG = f"这不是完整的 HTTP 请求，请用浏览器打开首页，着急请拨打{PHONE}。"


class TooLong(Exception):
    """The head is longer than any browser's."""


class NoPlace(Exception):
    """There are too many connections already."""


class Socket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which keeps the place of the connection it was made from."""

    place: Place | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Somebody else may have the place."""
        if self.place:
            self.place.leave()
        super().connection_lost(exc)


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with limits on what comes before the body, and its errors in Chinese."""

    _head = 0  # bytes of the address and headers of this request
    _loose = 0  # bytes since anything was complete
    _patience: asyncio.TimerHandle | None = None
    _place: Place

    def __init__(self, *, crowd: Crowd, **given: Any) -> None:
        super().__init__(**given)
        self._crowd = crowd

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request has to come soon, and there has to be a place."""
        super().connection_made(transport)
        self._place = self._crowd.enter(self.client[0] if self.client else None)
        if not self._place.open:
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more is waited for."""
        self._calm()
        self._place.leave()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """The place goes with the connection."""
        super().handle_websocket_upgrade()
        socket = self.transport.get_protocol()
        assert isinstance(socket, Socket)
        socket.place = self._place

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
        if self._place.refusal:
            raise NoPlace
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
        status, words = self._place.refusal or ((431, _LONG) if long else (400, _WRONG))
        content = json.dumps({"error": words}, ensure_ascii=False).encode()
        head = STATUS_LINE[status] + b"content-type: application/json\r\nconnection: close\r\n"
        head += b"retry-after: 30\r\n" if self._place.refusal else b""
        self.transport.write(head + b"content-length: %d\r\n\r\n" % len(content) + content)
        self.transport.close()

    def _count(self, more: int) -> None:
        self._head += more
        if self._head > MOST_HEAD:
            raise TooLong

    def _wait(self) -> None:
        if self._patience is None:
            patience = REFUSED_SECONDS if self._place.refusal else HEAD_SECONDS
            self._patience = self.loop.call_later(patience, self._hang_up)

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _hang_up(self) -> None:
        self._patience = None
        self.transport.close()


def settings(crowd: Crowd) -> dict[str, Any]:
    """What uvicorn.Config is told, wherever it listens."""
    quiet: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False}
    ours = {"http": partial(Connection, crowd=crowd), "ws": Socket, "ws_max_size": MOST_SAID}
    return quiet | ours | {"timeout_keep_alive": 30, "timeout_graceful_shutdown": 6}
