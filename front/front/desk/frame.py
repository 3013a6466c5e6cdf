"""What every page of the desk has: the signed-in person, the head with the tabs, and how an action is allowed."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from luebao.knowledge.live import LiveKnowledge
from nicegui import app, ui
from starlette.requests import Request

from front.desk.accounts import Accounts, Staff
from front.desk.audit import Audit
from front.desk.door import ROOT, token_of
from front.desk.rights import Right
from front.inbox.inbox import Inbox
from front.inbox.protocol import Unavailable
from front.settings import Settings

PRESENT_SECONDS = 90.0  # a desk that shows no sign of life for so long is empty
_CSS = Path(__file__).parent / "pages" / "desk.css"
_LOG = structlog.get_logger("desk")


@dataclass(frozen=True)
class Tab:
    """A page in the head."""

    path: str
    title: str
    right: Right
    icon: str


@dataclass
class Desk:
    """Everything the pages work with."""

    inbox: Inbox
    settings: Settings
    accounts: Accounts
    audit: Audit
    knowledge: LiveKnowledge
    tabs: list[Tab] = field(default_factory=list)
    head: list[Callable[[Me, dict[str, Any]], None]] = field(default_factory=list)  # what pages put into every head


class SignedOut(Exception):
    """The session is over, or the account may not do this any more; the message says so."""


@dataclass(frozen=True)
class Me:
    """The person at one open page."""

    desk: Desk
    staff: Staff
    token: str

    async def check(self, right: Right) -> None:
        """Whether the session still holds and has the right: a page may have been open since yesterday."""
        staff = await self.desk.accounts.who(self.token)
        if staff is None:
            raise SignedOut("登录已过期，请重新登录")
        if not staff.may(right):
            raise SignedOut(f"“{staff.role.title}”没有这项权限，请找管理员")

    def does(self, right: Right, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
        """The handler of a click or a key: checked, and with a word to the person where it fails."""

        @functools.wraps(work)
        async def handler(*arguments: Any) -> None:
            try:
                await self.check(right)
                await work(*arguments)
            except SignedOut as error:
                ui.notify(str(error), type="negative", timeout=0, close_button="知道了")
            except Unavailable:
                ui.notify("数据库没有应答，没有做成，请再试一次", type="negative")
            except Exception:
                _LOG.exception("action_failed", who=self.staff.login, action=work.__name__)
                ui.notify("出了点问题，没有做成。请再试一次，还不行请告诉管理员", type="negative")

        return handler


def page(desk: Desk, tab: Tab, show: Callable[[Me], Awaitable[None]], *, listed: bool = True) -> None:
    """Serve `show` at the tab's path (below /desk) for those who have the right; `listed`: as a tab in the head."""
    if listed:
        desk.tabs.append(tab)

    @ui.page(tab.path, title=f"{tab.title} · 鲁e宝工作台", response_timeout=10.0)
    async def framed(request: Request) -> None:
        staff: Staff = request.state.staff
        me = Me(desk, staff, token_of(request.headers))
        prefs = await desk.accounts.prefs(staff.login)
        dark = ui.dark_mode(prefs.get("dark"))
        _head(me, tab, dark, prefs)
        if not staff.may(tab.right):
            ui.label(f"“{staff.role.title}”不能看“{tab.title}”，需要的话请找管理员。").classes("text-lg m-8")
            return
        with ui.column().classes("desk-page w-full"):
            await show(me)


def _head(me: Me, here: Tab, dark: ui.dark_mode, prefs: dict[str, Any]) -> None:
    ui.add_css(_CSS)
    ui.colors(primary="#1369a8")
    with ui.header().classes("desk-head items-center no-wrap"):
        ui.link("鲁e宝工作台", f"{ROOT}/").classes("desk-name")
        with ui.row().classes("desk-tabs no-wrap").props('role="navigation" aria-label="页面"'):
            for number, tab in enumerate((tab for tab in me.desk.tabs if me.staff.may(tab.right)), 1):
                link = ui.link(tab.title, f"{ROOT}{tab.path}").classes("desk-tab")
                link.props(f'accesskey="{number}" title="Alt+{number}"')
                if tab.path == here.path:
                    link.classes("desk-here").props('aria-current="page"')
        ui.space()
        for part in me.desk.head:
            part(me, prefs)
        _menu(me, dark)


def _menu(me: Me, dark: ui.dark_mode) -> None:
    async def switch() -> None:
        dark.toggle()
        await me.desk.accounts.keep_prefs(me.staff.login, dark=bool(dark.value))

    contrast = ui.button(icon="contrast", on_click=me.does(Right.ASSIST, switch))
    contrast.props('flat round dense color=white aria-label="深色或浅色"')
    with ui.button(f"{me.staff.name}（{me.staff.role.title}）").props("flat no-caps color=white"), ui.menu():
        ui.menu_item("修改密码", lambda: ui.navigate.to(f"{ROOT}/password"))
        ui.menu_item("退出登录", lambda: ui.run_javascript(_SIGN_OUT))


_SIGN_OUT = f"""
const form = document.createElement('form'); form.method = 'post'; form.action = '{ROOT}/logout';
document.body.append(form); form.submit();
"""


def assets(folder: Path) -> None:
    """Serve the desk's own pictures and scripts below /desk/files."""
    app.add_static_files("/files", str(folder))
