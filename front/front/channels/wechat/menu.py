"""The menu under the Official Account: kept in menu.yml, pushed with `front wechat menu push`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from front.channels.wechat.client import ApiError, WeChatApi, connect

FILE = Path(__file__).with_name("menu.yml")
_MOST_COLUMNS, _MOST_ITEMS = 3, 5
_MOST_BYTES = {"column": 16, "item": 40, "key": 128}  # of UTF-8, as WeChat counts


class MenuError(Exception):
    """The menu file cannot be used; the message lists every fault and what to do."""


@dataclass(frozen=True)
class Item:
    """One thing to tap: its `name` as shown, its `key` as WeChat reports the tap, and the words it stands for."""

    name: str
    key: str
    says: str


@dataclass(frozen=True)
class Column:
    """One of the at most three buttons, opening its items."""

    name: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Menu:
    """The whole menu."""

    columns: Sequence[Column]

    @property
    def items(self) -> list[Item]:
        """All items, in the order shown."""
        return [item for column in self.columns for item in column.items]

    def says(self) -> dict[str, str]:
        """What a tap on each key stands for, in words."""
        return {item.key: item.says for item in self.items}

    def for_wechat(self) -> dict[str, Any]:
        """The body of WeChat's menu/create."""
        return {"button": [{"name": column.name, "sub_button": _buttons(column.items)} for column in self.columns]}


def load(file: Path = FILE) -> Menu:
    """Read and check the menu; raises MenuError."""
    try:
        parsed = yaml.safe_load(file.read_text(encoding="utf-8"))
        menu = Menu([Column(column["name"], [Item(**item) for item in column["items"]]) for column in parsed])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise MenuError(f"{file.name} 读不懂（{error}）：每列写 name 和 items，每项写 name、key、says") from None
    faults = _faults(menu)
    if faults:
        raise MenuError(f"{file.name} 有{len(faults)}处要改：\n" + "\n".join(f"- {fault}" for fault in faults))
    return menu


def _buttons(items: Sequence[Item]) -> list[Mapping[str, str]]:
    return [{"type": "click", "name": item.name, "key": item.key} for item in items]


def _faults(menu: Menu) -> list[str]:
    faults = [] if 1 <= len(menu.columns) <= _MOST_COLUMNS else [f"应当有1到{_MOST_COLUMNS}列"]
    for column in menu.columns:
        if not 1 <= len(column.items) <= _MOST_ITEMS:
            faults.append(f"“{column.name}”应当有1到{_MOST_ITEMS}项")
    words = [("column", column.name) for column in menu.columns]
    words += [pair for item in menu.items for pair in (("item", item.name), ("key", item.key))]
    for kind, word in words:
        if not isinstance(word, str) or not 1 <= len(word.encode()) <= _MOST_BYTES[kind]:
            faults.append(f"“{word}”应当是1到{_MOST_BYTES[kind]}字节的文字（一个汉字3字节）")
    faults += [
        f"“{item.name}”的 says 应当是一句话" for item in menu.items if not (isinstance(item.says, str) and item.says)
    ]
    keys = [item.key for item in menu.items]
    return faults + [f"key “{key}”用了不止一次" for key in sorted({str(k) for k in keys if keys.count(k) > 1})]


@click.group(name="wechat")
def wechat() -> None:
    """微信公众号"""


@wechat.group(name="menu")
def menu_commands() -> None:
    """公众号底部的菜单（front/channels/wechat/menu.yml）"""


@menu_commands.command()
def show() -> None:
    """检查菜单，显示将要发给微信的内容"""
    click.echo(json.dumps(_loaded().for_wechat(), ensure_ascii=False, indent=2))


@menu_commands.command()
@click.option("--appid", envvar="LUEBAO_WECHAT_APPID", required=True, help="公众号的 AppID")
@click.option("--secret", envvar="LUEBAO_WECHAT_SECRET", required=True, help="公众号的 AppSecret（只从环境变量给）")
@click.option("--api", envvar="LUEBAO_WECHAT_API", default="https://api.weixin.qq.com", show_default=True)
def push(appid: str, secret: str, api: str) -> None:
    """把菜单发给微信，替换现有的菜单"""
    menu = _loaded()
    try:
        asyncio.run(_push(menu, appid, secret, api))
    except ApiError as error:
        raise click.ClickException(f"没有更新菜单。{error}") from None
    click.echo(f"菜单已更新：{len(menu.columns)}列{len(menu.items)}项。重新进入公众号就能看到，最迟5分钟。")


async def _push(menu: Menu, appid: str, secret: str, api: str) -> None:
    async with connect(api) as http:
        await WeChatApi(appid, secret, http).call("/cgi-bin/menu/create", menu.for_wechat())


def _loaded() -> Menu:
    try:
        return load()
    except MenuError as error:
        raise click.ClickException(str(error)) from None
