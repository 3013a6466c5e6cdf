"""Nobody there: said honestly, with a call-back; the number is encrypted, seen by who calls, and gone afterwards."""

from __future__ import annotations

import asyncio
import os
import stat
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from conftest import running, settings_for
from luebao.policy.workdays import announced
from luebao.today import CHINA
from rasa_peer import Rasa

from desk.staffed import Staffed
from front.desk.callbacks.callbacks import CallbackError
from front.desk.callbacks.secret import Secret, WrongKey, secret_of
from front.desk.conversations.opening import next_opening, said
from front.desk.office.office import Hours, Office, Robot
from front.inbox.conversations import CALLBACK_SECONDS
from front.inbox.inbox import Inbox
from front.inbox.words import mobile
from front.settings import MissingSetting

NUMBER = "13812345678"


@pytest.fixture
def staffed(inbox: Inbox) -> Staffed:
    return Staffed(inbox)


async def test_somebody_is_there_and_the_person_is_put_through(staffed: Staffed) -> None:
    await staffed.hire("wang")
    reply = str(await staffed.says("转人工"))
    assert "正在为您转接" in reply and "手机号码" not in reply


async def test_nobody_is_there_and_the_person_can_leave_a_number(staffed: Staffed) -> None:
    await staffed.hire("wang", present=False)
    reply = str(await staffed.says("转人工"))
    assert "现在没有工作人员在岗，" in reply and "5190857" in reply and "请直接回复手机号码" in reply
    assert "上班时间" not in reply  # the office has not said its hours
    reply = str(await staffed.says("138 1234 5678"))
    assert "138****5678" in reply
    (kept,) = await staffed.rows("SELECT number, shown, state FROM callbacks")
    assert (kept["shown"], kept["state"]) == ("138****5678", "open")
    assert NUMBER not in kept["number"] and staffed.callbacks.secret
    assert staffed.callbacks.secret.show(kept["number"]) == NUMBER
    texts = [row["text"] for row in await staffed.rows("SELECT text FROM inbound")]
    assert texts == ["转人工", "〔手机号〕"]


async def test_a_number_nobody_asked_for_is_masked_and_not_kept(staffed: Staffed) -> None:
    assert "我不需要您的证件号" in str(await staffed.says(NUMBER))
    await staffed.says("转人工")
    await staffed.time_passes(CALLBACK_SECONDS + 1)
    assert "我不需要您的证件号" in str(await staffed.says(NUMBER))
    assert await staffed.rows("SELECT 1 FROM callbacks") == []


async def test_the_same_message_delivered_twice_leaves_one_number_and_a_second_one_corrects_it(
    staffed: Staffed,
) -> None:
    from conftest import text

    await staffed.says("转人工")
    for _ in range(2):
        await staffed.inbox.receive(text(NUMBER, "same"))
    await staffed.says("13987654321")
    (kept,) = await staffed.rows("SELECT shown, about FROM callbacks")
    assert kept["shown"] == "139****4321"


async def test_on_sms_the_own_number_will_do(staffed: Staffed) -> None:
    received = "+8613812345678"
    await staffed.says("回电", received, "sms")
    (kept,) = await staffed.rows("SELECT shown FROM callbacks")
    assert kept["shown"] == "138****5678"


async def test_elsewhere_the_number_is_asked_for(staffed: Staffed) -> None:
    assert "请直接回复手机号码" in str(await staffed.says("请回电"))
    assert "已登记回电" in str(await staffed.says(f"我的手机号是{NUMBER}"))


async def test_a_person_takes_it_back_and_the_number_is_gone(staffed: Staffed) -> None:
    await staffed.says("回电")
    await staffed.says(NUMBER)
    assert "不会再给您回电" in str(await staffed.says("取消回电"))
    (kept,) = await staffed.rows("SELECT number, state FROM callbacks")
    assert (kept["number"], kept["state"]) == ("", "cancelled")


async def test_everything_of_the_desk_is_erased_with_the_person(staffed: Staffed) -> None:
    await staffed.says("回电")
    await staffed.says(NUMBER)
    await staffed.says("删除我的记录")
    assert await staffed.rows("SELECT 1 FROM callbacks") == []
    (row,) = await staffed.rows("SELECT callback_until FROM conversations")
    assert row["callback_until"] == 0


async def test_a_number_of_somebody_who_is_served_is_taken_when_the_agent_asks(staffed: Staffed) -> None:
    await staffed.hire("wang")
    await staffed.says("转人工")
    (waiting,) = await staffed.inbox.desk.queue()
    await staffed.inbox.desk.take(waiting, "wang")
    assert await staffed.says(NUMBER) is None  # not asked for: masked
    assert await staffed.inbox.desk.ask_number(waiting, "wang")
    await asyncio.sleep(0.2)
    assert "已登记回电" in str(await staffed.says(NUMBER))


async def test_without_a_key_no_number_is_asked_for_or_kept(inbox: Inbox) -> None:
    staffed = Staffed(inbox, key="")
    assert "手机号码" not in str(await staffed.says("转人工"))
    await staffed.says(NUMBER)
    assert await staffed.rows("SELECT 1 FROM callbacks") == []


async def test_one_agent_gets_a_call_sees_the_number_and_that_is_noted(staffed: Staffed) -> None:
    await staffed.says("异地就医怎么备案")
    await staffed.says("回电")
    await staffed.says(NUMBER)
    (one,) = await staffed.callbacks.listed()
    assert (one["shown"], one["about"], "number" in one) == ("138****5678", "异地就医怎么备案", False)
    won = await asyncio.gather(*(staffed.callbacks.take(one["id"], f"kf{n}") for n in range(20)))
    assert won.count(True) == 1
    winner, loser = f"kf{won.index(True)}", f"kf{won.index(False)}"
    assert await staffed.callbacks.reveal(one["id"], winner) == NUMBER
    with pytest.raises(CallbackError, match="不在您手上"):
        await staffed.callbacks.reveal(one["id"], loser)
    assert not await staffed.callbacks.end(one["id"], loser, reached=True, outcome="")
    assert await staffed.callbacks.end(one["id"], winner, reached=True, outcome=f"已说明，{NUMBER}")
    (kept,) = await staffed.rows("SELECT number, outcome, state FROM callbacks")
    assert (kept["number"], kept["outcome"], kept["state"]) == ("", "已说明，〔手机号〕", "done")
    lines = await staffed.rows("SELECT who, action FROM audit ORDER BY id")
    assert [(row["who"], row["action"]) for row in lines] == [
        (winner, "callback.taken"), (winner, "callback.number"), (winner, "callback.done")]  # fmt: skip


async def test_a_robot_that_is_off_says_so_and_the_queue_works(staffed: Staffed, rasa: Rasa) -> None:
    await Office(staffed.inbox.database).set_robot("boss", Robot(False, "政策有变", "政策正在核对"))
    staffed.front_desk._seen = None
    assert await staffed.says("怎么备案") == (
        "政策正在核对。回复“人工”，由工作人员回答您。着急的话请直接拨打全市医保咨询电话5190857。"
    )
    assert "已为您登记转人工" in str(await staffed.says("人工"))
    assert "您已在人工队列中" in str(await staffed.says("怎么备案"))
    assert rasa.asked == []
    assert len(await staffed.inbox.desk.queue()) == 1


async def test_the_hours_the_office_has_set_are_told(staffed: Staffed) -> None:
    every_day = {str(day): (("00:00", "00:01"),) for day in range(1, 8)}
    await Office(staffed.inbox.database).set_hours("boss", Hours(every_day, "open"))
    staffed.front_desk._seen = None
    tomorrow = datetime.now(CHINA) + timedelta(days=1)
    assert f"下次上班时间是明天（{tomorrow.month}月{tomorrow.day}日" in str(await staffed.says("转人工"))


def test_the_key_is_made_once_beside_the_database_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite:///{tmp_path / 'front.db'}", None)
    first, second = secret_of(settings), secret_of(settings)
    assert first and second and second.show(first.hide(NUMBER)) == NUMBER
    assert stat.S_IMODE(os.stat(tmp_path / "secret.key").st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_on_postgresql_the_key_must_be_set_for_all_fronts() -> None:
    url = "postgresql://root@127.0.0.1/x"
    assert secret_of(settings_for(url, None)) is None
    with pytest.raises(MissingSetting, match="至少32位"):
        secret_of(settings_for(url, None, LUEBAO_SECRET_KEY="short"))
    secret = secret_of(settings_for(url, None, LUEBAO_SECRET_KEY="k" * 32))
    assert secret
    with pytest.raises(WrongKey, match="LUEBAO_SECRET_KEY"):
        Secret("z" * 32).show(secret.hide(NUMBER))


def test_which_messages_are_a_number_and_hardly_anything_else() -> None:
    for text in (
        NUMBER,
        "138-1234-5678",
        "+86 13812345678",
        "１３８１２３４５６７８",
        "我的电话是13812345678",
        "请打13812345678",
    ):
        assert mobile(text) == NUMBER, text
    for text in ("12345", "110101199003070018", "我妈的医保卡号13812345678能查吗", "5190857", "138123456789"):
        assert mobile(text) is None, text


WORKDAYS = Hours({str(day): (("08:30", "11:30"), ("13:00", "17:00")) for day in range(1, 6)}, "closed")


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-20 07:00", "今天（11月20日星期五）08:30"),
        ("2026-11-20 10:00", ""),  # open
        ("2026-11-20 12:00", "今天（11月20日星期五）13:00"),
        ("2026-11-20 18:00", "11月23日星期一08:30"),  # over the weekend
        ("2026-09-30 18:00", "10月8日星期四08:30"),  # over the national holidays
        ("2099-09-30 18:00", ""),  # that year's holidays are not announced
    ],
)
def test_the_next_opening_skips_holidays_and_is_silent_where_it_is_not_certain(now: str, opens: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=CHINA)
    assert said(next_opening(WORKDAYS, announced(), at), at) == opens


def test_a_saturday_with_hours_is_open_unless_it_is_part_of_a_holiday() -> None:
    saturdays = Hours({"6": (("09:00", "12:00"),)}, "closed")
    at = datetime.combine(date(2026, 9, 25), time(18), CHINA)  # Friday; 中秋 2026 is that very day
    found = next_opening(saturdays, announced(), at)
    assert found and found.date() not in (date(2026, 9, 26), date(2026, 10, 3))
    assert next_opening(None, announced(), at) is None


async def test_a_key_that_changed_is_said_when_the_number_is_wanted(rasa: Rasa, tmp_path: Path) -> None:
    async with running(settings_for(f"sqlite:///{tmp_path / 'front.db'}", rasa)) as inbox:
        staffed = Staffed(inbox)
        await staffed.says("回电")
        await staffed.says(NUMBER)
        other = Staffed(inbox, key="another key of thirty-two characters")
        (one,) = await other.callbacks.listed()
        await other.callbacks.take(one["id"], "wang")
        with pytest.raises(WrongKey, match="另一个 LUEBAO_SECRET_KEY"):
            await other.callbacks.reveal(one["id"], "wang")
