"""The desk's door: nothing under /desk answers a request or a socket that does not carry a session of the staff."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from front.desk.accounts import Accounts, Staff
from front.inbox.protocol import Unavailable

COOKIE = "luebao_desk"
ROOT = "/desk"
_OPEN = {f"{ROOT}/login"}
_UNFINISHED = {f"{ROOT}/password", f"{ROOT}/logout"}  # what a one-time password opens
# NiceGUI compiles its templates in the browser and sets styles itself; it still loads nothing from elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# With no-referrer a browser sends its forms with `Origin: null`.
_HEADERS = [(b"content-security-policy", _POLICY.encode()), (b"referrer-policy", b"same-origin")]
_FORWARDED = b"x-forwarded-prefix"  # NiceGUI would write it into the page


class DeskDoor:
    """Wraps the whole app. Puts the Staff into `scope["state"]["staff"]`."""

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self.app = app
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or socket."""
        path = scope.get("path", "")
        if scope["type"] not in ("http", "websocket") or not (path == ROOT or path.startswith(f"{ROOT}/")):
            await self.app(scope, receive, send)
            return
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != _FORWARDED]
        headers = Headers(scope=scope)
        writes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if writes and not _same_site(headers):
            await _refuse(scope, receive, send, "请在鲁e宝自己的页面上操作。")
            return
        try:
            staff = await self._accounts.who(token_of(headers))
        except Unavailable:
            await _refuse(scope, receive, send, "数据库没有应答，请稍后再试。", 503)
            return
        if not _may_enter(path, staff):
            await _send_away(scope, receive, send, staff)
            return
        scope.setdefault("state", {})["staff"] = staff
        await self.app(scope, receive, _with_policy(send))


def token_of(headers: Headers) -> str:
    """The session's token in the request's cookies, "" if there is none."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _same_site(headers: Headers) -> bool:
    """Whether the page that asks is ours: browsers always say where a POST or a socket comes from."""
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == headers.get("host", "")


def _may_enter(path: str, staff: Staff | None) -> bool:
    if path in _OPEN:
        return True
    return staff is not None and (not staff.must_change or path in _UNFINISHED)


async def _send_away(scope: Scope, receive: Receive, send: Send, staff: Staff | None) -> None:
    """To the login page; a page's own requests are refused, so that it can say what happened."""
    page = scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
    if page and scope["method"] == "GET":
        there = f"{ROOT}/password" if staff else f"{ROOT}/login"
        await RedirectResponse(there, 303, {"cache-control": "no-store"})(scope, receive, _with_policy(send))
        return
    await _refuse(scope, receive, send, "请先登录。", 401)


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str, status: int = 403) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": ""})
        return
    await JSONResponse({"error": why}, status)(scope, receive, _with_policy(send))


def _with_policy(send: Send) -> Send:
    """Adds the desk's own policy; files with a version in their address stay cacheable, pages do not."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *_HEADERS]
            if b"cache-control" not in given:
                message["headers"].append((b"cache-control", b"no-store"))
        await send(message)

    return answer
