"""`front`: the commands of the operator.

What a command needs is imported when it is called; the list of commands needs none of it, so it is here in words.
"""

from __future__ import annotations

from collections.abc import Callable

import click


def _serve() -> click.Command:
    from front.serving import serve

    return serve


def _migrate() -> click.Command:
    from front.inbox.commands import migrate

    return migrate


def _outbox() -> click.Command:
    from front.inbox.commands import outbox

    return outbox


def _simulate() -> click.Command:
    from front.channels.sms.simulate import simulate as sms
    from front.channels.wechat.simulate import simulate as wechat

    return click.Group("simulate", {"wechat": wechat, "sms": sms}, help="像真的通道那样发一条，看市民会看到什么")


def _wechat() -> click.Command:
    from front.channels.wechat.menu import wechat

    return wechat


def _sms() -> click.Command:
    from front.channels.sms.commands import sms

    return sms


def _staff() -> click.Command:
    from front.desk.commands import staff
    from front.working import with_database

    return staff(with_database)


def _robot() -> click.Command:
    from front.desk.office.commands import robot
    from front.working import with_database

    return robot(with_database)


def _lessons() -> click.Command:
    from front.desk.learning.commands import lessons
    from front.working import settings, with_database

    return lessons(with_database, settings)


def _operating(name: str) -> Callable[[], click.Command]:
    def made() -> click.Command:
        from front.ops.commands import commands
        from front.working import settings, with_inbox

        return next(command for command in commands(with_inbox, settings) if command.name == name)

    return made


_COMMANDS: dict[str, tuple[str, Callable[[], click.Command]]] = {
    "backup": ("备份到 FILE：数据库、学到的例句、知识库的版本。不用停服务；不含密钥和密码", _operating("backup")),
    "erase": ("删除一个人的全部记录（PERSON：openid、+86手机号或网页会话编号）", _operating("erase")),
    "lessons": ("市民没被听懂的问法：收集、导出、记下学没学", _lessons),
    "migrate": ("把数据库升级到最新（serve 会自动做）", _migrate),
    "outbox": ("没有发出去的回复", _outbox),
    "restore": ("用 FILE 换掉现在的数据库：要先停掉所有 front；会先把现在的另外备份一份", _operating("restore")),
    "retention": ("什么留多久、现在有多少、到期多少（运行的服务每小时删一次到期的）", _operating("retention")),
    "robot": ("机器人的开关", _robot),
    "serve": ("启动服务", _serve),
    "simulate": ("像真的通道那样发一条，看市民会看到什么", _simulate),
    "sms": ("短信通道", _sms),
    "staff": ("工作台的人员：添加、列出、重设密码、停用", _staff),
    "wechat": ("微信公众号", _wechat),
}


class _Later(click.Group):
    """A group whose commands are made when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, with what it needs."""
        return _COMMANDS[cmd_name][1]() if cmd_name in _COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `front --help`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (said, _) in _COMMANDS.items()])


@click.group(cls=_Later)
def main() -> None:
    """鲁e宝的门面：微信、短信和网页"""
