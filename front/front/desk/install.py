"""Puts the desk into the app: its door, its forms and its pages."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from luebao.knowledge.live import LiveKnowledge
from nicegui import ui

from front.desk import audit_page, staff_page
from front.desk.accounts import Accounts
from front.desk.assistant import page as assistant_page
from front.desk.assistant import reports_page
from front.desk.audit import Audit
from front.desk.conversations import pages as conversations_pages
from front.desk.door import ROOT, DeskDoor
from front.desk.frame import Desk
from front.desk.insight import page as insight_page
from front.desk.knowledge_view import page as knowledge_page
from front.desk.learning import page as learning_page
from front.desk.login import Login
from front.desk.office import page as office_page
from front.desk.retention import RULES
from front.inbox.inbox import Inbox
from front.settings import PAGE, Settings

_PAGES: tuple[Callable[[Desk], None], ...] = (  # in the order of the head's tabs
    assistant_page.register,
    conversations_pages.register,
    learning_page.register,
    insight_page.register,
    knowledge_page.register,
    reports_page.register,
    office_page.register,
    staff_page.register,
    audit_page.register,
)


def install(app: FastAPI, inbox: Inbox, settings: Settings) -> Desk:
    """Serve the desk at /desk. Once in a process: NiceGUI's own app is one. Call before the citizens' page is added."""
    accounts = Accounts(inbox.database)
    desk = Desk(inbox, settings, accounts, Audit(inbox.database), LiveKnowledge(settings.knowledge))
    inbox.records.rules += RULES
    for register in _PAGES:
        register(desk)
    app.router.routes.extend(Login(accounts, secure=settings.secure_cookie).routes())
    ui.run_with(
        app,
        mount_path=ROOT,
        title="鲁e宝工作台",
        favicon=PAGE / "icon.svg",
        language="zh-CN",
        show_welcome_message=False,
        dark=None,
        reconnect_timeout=20.0,  # a page that loses its connection for a moment keeps what is on it
    )
    app.add_middleware(DeskDoor, accounts=accounts)
    return desk
