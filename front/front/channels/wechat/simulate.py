"""`front simulate wechat "…"`: be WeChat for one message, to the running front, signed and encrypted as WeChat does."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Mapping

import click
import httpx

from front import settings, simulated
from front.channels.wechat.codec import Codec, Signed, WeChatError, read_xml, write_xml
from front.channels.wechat.routes import PATH

_PATIENCE = 6.0  # WeChat hangs up at five
_LINK = re.compile(r'<a href="weixin://bizmsgmenu\?[^"]*">([^<]*)</a>')


class Refused(Exception):
    """The front did not answer as WeChat needs it; the message says how."""


def post(codec: Codec, url: str, message: Mapping[str, str], encrypt: bool) -> str:
    """Send one message to the webhook at `url`; the citizen's text, "" for `success`. Raises Refused."""
    now, nonce, body = str(int(time.time())), secrets.token_hex(8), write_xml(message)
    query = {"signature": codec.sign(now, nonce), "timestamp": now, "nonce": nonce, "openid": message["FromUserName"]}
    if encrypt:
        sealed = codec.encrypt(body.encode())
        query |= {"encrypt_type": "aes", "msg_signature": codec.sign(now, nonce, sealed)}
        body = write_xml({"ToUserName": message["ToUserName"], "Encrypt": sealed})
    try:
        with httpx.Client(headers={"content-type": "text/xml"}, timeout=_PATIENCE, trust_env=False) as wechat:
            answer = wechat.post(url, params=query, content=body.encode())
    except httpx.TimeoutException:
        raise Refused(f"{_PATIENCE:.0f}秒没有应答：市民会看到“该公众号暂时无法提供服务”") from None
    except httpx.HTTPError as error:
        raise Refused(f"连不上 {url}（{type(error).__name__}）：请先启动服务") from None
    if answer.status_code != 200:
        raise Refused(f"HTTP {answer.status_code}：{answer.text[:200]}")
    return _content(codec, answer.content, encrypt)


def as_seen(text: str) -> str:
    """The text as it looks in WeChat: what can be tapped stands in brackets."""
    return _LINK.sub(r"[\1]", text)


def _content(codec: Codec, body: bytes, encrypted: bool) -> str:
    if body in (b"success", b""):
        return ""
    try:
        fields = read_xml(body)
        if encrypted:
            signed = Signed(fields.get("TimeStamp", ""), fields.get("Nonce", ""), "")
            expected = codec.sign(signed.timestamp, signed.nonce, fields.get("Encrypt", ""))
            if fields.get("MsgSignature") != expected:
                raise Refused("回复的签名不对")
            fields = read_xml(codec.decrypt(fields["Encrypt"]))
    except (WeChatError, KeyError) as error:
        raise Refused(f"微信读不懂这个回复（{error}）：市民会看到“该公众号暂时无法提供服务”") from None
    return fields.get("Content", "")


def _message(person: str, text: str, event: str, key: str) -> dict[str, str]:
    envelope = {"ToUserName": "gh_simulated", "FromUserName": person, "CreateTime": str(int(time.time()))}
    if event:
        return {**envelope, "MsgType": "event", "Event": event, "EventKey": key}
    return {**envelope, "MsgType": "text", "Content": text, "MsgId": str(secrets.randbits(62))}


@click.command(name="wechat")
@click.argument("text", default="")
@click.option("--event", default="", help="改发事件：subscribe、unsubscribe、SCAN、CLICK")
@click.option("--key", default="", help="菜单项的 key，与 --event CLICK 同用")
@click.option("--person", default="simulated", show_default=True, help="谁发的；同一个名字是同一段对话")
@click.option("--url", default=simulated.front_url, show_default="make run 的地址", help="服务的地址")
def simulate(text: str, event: str, key: str, person: str, url: str) -> None:
    """替微信发一条消息，显示市民看到的回复"""
    try:
        known = settings.load(simulated.added(os.environ))
        token = known.need("LUEBAO_WECHAT_TOKEN", "与运行中的服务相同的令牌；make run 会编一个")
        aes_key = known.get("LUEBAO_WECHAT_AES_KEY")
        codec = Codec(token, aes_key, known.get("LUEBAO_WECHAT_APPID"))
        seen = post(codec, url.rstrip("/") + PATH, _message(person, text, event, key), bool(aes_key))
    except (settings.MissingSetting, ValueError, Refused) as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        as_seen(seen) or "（没有当场回复：没有要说的，或回答晚于4秒，会用客服消息推送。用 front outbox list 查看）"
    )
