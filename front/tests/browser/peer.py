"""A small real server with the citizens' web API, for the page's tests: `python peer.py --port 8100 --state FILE`.

Its state is a SQLite file, so that it can be killed at any moment and started again. Answers are recorded ones
(replies.json, made by luebao.answers). A question that begins with 慢 is answered after 1.5 s, later than it waits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

PAGE = Path(__file__).parents[2] / "front" / "web"
REPLIES: dict[str, Any] = json.loads((Path(__file__).parent / "replies.json").read_text(encoding="utf-8"))
COOKIE = "luebao_session"
PATIENCE, SLOW = 0.5, 1.5  # seconds
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TABLES = """
CREATE TABLE IF NOT EXISTS said (n INTEGER PRIMARY KEY, session TEXT, id TEXT, text TEXT, payload TEXT, at TEXT,
  UNIQUE (session, id));
CREATE TABLE IF NOT EXISTS sent (n INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT, said INTEGER, message TEXT);
CREATE TABLE IF NOT EXISTS feedback (message INTEGER, good INTEGER, reason TEXT);
"""


class Book:
    """What was said and answered, in the file."""

    def __init__(self, file: str) -> None:
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.executescript(TABLES)

    def take(self, session: str, id: str, text: str, payload: str) -> bool:
        """Keep what a person said; False where the same id is there already."""
        row = (session, id, text, payload, datetime.now(UTC).isoformat())
        done = self.db.execute("INSERT OR IGNORE INTO said (session, id, text, payload, at) VALUES (?,?,?,?,?)", row)
        return done.rowcount == 1

    def send(self, session: str, reply_to: str | None, by: str, custom: dict[str, Any] | None, text: str) -> None:
        """Keep a message for a person."""
        at = datetime.now(UTC).isoformat()
        message = {"reply_to": reply_to, "from": by, "text": text, "custom": custom, "at": at}
        about = self.db.execute("SELECT n FROM said WHERE session = ? AND id = ?", (session, reply_to)).fetchone()
        row = (session, about[0] if about else 10**9, json.dumps(message, ensure_ascii=False))
        self.db.execute("INSERT INTO sent (session, said, message) VALUES (?,?,?)", row)

    def after(self, session: str, id: int) -> list[dict[str, Any]]:
        """The messages for a person with larger ids."""
        rows = self.db.execute("SELECT n, message FROM sent WHERE session = ? AND n > ? ORDER BY n", (session, id))
        return [{"id": n, **json.loads(message)} for n, message in rows]

    def history(self, session: str) -> list[dict[str, Any]]:
        """Both sides, in the order of time."""
        rows = self.db.execute("SELECT id, text, at FROM said WHERE session = ?", (session,)).fetchall()
        mine = [{"id": id, "from": "me", "text": text, "at": at} for id, text, at in rows]
        return sorted(mine + self.after(session, 0), key=lambda message: str(message["at"]))

    def erase(self, session: str) -> None:
        """Forget a person."""
        self.db.execute("DELETE FROM said WHERE session = ?", (session,))
        self.db.execute("DELETE FROM sent WHERE session = ?", (session,))

    def unanswered(self) -> list[tuple[str, str, str, str]]:
        """What a killed server left unanswered."""
        query = "SELECT session, id, text, payload FROM said WHERE n NOT IN (SELECT said FROM sent)"
        return list(self.db.execute(query))


class Service:
    """The API of the page."""

    def __init__(self, book: Book, stream: str) -> None:
        self.book, self.stream_kind = book, stream
        self.deaf = False
        self.work: set[asyncio.Task[None]] = set()

    async def answer(self, session: str, id: str, text: str, payload: str) -> None:
        """Answer one message."""
        if text.startswith("慢"):
            await asyncio.sleep(SLOW)
        custom = REPLIES["payloads"].get(payload) or REPLIES["texts"].get(text.removeprefix("慢"), REPLIES["other"])
        self.book.send(session, id, "robot", custom, custom["full"])

    def start(self, *said: str) -> asyncio.Task[None]:
        """Answer in the background."""
        task = asyncio.create_task(self.answer(*said))
        self.work.add(task)
        task.add_done_callback(self.work.discard)
        return task

    async def chat(self, request: Request) -> Response:
        """POST /api/chat."""
        said = await request.json()
        session, payload = request.state.session, said.get("payload", "")
        text = said.get("text") or REPLIES["titles"].get(payload, payload)
        if self.deaf:
            return JSONResponse({"error": "数据库忙，请稍后再试。"}, 503)
        if text == "拒绝":
            return JSONResponse({"error": "这句话没法处理，请换个说法。"}, 400)
        if self.book.take(session, said["id"], text, payload):
            await asyncio.wait([self.start(session, said["id"], text, payload)], timeout=PATIENCE)
        messages = [one for one in self.book.after(session, 0) if one["reply_to"] == said["id"]]
        return JSONResponse({"id": said["id"], "messages": messages}, 200 if messages else 202)

    async def stream(self, request: Request) -> Response:
        """GET /api/chat/stream; "held": headers and then nothing, as behind some proxies; "none": not there."""
        if self.stream_kind == "none":
            return Response(status_code=404)
        last = int(request.headers.get("last-event-id") or 10**9 * (self.stream_kind == "held"))
        if "last-event-id" not in request.headers and self.stream_kind == "open":
            last = max([one["id"] for one in self.book.after(request.state.session, 0)], default=0)
        return StreamingResponse(self.events(request, last), media_type="text/event-stream")

    async def events(self, request: Request, last: int) -> AsyncIterator[str]:
        """The messages as they come."""
        yield "retry: 300\n\n"
        while not await request.is_disconnected():
            for message in self.book.after(request.state.session, last):
                last = message["id"]
                yield f"event: message\nid: {last}\ndata: {json.dumps(message, ensure_ascii=False)}\n\n"
            await asyncio.sleep(0.05)

    async def poll(self, request: Request) -> Response:
        """GET /api/chat/poll, which waits up to 5 s here."""
        last = int(request.query_params["after"])
        for _ in range(100):
            messages = self.book.after(request.state.session, last)
            if messages:
                break
            await asyncio.sleep(0.05)
        return JSONResponse({"messages": messages})

    async def history(self, request: Request) -> Response:
        """GET /api/chat/history."""
        return JSONResponse({"messages": self.book.history(request.state.session)})

    async def feedback(self, request: Request) -> Response:
        """POST /api/feedback."""
        said = await request.json()
        row = (said["message"], said["good"], said["reason"])
        self.book.db.execute("INSERT INTO feedback VALUES (?,?,?)", row)
        return JSONResponse({}, 201)

    async def me(self, request: Request) -> Response:
        """DELETE /api/me."""
        self.book.erase(request.state.session)
        return Response(status_code=204)

    async def hot(self, _: Request) -> Response:
        """GET /api/hot."""
        return JSONResponse({"questions": REPLIES["hot"]})

    async def staff(self, request: Request) -> Response:
        """POST /test/staff: somebody of the office writes to the person."""
        self.book.send(request.state.session, None, "human", None, (await request.json())["text"])
        return Response(status_code=204)

    async def be_deaf(self, request: Request) -> Response:
        """POST /test/deaf: take no messages, or take them again."""
        self.deaf = await request.json()
        return Response(status_code=204)

    async def front_page(self, _: Request) -> Response:
        """GET /."""
        return Response((PAGE / "index.html").read_bytes(), media_type="text/html; charset=utf-8")

    def routes(self) -> list[Route | Mount]:
        """All paths."""
        return [
            Route("/", self.front_page),
            Route("/api/chat", self.chat, methods=["POST"]),
            Route("/api/chat/stream", self.stream),
            Route("/api/chat/poll", self.poll),
            Route("/api/chat/history", self.history),
            Route("/api/feedback", self.feedback, methods=["POST"]),
            Route("/api/me", self.me, methods=["DELETE"]),
            Route("/api/hot", self.hot),
            Route("/test/deaf", self.be_deaf, methods=["POST"]),
            Route("/test/staff", self.staff, methods=["POST"]),
            Mount("/", StaticFiles(directory=PAGE)),
        ]


class Doorway:
    """Gives every visitor a session, and every response the policy that the front sets."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        session = request.cookies.get(COOKIE)
        request.state.session = session or secrets.token_urlsafe(24)

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"content-security-policy", CSP.encode()))
                if not session:
                    cookie = f"{COOKIE}={request.state.session}; HttpOnly; SameSite=Lax; Path=/"
                    message["headers"].append((b"set-cookie", cookie.encode()))
            await send(message)

        await self.app(scope, receive, with_headers)


def main() -> None:
    """Serve until killed."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--state", required=True)
    options.add_argument("--stream", choices=["open", "held", "none"], default="open")
    chosen = options.parse_args()
    service = Service(Book(chosen.state), chosen.stream)

    async def serve() -> None:
        for left in service.book.unanswered():
            service.start(*left)
        app = Doorway(Starlette(routes=service.routes()))
        await uvicorn.Server(uvicorn.Config(app, port=chosen.port, log_level="warning")).serve()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
