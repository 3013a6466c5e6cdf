"""What was not understood becomes a lesson once, in a group of its like; people decide what is made of it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from conftest import Phone, running, settings_for, text, until
from luebao.knowledge.live import LiveKnowledge
from rasa_peer import Rasa
from sqlalchemy import select

from front.desk.learning.collect import Collector, _why
from front.desk.learning.lessons import Lessons, Refused
from front.desk.learning.sense import Sense
from front.desk.tables import audit, lessons
from front.inbox.database import Database
from front.inbox.inbox import Inbox
from front.inbox.tables import inbound
from front.settings import ROOT

PROJECT = ROOT


@pytest.fixture(scope="module")
def sense() -> Sense:
    """Over the project's own knowledge and examples."""
    return Sense(LiveKnowledge(PROJECT / "knowledge"), PROJECT)


class Office:
    """An inbox that works, with its collector and its lessons."""

    def __init__(self, inbox: Inbox, phone: Phone, sense: Sense) -> None:
        self.inbox, self.phone = inbox, phone
        self.collector = Collector(inbox.database, sense, settled=-1)
        self.lessons = Lessons(inbox.database, sense)

    async def said(self, what: str, person: str = "o-zhang", **extra: str) -> None:
        """A person says something and gets a reply."""
        before = len(self.phone.got)
        message = text(what, person=person)
        await self.inbox.receive(type(message)(**{**message.__dict__, "extra": extra}))
        await until(lambda: len(self.phone.got) > before)
        await self._done()

    async def _done(self) -> None:
        async def done() -> bool:
            async with self.inbox.database.read() as connection:
                waiting = select(inbound.c.id).where(inbound.c.state == "waiting")
                return (await connection.execute(waiting)).first() is None

        await until(done)

    async def rows(self) -> list[tuple[str, str, str]]:
        """Every lesson: text, why, state."""
        async with self.inbox.database.read() as connection:
            found = await connection.execute(select(lessons).order_by(lessons.c.id))
            return [(row.text, row.why, row.state) for row in found]

    async def taught(self, *texts: str) -> list[int]:
        """Lessons of these words, as a member of staff may write them down."""
        async with self.inbox.database.write() as connection:
            values = [
                {"text": t, "why": "staff", "state": "new", "cluster": 0, "asked_at": 1.0 + n}
                for n, t in enumerate(texts)
            ]
            ids = [
                (await connection.execute(lessons.insert().values(**v).returning(lessons.c.id))).scalar_one()
                for v in values
            ]
        await self.collector.collect()
        return ids


@asynccontextmanager
async def office_at(url: str, rasa: Rasa, sense: Sense) -> AsyncIterator[Office]:
    phone = Phone()
    async with running(settings_for(url, rasa), phone) as inbox:
        yield Office(inbox, phone, sense)


@pytest.fixture
async def office(database_url: str, rasa: Rasa, sense: Sense) -> AsyncIterator[Office]:
    """On each database."""
    async with office_at(database_url, rasa, sense) as made:
        yield made


async def test_what_was_not_understood_becomes_a_lesson_once(office: Office) -> None:
    await office.said("村里卫生室的选项是啥呀")  # the peer offers options: not understood
    await office.said("你好呀")  # small talk
    assert await office.collector.collect() == 1
    assert await office.collector.collect() == 0
    assert await office.rows() == [("村里卫生室的选项是啥呀", "missed", "new")]


async def test_two_processes_that_collect_at_once_make_one_lesson_each(office: Office, sense: Sense) -> None:
    await office.said("选项一是啥呀")
    await office.said("选项二是啥呀")
    other = Collector(office.inbox.database, sense, settled=-1)
    await asyncio.gather(office.collector.collect(), other.collect())
    assert sorted(text for text, *_ in await office.rows()) == ["选项一是啥呀", "选项二是啥呀"]


async def test_none_of_these_is_said_about_the_question_before(office: Office) -> None:
    await office.said("村医选项咋用")
    await office.said("2")  # 都不是 stands second
    await office.collector.collect()
    assert await office.rows() == [("村医选项咋用", "none_of_these", "new")]


async def test_the_option_a_citizen_chose_is_kept_with_the_question(office: Office) -> None:
    await office.said("村医选项咋用")
    await office.said("1")
    await office.collector.collect()
    group = (await office.lessons.groups())[0]
    assert (await office.lessons.of_group(group.id))[0]["answered"] == "transfer.time_limit"


async def test_an_answer_voted_down_becomes_a_lesson_and_a_vote_taken_back_does_not(office: Office) -> None:
    await office.said("大病救助咋弄")
    await office.said("二次报销咋弄")
    good, bad = office.phone.got
    conversation = await office.inbox.records.conversation("wechat", "o-zhang")
    assert conversation
    await office.inbox.records.judge(conversation, good.id, True, "")
    await office.inbox.records.judge(conversation, bad.id, False, "答非所问")
    await office.collector.collect()
    assert await office.rows() == [("二次报销咋弄", "voted_down", "new")]


async def test_a_persons_lessons_go_with_the_person_but_what_was_learned_is_nobodys(office: Office) -> None:
    await office.said("村里选项咋用", person="o-wang")
    await office.said("镇上选项咋用呀", person="o-wang")
    await office.said("县里选项咋用呢", person="o-li")
    await office.collector.collect()
    rows = await office.lessons.decided("new")
    learned = next(row["id"] for row in rows if row["text"] == "村里选项咋用")
    await office.lessons.accept("wang", [learned], "voucher/use")
    await office.lessons.settle("wang", [learned], {})
    await office.inbox.erase("wechat", "o-wang")
    assert await office.rows() == [("村里选项咋用", "missed", "learned"), ("县里选项咋用呢", "missed", "new")]


async def test_erased_by_the_word_erases_the_lessons_too(office: Office) -> None:
    await office.said("村里选项咋用", person="o-wang")
    await office.collector.collect()
    await office.said("删除我的记录", person="o-wang")
    assert await office.rows() == []


async def test_questions_alike_share_a_group_and_the_group_keeps_its_number(office: Office) -> None:
    await office.taught("住院报销比例是百分之几", "异地备案怎么办理", "住院能报销百分之几")
    first = await office.lessons.groups()
    assert [(group.size, group.example) for group in first] == [(2, "住院报销比例是百分之几"), (1, "异地备案怎么办理")]
    await office.taught("住院费报销百分之几呢", "办异地备案怎么办理呢")
    then = await office.lessons.groups()
    assert {group.id: group.size for group in then} == {first[0].id: 3, first[1].id: 2}


async def test_an_agent_proposes_a_lead_accepts_and_the_log_says_who(office: Office) -> None:
    ids = await office.taught("余额借给我爹刷一下", "拿我的余额给俺老伴看牙")
    await office.lessons.propose("li", ids, "voucher/family")
    assert await office.lessons.accepted() == []
    await office.lessons.accept("wang", ids[:1], "voucher/family")
    assert [(row["text"], row["label"], row["by"]) for row in await office.lessons.accepted()] == [
        ("余额借给我爹刷一下", "voucher/family", "wang")
    ]
    async with office.inbox.database.read() as connection:
        log = (await connection.execute(select(audit.c.who, audit.c.action, audit.c.detail))).all()
    assert [tuple(line)[:2] for line in log] == [("li", "lesson.propose"), ("wang", "lesson.accept")]
    assert "余额" not in json.dumps([line.detail for line in log], ensure_ascii=False)


async def test_a_decision_is_taken_back_until_it_is_learned(office: Office) -> None:
    one, two = await office.taught("余额借给我爹刷一下", "拿我的余额给俺老伴看牙")
    await office.lessons.accept("wang", [one, two], "voucher/family")
    await office.lessons.settle("wang", [two], {})
    assert await office.lessons.undo("wang", [one, two]) == 1
    assert [state for *_, state in await office.rows()] == ["new", "learned"]


async def test_a_question_of_the_exam_is_refused_kindly(office: Office) -> None:
    row = json.loads((PROJECT / "tests" / "held_out" / "in_scope.jsonl").read_text(encoding="utf-8").splitlines()[0])
    ids = await office.taught(row["q"], "余额借给我爹刷一下")
    with pytest.raises(Refused, match="这句是考题"):
        await office.lessons.accept("wang", ids, row["label"])
    assert [state for *_, state in await office.rows()] == ["new", "new"]


async def test_a_question_that_stands_under_another_label_is_refused(office: Office) -> None:
    ids = await office.taught("医保关系怎么转？")
    with pytest.raises(Refused, match="已经归在"):
        await office.lessons.accept("wang", ids, "voucher/family")


async def test_masked_numbers_are_not_learned(office: Office) -> None:
    ids = await office.taught("我的号〔手机号〕绑错人了咋办", "〔身份证号〕")
    await office.lessons.accept("wang", ids[:1], "voucher/activate")
    assert [row["text"] for row in await office.lessons.accepted()] == ["我的号 绑错人了咋办"]
    with pytest.raises(Refused, match="没有字"):
        await office.lessons.accept("wang", ids[1:], "voucher/activate")


async def test_missing_knowledge_is_listed_and_its_questions_come_back_when_it_is_written(office: Office) -> None:
    ids = await office.taught("刚出生的娃娃咋上医保", "新生儿什么时候参保")
    await office.lessons.missing("li", ids, "新生儿参保")
    item = (await office.lessons.to_write())[0]
    assert (item["title"], item["state"], len(item["texts"])) == ("新生儿参保", "open", 2)
    assert await office.lessons.groups() == []
    with pytest.raises(Refused, match="请写结果"):
        await office.lessons.written("wang", item["id"], " ")
    await office.lessons.written("wang", item["id"], "写成了 payment.newborn")
    assert sum(group.size for group in await office.lessons.groups()) == 2
    with pytest.raises(Refused, match="已经办结"):
        await office.lessons.missing("li", ids, "新生儿参保")


async def test_what_the_gate_refused_says_why_and_can_be_sorted_again(office: Office) -> None:
    ids = await office.taught("余额借给我爹刷一下")
    await office.lessons.accept("wang", ids, "voucher/family")
    await office.lessons.settle("wang", [], {ids[0]: "检验没有通过：会答错3句"})
    assert (await office.lessons.decided("unlearned"))[0]["note"] == "检验没有通过：会答错3句"
    await office.lessons.undo("wang", ids)
    assert [state for *_, state in await office.rows()] == ["new"]


async def test_make_learn_reads_and_settles_through_the_command(tmp_path: Path, rasa: Rasa, sense: Sense) -> None:
    url = f"sqlite:///{tmp_path / 'front.db'}"
    async with office_at(url, rasa, sense) as office:
        ids = await office.taught("余额借给我爹刷一下", "拿我的余额给俺老伴看牙")
        await office.lessons.accept("wang", ids, "voucher/family")
    rows = json.loads(_command(url, "accepted"))
    assert [(row["id"], row["label"], row["by"], len(row["at"])) for row in rows] == [
        (ids[0], "voucher/family", "wang", 10), (ids[1], "voucher/family", "wang", 10)]  # fmt: skip
    _command(url, "settle", json.dumps({"by": "wang", "learned": ids[:1], "unlearned": {ids[1]: "这句是考题"}}))
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'front.db'}")
    counts = await Lessons(database, sense).counts()
    await database.close()
    assert counts == {"learned": 1, "unlearned": 1}


def _command(url: str, what: str, said: str = "") -> str:
    command = [sys.executable, "-m", "front", "lessons", what]
    environment = {**os.environ, "LUEBAO_DATABASE_URL": url}
    done = subprocess.run(command, env=environment, input=said, capture_output=True, text=True, check=True)
    return done.stdout


async def test_a_vote_that_was_learned_from_does_not_come_back(office: Office) -> None:
    await office.said("二次报销咋弄")
    conversation = await office.inbox.records.conversation("wechat", "o-zhang")
    assert conversation
    await office.inbox.records.judge(conversation, office.phone.got[-1].id, False, "")
    assert await office.collector.collect() == 1
    ids = [row["id"] for row in await office.lessons.decided("new")]
    await office.lessons.accept("wang", ids, "voucher/use")
    await office.lessons.settle("wang", ids, {})
    assert await office.collector.collect() == 0
    await office.lessons.settle("wang", [], {ids[0]: "已退回"})
    assert await office.collector.collect() == 0
    assert await office.rows() == [("二次报销咋弄", "voted_down", "unlearned")]


@pytest.mark.parametrize(
    ("custom", "why"),
    [
        ({"kind": "clarify"}, "missed"),
        ({"kind": "ask", "understood": {"labels": [["remote/who", 0.1]], "band": "pass"}}, "missed"),  # 海鸥本要啥条件
        ({"kind": "ask", "understood": {"labels": [["unclear", 0.9]], "band": "answer"}}, ""),  # 我想问个医保的事
        ({"kind": "handoff", "handoff": {"reason": "two_misses"}}, "missed"),
        ({"kind": "unsupported", "handoff": {"reason": "out_of_scope"}}, "refused"),
        ({"kind": "answer"}, ""),
    ],
)
def test_which_replies_say_that_a_question_was_not_understood(custom: dict[str, object], why: str) -> None:
    assert _why({"body": {"custom": custom}}) == why
