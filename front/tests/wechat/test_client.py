"""Pushing through a real HTTP server that answers as api.weixin.qq.com does."""

import asyncio
import logging

import httpx
import pytest

from front.channels.wechat.client import ApiError, WeChatApi, connect
from front.inbox.protocol import SendResult

SENT, RETRY, DEAD = SendResult.SENT, SendResult.RETRY, SendResult.DEAD


@pytest.fixture
async def api(weixin):
    async with connect(weixin.url) as http:
        yield WeChatApi("wx1", "secret", http)


async def test_a_text_arrives_as_chinese_not_as_escapes(api, weixin):
    assert (await api.send_text("oA", "跨省转移15个工作日"))[0] is SENT
    assert weixin.sent() == ["跨省转移15个工作日"]
    assert "跨省转移".encode() in weixin.raw[0] and b"\\u" not in weixin.raw[0]


async def test_the_token_is_fetched_once_for_many_sends_at_the_same_time(api, weixin):
    results = await asyncio.gather(*(api.send_text("oA", str(n)) for n in range(20)))
    assert [result for result, _ in results] == [SENT] * 20
    assert weixin.tokens_fetched() == [False]


async def test_a_token_in_its_last_five_minutes_is_renewed_early(api, weixin):
    weixin.expires_in = 299
    await api.send_text("oA", "1")
    await api.send_text("oA", "2")
    assert weixin.tokens_fetched() == [False, False]


async def test_an_expired_token_is_renewed_and_the_message_sent_once(api, weixin):
    await api.send_text("oA", "1")
    weixin.refused_tokens.add(weixin.token)
    assert (await api.send_text("oA", "2"))[0] is SENT
    assert weixin.sent() == ["1", "2"]
    assert weixin.tokens_fetched() == [False, False]


async def test_a_token_that_stays_refused_is_forced_but_not_again_within_thirty_seconds(api, weixin):
    weixin.stuck = True
    await api.send_text("oA", "1")
    weixin.refused_tokens.add(weixin.token)
    assert (await api.send_text("oA", "2"))[0] is SENT
    weixin.refused_tokens.add(weixin.token)
    assert (await api.send_text("oA", "3"))[0] is RETRY
    assert weixin.tokens_fetched() == [False, False, True, False]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (0, SENT),
        (-1, RETRY),
        (45047, RETRY),
        (45011, RETRY),
        (45015, DEAD),
        (45002, DEAD),
        (48001, DEAD),
        (40003, DEAD),
    ],
)
async def test_what_wechat_says_decides_whether_it_is_worth_another_try(api, weixin, code, result):
    weixin.errors.append(code)
    got, note = await api.send_text("oA", "秘密的话")
    assert got is result
    assert "秘密的话" not in note
    assert code == 0 or str(code) in note


async def test_an_error_nobody_has_seen_yet_is_worth_another_try_and_told_to_the_operator(api, weixin):
    weixin.errors.append(99999)
    assert await api.send_text("oA", "x") == (RETRY, "微信错误 99999：scripted 99999")


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"errcode": "no"}', b"\xff\xfe", b"null"])
async def test_an_answer_that_is_not_wechats_is_worth_another_try(api, weixin, answer):
    weixin.broken = answer
    assert (await api.send_text("oA", "x"))[0] is RETRY


async def test_a_token_answer_without_a_token(api, weixin):
    weixin.broken = b'{"expires_in": 7200}'
    assert (await api.send_text("oA", "x"))[0] is RETRY


async def test_nobody_listening():
    async with connect("http://127.0.0.1:9") as http:
        assert (await WeChatApi("wx1", "secret", http).send_text("oA", "x"))[0] is RETRY


async def test_wechat_too_slow(weixin):
    weixin.slow = 0.5
    async with httpx.AsyncClient(base_url=weixin.url, timeout=0.1) as http:
        assert (await WeChatApi("wx1", "secret", http).send_text("oA", "x"))[0] is RETRY


async def test_typing_is_best_effort(api, weixin):
    weixin.errors.append(45080)
    await api.typing("oA")
    await api.typing("oA")
    assert [body for path, body in weixin.asked if path.endswith("typing")] == [{"touser": "oA", "command": "Typing"}]


async def test_other_calls_raise_what_wechat_said(api, weixin):
    weixin.errors.append(40018)
    with pytest.raises(ApiError, match="40018"):
        await api.call("/cgi-bin/menu/create", {})


async def test_no_token_and_no_secret_in_the_logs(api, weixin, caplog):
    caplog.set_level(logging.INFO)
    await api.send_text("oA", "1")
    assert "token-1" not in caplog.text and "secret" not in caplog.text
