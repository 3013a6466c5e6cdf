"""In the head of every page: 在岗 or 离开, how many wait, and the sign of life that keeps an agent's conversations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from nicegui import background_tasks, ui

from front.desk.conversations.elements import Alive
from front.desk.conversations.work import Work
from front.desk.door import ROOT
from front.desk.frame import PRESENT_SECONDS, Me, SignedOut
from front.desk.rights import Right
from front.inbox.conversations import AGENT_SECONDS, DESK
from front.inbox.protocol import Unavailable

_KEEP = PRESENT_SECONDS / 3
DUTY = "duty"


def presence(work: Work, me: Me, prefs: dict[str, Any]) -> None:
    """Put it into the head."""
    if not me.staff.may(Right.ANSWER):
        return
    seen = [time.monotonic()]
    Alive().on("active", lambda: seen.__setitem__(0, time.monotonic()))
    waiting = ui.link("", f"{ROOT}/conversations").classes("desk-waiting").props('aria-live="polite"')
    duty = ui.switch("在岗", value=bool(prefs.get(DUTY))).props('color=positive dense aria-label="在岗，接待市民"')
    duty.classes("desk-duty")

    async def switched() -> None:
        await me.desk.accounts.keep_prefs(me.staff.login, **{DUTY: bool(duty.value)})
        await me.desk.accounts.present(me.staff.login, PRESENT_SECONDS if duty.value else 0.0)
        me.desk.inbox.hub.wake(DESK)

    async def keep() -> None:
        """Only while somebody uses the page: an empty chair keeps nobody waiting, and no session awake."""
        if time.monotonic() - seen[0] > AGENT_SECONDS:
            return
        try:
            await me.check(Right.ANSWER)
            await me.desk.inbox.desk.renew_all(me.staff.login)
            if duty.value:
                await me.desk.accounts.present(me.staff.login, PRESENT_SECONDS)
        except Unavailable:
            return
        except SignedOut as error:
            timer.deactivate()
            ui.notify(str(error), type="negative", timeout=0, close_button="知道了")

    duty.on_value_change(me.does(Right.ANSWER, switched))
    timer = ui.timer(_KEEP, keep)
    _count(work, waiting)


def _count(work: Work, label: ui.link) -> None:
    """The number of those who wait, kept up to date while the page is open."""

    async def follow() -> None:
        changed = await work.board.watch()
        try:
            while True:
                count = len(work.board.waiting)
                label.set_text(f"排队{count}人" if count else "没有人排队")
                await changed.wait()
                changed.clear()
        finally:
            work.board.leave(changed)

    while_open(follow)


def while_open(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do something from when the page is connected until it is gone."""
    tasks: list[asyncio.Task[None]] = []

    def begin() -> None:
        if not tasks:
            tasks.append(background_tasks.create(work()))

    client = ui.context.client
    client.on_connect(begin)
    client.on_delete(lambda: [task.cancel() for task in tasks])
