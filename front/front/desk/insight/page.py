"""数据: the charts, the tables behind them, and their export."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from luebao.today import CHINA, today
from nicegui import ui

from front.desk.day_input import day_input
from front.desk.frame import Desk, Me, Tab, page
from front.desk.insight.charts import described, height, option
from front.desk.insight.counting import percentile
from front.desk.insight.export import CSV, XLSX, as_csv, as_xlsx
from front.desk.insight.figures import Figures, Numbers
from front.desk.insight.period import CHANNELS, SHORTCUTS, BadPeriod, Period
from front.desk.insight.sheets import Sheet, duration, share, sheets
from front.desk.rights import Right

TAB = Tab("/insight", "数据", Right.WATCH, "insights")
_CSS = Path(__file__).parent.parent / "pages" / "insight.css"
_AT_FIRST = 7
_FEW = 9  # rows that need no opening


def register(desk: Desk) -> None:
    """Serve the page; everybody looks at the same figures, counted once a minute at most."""
    figures = Figures(desk.inbox.database)

    async def show(me: Me) -> None:
        ui.add_css(_CSS)
        await Insight(me, figures).show()

    page(desk, TAB, show)


class Insight:
    """One open page."""

    def __init__(self, me: Me, figures: Figures) -> None:
        self._me, self._figures = me, figures
        self._period = Period.recent(_AT_FIRST, today())
        self._sheets: list[Sheet] = []

    async def show(self) -> None:
        """The choices, and below them the figures."""
        self._head()
        self._body = ui.column().classes("w-full gap-4")
        self._body.props('aria-live="polite"')
        await self._draw()

    def _head(self) -> None:
        choose = self._me.does(Right.WATCH, self._choose)
        with ui.row().classes("items-center w-full gap-3"):
            ui.label("数据").classes("text-xl font-bold")
            self._days = ui.toggle(SHORTCUTS, value=_AT_FIRST, on_change=choose)
            self._days.props("no-caps unelevated padding='4px 12px'")
            self._first, self._last = day_input("从", self._period.first), day_input("到", self._period.last)
            ui.button("看这几天", on_click=self._me.does(Right.WATCH, self._between)).props("flat no-caps")
            self._channel = ui.select(CHANNELS, value="", label="渠道", on_change=choose).props("dense outlined")
            self._channel.classes("w-32")
            ui.space()
            export = self._me.does(Right.WATCH, self._excel)
            ui.button("导出Excel（全部表格）", icon="download", on_click=export).props("no-caps outline")

    async def _choose(self, _: Any = None) -> None:
        """A shortcut or a channel was chosen."""
        channel = str(self._channel.value or "")
        if self._days.value:
            self._period = Period.recent(int(self._days.value), today(), channel)
            self._first.value, self._last.value = self._period.first.isoformat(), self._period.last.isoformat()
        else:
            self._period = Period(self._period.first, self._period.last, channel)
        await self._draw()

    async def _between(self) -> None:
        try:
            self._period = Period.of_texts(self._first.value or "", self._last.value or "", self._channel.value or "")
        except BadPeriod as error:
            ui.notify(str(error), type="warning")
            return
        self._days.set_value(None)  # draws by itself where it was set
        await self._draw()

    async def _draw(self) -> None:
        """For a period that was not counted within the last minute this may take some seconds."""
        period = self._period
        self._body.clear()
        with self._body:
            ui.label("正在统计…").classes("soft")
        numbers = await self._figures.of(period)
        if period != self._period:
            return  # another one was chosen meanwhile
        self._sheets = sheets(numbers, self._me.desk.knowledge.current(), today())
        self._body.clear()
        with self._body:
            _tiles(numbers)
            with ui.element("div").classes("insight-grid w-full"):
                for sheet in self._sheets:
                    self._panel(sheet, numbers)

    def _panel(self, sheet: Sheet, numbers: Numbers) -> None:
        with ui.element("section").classes("card insight-panel").props(f'aria-label="{sheet.title}"'):
            with ui.row().classes("items-center w-full no-wrap"):
                ui.label(sheet.title).classes("font-bold text-base").props('role="heading" aria-level="2"')
                ui.space()
                export = self._me.does(Right.WATCH, lambda: self._csv(sheet))
                ui.button("CSV", on_click=export).props(f'flat dense no-caps aria-label="导出CSV：{sheet.title}"')
            ui.label(sheet.summary).classes("soft")
            if sheet.chart and any(row[column] for row in sheet.rows for column in sheet.series):
                chart = ui.echart(option(sheet), renderer="svg").classes("insight-chart w-full")
                chart.style(f"height: {height(sheet)}px").props("role=img")
                chart.props["aria-label"] = described(sheet)
            if sheet.id == "clusters":
                _examples(numbers)
            if not sheet.chart and len(sheet.columns) == 2 and len(sheet.rows) <= _FEW and sheet.id != "clusters":
                _lines(sheet)
            elif sheet.rows:
                with ui.expansion("表格").classes("w-full insight-table").props("dense") as shut:
                    shut.on_value_change(lambda event: _table(sheet, shut) if event.value else None)

    async def _csv(self, sheet: Sheet) -> None:
        await self._noted(f"table:{sheet.id}", "csv")
        ui.download.content(as_csv(sheet), f"鲁e宝-{sheet.title}-{self._span()}.csv", CSV)

    async def _excel(self) -> None:
        await self._noted("table:all", "xlsx")
        content = await asyncio.to_thread(as_xlsx, list(self._sheets), self._period.words)
        ui.download.content(content, f"鲁e宝-数据-{self._span()}.xlsx", XLSX)

    async def _noted(self, about: str, kind: str) -> None:
        """Nothing is handed out without a line in the log."""
        period = self._period
        detail = {"first": period.first.isoformat(), "last": period.last.isoformat(), "channel": period.channel}
        await self._me.desk.audit.note(self._me.staff.login, "insight.export", about, format=kind, **detail)

    def _span(self) -> str:
        return f"{self._period.first.isoformat()}至{self._period.last.isoformat()}"


def _tiles(numbers: Numbers) -> None:
    counts, waits = numbers.counts, numbers.handoffs.waits
    answered = share(counts.outcomes["answered"], counts.questions)
    whole = numbers.votes.good + numbers.votes.bad
    tiles = [
        ("提问", f"{counts.questions}", f"{len(counts.people)}人"),
        ("答了", answered, f"{counts.outcomes['answered']}条"),
        ("转人工", f"{numbers.handoffs.asked}", f"接了{len(waits)}次"),
        ("等人接", duration(percentile(waits, 0.5)) if len(waits) > 2 else "太少", "中位数"),
        ("满意", share(numbers.votes.good, whole) if whole else "没有", f"{whole}次评价"),
        ("此条有误", f"{numbers.reported.open}", "现在没处理的"),
        ("机器人没应答", f"{counts.outcomes['failed']}", "市民得到电话"),
    ]
    at = datetime.fromtimestamp(numbers.read_at, CHINA).strftime("%H:%M:%S")
    last = "" if numbers.period.last < today() else f"，{at}统计，一分钟内不重算"
    ui.label(f"{numbers.period.words}{last}").classes("soft")
    with ui.row().classes("w-full gap-3 no-wrap"):
        for title, figure, note in tiles:
            with ui.column().classes("card gap-0 insight-tile"):
                ui.label(title).classes("soft")
                ui.label(figure).classes("insight-figure" if len(figure) < 7 else "insight-few")
                ui.label(note).classes("soft text-sm")


def _lines(sheet: Sheet) -> None:
    """A short table as it is."""
    for name, value in sheet.rows:
        with ui.row().classes("w-full no-wrap insight-line"):
            ui.label(str(name))
            ui.space()
            ui.label(str(value)).classes("font-bold")


def _examples(numbers: Numbers) -> None:
    """One question of each group, masked as it was stored. Not in the tables, so not in any export."""
    most = max((one.count for one in numbers.clusters), default=1)
    for one in numbers.clusters[:8]:
        with ui.row().classes("w-full items-center no-wrap gap-2"):
            ui.label(f"{one.count}条").classes("w-12 text-right")
            ui.element("div").classes("insight-bar").style(f"width: {max(2, 96 * one.count // most)}px")
            ui.label(one.example[:60]).classes("ellipsis")


def _table(sheet: Sheet, place: ui.expansion) -> None:
    """Made when it is opened for the first time."""
    if place.default_slot.children:
        return
    columns = [
        {"name": str(n), "label": name, "field": str(n), "sortable": True, "align": "left" if n == 0 else "right"}
        for n, name in enumerate(sheet.columns)
    ]
    rows: Sequence[dict[str, Any]] = [
        {"id": line, **{str(number): cell for number, cell in enumerate(row)}} for line, row in enumerate(sheet.rows)
    ]
    with place:
        ui.table(rows=list(rows), columns=columns, pagination=15).props("flat dense").classes("w-full")
