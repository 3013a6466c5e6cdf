"""What the front answers without Rasa, and how it reads numbers, on every channel alike."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from conftest import Phone, running, settings_for, text, until
from rasa_peer import OPTIONS, Rasa

from front.inbox import replies, words
from front.inbox.inbox import Inbox
from front.inbox.protocol import Inbound
from front.settings import PAGE, ROOT


async def say(inbox: Inbox, message: Inbound | str) -> str:
    received = await inbox.receive(text(message) if isinstance(message, str) else message)
    delivery = await inbox.wait_reply(received.id, 6)
    if delivery:
        await inbox.passive_sent(delivery)
        return str(delivery.body["text"])
    # There is nothing to say; or it was answered before anybody waited (by a worker not done with the message before),
    # and then the sender brings it.
    _, sent, _ = await inbox.store.reply_to(received.id)
    if sent is None:
        return ""
    phone = inbox.channels["wechat"]
    assert isinstance(phone, Phone)
    await until(lambda: any(got.id == sent.id for got in phone.got))
    return str(sent.body["text"])


@pytest.mark.parametrize("number", ["1", "１", "第一个", "选1", "跨省转移多久办好"])
async def test_a_number_or_title_chooses_from_the_list_shown_last(inbox: Inbox, rasa: Rasa, number: str) -> None:
    await say(inbox, "请给我选项")
    await say(inbox, number)
    assert rasa.asked[-1] == {"sender": rasa.asked[0]["sender"], "payload": OPTIONS[0]["payload"]}


async def test_a_list_holds_until_another_is_shown(inbox: Inbox, rasa: Rasa) -> None:
    await say(inbox, "请给我选项")
    await say(inbox, "医保码怎么领")
    await say(inbox, "2")
    assert rasa.asked[-1]["payload"] == "/none_of_these"


async def test_a_number_without_a_list_is_a_message(inbox: Inbox, rasa: Rasa) -> None:
    await say(inbox, "2")
    assert rasa.asked[-1]["message"] == "2"


async def test_a_number_outside_the_list_is_told_so(inbox: Inbox, rasa: Rasa) -> None:
    await say(inbox, "请给我选项")
    assert "1到2" in await say(inbox, "7")
    assert len(rasa.asked) == 1


@pytest.mark.parametrize("kind", ["image", "voice", "other"])
async def test_what_is_not_text_gets_a_kind_word(inbox: Inbox, rasa: Rasa, kind: str) -> None:
    said = await say(inbox, Inbound("wechat", "o-zhang", "key-1", kind))  # type: ignore[arg-type]
    assert replies.PHONE in said
    assert rasa.asked == []


@pytest.mark.parametrize(
    ("said", "part"), [("", "没有收到文字"), ("\u200b \n", "没有收到文字"), ("长" * 501, "读不完")]
)
async def test_empty_and_endless_messages_get_a_kind_word(inbox: Inbox, rasa: Rasa, said: str, part: str) -> None:
    assert part in await say(inbox, said)
    assert rasa.asked == []


async def test_a_slash_never_reaches_rasa_as_an_intent(inbox: Inbox, rasa: Rasa) -> None:
    for said in ("/restart", "　/restart", "\u200b/restart", "／restart", "\x1c/restart"):
        await say(inbox, said)
    assert rasa.messages() == ["／restart"] * 5


async def test_personal_numbers_reach_neither_rasa_nor_the_record(inbox: Inbox, rasa: Rasa) -> None:
    await say(inbox, "我身份证11010519491231002X，电话 138 0013 8000，怎么备案")
    assert rasa.messages() == ["我身份证 ,电话 ,怎么备案"]
    conversation = await inbox.records.conversation("wechat", "o-zhang")
    assert conversation
    record = json.dumps(await inbox.records.history(conversation), ensure_ascii=False)
    assert "〔身份证号〕" in record and "1949" not in record and "8000" not in record


async def test_only_a_personal_number_is_answered_with_a_warning(inbox: Inbox, rasa: Rasa) -> None:
    assert "不需要您的证件号" in await say(inbox, "11010519491231002X")
    assert rasa.asked == []


async def test_somebody_who_floods_gets_the_phone(inbox: Inbox, rasa: Rasa) -> None:
    said = [await say(inbox, f"第{number}问是什么") for number in range(22)]
    assert "有点快" in said[-1]
    assert len(rasa.asked) == 20


async def test_more_brings_the_rest_of_a_cut_text_once(inbox: Inbox, rasa: Rasa) -> None:
    received = await inbox.receive(text("怎么备案"))
    delivery = await inbox.wait_reply(received.id, 4)
    assert delivery
    await inbox.keep_rest(delivery, "后半段")
    await inbox.passive_sent(delivery)
    assert await say(inbox, "更多") == "后半段"
    assert await say(inbox, "更多") == "答：更多"


@pytest.mark.parametrize("mode", ["down", "slow", "empty", "error", "garbage", "wrong"])
async def test_whatever_is_wrong_with_rasa_the_phone_is_given(tmp_path: Path, rasa: Rasa, mode: str) -> None:
    rasa.mode = mode
    rasa.delay = 2.0 if mode == "slow" else 0.0
    if mode == "down":
        rasa.stop()
    async with running(settings_for(f"sqlite:///{tmp_path / 'front.db'}", rasa)) as inbox:
        said = await say(inbox, "怎么备案")
        assert said == replies.TROUBLE["text"] and replies.PHONE in said
        assert "已为您登记转人工" in await say(inbox, "转人工")  # asking for a person needs no Rasa


async def test_following_the_account_is_welcomed(inbox: Inbox, phone: Phone) -> None:
    assert "我是鲁e宝" in await say(inbox, Inbound("wechat", "o-zhang", "e-1", "event", event="subscribe"))
    assert await say(inbox, Inbound("wechat", "o-zhang", "e-2", "event", event="location")) == ""


async def test_a_tap_on_the_menu_asks_what_the_menu_says(inbox: Inbox) -> None:
    tap = Inbound("wechat", "o-zhang", "e-3", "event", "异地就医怎么备案", "click")
    assert await say(inbox, tap) == "答：异地就医怎么备案"


def test_the_phone_is_the_one_of_the_knowledge() -> None:
    facts = (ROOT / "knowledge" / "facts" / "contact.yml").read_text(encoding="utf-8")
    assert f'value: "{replies.PHONE}"' in facts
    assert yaml.safe_load(facts)


def test_the_replies_of_the_front_keep_the_contract() -> None:
    own = PAGE.parent / "reply.schema.json"
    assert own.read_bytes() == (ROOT / "luebao" / "answers" / "reply.schema.json").read_bytes()
    validator = jsonschema_rs.validator_for(json.loads(own.read_text(encoding="utf-8")))
    said = [value for name, value in vars(replies).items() if name.isupper() and isinstance(value, dict)]
    assert len(said) >= 10
    for body in [*said, replies.no_such_number(3)]:
        assert validator.is_valid(body["custom"]), body["text"]
        assert len(body["sms"].encode("utf-16-le")) // 2 <= 70, body["sms"]  # one segment
        assert body["text"] == body["custom"]["full"]


@pytest.mark.parametrize("said", ["人工", "转人工！", " 人 工 ", "我要转人工"])
def test_words_that_ask_for_a_person(said: str) -> None:
    assert words.wants_human(said)


@pytest.mark.parametrize("said", ["人工关节能报销吗", "转人工费用怎么算"])
def test_words_that_only_mention_it(said: str) -> None:
    assert not words.wants_human(said)
