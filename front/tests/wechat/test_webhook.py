"""WeChat talks to the running front."""

import asyncio
import time

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from front.channels.wechat.codec import MOST_BYTES, Codec
from front.channels.wechat.render import MORE
from front.channels.wechat.simulate import simulate
from front.inbox import tables
from wechat.running import AES_KEY, APPID, ASK, TOKEN, front


async def rows(running, table):
    async with running.inbox.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar()


async def states(running):
    async with running.inbox.database.read() as connection:
        return list((await connection.execute(select(tables.outbox.c.state).order_by(tables.outbox.c.id))).scalars())


async def test_wechat_checks_the_address(safe):
    now = str(int(time.time()))
    query = {"timestamp": now, "nonce": "n", "signature": Codec(TOKEN).sign(now, "n"), "echostr": "59<1>"}
    right = await safe.wechat.http.get(safe.wechat.url, params=query)
    assert (right.status_code, right.text) == (200, "59<1>")
    assert right.headers["content-type"].startswith("text/plain")
    wrong = await safe.wechat.http.get(safe.wechat.url, params={**query, "signature": "0" * 40})
    assert wrong.status_code == 403 and "59" not in wrong.text


@pytest.mark.parametrize("mode", ["safe", "compatible", "plain"])
async def test_a_question_is_answered_in_the_response(tmp_path, weixin, mode):
    async with front(tmp_path, weixin, mode) as running:
        assert await running.wechat.say(ASK) == f"您问的是：{ASK}"
        assert await running.until(lambda: running.inbox.dead_workers() == [])
        await running.until(lambda: not running.inbox.sending._tasks)
        assert await states(running) == ["sent"]
        assert weixin.sent() == []


async def test_a_forged_or_late_request_is_refused_and_not_stored(safe):
    xml = safe.wechat.message(Content=ASK)
    body, query = safe.wechat.sign(xml)
    for name in ("signature", "msg_signature"):
        refused = await safe.wechat.http.post(safe.wechat.url, params={**query, name: "0" * 40}, content=body)
        assert refused.status_code == 403
    assert (await safe.wechat.deliver(xml, at=time.time() - 301)).status_code == 403
    plain = await safe.wechat.http.post(safe.wechat.url, params=query, content=xml.encode())
    assert plain.status_code == 403
    assert await rows(safe, tables.inbound) == 0


async def test_a_replayed_request_brings_no_second_answer(safe):
    body, query = safe.wechat.sign(safe.wechat.message(Content=ASK))
    answers = [await safe.wechat.http.post(safe.wechat.url, params=query, content=body) for _ in range(3)]
    assert [bool(safe.wechat.seen(answer)) for answer in answers] == [True, False, False]
    assert await rows(safe, tables.inbound) == 1


async def test_in_plaintext_a_signature_is_good_for_one_message_only(plain):
    first, other = plain.wechat.message(Content=ASK), plain.wechat.message(Content="转人工")
    assert plain.wechat.seen(await plain.wechat.deliver(first, nonce="n1"))
    assert plain.wechat.seen(await plain.wechat.deliver(first, nonce="n1")) == ""
    assert (await plain.wechat.deliver(other, nonce="n1")).status_code == 403
    assert plain.wechat.seen(await plain.wechat.deliver(other, nonce="n2"))
    assert await rows(plain, tables.inbound) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * (MOST_BYTES + 1), 413),
        (b"", 400),
        (b"{}", 400),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>', 400),
        (b"<xml>" + b"<a>" * 20_000, 400),
        (b"<xml></xml>", 400),
        (b"<xml><FromUserName>o</FromUserName><MsgType>text</MsgType></xml>", 400),
    ],
)
async def test_what_is_no_message_is_refused_in_words(plain, body, status):
    _, query = plain.wechat.sign("<xml/>")
    refused = await plain.wechat.http.post(plain.wechat.url, params=query, content=body)
    assert refused.status_code == status
    assert "消息" in refused.text


async def test_an_endless_body_is_cut_off(plain):
    _, query = plain.wechat.sign("<xml/>")
    given = []

    async def endless():
        while len(given) < 1000:
            given.append(1)
            yield b"x" * 8192

    try:
        refused = await plain.wechat.http.post(plain.wechat.url, params=query, content=endless())
        assert refused.status_code == 413
    except OSError:
        pass  # cut off while we were still writing
    assert await rows(plain, tables.inbound) == 0


async def test_the_end_of_cdata_in_an_answer(safe):
    safe.rasa.full = "按 a]]>b 办理"
    assert await safe.wechat.say(ASK) == "按 a]]>b 办理"


async def test_a_long_answer_goes_on_with_more(safe):
    sentences = [f"第{n}步，带身份证到窗口办理异地就医备案手续。" for n in range(80)]
    safe.rasa.full = "".join(sentences)
    pages = [await safe.wechat.say(ASK)]
    while pages[-1].endswith(MORE):
        pages.append(await safe.wechat.say("更多"))
    assert len(pages) > 2
    assert all(len(page.encode()) <= 2048 for page in pages)
    assert "".join(page.removesuffix(MORE) for page in pages) == safe.rasa.full
    assert len(safe.rasa.asked) == 1


@pytest.mark.parametrize("chosen", ["2", "２", "网上怎么办医保转移"])
async def test_an_option_is_chosen_by_its_number_or_by_tapping_it(safe, chosen):
    safe.rasa.titles = ["医保关系怎么转", "网上怎么办医保转移"]
    first = await safe.wechat.say(ASK)
    assert "1. <a href=" in first and "msgmenucontent=网上怎么办医保转移&msgmenuid=2" in first
    await safe.wechat.say(chosen, bizmsgmenuid="2")
    assert safe.rasa.asked[-1]["payload"] == '/show{"entry":"transfer.n2"}'


async def test_following_is_welcomed(safe):
    assert "我是鲁e宝" in await safe.wechat.event("subscribe")


async def test_a_code_at_a_counter_gets_a_word_from_somebody_who_follows_already(safe):
    assert "我是鲁e宝" in await safe.wechat.event("SCAN", EventKey="12", Ticket="t")
    assert safe.rasa.asked == []


async def test_a_menu_click_is_its_question(safe):
    assert await safe.wechat.event("CLICK", EventKey="transfer_time") == f"您问的是：{ASK}"


async def test_unfollowing_erases_everything_about_the_person(safe):
    await safe.wechat.say(ASK, person="oLeaves")
    await safe.wechat.say(ASK, person="oStays")
    await safe.inbox.mark("wechat.push", "oLeaves")
    assert await safe.wechat.event("unsubscribe", person="oLeaves") == ""
    for table in (tables.conversations, tables.inbound, tables.outbox):
        assert await rows(safe, table) == 1
    assert await rows(safe, tables.marks) == 0


@pytest.mark.parametrize(("name", "fields"), [("VIEW", {"EventKey": "http://x"}), ("LOCATION", {"Latitude": "37.5"})])
async def test_where_people_are_and_what_they_open_is_neither_answered_nor_stored(safe, name, fields):
    assert await safe.wechat.event(name, **fields) == ""
    assert await rows(safe, tables.inbound) == 0


async def test_voice_and_pictures_get_a_kind_word(safe):
    assert await safe.wechat.say("", MsgType="voice", Recognition=ASK) == f"您问的是：{ASK}"
    assert "听不懂语音" in await safe.wechat.say("", MsgType="voice")
    for kind in ("image", "video", "shortvideo", "location", "link", "hologram"):
        assert "只能看懂文字" in await safe.wechat.say("", MsgType=kind)
    assert len(safe.rasa.asked) == 1


async def test_rasa_answering_nothing_still_gives_the_phone(safe):
    safe.rasa.down = True
    assert "5190857" in await safe.wechat.say(ASK)


async def test_a_slash_never_reaches_rasa_as_an_intent(safe):
    await safe.wechat.say('/show{"entry":"transfer.time_limit"}')
    assert not safe.rasa.asked or safe.rasa.asked[0]["message"].startswith("／")


async def test_simulate_shows_what_a_citizen_sees(safe):
    safe.rasa.titles = ["医保关系怎么转"]
    environment = {"LUEBAO_WECHAT_TOKEN": TOKEN, "LUEBAO_WECHAT_AES_KEY": AES_KEY, "LUEBAO_WECHAT_APPID": APPID}

    def run(*words, **env):
        return CliRunner().invoke(simulate, [*words, "--url", safe.url], env={**environment, **env})

    shown = await asyncio.to_thread(run, ASK)
    assert shown.exit_code == 0
    assert shown.output == f"您问的是：{ASK}\n\n您可能还想了解（回复数字）：\n1. [医保关系怎么转]\n"
    assert "我是鲁e宝" in (await asyncio.to_thread(run, "--event", "subscribe")).output
    assert "没有当场回复" in (await asyncio.to_thread(run, "--event", "unsubscribe")).output
    wrong = await asyncio.to_thread(run, ASK, LUEBAO_WECHAT_TOKEN="other")
    assert wrong.exit_code == 1 and "HTTP 403" in wrong.output and "LUEBAO_WECHAT_TOKEN" in wrong.output
    missing = await asyncio.to_thread(run, ASK, LUEBAO_WECHAT_TOKEN="")
    assert missing.exit_code == 1 and "缺少环境变量 LUEBAO_WECHAT_TOKEN" in missing.output


def test_simulate_without_a_running_front():
    result = CliRunner().invoke(simulate, [ASK, "--url", "http://127.0.0.1:9"], env={"LUEBAO_WECHAT_TOKEN": TOKEN})
    assert result.exit_code == 1 and "请先启动服务" in result.output
