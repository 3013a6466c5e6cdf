"""`front migrate` and `front outbox`."""

from __future__ import annotations

import click

from front.working import with_inbox


@click.command()
def migrate() -> None:
    """把数据库升级到最新（serve 会自动做）"""
    with_inbox(lambda inbox: inbox.records.counts())
    click.echo("数据库已是最新")


@click.group()
def outbox() -> None:
    """没有发出去的回复"""


@outbox.command("list")
@click.option("--state", default="dead", type=click.Choice(["dead", "pending", "claimed"]), show_default=True)
def outbox_list(state: str) -> None:
    """列出发不出去的回复（不显示内容）"""
    letters = with_inbox(lambda inbox: inbox.sending.letters(state))
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
    count = with_inbox(lambda inbox: inbox.sending.resend(None if everything else list(ids)))
    click.echo(f"已放回 {count} 条，运行中的服务会马上重发")
