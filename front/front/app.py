"""The app: settings in, everything wired, started and stopped with the server."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from front.brain import Brain
from front.channels.base import Mounted
from front.channels.sms import channel as sms_channel
from front.channels.web import channel as web_channel
from front.channels.wechat import channel as wechat_channel
from front.doors import Doors, invalid, too_large
from front.health import Health
from front.inbox.inbox import Inbox
from front.inbox.replies import PHONE
from front.settings import Settings

_WORDS = {
    408: f"内容没有收完，请检查网络后再发一次，着急请拨打{PHONE}。",
    404: f"没有这个地址，请从首页打开鲁e宝，着急请拨打{PHONE}。",
    405: f"这个地址不接受这种请求，请从首页打开鲁e宝，着急请拨打{PHONE}。",
}
_NOT_READY = f"市民仍能得到咨询电话{PHONE}：nginx、Kubernetes 请按 /livez 分流，这里只报告哪里要修。"
_LOOPBACK = ("127.0.0.1", "::1")


def create_app(settings: Settings, *, desk: bool = False) -> FastAPI:
    """The front as an ASGI app; `desk`: with the staff's pages, which a process can have once.

    Raises MissingSetting where a channel is configured by half.
    """
    brain = Brain(settings.rasa_urls, settings.brain_deadline, settings.brain_slots, settings.rasa_file)
    inbox = Inbox(settings, brain)
    health = Health(inbox, brain)
    mounted = channels(settings, inbox)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await inbox.start()
        yield
        await inbox.stop()
        await asyncio.gather(*(channel.close() for channel in mounted), return_exceptions=True)
        await brain.close()

    app = FastAPI(title="鲁e宝", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json", lifespan=lifespan)
    app.state.inbox = inbox
    _errors(app)
    _watching(app, health, settings)
    if desk:
        from front.desk.install import install  # a second of imports that only a server needs

        install(app, inbox, settings)
    for channel in mounted:
        inbox.channels[channel.name] = channel
        app.router.routes.extend(channel.routes())
    app.add_middleware(Doors)
    return app


def channels(settings: Settings, inbox: Inbox) -> list[Mounted]:
    """The channels this environment configures; the web's page catches every path left, so it comes last."""
    made = [module.create(settings, inbox) for module in (wechat_channel, sms_channel, web_channel)]
    return [cast(Mounted, channel) for channel in made if channel is not None]


def _watching(app: FastAPI, health: Health, settings: Settings) -> None:
    """/livez, /readyz and /metrics."""

    @app.api_route("/livez", methods=["GET", "HEAD"], include_in_schema=False)
    async def livez() -> JSONResponse:
        state = health.live()
        return JSONResponse(state, 200 if state["live"] else 503)

    @app.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
    async def readyz() -> JSONResponse:
        state = await health.ready()
        return JSONResponse(state) if state["ready"] else JSONResponse({**state, "note": _NOT_READY}, 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if not _may_measure(request, settings):
            return JSONResponse({"error": "请带上 LUEBAO_METRICS_TOKEN 设置的令牌。"}, 403)
        await health.measure()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _may_measure(request: Request, settings: Settings) -> bool:
    """This machine itself, or who knows the token."""
    if not settings.metrics_token:
        return bool(request.client and request.client.host in _LOOPBACK)
    given = request.headers.get("authorization", "").encode()
    return hmac.compare_digest(given, f"Bearer {settings.metrics_token}".encode())


def _errors(app: FastAPI) -> None:
    """Errors in Chinese. What `Doors` answers must pass through."""
    app.add_exception_handler(RequestValidationError, invalid)

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 413:
            return too_large()
        words = _WORDS.get(error.status_code, "请求的内容不对，请刷新页面后再试。")
        return JSONResponse({"error": words}, error.status_code, headers=error.headers)
