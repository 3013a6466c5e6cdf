"""The far ends of the channels, on loopback: api.weixin.qq.com and Kannel's sendsms page. What they take was seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from benchmarks.faults.history import History
from benchmarks.faults.parts import free_port

APPID, TOKEN, AES_KEY = "wx0123456789abcdef", "weihai5190857", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SMS_PATH = "faults-0123456789abcdef"


def app(history: History) -> Starlette:
    """Both ends, writing down every message that reaches a person."""

    async def token(_: Request) -> JSONResponse:
        return JSONResponse({"access_token": "token", "expires_in": 7200})

    async def push(request: Request) -> JSONResponse:
        body = await request.json()
        history.see(body["touser"], "wechat", "push", body["text"]["content"])
        return JSONResponse({"errcode": 0, "errmsg": "ok"})

    async def typing(_: Request) -> JSONResponse:
        return JSONResponse({"errcode": 0, "errmsg": "ok"})

    async def sendsms(request: Request) -> PlainTextResponse:
        text = (await request.body()).decode()
        history.see(unquote(request.headers["x-kannel-to"]), "sms", "gateway", text)
        return PlainTextResponse("0: Accepted for delivery", 202)

    return Starlette(
        routes=[
            Route("/cgi-bin/stable_token", token, methods=["POST"]),
            Route("/cgi-bin/message/custom/send", push, methods=["POST"]),
            Route("/cgi-bin/message/custom/typing", typing, methods=["POST"]),
            Route("/cgi-bin/sendsms", sendsms, methods=["POST"]),
        ]
    )


@asynccontextmanager
async def serving(history: History) -> AsyncIterator[str]:
    """The address both ends listen on."""
    config = uvicorn.Config(app(history), port=free_port(), log_level="critical", backlog=2048)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{config.port}"
    finally:
        server.should_exit = server.force_exit = True
        await task


def settings(edge: str) -> dict[str, str]:
    """What the front is told about these ends."""
    return {
        "LUEBAO_WECHAT_TOKEN": TOKEN,
        "LUEBAO_WECHAT_APPID": APPID,
        "LUEBAO_WECHAT_SECRET": "secret",
        "LUEBAO_WECHAT_AES_KEY": AES_KEY,
        "LUEBAO_WECHAT_API": edge,
        "LUEBAO_SMS_KANNEL_PATH": SMS_PATH,
        "LUEBAO_SMS_KANNEL_PASSWORD": "pw",
        "LUEBAO_SMS_KANNEL_URL": f"{edge}/cgi-bin/sendsms",
        "LUEBAO_SMS_NUMBER": "106900",
    }
