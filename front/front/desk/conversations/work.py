"""What the pages about conversations work with, made once in a process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from luebao.knowledge.canonical import id_of

from front.desk.assistant.live import live_search
from front.desk.callbacks.callbacks import Callbacks
from front.desk.callbacks.secret import secret_of
from front.desk.conversations.board import Board
from front.desk.conversations.front_desk import FrontDesk
from front.desk.conversations.reading import Reading
from front.desk.conversations.texts import Notes, Phrases
from front.desk.frame import Desk


@dataclass(frozen=True)
class Work:
    """The parts, over one inbox."""

    desk: Desk
    reading: Reading
    board: Board
    notes: Notes
    phrases: Phrases
    callbacks: Callbacks

    def find(self, text: str) -> Iterable[str]:
        """The entries a text looks like, best first."""
        return [hit.id for hit in live_search(self.desk.knowledge).find(text, 4)]


def work_of(desk: Desk) -> Work:
    """The parts put together; the inbox knows of the desk from here on. Raises MissingSetting for a short key."""
    database = desk.inbox.database

    def title(label: str) -> str:
        entry = desk.knowledge.current().entries.get(id_of(label))
        return entry.title if entry else label

    reading = Reading(database, title)
    callbacks = Callbacks(database, secret_of(desk.settings))
    desk.inbox.staffed_by(FrontDesk(database, callbacks))
    return Work(desk, reading, Board(reading, desk.inbox.hub), Notes(database), Phrases(database), callbacks)
