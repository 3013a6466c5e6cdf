"""Signing in and out, and the password: plain forms, because only an HTTP response can set a cookie."""

from __future__ import annotations

import hmac
import secrets
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from front.desk.accounts import SESSION_SECONDS, AccountError, Accounts, WrongLogin
from front.desk.door import COOKIE, ROOT, token_of
from front.metrics import REFUSED

_PAGE = Template((Path(__file__).parent / "pages" / "form.html").read_text(encoding="utf-8"))
_FORM_COOKIE = "luebao_desk_form"
_FIELD = (
    '<label for="{name}">{label}</label><input id="{name}" name="{name}" type="{type}" autocomplete="{kind}" required>'
)
_LOGIN = (("login", "登录名", "text", "username"), ("password", "密码", "password", "current-password"))
_PASSWORD = (
    ("old", "现在的密码", "password", "current-password"),
    ("new", "新密码（至少10位）", "password", "new-password"),
    ("again", "再输一遍新密码", "password", "new-password"),
)


class Login:
    """The routes /desk/login, /desk/logout and /desk/password."""

    def __init__(self, accounts: Accounts, *, secure: bool) -> None:
        """`secure`: the cookies go over https only."""
        self._accounts = accounts
        self._secure = secure

    def routes(self) -> list[BaseRoute]:
        """To be placed before the desk's pages."""
        return [
            Route(f"{ROOT}/login", self.login, methods=["GET", "POST"]),
            Route(f"{ROOT}/logout", self.logout, methods=["POST"]),
            Route(f"{ROOT}/password", self.password, methods=["GET", "POST"]),
        ]

    async def login(self, request: Request) -> Response:
        """The form, and what comes back."""
        if request.method != "POST":
            return self._form(request, "工作台登录", "用管理员给您的登录名。", "登录", _LOGIN)
        given = await _given(request)
        wrong = "页面放得太久了，请再填一次"
        if given:
            try:
                token = await self._accounts.sign_in(given.get("login", ""), given.get("password", ""))
            except WrongLogin as error:
                REFUSED.labels("login").inc()
                wrong = str(error)
            else:
                return self._signed_in(request, token)
        return self._form(request, "工作台登录", "用管理员给您的登录名。", "登录", _LOGIN, wrong)

    async def logout(self, request: Request) -> Response:
        """The session ends; the cookie goes."""
        await self._accounts.sign_out(token_of(request.headers), request.state.staff.login)
        response = RedirectResponse(f"{ROOT}/login", 303)
        response.delete_cookie(COOKIE, path=ROOT)
        return response

    async def password(self, request: Request) -> Response:
        """One's own password."""
        staff, wrong = request.state.staff, ""
        if request.method == "POST":
            given = await _given(request)
            try:
                if given.get("new") != given.get("again"):
                    raise AccountError("两遍新密码不一样，请再填一次")
                token = token_of(request.headers)
                await self._accounts.change_password(staff, given.get("old", ""), given.get("new", ""), token)
                return RedirectResponse(f"{ROOT}/", 303)
            except AccountError as error:
                wrong = str(error)
        hint = "第一次登录，请先设一个自己的密码。" if staff.must_change else "改好后，别处的登录会退出。"
        return self._form(request, f"{staff.name}，设置密码", hint, "保存", _PASSWORD, wrong)

    def _signed_in(self, request: Request, token: str) -> Response:
        response = RedirectResponse(f"{ROOT}/", 303)
        self._set(request, response, COOKIE, token)
        return response

    def _form(
        self, request: Request, title: str, hint: str, button: str, fields: tuple[tuple[str, ...], ...], wrong: str = ""
    ) -> Response:
        form = secrets.token_urlsafe(24)
        html = "\n".join(_FIELD.format(name=n, label=label, type=t, kind=k) for n, label, t, k in fields)
        words = {"title": title, "hint": hint, "button": button, "wrong": wrong, "form": form}
        page = _PAGE.substitute({name: escape(value) for name, value in words.items()}, fields=html)
        response = HTMLResponse(page, 422 if wrong else 200)
        self._set(request, response, _FORM_COOKIE, form)
        return response

    def _set(self, request: Request, response: Response, name: str, value: str) -> None:
        secure = self._secure or request.url.scheme == "https"
        age = int(SESSION_SECONDS)
        response.set_cookie(name, value, max_age=age, path=ROOT, httponly=True, samesite="strict", secure=secure)


async def _given(request: Request) -> dict[str, str]:
    """The form's fields; empty where the form is not one that we gave to this browser."""
    body = (await request.body()).decode("utf-8", "replace")
    given = {name: values[-1] for name, values in parse_qs(body, max_num_fields=10).items()}
    known = request.cookies.get(_FORM_COOKIE, "")
    return given if known and hmac.compare_digest(known.encode(), given.get("form", "").encode()) else {}
