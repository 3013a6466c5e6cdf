"""WeChat hangs up after five seconds and asks three times: one answer all the same, in the response or pushed."""

import asyncio
import sqlite3
import time

from front.channels.wechat import routes
from wechat.running import ASK, front


async def test_three_deliveries_of_one_message_during_a_slow_answer_give_one_answer(safe):
    safe.rasa.slow = 0.6
    message = safe.wechat.message(Content=ASK)

    async def after(seconds):
        await asyncio.sleep(seconds)
        return safe.wechat.seen(await safe.wechat.deliver(message))

    seen = await asyncio.gather(after(0), after(0.2), after(0.4))
    assert sorted(seen) == ["", "", f"您问的是：{ASK}"]
    assert len(safe.rasa.asked) == 1
    assert safe.wechat.seen(await safe.wechat.deliver(message)) == ""
    await asyncio.sleep(1.2)
    assert safe.weixin.sent() == []


async def test_an_answer_later_than_wechat_waits_is_pushed_once(hasty):
    hasty.rasa.slow = 0.8
    message = hasty.wechat.message(Content=ASK)
    started = time.monotonic()
    assert hasty.wechat.seen(await hasty.wechat.deliver(message)) == ""
    assert time.monotonic() - started < 0.75
    await hasty.until(hasty.weixin.sent)
    assert hasty.wechat.seen(await hasty.wechat.deliver(message)) == ""
    await asyncio.sleep(1.2)
    assert hasty.weixin.sent() == [f"您问的是：{ASK}"]
    assert ("/cgi-bin/message/custom/typing", {"touser": "oA", "command": "Typing"}) in hasty.weixin.asked


async def test_the_second_try_gets_what_was_said_into_the_connection_that_had_ended(safe):
    message = safe.wechat.message(Content=ASK, CreateTime=str(int(time.time()) - 5))
    said = [safe.wechat.seen(await safe.wechat.deliver(message)) for _ in range(2)]
    assert said == [f"您问的是：{ASK}"] * 2
    assert len(safe.rasa.asked) == 1
    await asyncio.sleep(1.2)
    assert safe.weixin.sent() == []


async def test_what_was_pushed_is_not_said_again_to_a_second_try(hasty):
    hasty.rasa.slow = 0.8
    message = hasty.wechat.message(Content=ASK, CreateTime=str(int(time.time()) - 5))
    assert hasty.wechat.seen(await hasty.wechat.deliver(message)) == ""
    await hasty.until(hasty.weixin.sent)
    assert hasty.wechat.seen(await hasty.wechat.deliver(message)) == ""
    assert hasty.weixin.sent() == [f"您问的是：{ASK}"]


async def test_the_second_try_of_wechat_gets_an_answer_that_came_between(hasty):
    hasty.rasa.slow = 0.5
    message = hasty.wechat.message(Content=ASK)
    first = asyncio.create_task(hasty.wechat.deliver(message))
    await asyncio.sleep(0.29)
    second = await hasty.wechat.deliver(message)
    seen = [hasty.wechat.seen(await first), hasty.wechat.seen(second)]
    await asyncio.sleep(0.7)
    assert sorted(seen + hasty.weixin.sent())[-1] == f"您问的是：{ASK}"
    assert sum(bool(text) for text in seen + hasty.weixin.sent()) == 1


async def test_three_deliveries_to_two_front_processes_on_one_database_give_one_answer(tmp_path, weixin):
    async with front(tmp_path, weixin) as one, front(tmp_path, weixin) as other:
        one.rasa.slow = other.rasa.slow = 0.7
        message = one.wechat.message(Content=ASK)
        answers = await asyncio.gather(*(at.wechat.deliver(message) for at in (one, other, one)))
        seen = [one.wechat.seen(answer) for answer in answers] + weixin.sent()
        assert [text for text in seen if text] == [f"您问的是：{ASK}"]
        assert len(one.rasa.asked + other.rasa.asked) == 1


async def test_when_wechat_hangs_up_the_answer_is_pushed(safe):
    safe.rasa.slow = 0.5
    body, query = safe.wechat.sign(safe.wechat.message(Content=ASK))
    host, port = safe.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    path = "/channels/wechat?" + "&".join(f"{name}={value}" for name, value in query.items())
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    await safe.until(safe.weixin.sent)
    assert safe.weixin.sent() == [f"您问的是：{ASK}"]


async def test_a_locked_database_still_gives_the_phone_within_five_seconds(safe, tmp_path):
    other = sqlite3.connect(tmp_path / "front.db", isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN EXCLUSIVE")
    started = time.monotonic()
    try:
        assert "5190857" in await safe.wechat.say(ASK)
    finally:
        other.rollback()
        other.close()
    assert time.monotonic() - started < 4.9


async def test_a_copy_of_what_is_stored_is_not_refused_because_the_database_is_locked(hasty, tmp_path, monkeypatch):
    monkeypatch.setattr(routes, "LAST", 1.0)
    hasty.rasa.slow = 2.0
    message = hasty.wechat.message(Content=ASK)
    assert hasty.wechat.seen(await hasty.wechat.deliver(message)) == ""
    other = sqlite3.connect(tmp_path / "front.db", isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    try:
        assert hasty.wechat.seen(await hasty.wechat.deliver(message)) == ""  # the phone number, and the answer later
    finally:
        other.rollback()
        other.close()
    await hasty.until(hasty.weixin.sent, seconds=10)
    assert hasty.weixin.sent() == [f"您问的是：{ASK}"]


async def test_the_sixth_push_waits_until_the_citizen_writes_again(safe):
    await safe.wechat.say("转人工")
    (waiting,) = await safe.inbox.desk.queue()
    assert await safe.inbox.desk.take(waiting, "kf01")
    for n in range(1, 7):
        await safe.inbox.desk.say(waiting, "kf01", f"第{n}条")
    safe.inbox.sending.due()
    await safe.until(lambda: len(safe.weixin.sent()) >= 5)
    (held,) = await safe.until(lambda: letters(safe))
    assert "等市民再发一条消息" in held["note"]
    assert safe.weixin.sent() == [f"第{n}条" for n in range(1, 6)]
    assert await safe.wechat.say("好的，请讲") == ""
    await safe.until(lambda: len(safe.weixin.sent()) == 6, seconds=10)
    assert safe.weixin.sent()[-1] == "第6条"


async def letters(running):
    found = await running.inbox.sending.letters("pending")
    return [letter for letter in found if letter["note"]]


async def test_wechats_own_word_on_the_quota_is_kept_for_another_try(hasty):
    hasty.rasa.slow = 0.6
    hasty.weixin.errors.extend([0, 45047])  # typing, then the push
    assert await hasty.wechat.say(ASK) == ""
    await hasty.until(hasty.weixin.sent, seconds=8)
    assert hasty.weixin.sent() == [f"您问的是：{ASK}"]
    assert not hasty.weixin.errors


async def test_a_person_who_may_not_be_written_to_is_a_dead_letter(hasty):
    hasty.rasa.slow = 0.6
    hasty.weixin.errors.extend([0, 45015])
    assert await hasty.wechat.say(ASK) == ""
    (letter,) = await hasty.until(lambda: hasty.inbox.sending.letters("dead"))
    assert "45015" in letter["note"] and ASK not in letter["note"]
