"""数据: the figures are those of the rows, small numbers are called small, no citizen's word leaves with an export."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest
from conftest import settings_for, text, until
from luebao.knowledge import load
from luebao.today import CHINA, today

from desk.plenty import KNOWLEDGE, Plenty
from front.desk.insight import counting
from front.desk.insight.charts import option
from front.desk.insight.counting import handoffs, percentile
from front.desk.insight.export import as_csv
from front.desk.insight.figures import Figures, Numbers
from front.desk.insight.period import BadPeriod, Period
from front.desk.insight.sheets import TOO_FEW, duration, share, sheets
from front.desk.tables import callbacks, lessons, reports
from front.inbox import conversations as inbox_conversations
from front.inbox import replies
from front.inbox.database import Database
from front.inbox.inbox import Inbox
from front.inbox.tables import conversations, feedback, handoff_events, outbox
from front.settings import PAGE

DAY = date(2026, 3, 10)
SECRET = "我婆婆的病历"


def at(hour: int, minute: int = 0, day: date = DAY) -> float:
    """A time of day in China, in seconds."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA).timestamp()


def body(kind: str, *entries: str, reason: str = "", sender: str = "robot") -> dict[str, Any]:
    """A reply's body as the outbox holds it."""
    cited = [{"id": id, "title": id, "clauses": ["m.1.2"], "dated": False} for id in entries]
    custom = {"kind": kind, "full": SECRET, "sms": SECRET, "entries": cited, "citation": [], "options": []}
    return replies.body(SECRET, SECRET, custom | ({"handoff": {"reason": reason}} if reason else {}), sender)


class Office:
    """A database in which things happened."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def put(self, table: Any, *rows: dict[str, Any]) -> None:
        """Write rows."""
        async with self.database.write() as connection:
            for row in rows:
                await connection.execute(table.insert().values(**row))

    async def person(self, number: int, channel: str = "wechat") -> None:
        """A person on a channel."""
        row = {"id": number, "channel": channel, "person": f"p{number}", "brain_id": f"b{number}", "state": "bot"}
        await self.put(conversations, row | {"state_at": 0.0, "created_at": 0.0, "seen_at": 0.0})

    async def reply(self, number: int, when: float, said: dict[str, Any], person: int = 1, **more: Any) -> None:
        """A reply to a person."""
        row = {"id": number, "conversation_id": person, "channel": "wechat", "person": "p", "state": "sent"}
        await self.put(outbox, row | {"body": said, "next_at": when, "created_at": when} | more)

    async def numbers(self, first: date = DAY, last: date = DAY, channel: str = "") -> Numbers:
        """What is counted."""
        return await Figures(self.database).of(Period(first, last, channel))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Each database in turn, nothing happened yet."""
    database = Database(settings_for(database_url, None).database_url)
    await database.migrate()
    yield database
    await database.close()


@pytest.fixture
async def office(database: Database) -> Office:
    """An office that two people know, one by WeChat, one by SMS."""
    office = Office(database)
    await office.person(1)
    await office.person(2, "sms")
    return office


async def test_what_became_of_each_question_is_told_from_the_reply(office: Office) -> None:
    said = [
        body("answer", "transfer.how", "transfer.time_limit"),
        body("answer", "remote.register"),
        body("clarify"),
        body("ask"),
        body("unsupported", reason="out_of_scope"),
        body("handoff", reason="two_misses"),
        replies.HUMAN,
        replies.TROUBLE,
        body("smalltalk"),
        replies.WELCOME,
        replies.rest("剩下的"),
        replies.staff("您好"),
    ]
    for number, one in enumerate(said, 1):
        await office.reply(number, at(9), one)
    counts = (await office.numbers()).counts
    assert counts.outcomes == {
        "answered": 2, "offered": 1, "asked_back": 1, "unsupported": 1, "handed": 2, "failed": 1,
    }  # fmt: skip
    assert counts.staff_replies == 1
    assert counts.entries == {"transfer.how": 1, "transfer.time_limit": 1, "remote.register": 1}
    assert counts.categories == {"transfer": 1, "remote": 1}
    assert counts.failures == {DAY: 1}


async def test_what_the_inbox_itself_writes_is_counted(inbox: Inbox) -> None:
    await inbox.receive(text("医保转移要选项"))
    await inbox.receive(text("我要找人工"))
    figures = Figures(inbox.database, kept=0.0)

    async def both() -> bool:
        return (await figures.of(Period.recent(1, today()))).counts.questions == 2

    await until(both)
    counts = (await figures.of(Period.recent(1, today()))).counts
    assert counts.outcomes == {"offered": 1, "handed": 1}
    assert len(counts.people) == 1


async def test_a_day_is_a_day_in_china(office: Office) -> None:
    before, after = date(2026, 3, 9), date(2026, 3, 11)
    times = [at(23, 59, before), at(0, 0), at(23, 59), at(0, 0, after)]
    for number, when in enumerate(times, 1):
        await office.reply(number, when, body("answer", "transfer.how"))
    counts = (await office.numbers()).counts
    assert counts.days == {(DAY, "wechat"): 2}
    assert counts.hours == {(0, "wechat"): 1, (23, "wechat"): 1}


async def test_one_channel_is_counted_alone(office: Office) -> None:
    await office.reply(1, at(9), body("answer", "transfer.how"))
    await office.reply(2, at(9), body("answer", "transfer.how"), person=2, channel="sms")
    await office.put(handoff_events, {"conversation_id": 2, "event": "asked", "by": "", "detail": {}, "at": at(9)})
    sms, web = await office.numbers(channel="sms"), await office.numbers(channel="web")
    assert (sms.counts.questions, sms.handoffs.asked) == (1, 1)
    assert (web.counts.questions, web.handoffs.asked) == (0, 0)


async def test_more_rows_than_are_read_at_once_are_all_counted_and_once(office: Office) -> None:
    same = [{"conversation_id": 1, "channel": "wechat", "person": "p", "state": "sent", "next_at": 0.0,
             "body": body("answer", "transfer.how"), "created_at": at(9) + n // 700} for n in range(1201)]  # fmt: skip
    async with office.database.write() as connection:
        await connection.execute(outbox.insert(), same)
    assert (await office.numbers()).counts.questions == 1201


async def test_votes_keep_the_buttons_and_count_own_words_as_such(office: Office) -> None:
    for number, (good, reason) in enumerate([(True, ""), (False, "过期"), (False, SECRET), (False, "")], 1):
        await office.reply(number, at(9), body("answer", "transfer.how"))
        vote = {"conversation_id": 1, "outbox_id": number, "good": good, "reason": reason, "at": at(10)}
        await office.put(feedback, vote)
    votes = (await office.numbers()).votes
    assert (votes.good, votes.bad) == (1, 3)
    assert votes.reasons == {"过期": 1, counting.OWN_WORDS: 1, "没有说": 1}
    assert votes.bad_entries == {"transfer.how": 3}


def test_the_reasons_are_those_of_the_citizens_page() -> None:
    line = re.search(r"const REASONS = \[(.*)\]", (PAGE / "cards.js").read_text(encoding="utf-8"))
    assert line
    assert tuple(re.findall(r"'(.*?)'", line[1])) == counting.REASONS


async def test_waiting_ends_when_somebody_takes_the_person_and_handling_when_it_is_closed(office: Office) -> None:
    happened = [(1, "asked", at(9)), (2, "asked", at(9, 1)), (1, "taken", at(9, 3)), (1, "closed", at(9, 10))]
    for who, event, when in [*happened, (2, "pointed", at(9, 4))]:
        await office.put(
            handoff_events, {"conversation_id": who, "event": event, "by": "", "detail": {}, "at": when}
        )  # fmt: skip
    found = (await office.numbers()).handoffs
    assert (found.asked, found.waits, found.handled, found.unanswered) == (2, [180.0], [420.0], 1)


def test_asked_for_late_is_taken_the_next_day_and_asked_for_the_next_day_is_not_of_this_one() -> None:
    end = at(0, 0, date(2026, 3, 11))
    late = [(1, "asked", end - 60), (1, "taken", end + 60), (2, "asked", end + 5), (2, "taken", end + 6)]
    found = handoffs([{"conversation_id": w, "event": e, "at": t} for w, e, t in late], end, end + 60)
    assert (found.asked, found.waits) == (1, [120.0])


def followed(*events: tuple[str, float], now: float) -> counting.Handoffs:
    """One conversation's events."""
    return handoffs([{"conversation_id": 1, "event": event, "at": at} for event, at in events], now + 1, now)


def test_asking_twice_while_one_waits_is_one_request_and_the_wait_counts_from_the_first() -> None:
    found = followed(("asked", 0.0), ("asked", 60.0), ("taken", 90.0), ("returned", 100.0), now=200.0)
    assert (found.asked, found.waits, found.handled) == (1, [90.0], [10.0])


def test_nobody_came_and_a_second_time_counts_again() -> None:
    later = counting.QUEUE_SECONDS + 10
    found = followed(("asked", 0.0), ("asked", later), ("taken", later + 30), now=later + 60)
    assert (found.asked, found.unanswered, found.waits, found.waiting) == (2, 1, [30.0], 0)
    assert followed(("asked", 0.0), now=counting.QUEUE_SECONDS + 1).unanswered == 1
    assert followed(("asked", 0.0), now=counting.QUEUE_SECONDS - 1).waiting == 1


def test_a_wait_ends_when_the_queue_gives_it_up() -> None:
    assert inbox_conversations.QUEUE_SECONDS == counting.QUEUE_SECONDS


def test_whose_member_of_staff_is_gone_waits_again() -> None:
    found = followed(("asked", 0.0), ("taken", 10.0), ("expired", 50.0), ("taken", 70.0), ("closed", 100.0), now=200.0)
    assert (found.asked, found.requeued, found.waits, found.handled) == (1, 1, [10.0, 20.0], [30.0])


async def test_reports_lessons_and_callbacks_are_counted(office: Office) -> None:
    report = {"entry": "transfer.how", "reason": SECRET, "by": "wang", "outcome": "", "closed_by": ""}
    await office.put(reports, report | {"state": "open", "at": at(9)})
    await office.put(reports, report | {"state": "mended", "at": at(9, day=date(2026, 3, 1)), "closed_at": at(10)})
    lesson = {"conversation_id": 1, "text": SECRET, "why": "missed", "state": "new", "asked_at": at(9)}
    for cluster in (3, 3, 0):
        await office.put(lessons, lesson | {"cluster": cluster})
    await office.put(lessons, lesson | {"cluster": 3, "state": "learned"})
    call = {"conversation_id": 1, "number": "x", "shown": "138****1234", "state": "done"}
    await office.put(callbacks, call | {"asked_at": at(9), "changed_at": at(9)})
    found = await office.numbers()
    assert (found.reported.made, found.reported.settled, found.reported.open) == (1, 1, 1)
    assert found.unknown == {"missed": 4}
    assert [(one.number, one.count) for one in found.clusters] == [(3, 2)]
    assert found.callbacks == {"done": 1}


async def test_a_period_is_counted_once_for_everybody_who_looks_within_a_minute(office: Office) -> None:
    figures, period = Figures(office.database), Period(DAY, DAY)
    first, second = await asyncio.gather(figures.of(period), figures.of(period))
    await office.reply(1, at(9), body("answer", "transfer.how"))
    assert first is second is await figures.of(period)
    assert (await Figures(office.database, kept=0.0).of(period)).counts.questions == 1


def test_few_make_no_percentage() -> None:
    assert share(2, 3) == share(0, 0) == TOO_FEW
    assert share(15, 30) == "50.0%"


def test_percentiles_and_durations() -> None:
    assert percentile([5, 1, 3, 2, 4], 0.5) == 3
    assert percentile(list(range(1, 11)), 0.9) == 9
    assert [duration(seconds) for seconds in (40, 200, 7500)] == ["40秒", "3分20秒", "2小时5分"]


def test_a_period_that_is_none_says_what_to_do() -> None:
    with pytest.raises(BadPeriod, match="请换过来"):
        Period(date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(BadPeriod, match="选短一些"):
        Period(date(2020, 1, 1), date(2026, 3, 1))
    with pytest.raises(BadPeriod, match="请选开始和结束"):
        Period.of_texts("", "2026-03-01")


async def test_no_citizens_word_is_in_any_table_and_never_asked_entries_are_named(database: Database) -> None:
    await Plenty(database, days=7).make(300, people=20)
    knowledge = load(KNOWLEDGE)
    numbers = await Figures(database).of(Period.recent(7, today()))
    some = sheets(numbers, knowledge, today())
    everything = "".join(as_csv(one).decode() for one in some)
    assert numbers.clusters
    assert not [one.example for one in numbers.clusters if one.example in everything]
    assert "我自己写的原因" not in everything
    never = next(one for one in some if one.id == "never")
    assert {row[1] for row in never.rows} == knowledge.entries.keys() - numbers.counts.entries.keys() != set()


async def test_every_table_can_be_drawn_and_exported_with_nothing_in_it(office: Office) -> None:
    numbers = await office.numbers()
    for sheet in sheets(numbers, load(KNOWLEDGE), DAY):
        assert sheet.summary
        assert as_csv(sheet)
        if sheet.chart:
            option(sheet)
