"""`front erase`, `retention`, `backup` and `restore`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from luebao.today import CHINA

from front.desk import audit
from front.desk.commands import BY
from front.inbox.dialogues import DAYS_KEPT
from front.inbox.inbox import Inbox
from front.inbox.protocol import Unavailable
from front.ops import backup as backups
from front.ops.dump import OpsError
from front.ops.retention import shown
from front.settings import Settings

WithInbox = Callable[[Callable[[Inbox], Awaitable[Any]]], Any]
_NAMES = {
    "conversations": "会话", "inbound": "市民的话", "outbox": "回复", "feedback": "评价", "notes": "备注",
    "callbacks": "回电", "handoff_events": "转人工的经过", "lessons": "待学的问题", "marks": "通道的记号",
}  # fmt: skip
_FILE = click.Path(dir_okay=False, path_type=Path)


def commands(with_inbox: WithInbox, settings: Callable[[], Settings]) -> list[click.Command]:
    """The commands, given how to reach the inbox and the settings."""
    return [_erase(with_inbox), _retention(with_inbox, settings), _backup(settings), _restore(with_inbox, settings)]


def _erase(with_inbox: WithInbox) -> click.Command:
    @click.command("erase")
    @click.argument("person")
    @click.option("--channel", type=click.Choice(["wechat", "sms", "web"]), help="只删一个通道的；默认全部")
    @click.confirmation_option(prompt="删除后无法恢复，确定吗？")
    def erase(person: str, channel: str | None) -> None:
        """删除一个人的全部记录（PERSON：openid、+86手机号或网页会话编号）"""
        click.echo(with_inbox(lambda inbox: _erased(inbox, channel, person)))

    return erase


async def _erased(inbox: Inbox, channel: str | None, person: str) -> str:
    """Erase, note that it was done (not whose), and say what went."""
    gone = await inbox.records.erase(channel, person)
    if not gone.rows.total():
        return "没有这个人的记录"
    async with inbox.database.write() as connection:
        await audit.write(connection, BY, "person.erase", f"channel:{channel or 'all'}", **gone.rows)
    return (
        f"已删除：{_told(gone.rows)}。{await _dialogues(inbox, gone.brain_ids)}\n以前的备份里还有，请按期删除旧备份。"
    )


async def _dialogues(inbox: Inbox, senders: list[str]) -> str:
    if not inbox.dialogues.known:
        said = "机器人记的上下文没有删：请设置 LUEBAO_TRACKER_URL（和 Rasa 的一样）。"
        return f"{said}不设的话，Rasa 在{DAYS_KEPT}天以后自己删。"
    try:
        return f"机器人记的上下文删了 {await inbox.dialogues.erase(senders)} 段。"
    except Unavailable:
        return f"机器人的数据库没有应答，上下文没有删；{DAYS_KEPT}天以后由运行的服务删掉。"


def _told(rows: Counter[str]) -> str:
    return "、".join(f"{_NAMES.get(name, name)}{count}" for name, count in rows.items() if count)


def _retention(with_inbox: WithInbox, settings: Callable[[], Settings]) -> click.Command:
    @click.command("retention")
    def retention() -> None:
        """什么留多久、现在有多少、到期多少（运行的服务每小时删一次到期的）"""
        days = settings().keep_days
        click.echo("\n".join(with_inbox(lambda inbox: shown(inbox, days))))
        click.echo(f"天数由 LUEBAO_KEEP_DAYS 决定，现在是 {days}。删一个人：front erase 某人")

    return retention


def _backup(settings: Callable[[], Settings]) -> click.Command:
    @click.command("backup")
    @click.argument("file", type=_FILE)
    @click.option("--force", is_flag=True, help="已有同名文件时盖掉")
    def backup(file: Path, force: bool) -> None:
        """备份到 FILE：数据库、学到的例句、知识库的版本。不用停服务；不含密钥和密码"""
        if file.exists() and not force:
            raise click.ClickException(f"{file} 已经有了，请换个名字，或者加 --force")
        with _plainly():
            manifest = backups.back_up(settings(), file)
        click.echo(f"已备份到 {file}（{file.stat().st_size / 1e6:.1f} MB）：{_summary(manifest)}")
        click.echo("里面有市民的话（已打码），只有本人能读（权限600），请放在安全的地方，按期删除。")
        click.echo("不含密钥：LUEBAO_SECRET_KEY（或 secret.key）要另外保存，没有它，登记的回电号码读不出来。")

    return backup


def _restore(with_inbox: WithInbox, settings: Callable[[], Settings]) -> click.Command:
    @click.command("restore")
    @click.argument("file", type=_FILE)
    @click.option("--check", is_flag=True, help="只检查这份备份能不能用，不恢复")
    @click.option("--no-backup", is_flag=True, help="不先备份现在的（现在的已坏、备份不了时用）")
    @click.option("--yes", is_flag=True, help="不再问")
    def restore(file: Path, check: bool, no_backup: bool, yes: bool) -> None:
        """用 FILE 换掉现在的数据库：要先停掉所有 front；会先把现在的另外备份一份"""
        with _plainly(), backups.opened(file) as (manifest, _):
            backups.check(settings(), manifest)
        click.echo(f"{file}：{_summary(manifest)}")
        if check:
            click.echo("这份备份完好，可以用来恢复。")
            return
        if not yes:
            click.confirm("现在的数据会被它换掉，确定吗？", abort=True)
        _do_restore(with_inbox, settings(), file, no_backup)

    return restore


def _do_restore(with_inbox: WithInbox, settings: Settings, file: Path, no_backup: bool) -> None:
    now = datetime.now(CHINA)
    before = None if no_backup else file.parent / f"before-restore-{now:%Y%m%d-%H%M%S}.tar.gz"
    with _plainly():
        manifest = backups.restore(settings, file, before)
    with_inbox(lambda inbox: _noted(inbox, manifest))
    click.echo(f"已恢复，行数核对无误。{f'原来的备份在 {before}' if before else ''}")
    if manifest["learned_changed"]:
        click.echo("学到的例句也换了：请 make train 重新训练，再启动。")
    click.echo("备份之后有人要求删除过的，请再 front erase 一次。现在可以启动服务了。")


async def _noted(inbox: Inbox, manifest: backups.Manifest) -> None:
    """The restored tables are of the newest form now (with_inbox migrates); the log says where they came from."""
    async with inbox.database.write() as connection:
        await audit.write(connection, BY, "database.restore", "", made_at=manifest["made_at"])


def _summary(manifest: backups.Manifest) -> str:
    made = datetime.fromisoformat(manifest["made_at"]).astimezone(CHINA)
    rows = manifest["rows"]
    said = f"{made.year}年{made.month}月{made.day}日 {made:%H:%M}，{manifest['kind']}，表结构 {manifest['schema']}，"
    return f"{said}{len(rows)} 张表共 {sum(rows.values())} 行，其中会话 {rows.get('conversations', 0)}"


class _plainly:
    """Says what went wrong without a traceback."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        if isinstance(error, OpsError):
            raise click.ClickException(str(error)) from None
