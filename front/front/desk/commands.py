"""`front staff`: accounts from the command line, the first one above all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import click

from front.desk.accounts import AccountError, Accounts
from front.desk.rights import Role
from front.inbox.database import Database

BY = "命令行"
WithDatabase = Callable[[Callable[[Database], Awaitable[Any]]], Any]


def staff(with_database: WithDatabase) -> click.Group:
    """The group of commands, given how to reach the database."""

    def run(work: Callable[[Accounts], Awaitable[Any]]) -> Any:
        try:
            return with_database(lambda database: work(Accounts(database)))
        except AccountError as error:
            raise click.ClickException(str(error)) from None

    @click.group("staff")
    def group() -> None:
        """工作台的人员：添加、列出、重设密码、停用"""

    @group.command("add")
    @click.argument("login")
    @click.option("--name", required=True, help="姓名，市民和同事看到的")
    @click.option("--role", type=click.Choice([role.value for role in Role]), default="agent", show_default=True,
                  help="agent 话务员，lead 班长，admin 管理员")  # fmt: skip
    def add(login: str, name: str, role: str) -> None:
        """添加一个人，显示一次性的初始密码"""
        password = run(lambda accounts: accounts.add(BY, login, name, Role(role)))
        click.echo(f"已添加 {name}（{Role(role).title}）。登录名 {login}，初始密码 {password}，第一次登录时要改。")

    @group.command("reset")
    @click.argument("login")
    def reset(login: str) -> None:
        """重设密码，解除锁定"""
        click.echo(f"新的初始密码 {run(lambda accounts: accounts.reset(BY, login))}，第一次登录时要改。")

    @group.command("disable")
    @click.argument("login")
    @click.option("--undo", is_flag=True, help="重新启用")
    def disable(login: str, undo: bool) -> None:
        """停用（离职、转岗）；记录里的名字还在"""
        run(lambda accounts: accounts.disable(BY, login, not undo))
        click.echo("已启用" if undo else "已停用，登录都已退出")

    @group.command("list")
    def show() -> None:
        """列出所有人"""
        people = run(lambda accounts: accounts.all())
        for one in people:
            states = [name for name, holds in (("停用", one["disabled"]), ("锁定", one["locked"])) if holds]
            click.echo(f"{one['login']}\t{one['name']}\t{Role(one['role']).title}\t{'、'.join(states)}")
        click.echo(f"共 {len(people)} 人" if people else "还没有人：front staff add 登录名 --name 姓名 --role admin")

    return group
