"""`front simulate sms "…"`: be Kannel for one message to the running front, and show what the phone would show."""

from __future__ import annotations

import os
import time
import uuid
from urllib.parse import quote, urlencode

import click
import httpx

from front import simulated
from front.channels.sms import segments
from front.settings import MissingSetting, load

_PATH = "与运行中的服务相同的 Kannel 秘密路径；make run 会编一个"
LATER = "（没有当场答复：答复会稍后由短信网关发出，或者这条短信按规则不答复）"


def call(front: str, path: str, text: str, sender: str, to: str = "1069") -> str:
    """The address Kannel would call for one UCS-2 message; the text goes as raw UTF-16BE, as Kannel sends it."""
    values = {"from": sender, "to": to, "id": str(uuid.uuid4()), "time": str(int(time.time())), "charset": "UTF-16BE"}
    said = quote(text.encode("utf-16-be", "replace"), safe="")
    return f"{front.rstrip('/')}/channels/sms/kannel/{path}?{urlencode(values)}&text={said}"


def show(reply: str) -> str:
    """A reply as the citizen sees it, with what it costs."""
    if not reply:
        return LATER
    return f"{reply}\n—— {segments.units(reply)} 字，计 {segments.segments(reply)} 条短信"


@click.command("sms")
@click.argument("text")
@click.option("--from", "sender", default="+8613800000000", show_default=True, help="发短信的手机号")
@click.option("--url", default=simulated.front_url, show_default="make run 的地址", help="正在运行的 front 的地址")
def simulate(text: str, sender: str, url: str) -> None:
    """像 Kannel 网关一样给正在运行的 front 发一条短信，显示市民会收到的答复"""
    try:
        path = load(simulated.added(os.environ)).need("LUEBAO_SMS_KANNEL_PATH", _PATH)
        answer = httpx.get(call(url, path, text, sender), timeout=20, trust_env=False)
    except MissingSetting as missing:
        raise click.ClickException(str(missing)) from None
    except httpx.HTTPError as error:
        raise click.ClickException(f"连不上 {url}（{type(error).__name__}）。请先用 make run 启动") from None
    if answer.status_code != 200:
        raise click.ClickException(f"front 回了 {answer.status_code}：{answer.text[:200] or '没有说明'}")
    click.echo(show(answer.text))
