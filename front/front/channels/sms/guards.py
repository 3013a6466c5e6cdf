"""The door of the SMS channel: opt-outs, machines that answer machines, and people who send too much.

Everything it remembers is in the inbox's database as marks, so that it holds for all processes and after a restart.
A message that its gateway delivers twice is judged the same way both times and counted once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from front.channels.sms.optout import GOODBYE, WELCOME_BACK, Keywords, Wish, plain
from front.channels.sms.uplink import NAME, Uplink
from front.inbox import words
from front.inbox.protocol import Inbox, Mark
from front.masking import mask

TOO_MANY = "您发得有点快，请过10分钟再发。急事请拨打5190857。"
SAME_AGAIN = "这个问题刚答复过。没有解决的话，请拨打5190857。"
STOPPED = "sms.optout"  # the inbox keeps marks named so beyond the retention time
REFUSED = "sms.refused"
NOTICED = "sms.noticed"
_DAY = 24 * 3600.0
_EVER = 100 * 365 * _DAY


@dataclass(frozen=True)
class Ruling:
    """Whether a message goes on to the inbox; if not, the one short notice to send back (often none), and why."""

    admitted: bool
    notice: str = ""
    why: str = ""


@dataclass(frozen=True)
class Door:
    """The rules: `most` questions of one person in `window` seconds, the same one less than `repeats` times in it.

    A number of the list shown last, 更多, 人工 and 删除我的记录 steer the dialogue and are no questions: a guide asks
    six times in a minute, and “1” may be the answer each time. They are bounded too, at four times `most`.
    """

    inbox: Inbox
    keywords: Keywords = field(default_factory=Keywords.of)
    most: int = 5
    window: float = 600.0
    repeats: int = 3

    async def judge(self, uplink: Uplink) -> Ruling:
        """Rule on one message. May raise Unavailable: then the gateway should try again."""
        person = uplink.person
        if person is None:
            return Ruling(False, why="sender")
        wish = self.keywords.wish(uplink.text)
        noted = await self.inbox.marks(person, {STOPPED: _EVER, REFUSED: self.window})
        stopped = any(mark.scope == STOPPED for mark in noted)
        if wish is Wish.STOP:
            return await self._stop(person, stopped)
        if wish is Wish.RESUME and stopped:
            return await self._resume(person)
        if stopped:
            return Ruling(False, why="stopped")
        return await self._pace(person, uplink, [mark for mark in noted if mark.scope == REFUSED])

    async def stopped(self, person: str) -> bool:
        """Whether the person has opted out and not come back."""
        return bool(await self.inbox.marks(person, {STOPPED: _EVER}))

    async def _stop(self, person: str, already: bool) -> Ruling:
        if already:
            return Ruling(False, why="stopped")
        await self.inbox.mark(STOPPED, person)
        return Ruling(False, await self._once(person, "stop", GOODBYE, _DAY), "stop")

    async def _resume(self, person: str) -> Ruling:
        await self.inbox.unmark(STOPPED, person)
        return Ruling(False, await self._once(person, "resume", WELCOME_BACK, _DAY), "resume")

    async def _once(self, person: str, what: str, notice: str, seconds: float) -> str:
        """The notice, but not twice in `seconds`: a machine that answers it must not keep us talking."""
        return notice if await self.inbox.first_time(f"{NOTICED}.{what}", person, seconds) else ""

    async def _pace(self, person: str, uplink: Uplink, refused: Sequence[Mark]) -> Ruling:
        said = await self._lately(person, refused)
        own = (_short(uplink.key), _topic(mask(words.visible(uplink.text))))  # as the inbox stores it
        # What came after this message does not count against it when it is delivered again.
        topics = [topic for _, topic in (said[said.index(own) :] if own in said else [own, *said])]
        notice, why = "", ""
        if own[1] != "-" and topics.count(own[1]) >= self.repeats:
            notice, why = SAME_AGAIN, "same"
        elif len(topics) > 4 * self.most or (own[1] != "-" and len(topics) - topics.count("-") > self.most):
            notice, why = TOO_MANY, "many"
        if not why:
            return Ruling(True)
        if own not in said:
            await self.inbox.mark(REFUSED, person, " ".join(own))
        return Ruling(False, await self._once(person, why, notice, self.window), why)

    async def _lately(self, person: str, refused: Sequence[Mark]) -> list[tuple[str, str]]:
        """Key and topic of each message of the window, newest first: those the inbox has, and those refused here."""
        stored = await self.inbox.said(NAME, person, self.window)
        said = [(one.age, _short(one.key), _topic(one.text)) for one in stored]
        for mark in refused:
            key, topic = mark.value.split()
            said.append((mark.age, key, topic))
        return [(key, topic) for _, key, topic in sorted(said)]


def _topic(text: str) -> str:
    """What a stored message asks: alike for alike questions, “-” for what steers the dialogue."""
    return "-" if _steers(text) else _short(plain(text))


def _steers(text: str) -> bool:
    """Whether a message moves the dialogue along rather than asking something."""
    return bool(
        words.option_number(text) is not None
        or words.wants_more(text)
        or words.wants_human(text)
        or words.wants_erasure(text)
    )


def _short(text: str) -> str:
    """Enough of a hash to tell texts and keys apart; a short message itself is not kept here."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
