"""人员: accounts and roles, for the administrator."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from front.desk.accounts import AccountError
from front.desk.frame import Desk, Me, Tab, page
from front.desk.rights import Right, Role

TAB = Tab("/staff", "人员", Right.STAFF, "group")
_ROLES = {role.value: role.title for role in Role}


def register(desk: Desk) -> None:
    """Serve the page."""
    page(desk, TAB, _show)


async def _show(me: Me) -> None:
    with ui.row().classes("items-center w-full"):
        ui.label("人员").classes("text-xl font-bold")
        ui.space()
        ui.button("添加人员", icon="person_add", on_click=lambda: _add(me, people.refresh)).props("no-caps")

    @ui.refreshable
    async def people() -> None:
        with ui.column().classes("card w-full gap-1"):
            for one in await me.desk.accounts.all():
                _line(me, one, people.refresh)

    await people()


def _line(me: Me, one: dict[str, Any], refresh: Any) -> None:
    login = one["login"]
    accounts = me.desk.accounts

    async def role(event: Any) -> None:
        await _told(accounts.set_role(me.staff.login, login, Role(event.value)), "角色已更改")
        refresh()

    async def reset() -> None:
        password = await _told(accounts.reset(me.staff.login, login))
        if password:
            _one_time(one["name"], password)

    async def shut() -> None:
        await _told(accounts.disable(me.staff.login, login, not one["disabled"]), "已保存")
        refresh()

    with ui.row().classes("items-center w-full no-wrap"):
        ui.label(one["name"]).classes("w-32 font-bold")
        ui.label(login).classes("w-40 soft")
        states = {
            "停用": one["disabled"],
            "已锁定": one["locked"],
            "没改初始密码": one["must_change"],
            "在岗": one["present"],
        }
        with ui.row().classes("w-64 gap-1"):
            for state in (name for name, holds in states.items() if holds):
                ui.label(state).classes("tag")
        ui.select(_ROLES, value=one["role"], on_change=me.does(Right.STAFF, role)).props("dense outlined").classes(
            "w-32"
        )
        ui.button("重设密码", on_click=me.does(Right.STAFF, reset)).props("flat no-caps")
        ui.button("启用" if one["disabled"] else "停用", on_click=me.does(Right.STAFF, shut)).props("flat no-caps")


def _add(me: Me, refresh: Any) -> None:
    with ui.dialog() as dialog, ui.card().classes("w-96"):
        ui.label("添加人员").classes("text-lg font-bold")
        name = ui.input("姓名（市民和同事看到的）").classes("w-full")
        login = ui.input("登录名（小写字母、数字，如 wang.li）").classes("w-full")
        role = ui.select(_ROLES, value=Role.AGENT.value, label="角色").classes("w-full")

        async def add() -> None:
            password = await _told(me.desk.accounts.add(me.staff.login, login.value, name.value, Role(role.value)))
            if password:
                dialog.close()
                refresh()
                _one_time(name.value, password)

        ui.button("添加", on_click=me.does(Right.STAFF, add))
    dialog.open()


def _one_time(name: str, password: str) -> None:
    with ui.dialog().props("persistent") as dialog, ui.card():
        ui.label(f"{name}的初始密码，只显示这一次：")
        ui.label(password).classes("text-2xl font-mono").mark("one-time")
        ui.label("请当面告诉本人，第一次登录时要改成自己的。").classes("soft")
        ui.button("记下了", on_click=dialog.close)
    dialog.open()


async def _told(work: Any, done: str = "") -> Any:
    """Do it, and say how it went."""
    try:
        result = await work
    except AccountError as error:
        ui.notify(str(error), type="negative")
        return None
    if done:
        ui.notify(done, type="positive")
    return result
