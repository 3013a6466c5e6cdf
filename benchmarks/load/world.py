"""What the front calls outside: WeChat's and Kannel's HTTP interfaces, on loopback, which pass on what is pushed."""

from __future__ import annotations

import asyncio
import base64
import secrets
from urllib.parse import unquote

from aiohttp import web

APPID = "wx0123456789abcdef"
SMS_PATH = "load-run-0123456789abcdef"
_SECRET = "load-run-secret"  # noqa: S105 - of nobody


class World:
    """Takes pushes; whoever waits for one gets it."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(8)
        self.aes_key = base64.b64encode(secrets.token_bytes(32)).decode()[:43]
        self.pushes = 0
        self._expected: dict[str, asyncio.Future[str]] = {}
        self._runner: web.AppRunner | None = None

    def expect(self, person: str) -> asyncio.Future[str]:
        """The next text pushed to this person."""
        self._expected[person] = asyncio.get_running_loop().create_future()
        return self._expected[person]

    async def start(self, port: int) -> None:
        """Listen on loopback."""
        app = web.Application()
        app.router.add_post("/cgi-bin/stable_token", self._give_token)
        app.router.add_post("/cgi-bin/message/custom/send", self._pushed)
        app.router.add_post("/cgi-bin/message/custom/typing", self._typing)
        app.router.add_post("/cgi-bin/sendsms", self._sent)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner:
            await self._runner.cleanup()

    def settings(self, port: int) -> dict[str, str]:
        """The environment of a front that lives in this world."""
        return {
            "LUEBAO_WECHAT_TOKEN": self.token,
            "LUEBAO_WECHAT_AES_KEY": self.aes_key,
            "LUEBAO_WECHAT_APPID": APPID,
            "LUEBAO_WECHAT_SECRET": _SECRET,
            "LUEBAO_WECHAT_API": f"http://127.0.0.1:{port}",
            "LUEBAO_SMS_KANNEL_PATH": SMS_PATH,
            "LUEBAO_SMS_KANNEL_PASSWORD": _SECRET,
            "LUEBAO_SMS_KANNEL_URL": f"http://127.0.0.1:{port}/cgi-bin/sendsms",
            "LUEBAO_SMS_NUMBER": "10690000",
        }

    async def _give_token(self, _: web.Request) -> web.Response:
        return web.json_response({"access_token": "load-run", "expires_in": 7200})

    async def _typing(self, _: web.Request) -> web.Response:
        return web.json_response({"errcode": 0})

    async def _pushed(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._take(body["touser"], body["text"]["content"])
        return web.json_response({"errcode": 0})

    async def _sent(self, request: web.Request) -> web.Response:
        self._take(unquote(request.headers["X-Kannel-To"]), await request.text())
        return web.Response(text="0: Accepted for delivery", status=202)

    def _take(self, person: str, text: str) -> None:
        self.pushes += 1
        waiting = self._expected.get(person)
        if waiting and not waiting.done():
            waiting.set_result(text)
