"""`front sms …`: what an operator does for the SMS channel."""

from __future__ import annotations

from pathlib import Path

import click

from front.channels.sms import kannel_conf
from front.channels.sms.config import FRONT_URL
from front.settings import MissingSetting, Settings, load


@click.group()
def sms() -> None:
    """短信通道"""


@sms.command("kannel-conf")
@click.option("--directory", type=click.Path(path_type=Path), default="/var/spool/kannel/luebao", show_default=True)
@click.option("--fake-smsc", type=int, default=0, help="试用：不接运营商，改接这个端口上的 fakesmsc")
def write_kannel_conf(directory: Path, fake_smsc: int) -> None:
    """写出 kannel.conf（接运营商的一段要按合同填）"""
    try:
        plan = plan_for(load(), directory, kannel_conf.fake_smsc(fake_smsc) if fake_smsc else "")
    except MissingSetting as missing:
        raise click.ClickException(str(missing)) from None
    click.echo(kannel_conf.render(plan), nl=False)


def plan_for(settings: Settings, directory: Path, smsc: str = "") -> kannel_conf.KannelPlan:
    """The Kannel that fits this front's settings. Raises MissingSetting."""
    return kannel_conf.KannelPlan(
        front=settings.get("LUEBAO_SMS_FRONT_URL", FRONT_URL).rstrip("/"),
        secret=settings.need("LUEBAO_SMS_KANNEL_PATH", "Kannel 回调的秘密路径"),
        password=settings.need("LUEBAO_SMS_KANNEL_PASSWORD", "Kannel 的 sendsms 密码"),
        user=settings.get("LUEBAO_SMS_KANNEL_USER", "luebao"),
        directory=directory,
        smsc=smsc or kannel_conf.SMPP_EXAMPLE,
    )
