"""What the inbox knows of the people behind the robot; the desk says it (front.desk.conversations.front_desk)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from front.inbox.database import Connection


@dataclass(frozen=True)
class Staffing:
    """Who is there now. `present` None: there is no desk that could say."""

    present: bool | None = None
    opens: str = ""  # when the desk opens next, as citizens read it; "" where the office has not set its hours
    calls_back: bool = False  # numbers can be kept, encrypted
    robot_on: bool = True
    notice: str = ""  # what citizens are told while the robot is off


NOBODY_KNOWN = Staffing()


class FrontDesk(Protocol):
    """The desk, as far as receiving and deciding need it. Every method may raise `Unavailable`."""

    @property
    def calls_back(self) -> bool:
        """Whether a number can be kept: there is a key for it."""
        ...

    async def staffing(self) -> Staffing:
        """Who is there now; not older than a second."""
        ...

    async def note_callback(self, connection: Connection, conversation_id: int, number: str) -> None:
        """Keep the number (11 digits) somebody wants to be called on, in the caller's transaction."""
        ...

    async def cancel_callbacks(self, connection: Connection, conversation_id: int) -> None:
        """The person does not want to be called any more: the number goes."""
        ...

    async def erased(self, connection: Connection, conversation_id: int) -> None:
        """The person wants everything erased: what the desk keeps about the conversation goes."""
        ...
