"""Puts the two pages of people, 会话 and 回电, into the desk."""

from __future__ import annotations

from front.desk.callbacks import page as callbacks_page
from front.desk.conversations import page as conversations_page
from front.desk.conversations.work import work_of
from front.desk.frame import Desk


def register(desk: Desk) -> None:
    """Serve both; from here on the inbox knows that there is a desk. Raises MissingSetting for a key too short."""
    work = work_of(desk)
    conversations_page.register(work)
    callbacks_page.register(work)
