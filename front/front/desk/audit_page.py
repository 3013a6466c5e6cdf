"""日志: who saw and did what, to read only. Looking is itself noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from luebao.today import CHINA
from nicegui import ui

from front.desk.commands import BY
from front.desk.frame import Desk, Me, Tab, page
from front.desk.rights import Right, Role

TAB = Tab("/audit", "日志", Right.AUDIT, "receipt_long")
_PAGE = 50
# What the actions are called; one that is missing here is shown by its code.
ACTIONS = {
    "login": "登录",
    "login.failed": "登录失败",
    "login.locked": "账号锁定",
    "logout": "退出",
    "staff.add": "添加人员",
    "staff.reset": "重设密码",
    "staff.role": "改角色",
    "staff.disable": "停用",
    "staff.enable": "启用",
    "staff.password": "改自己的密码",
    "audit.read": "查看日志",
    "insight.export": "导出数据",
    "answer.copied": "复制答案",
    "answer.texted": "发短信答案",
    "report.made": "报“此条有误”",
    "report.closed": "处理“此条有误”",
    "conversation.seen": "打开会话",
    "phrase.add": "添加常用语",
    "phrase.remove": "删除常用语",
    "callback.number": "看回电号码",
    "callback.taken": "接回电",
    "callback.open": "放回回电",
    "callback.done": "回电成功",
    "callback.failed": "回电没打通",
    "office.robot": "开关机器人",
    "office.hours": "改上班时间",
    "lesson.propose": "建议归类",
    "lesson.accept": "确认归类",
    "lesson.undo": "撤回归类",
    "lesson.train": "训练并检验",
    "lesson.learned": "新模型上线",
    "lesson.unlearned": "训练没有通过",
    "lesson.roll_back": "退回旧模型",
    "write.open": "记下要写的",
    "write.done": "要写的已写",
    "write.dropped": "要写的不写了",
    "person.erase": "删除一个人的记录",
    "database.restore": "恢复备份",
}

_DETAILS = {
    "role": "角色",
    "person": "谁",
    "doing": "操作",
    "subject": "对什么",
    "before": "早于编号",
    "format": "格式",
}
_DETAILS |= {"first": "从", "last": "到", "channel": "渠道"}
_VALUES: dict[Any, str] = {role.value: role.title for role in Role} | ACTIONS


def register(desk: Desk) -> None:
    """Serve the page."""
    page(desk, TAB, lambda me: AuditPage(me).show())


class AuditPage:
    """One open page: a filter, and the lines of one page."""

    def __init__(self, me: Me) -> None:
        self._me = me
        self._names: dict[str, str] = {}
        self._firsts = [0]  # `before` of each page that was turned to

    async def show(self) -> None:
        """The filter and the newest lines."""
        self._names = {one["login"]: one["name"] for one in await self._me.desk.accounts.all()} | {BY: BY}
        people = {"": "所有人"} | {login: f"{name}（{login}）" for login, name in self._names.items() if login != BY}
        look = self._me.does(Right.AUDIT, self._search)
        ui.label("日志").classes("text-xl font-bold")
        ui.label("谁在什么时候看了、做了什么。只能看，不能改、不能删；查看日志本身也会记下来。").classes("soft")
        with ui.row().classes("items-center gap-3"):
            self._who = ui.select({**people, BY: BY}, value="", label="谁", with_input=True)
            self._action = ui.select({"": "所有操作"} | ACTIONS, value="", label="做了什么", with_input=True)
            self._about = ui.input("对什么（如 staff:li）").on("keydown.enter", look)
            for field in (self._who, self._action, self._about):
                field.props("dense outlined").classes("w-56")
            ui.button("查看", on_click=look).props("no-caps")
            ui.button("全部", on_click=self._me.does(Right.AUDIT, self._all)).props("flat no-caps")
        self._lines = ui.column().classes("card w-full gap-0").props('aria-live="polite"')
        await self._draw()

    async def _search(self) -> None:
        self._firsts = [0]
        await self._draw()

    async def _all(self) -> None:
        for field in (self._who, self._action, self._about):
            field.set_value("")
        await self._search()

    async def _only(self, field: Any, value: str) -> None:
        """Show the lines that have this value too."""
        if isinstance(field, ui.select):
            field.set_options({value: value, **dict(field.options)})
        field.set_value(value)
        await self._search()

    async def _turn(self, before: int | None) -> None:
        """To the older lines before an id, or back to the newer ones."""
        self._firsts = [*self._firsts, before] if before else self._firsts[:-1]
        await self._draw()

    async def _draw(self) -> None:
        who, action, about = self._who.value or "", self._action.value or "", (self._about.value or "").strip()
        before, audit = self._firsts[-1], self._me.desk.audit
        rows = await audit.lines(who=who, action=action, about=about, before=before, limit=_PAGE + 1)
        looked_for = {"person": who, "doing": action, "subject": about, "before": before}
        chosen = {name: value for name, value in looked_for.items() if value}
        await audit.note(self._me.staff.login, "audit.read", "audit", **chosen)
        self._lines.clear()
        with self._lines:
            for row in rows[:_PAGE]:
                self._line(row)
            if not rows:
                ui.label("没有这样的记录。").classes("soft")
            self._foot(rows)

    def _foot(self, rows: list[Mapping[str, Any]]) -> None:
        with ui.row().classes("items-center w-full mt-2"):
            newer = ui.button("较新的", on_click=self._me.does(Right.AUDIT, lambda: self._turn(None)))
            newer.props("flat no-caps").set_enabled(len(self._firsts) > 1)
            ui.label(f"第{len(self._firsts)}页").classes("soft")
            last = rows[_PAGE - 1]["id"] if len(rows) > _PAGE else None
            older = ui.button("较早的", on_click=self._me.does(Right.AUDIT, lambda: self._turn(last)))
            older.props("flat no-caps").set_enabled(last is not None)

    def _line(self, row: Mapping[str, Any]) -> None:
        at = datetime.fromtimestamp(row["at"], CHINA)
        with ui.row().classes("items-center w-full no-wrap audit-line"):
            ui.label(f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}").classes("w-52 soft")
            self._link(self._names.get(row["who"], row["who"]), self._who, row["who"], "w-32")
            self._link(ACTIONS.get(row["action"], row["action"]), self._action, row["action"], "w-40")
            self._link(row["about"], self._about, row["about"], "w-80")
            ui.label(_detail(row["detail"])).classes("soft ellipsis")

    def _link(self, text: str, field: Any, value: str, width: str) -> None:
        """A value that narrows the list to itself."""
        with ui.row().classes(width):
            if text:
                only = self._me.does(Right.AUDIT, lambda: self._only(field, value))
                ui.button(text, on_click=only).props("flat dense no-caps align=left title=只看这个")


def _detail(detail: Mapping[str, Any]) -> str:
    return "，".join(f"{_DETAILS.get(name, name)}：{_VALUES.get(value, value)}" for name, value in detail.items())
