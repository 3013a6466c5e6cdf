"""The other sides of the SMS channel in tests: a vendor's API, Rasa, Kannel with its phone, the front itself."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class VendorPeer:
    """A vendor's API on a free port; `asked` holds (path, lower-case headers, body) of every request."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self._answer: tuple[int, bytes] = (200, b"{}")
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                peer.asked.append((self.path, {n.lower(): v for n, v in self.headers.items()}, body))
                status, answer = peer._answer
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answers(self, status: int, answer: Any) -> None:
        self._answer = (status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def __enter__(self) -> VendorPeer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def reply(sms: str, options: tuple[tuple[str, str], ...] = ()) -> list[dict[str, Any]]:
    """One answer of Rasa in the contract's form (reply.schema.json)."""
    entry = {"id": "transfer.time_limit", "title": "转移办理时限", "clauses": ["m.1.2"], "dated": False}
    custom: dict[str, Any] = {"kind": "answer", "full": f"【完整】{sms}", "sms": sms, "entries": [entry]}
    custom["citation"] = ["《医保服务指南》"]
    custom["options"] = [{"title": title, "payload": payload, "clauses": ["m.1.2"]} for title, payload in options]
    return [{"recipient_id": "x", "text": custom["full"], "custom": custom}]


class RasaPeer:
    """Rasa's webhook on a free port. What is asked is in `asked`; “慢” takes `slow` seconds, “长” gives three parts."""

    def __init__(self, slow: float = 2.0) -> None:
        self.asked: list[dict[str, Any]] = []
        self.slow = slow
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                peer.asked.append(asked)
                answer = json.dumps(peer.answer(asked)).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):  # a front that was killed
                    self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """The reply to a message, or to an option's payload."""
        said = asked.get("payload") or asked.get("message", "")
        if "慢" in said:
            time.sleep(self.slow)
        if "长" in said:
            return reply("参保人可以在线办理。" * 17)
        if "选" in said:
            return reply(
                "请选：\n1. 省内\n2. 省外", (("省内", '/show{"entry":"a.in"}'), ("省外", '/show{"entry":"a.out"}'))
            )
        return reply(f"答：{said}")

    def __enter__(self) -> RasaPeer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
