"""`front robot`: the robot on and off from the command line, when the desk itself cannot be reached."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import click

from front.desk.commands import BY, WithDatabase
from front.desk.office.office import Office, OfficeError, Robot, hours_text, robot_text
from front.inbox.replies import PHONE


def robot(with_database: WithDatabase) -> click.Group:
    """The group of commands, given how to reach the database."""

    def run(work: Callable[[Office], Awaitable[Any]]) -> Any:
        try:
            return with_database(lambda database: work(Office(database)))
        except OfficeError as error:
            raise click.ClickException(str(error)) from None

    @click.group("robot")
    def group() -> None:
        """机器人的开关"""

    @group.command("off")
    @click.option("--reason", required=True, help="为什么停，给同事看")
    @click.option("--notice", default="", help="告诉市民的话，后面会加上咨询电话；不写就用现成的一句")
    def off(reason: str, notice: str) -> None:
        """停下机器人：市民得到通知和咨询电话，仍可转人工"""
        run(lambda office: office.set_robot(BY, Robot(False, reason, notice)))
        click.echo(f"机器人已停，市民会得到通知和{PHONE}。恢复：front robot on")

    @group.command("on")
    def on() -> None:
        """重新打开机器人"""
        run(lambda office: office.set_robot(BY, Robot()))
        click.echo("机器人已打开")

    @group.command("status")
    def status() -> None:
        """现在开着还是停着，办公时间怎么写的"""

        async def both(office: Office) -> tuple[str, str]:
            return robot_text(await office.robot()), hours_text(await office.hours())

        state, hours = run(both)
        click.echo(f"机器人{state}\n办公时间：{hours}")

    return group
