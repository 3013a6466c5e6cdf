"""`front`: the commands of the operator."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

import click
import uvicorn

from front import connections, logs, simulated
from front.app import create_app
from front.brain import Brain
from front.channels.sms.commands import sms
from front.channels.sms.simulate import simulate as simulate_sms
from front.channels.wechat.menu import wechat
from front.channels.wechat.simulate import simulate as simulate_wechat
from front.desk.commands import staff
from front.desk.learning.commands import lessons
from front.desk.office.commands import robot
from front.inbox.inbox import Inbox
from front.inbox.protocol import Unavailable
from front.ops.commands import commands as operating
from front.settings import MissingSetting, Settings, load


@click.group()
def main() -> None:
    """鲁e宝的门面：微信、短信和网页"""


_NOT_STARTED = "没能启动，原因见上面的记录。端口被占用请换 --port；数据库连不上请检查 LUEBAO_DATABASE_URL"


class _Server(uvicorn.Server):
    """Ends the open streams at the first signal, so that stopping does not wait for browsers."""

    def __init__(self, config: uvicorn.Config, inbox: Inbox) -> None:
        super().__init__(config)
        self.inbox = inbox

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks to stop."""
        self.inbox.hub.close()
        super().handle_exit(sig, frame)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--public", is_flag=True, help="接受别的机器访问（请放在 nginx 后面）")
@click.option("--proxies", default="127.0.0.1", show_default=True, help="可信的反向代理地址，逗号分隔")
@click.option("--simulated", "simulate_", is_flag=True, help="没有设置的通道用编造的凭证，供 front simulate 试用")
def serve(host: str, port: int, public: bool, proxies: str, simulate_: bool) -> None:
    """启动服务"""
    logs.configure()
    try:
        environment = simulated.added(os.environ, make=True) if simulate_ else os.environ
        app = create_app(load(environment), desk=True)
    except MissingSetting as missing:
        raise click.ClickException(str(missing)) from None
    listen = "0.0.0.0" if public else host  # noqa: S104 - asked for
    config = uvicorn.Config(app, host=listen, port=port, forwarded_allow_ips=proxies, **connections.settings())
    server = _Server(config, app.state.inbox)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, _stopped)
    try:
        server.run()
    except SystemExit as end:
        if end.code:  # uvicorn's own, with the reason in the log
            raise click.ClickException(_NOT_STARTED) from None
        raise


def _stopped(_: int, __: FrameType | None) -> None:
    """uvicorn raises the signal once more after it has ended everything: a clean stop, for whoever watches us."""
    raise SystemExit(0)


def _settings() -> Settings:
    try:
        return load()
    except MissingSetting as missing:
        raise click.ClickException(str(missing)) from None


def _with_inbox(work: Callable[[Inbox], Awaitable[Any]]) -> Any:
    """Do something with the inbox's database, without starting the workers."""

    async def run() -> Any:
        settings = _settings()
        brain = Brain(settings.rasa_urls)
        inbox = Inbox(settings, brain)
        try:
            await inbox.database.migrate()
            return await work(inbox)
        finally:
            await inbox.dialogues.close()
            await inbox.database.close()
            await brain.close()

    try:
        return asyncio.run(run())
    except Unavailable as error:
        raise click.ClickException(f"{error}。请检查 LUEBAO_DATABASE_URL 和数据库") from None


@main.command()
def migrate() -> None:
    """把数据库升级到最新（serve 会自动做）"""
    _with_inbox(lambda inbox: inbox.records.counts())
    click.echo("数据库已是最新")


@main.group()
def outbox() -> None:
    """没有发出去的回复"""


@outbox.command("list")
@click.option("--state", default="dead", type=click.Choice(["dead", "pending", "claimed"]), show_default=True)
def outbox_list(state: str) -> None:
    """列出发不出去的回复（不显示内容）"""
    letters = _with_inbox(lambda inbox: inbox.sending.letters(state))
    for letter in letters:
        tried = f"试了{letter['attempts']}次\t{letter['age'] / 60:.0f}分钟前"
        click.echo(f"{letter['id']}\t{letter['channel']}\t{tried}\t{letter['note']}")
    click.echo(f"共 {len(letters)} 条" + ("，重发：front outbox resend 编号 或 --all" if letters else ""))


@outbox.command("resend")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="全部重发")
def outbox_resend(ids: tuple[int, ...], everything: bool) -> None:
    """重发：写明编号，或者 --all"""
    if not ids and not everything:
        raise click.UsageError("请写明要重发的编号（front outbox list 可查），或者用 --all")
    count = _with_inbox(lambda inbox: inbox.sending.resend(None if everything else list(ids)))
    click.echo(f"已放回 {count} 条，运行中的服务会马上重发")


@main.group()
def simulate() -> None:
    """像真的通道那样发一条，看市民会看到什么"""


simulate.add_command(simulate_wechat, "wechat")
simulate.add_command(simulate_sms, "sms")
main.add_command(wechat)
main.add_command(sms)
for _group in (staff, robot):
    main.add_command(_group(lambda work: _with_inbox(lambda inbox: work(inbox.database))))
main.add_command(lessons(lambda work: _with_inbox(lambda inbox: work(inbox.database)), _settings))
for _command in operating(_with_inbox, _settings):
    main.add_command(_command)
