"""The web API. Every error is JSON {"error": what to do, in Chinese}."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse

from front.channels.web.hot import hot_questions
from front.channels.web.limits import Buckets, Places, network_of
from front.channels.web.session import Session, fresh, keep, session_of
from front.channels.web.stream import POLL_SECONDS, Feed, events
from front.inbox.inbox import Inbox
from front.inbox.protocol import Inbound
from front.inbox.replies import PHONE
from front.inbox.words import visible
from front.masking import mask
from front.metrics import REFUSED
from front.settings import PAGE, Settings

WAIT = 4.0  # seconds a POST waits for its answer
_MOST_ID = 2**62
_PAGE = {"Cache-Control": "private, no-cache"}  # it brings a session: nothing between may keep it
_HIDDEN = {"Cache-Control": "no-store"}
_STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Said(BaseModel):
    """What the page posts: the client's own id (unique), and a text or the payload of an option as it was shown."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str = Field(default="", max_length=20_000)
    payload: str | None = Field(default=None, max_length=300)


class Judged(BaseModel):
    """满意 or 不满意, with a reason."""

    model_config = ConfigDict(extra="forbid")
    message: int = Field(ge=1, le=_MOST_ID)
    good: bool
    reason: str = Field(default="", max_length=100)


class Problem(BaseModel):
    """What went wrong and what to do, for the person at the page."""

    error: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (400, 403, 404, 408, 413, 422, 429, 500, 503)
}
_LATER: dict[int | str, dict[str, Any]] = {202: {"description": "收下了，回答稍后从 stream 或 poll 来"}}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "每条回复一个事件"}
}


class Api:
    """The handlers, over one inbox."""

    def __init__(self, inbox: Inbox, settings: Settings) -> None:
        self._inbox = inbox
        self._settings = settings
        self._people = Buckets(settings.person_rate, 10 * settings.person_rate)
        self._addresses = Buckets(settings.address_rate, 3 * settings.address_rate)
        self._streams = Places(8, 5000)
        self._hot = hot_questions(settings.knowledge)

    def router(self) -> APIRouter:
        """The routes, each with its full path."""
        router = APIRouter(default_response_class=JSONResponse, responses=_PROBLEMS)
        add: Callable[..., None] = router.add_api_route
        add("/", self.page, methods=["GET", "HEAD"], include_in_schema=False)
        add("/api/chat", self.chat, methods=["POST"], responses=_LATER)
        add("/api/chat/stream", self.stream, methods=["GET"], responses=_EVENTS)
        add("/api/chat/poll", self.poll, methods=["GET"])
        add("/api/chat/history", self.history, methods=["GET"])
        add("/api/feedback", self.feedback, methods=["POST"])
        add("/api/me", self.erase, methods=["DELETE"])
        add("/api/hot", self.hot, methods=["GET"])
        return router

    async def page(self, request: Request) -> Response:
        """The citizens' page, and a session."""
        return self._keep(request, FileResponse(PAGE / "index.html", headers=_PAGE))

    async def chat(self, request: Request, said: Said) -> Response:
        """Take a message; answer with its replies if they are there within four seconds."""
        session = self._session(request)
        refusal = self._refusal(request) or self._too_fast(session)
        if refusal:
            return refusal
        extra: dict[str, Any] = {}
        text = said.text
        if said.payload is not None:
            title = await self._offered(session, said.payload)
            if title is None:
                return self._keep(request, problem(422, "这个选项已经过期了，请直接打字再问一次。"), session)
            text, extra = title, {"payload": said.payload}
        inbound = Inbound("web", session.person, f"{session.person}:{said.id}", "text", text, extra=extra)
        received = await self._inbox.receive(inbound)
        delivery = await self._inbox.wait_reply(received.id, WAIT)
        records = self._inbox.records
        messages = [records.message(delivery)] if delivery else await records.replies_to(received.id)
        body = {"id": said.id, "messages": messages}
        return self._keep(request, JSONResponse(body, 200 if messages else 202, headers=_HIDDEN), session)

    async def _offered(self, session: Session, payload: str) -> str | None:
        conversation = await self._inbox.records.conversation("web", session.person)
        return await self._inbox.records.offered(conversation, payload) if conversation else None

    async def stream(self, request: Request, after: Annotated[int | None, Query(ge=0, le=_MOST_ID)] = None) -> Response:
        """Server-sent events: the replies after Last-Event-ID (or `after`), from now on without one."""
        session = self._session(request)
        if refusal := self._refusal(request):
            return refusal
        if not self._streams.enter(session.person):
            return problem(429, "打开的页面太多了，请关掉几个再试。", 30)
        last = request.headers.get("last-event-id", "")
        start = min(int(last), _MOST_ID) if last.isascii() and last.isdigit() and len(last) < 20 else after
        response = StreamingResponse(
            self._leaving(session, events(self._inbox, session.person, start)),
            media_type="text/event-stream",
            headers=_STREAM,
        )
        return self._keep(request, response, session)

    async def _leaving(self, session: Session, stream: AsyncIterator[str]) -> AsyncIterator[str]:
        try:
            async for event in stream:
                yield event
        finally:
            self._streams.leave(session.person)

    async def poll(self, request: Request, after: Annotated[int, Query(ge=0, le=_MOST_ID)] = 0) -> Response:
        """The replies after an id, as soon as there is one, within 25 seconds."""
        session = self._session(request)
        if refusal := self._refusal(request):
            return refusal
        if not self._streams.enter(session.person):
            return problem(429, "打开的页面太多了，请关掉几个再试。", 30)
        try:
            messages = await Feed(self._inbox, session.person, after).next(POLL_SECONDS)
        finally:
            self._streams.leave(session.person)
        return self._keep(request, JSONResponse({"messages": messages}, headers=_HIDDEN), session)

    async def history(self, request: Request) -> Response:
        """Both sides of the conversation."""
        session = self._session(request)
        if refusal := self._refusal(request):
            return refusal
        conversation = await self._inbox.records.conversation("web", session.person)
        messages = await self._inbox.records.history(conversation) if conversation else []
        return self._keep(request, JSONResponse({"messages": messages}, headers=_HIDDEN), session)

    async def feedback(self, request: Request, judged: Judged) -> Response:
        """Keep what the person thought of a reply."""
        session = self._session(request)
        if refusal := self._refusal(request) or self._too_fast(session):
            return refusal
        records, reason = self._inbox.records, mask(visible(judged.reason))
        conversation = await records.conversation("web", session.person)
        if not conversation or not await records.judge(conversation, judged.message, judged.good, reason):
            return problem(404, "没有找到这条回复，可能已经删除了。")
        return JSONResponse({"ok": True})

    async def erase(self, request: Request) -> Response:
        """Erase the person, and begin a new session."""
        if refusal := self._refusal(request):
            return refusal
        await self._inbox.erase("web", self._session(request).person)
        return self._keep(request, JSONResponse({"ok": True}, headers=_HIDDEN), fresh())

    async def hot(self, request: Request) -> Response:
        """Questions to begin with."""
        return self._refusal(request) or JSONResponse({"questions": self._hot})

    def _keep(self, request: Request, response: Response, session: Session | None = None) -> Response:
        kept = session or self._session(request)
        return keep(response, kept, secure=self._secure(request), days=self._settings.keep_days)

    def _session(self, request: Request) -> Session:
        return session_of(request, secure=self._secure(request))

    def _secure(self, request: Request) -> bool:
        return self._settings.secure_cookie or request.url.scheme == "https"

    def _refusal(self, request: Request) -> Response | None:
        """Too many requests of one address; or a write that another site's page makes."""
        wait = self._addresses.take(network_of(request.client.host if request.client else ""))
        if wait:
            REFUSED.labels("address").inc()
            return problem(429, f"请求太多了，请过一会儿再试，着急请拨打{PHONE}。", wait)
        origin = request.headers.get("origin")
        if request.method in ("POST", "DELETE") and origin and origin.split("://")[-1] != request.headers.get("host"):
            REFUSED.labels("origin").inc()
            return problem(403, "请在鲁e宝自己的页面上使用。")
        return None

    def _too_fast(self, session: Session) -> Response | None:
        wait = self._people.take(session.person)
        if not wait:
            return None
        REFUSED.labels("person").inc()
        return problem(429, f"您发得有点快，请稍等再发，着急请拨打{PHONE}。", wait)


def problem(status: int, what: str, wait: float = 0.0) -> JSONResponse:
    """An error that says what to do; `wait`: seconds until it is worth trying again."""
    headers = {"Retry-After": str(math.ceil(wait))} if wait else None
    return JSONResponse({"error": what}, status, headers=headers)
