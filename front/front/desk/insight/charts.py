"""A table as an ECharts option: told apart without colours, drawn as SVG so that the page's CSS sets text colours."""

from __future__ import annotations

from typing import Any

from front.desk.insight.sheets import Sheet

MOST_BARS = 15
# Okabe and Ito's colours that stand out 3 : 1 from white and from the dark page alike.
_COLOURS = ["#0f78bd", "#d0601a", "#0f9a72", "#b6679a", "#8a7a1f"]
_LINE = {"lineStyle": {"color": "#8797a5", "opacity": 0.35}}
_FONT = {"fontSize": 12}


def height(sheet: Sheet) -> int:
    """Pixels."""
    return 260 if sheet.chart == "bars" else 60 + 27 * max(2, min(len(sheet.rows), MOST_BARS))


def option(sheet: Sheet) -> dict[str, Any]:
    """What ui.echart draws: standing bars by time, or lying bars by size, the largest on top."""
    rows = sheet.rows if sheet.chart == "bars" else list(reversed(sheet.rows[:MOST_BARS]))
    names = {"type": "category", "data": [str(row[0]) for row in rows], "axisLabel": _FONT, "axisTick": {"show": False}}
    values = {"type": "value", "minInterval": 1, "axisLabel": _FONT, "splitLine": _LINE}
    several = len(sheet.series) > 1
    return {
        "color": _COLOURS,
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "aria": {"enabled": True, "label": {"description": described(sheet)}, "decal": {"show": several}},
        "tooltip": {"trigger": "axis", "confine": True, "axisPointer": {"type": "shadow"}},
        "legend": {"show": several, "top": 0, "icon": "roundRect", "itemWidth": 22, "itemHeight": 14},
        "grid": {"left": 8, "right": 44, "top": 34 if several else 12, "bottom": 8, "containLabel": True},
        **({"xAxis": names, "yAxis": values} if sheet.chart == "bars" else {"xAxis": values, "yAxis": names}),
        "series": [_bars(sheet, rows, column) for column in sheet.series],
    }


def described(sheet: Sheet) -> str:
    """The chart in words, for those who hear the page."""
    return f"{sheet.title}。{sheet.summary}"


def _bars(sheet: Sheet, rows: Any, column: int) -> dict[str, Any]:
    lying = sheet.chart != "bars"
    series = {"type": "bar", "name": sheet.columns[column], "data": [row[column] for row in rows], "barMaxWidth": 26}
    if lying:
        return series | {"label": {"show": True, "position": "right", "fontSize": 12}}
    return series | {"stack": "all"}
