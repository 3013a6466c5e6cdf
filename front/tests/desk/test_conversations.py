"""Who has a conversation, on both databases: queued for a reason, taken by one, given back, never stranded."""

from __future__ import annotations

import asyncio

import pytest
from conftest import Phone, until
from rasa_peer import Rasa

from desk.staffed import Staffed, answered, handed_over
from front.desk.accounts import Staff
from front.desk.conversations.board import Board
from front.desk.conversations.suggest import suggestions
from front.desk.conversations.texts import Notes, Phrases, TextError
from front.desk.rights import Role
from front.inbox.conversations import AGENT_SECONDS, OTHERS_SECONDS, QUEUE_SECONDS
from front.inbox.inbox import Inbox
from front.settings import ROOT


@pytest.fixture
def staffed(inbox: Inbox) -> Staffed:
    return Staffed(inbox)


async def test_twenty_agents_claim_the_same_conversation_and_one_gets_it(staffed: Staffed) -> None:
    await staffed.says("转人工")
    (waiting,) = await staffed.inbox.desk.queue()
    won = await asyncio.gather(*(staffed.inbox.desk.take(waiting, f"kf{n}", greet=True) for n in range(20)))
    assert won.count(True) == 1
    (row,) = await staffed.rows("SELECT agent FROM conversations")
    assert row["agent"] == f"kf{won.index(True)}"
    (greeting,) = await staffed.rows("SELECT count(*) AS n FROM outbox WHERE inbound_id IS NULL")
    assert greeting["n"] == 1


async def test_twenty_agents_empty_a_queue_of_twenty_and_nobody_is_taken_twice(staffed: Staffed) -> None:
    await asyncio.gather(*(staffed.says("转人工", f"o-{n}") for n in range(20)))

    async def take_next(agent: str) -> int:
        for waiting in await staffed.inbox.desk.queue():
            if await staffed.inbox.desk.take(waiting, agent):
                return waiting
        return 0

    taken = await asyncio.gather(*(take_next(f"kf{n}") for n in range(20)))
    assert sorted(taken) == sorted(row["id"] for row in await staffed.rows("SELECT id FROM conversations"))
    assert await staffed.inbox.desk.queue() == []


async def test_who_asked_comes_before_who_was_not_understood(staffed: Staffed, rasa: Rasa) -> None:
    rasa.says["嗯嗯"] = handed_over("two_misses")
    await staffed.says("嗯嗯", "o-first")
    rasa.mode = "error"
    assert "暂时出了点问题" in str(await staffed.says("怎么备案", "o-second"))
    rasa.mode = "ok"
    await staffed.says("转人工", "o-third")
    waiting = [(one["reason"], one["urgent"]) for one in await staffed.reading.people()]
    assert waiting == [("要人工", True), ("没听懂", False), ("出了故障", False)]
    assert await staffed.says("怎么备案", "o-first") == "答：怎么备案"  # the robot goes on


async def test_the_first_reason_and_place_stay_but_asking_outranks(staffed: Staffed, rasa: Rasa) -> None:
    rasa.says["嗯嗯"] = handed_over("two_misses")
    await staffed.says("嗯嗯")
    (before,) = await staffed.rows("SELECT queued_at, reason FROM conversations")
    await staffed.says("嗯嗯")
    await staffed.says("人工")
    await staffed.says("人工")
    (after,) = await staffed.rows("SELECT queued_at, reason FROM conversations")
    assert (before["reason"], after["reason"]) == ("two_misses", "asked")
    assert after["queued_at"] == before["queued_at"]
    events = [row["event"] for row in await staffed.rows("SELECT event FROM handoff_events ORDER BY id")]
    assert events == ["pointed", "pointed", "asked"]


async def test_what_is_out_of_scope_queues_nobody(staffed: Staffed, rasa: Rasa) -> None:
    rasa.says["报销多少"] = handed_over("out_of_scope")
    await staffed.says("报销多少")
    assert await staffed.inbox.desk.queue() == []


async def test_a_conversation_left_lying_returns_to_its_place_in_the_queue(staffed: Staffed, rasa: Rasa) -> None:
    desk = staffed.inbox.desk
    await staffed.says("转人工", "o-first")
    await staffed.says("转人工", "o-second")
    first, second = await desk.queue()
    assert await desk.take(first, "wang")
    await staffed.time_passes(AGENT_SECONDS + 1)
    assert await staffed.says("还在吗", "o-first") == "答：还在吗"  # nobody is stranded
    await desk.return_abandoned()
    assert await desk.queue() == [first, second]
    assert await desk.say(first, "wang", "您好") is None
    (row,) = await staffed.rows("SELECT state, reason, agent FROM conversations WHERE id = :id", id=first)
    assert (row["state"], row["reason"], row["agent"]) == ("queued", "asked", None)


async def test_a_conversation_left_lying_is_noted_and_found_by_the_inbox_itself(staffed: Staffed) -> None:
    await staffed.says("转人工")
    (waiting,) = await staffed.inbox.desk.queue()
    await staffed.inbox.desk.take(waiting, "wang")
    await staffed.time_passes(AGENT_SECONDS + 1)

    async def noted() -> bool:
        return bool(await staffed.rows("SELECT 1 FROM handoff_events WHERE event = 'expired' AND by = 'wang'"))

    await until(noted, 12)


async def test_a_sign_of_life_keeps_all_of_an_agents_conversations(staffed: Staffed) -> None:
    desk = staffed.inbox.desk
    for person in ("o-1", "o-2"):
        await staffed.says("转人工", person)
    for waiting in await desk.queue():
        await desk.take(waiting, "wang")
    await staffed.time_passes(AGENT_SECONDS - 60)
    await desk.renew_all("wang")
    await staffed.time_passes(AGENT_SECONDS - 60)
    assert await desk.return_abandoned() == []


@pytest.mark.parametrize(("said", "patience"), [("转人工", QUEUE_SECONDS), ("嗯嗯", OTHERS_SECONDS)])
async def test_who_has_waited_too_long_is_the_robots_again(
    staffed: Staffed, rasa: Rasa, said: str, patience: float
) -> None:
    rasa.says["嗯嗯"] = handed_over("two_misses")
    await staffed.says(said)
    await staffed.time_passes(patience - 60)
    assert len(await staffed.inbox.desk.queue()) == 1
    await staffed.time_passes(120)
    assert await staffed.inbox.desk.queue() == []
    await staffed.says("怎么备案")
    (row,) = await staffed.rows("SELECT state, reason, queued_at FROM conversations")
    assert (row["state"], row["reason"], row["queued_at"]) == ("bot", "", None)


async def test_a_transfer_hands_over_at_once_and_the_giver_has_nothing_left(staffed: Staffed, phone: Phone) -> None:
    desk = staffed.inbox.desk
    await staffed.says("转人工")
    (waiting,) = await desk.queue()
    await desk.take(waiting, "wang")
    assert await desk.transfer(waiting, "wang", "li")
    assert await desk.say(waiting, "wang", "您好") is None
    assert await desk.say(waiting, "li", "我是另一位") is not None
    assert not await desk.transfer(waiting, "wang", "wang")
    await until(lambda: phone.texts()[-1:] == ["我是另一位"])


async def test_each_way_out_is_noted_with_its_outcome_and_the_wait(staffed: Staffed, phone: Phone) -> None:
    desk = staffed.inbox.desk
    await staffed.says("转人工")
    (waiting,) = await desk.queue()
    await staffed.time_passes(60)
    await desk.take(waiting, "wang")
    await desk.requeue(waiting, "wang")
    assert await desk.queue() == [waiting]
    await desk.take(waiting, "wang")
    await desk.close(waiting, "wang", "请到窗口", "带身份证原件")
    rows = await staffed.rows("SELECT event, detail FROM handoff_events ORDER BY id")
    assert [row["event"] for row in rows] == ["asked", "taken", "requeued", "taken", "closed"]
    shown = [one["text"] for one in await staffed.reading.transcript(waiting) if one["who"] == "event"]
    assert shown[-1] == "wang结束了服务：请到窗口：带身份证原件"
    assert '"waited": 6' in str(rows[1]["detail"]).replace("'", '"')
    await until(lambda: any("人工服务已结束" in said for said in phone.texts()))


async def test_a_transcript_shows_what_the_robot_rested_on_and_the_notes(staffed: Staffed, rasa: Rasa) -> None:
    rasa.says["转移多久"] = answered()
    rasa.says["嗯嗯"] = handed_over("two_misses")
    await staffed.says("转移多久")
    await staffed.says("嗯嗯")
    (waiting,) = await staffed.inbox.desk.queue()
    await Notes(staffed.inbox.database).add(waiting, "wang", "打过电话，13812345678没人接")
    shown = await staffed.reading.transcript(waiting)
    robot = [one for one in shown if one["who"] == "robot"]
    assert (robot[0]["kind"], robot[0]["entries"][0]["clauses"]) == ("回答", "m.1.2")
    assert robot[1]["why"] == "两次没听懂"
    assert [one["text"] for one in shown if one["who"] == "note"] == ["打过电话，〔手机号〕没人接"]
    assert [one["who"] for one in shown] == ["citizen", "robot", "citizen", "event", "robot", "note"]


async def test_what_the_robot_heard_is_shown_to_the_staff_and_never_sent_to_the_web(
    staffed: Staffed, rasa: Rasa
) -> None:
    item = answered()
    item["custom"]["understood"] = {"labels": [["transfer/time_limit", 0.93], ["transfer/how", 0.04]], "band": "answer"}
    rasa.says["转移多久"] = item
    assert await staffed.says("转移多久", "s-1", "web") == "15个工作日"
    conversation = await staffed.inbox.records.conversation("web", "s-1")
    assert conversation
    shown = await staffed.reading.transcript(conversation)
    assert shown[1]["why"] == "听成：transfer/time_limit 93%，transfer/how 4%（有把握）"
    sent = await staffed.inbox.records.history(conversation)
    assert sent[1]["custom"]["kind"] == "answer" and "understood" not in sent[1]["custom"]


async def test_phrases_are_ones_own_or_everybodys_which_a_lead_keeps(staffed: Staffed) -> None:
    phrases = Phrases(staffed.inbox.database)
    wang = Staff(1, "wang", "王丽", Role.LEAD, False)
    li = Staff(2, "li", "李明", Role.AGENT, False)
    await phrases.add(wang, "问好", "您好，请问有什么可以帮您", everybodys=True)
    await phrases.add(li, "稍等", "请稍等，我查一下")
    with pytest.raises(TextError, match="由班长或管理员维护"):
        await phrases.add(li, "问好", "喂", everybodys=True)
    assert [one["title"] for one in await phrases.of("li")] == ["稍等", "问好"]
    (everybodys,) = await phrases.of("wang")
    with pytest.raises(TextError, match="由班长或管理员维护"):
        await phrases.remove(li, everybodys["id"])
    await phrases.remove(wang, everybodys["id"])
    assert [one["title"] for one in await phrases.of("li")] == ["稍等"]


async def test_fifty_desks_share_one_look(staffed: Staffed) -> None:
    board = Board(staffed.reading, staffed.inbox.hub)
    watching = [await board.watch() for _ in range(50)]
    before = board.looks
    await staffed.says("转人工")
    await until(lambda: all(event.is_set() for event in watching))
    assert board.looks - before <= 2
    assert board.people[0]["last"] == "转人工"
    for event in watching:
        board.leave(event)


async def test_suggestions_begin_with_what_the_robot_answered_from(staffed: Staffed, rasa: Rasa) -> None:
    from datetime import date

    from luebao.knowledge import load

    rasa.says["转移多久"] = answered()
    await staffed.says("转移多久")
    (conversation,) = [row["id"] for row in await staffed.rows("SELECT id FROM conversations")]
    knowledge = load(ROOT / "knowledge")
    shown = suggestions(knowledge, await staffed.reading.transcript(conversation), date(2026, 11, 22))
    assert shown[0].id == "transfer.time_limit"
    assert "15个工作日" in shown[0].text and "依据：" in shown[0].text
    assert 0 < len(shown[0].sms) < len(shown[0].text)
    assert len({one.id for one in shown}) == len(shown) <= 4


async def test_the_desk_is_told_how_many_messages_wechat_still_lets_through(staffed: Staffed, phone: Phone) -> None:
    async def remaining(person: str) -> int:
        return 3 if person == "o-zhang" else 0

    assert await staffed.inbox.remaining("wechat", "o-zhang") is None  # this channel sets no bound
    phone.remaining = remaining  # type: ignore[attr-defined]
    assert await staffed.inbox.remaining("wechat", "o-zhang") == 3
    assert await staffed.inbox.remaining("sms", "+8613812345678") is None


async def test_fifty_who_ask_for_the_next_one_at_once_get_fifty_people(staffed: Staffed) -> None:
    await asyncio.gather(*(staffed.says("转人工", f"o-{n}") for n in range(20)))
    taken = await asyncio.gather(*(staffed.inbox.desk.take_next(f"kf{n}") for n in range(25)))
    assert len(set(taken) - {0}) == 20 and taken.count(0) == 5
