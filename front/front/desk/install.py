"""Puts the desk into the app: its door, its forms and its pages."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from luebao.knowledge.live import LiveKnowledge
from nicegui import ui

from front.desk import staff_page
from front.desk.accounts import Accounts
from front.desk.audit import Audit
from front.desk.door import ROOT, DeskDoor
from front.desk.frame import Desk
from front.desk.login import Login
from front.inbox.inbox import Inbox
from front.settings import Settings

_PAGES: tuple[Callable[[Desk], None], ...] = (staff_page.register,)  # in the order of the head's tabs


def install(app: FastAPI, inbox: Inbox, settings: Settings) -> Desk:
    """Serve the desk at /desk. Once in a process: NiceGUI's own app is one. Call before the citizens' page is added."""
    accounts = Accounts(inbox.database)
    desk = Desk(inbox, settings, accounts, Audit(inbox.database), LiveKnowledge(settings.knowledge))
    for register in _PAGES:
        register(desk)
    app.router.routes.extend(Login(accounts, secure=settings.secure_cookie).routes())
    ui.run_with(app, mount_path=ROOT, title="鲁e宝工作台", language="zh-CN", show_welcome_message=False, dark=None)
    app.add_middleware(DeskDoor, accounts=accounts)
    return desk
