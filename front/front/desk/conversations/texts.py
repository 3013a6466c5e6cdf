"""What the staff write for themselves: notes citizens never see, and phrases that are used again and again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, or_, select

from front.desk import audit
from front.desk.accounts import Staff
from front.desk.rights import Right
from front.desk.tables import notes, phrases
from front.inbox.database import Database
from front.inbox.tables import clock
from front.masking import mask

_LONGEST = 1000


class TextError(Exception):
    """A note or phrase that cannot be kept; the message says why, in Chinese."""


class Notes:
    """Notes on conversations, masked like everything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, conversation_id: int, by: str, text: str) -> None:
        """Add one. Raises TextError."""
        text = text.strip()
        if not 1 <= len(text) <= _LONGEST:
            raise TextError(f"备注请写1到{_LONGEST}字")
        values = {"conversation_id": conversation_id, "by": by, "text": mask(text), "at": clock()}
        async with self._database.write() as connection:
            await connection.execute(notes.insert().values(**values))


class Phrases:
    """Canned phrases: one's own, and everybody's, which a lead keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, login: str) -> list[dict[str, Any]]:
        """One's own first, then everybody's."""
        mine = or_(phrases.c.owner == login, phrases.c.owner == "")
        statement = select(phrases).where(mine).order_by(phrases.c.owner.desc(), phrases.c.title, phrases.c.id)
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(statement)).mappings()]

    async def add(self, who: Staff, title: str, text: str, *, everybodys: bool = False) -> None:
        """Keep one. Raises TextError."""
        title, text = title.strip(), text.strip()
        if not 1 <= len(title) <= 60 or not 1 <= len(text) <= _LONGEST:
            raise TextError(f"标题请写1到60字，内容1到{_LONGEST}字")
        self._allow(who, everybodys)
        values = {"owner": "" if everybodys else who.login, "title": mask(title), "text": mask(text), "at": clock()}
        async with self._database.write() as connection:
            id = (await connection.execute(phrases.insert().values(**values).returning(phrases.c.id))).scalar_one()
            if everybodys:
                await audit.write(connection, who.login, "phrase.add", f"phrase:{id}")

    async def remove(self, who: Staff, id: int) -> None:
        """Remove one. Raises TextError where it is not his to remove."""
        async with self._database.write() as connection:
            found = (await connection.execute(select(phrases.c.owner).where(phrases.c.id == id))).first()
            if found is None:
                return
            if found.owner not in ("", who.login):
                raise TextError("这是同事自己的常用语，不能删")
            self._allow(who, found.owner == "")
            await connection.execute(delete(phrases).where(phrases.c.id == id))
            if not found.owner:
                await audit.write(connection, who.login, "phrase.remove", f"phrase:{id}")

    @staticmethod
    def _allow(who: Staff, everybodys: bool) -> None:
        if everybodys and not who.may(Right.TEACH):
            raise TextError("大家共用的常用语由班长或管理员维护")
