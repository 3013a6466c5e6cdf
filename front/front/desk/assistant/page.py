"""查答案: the page a clerk has open while a caller waits. Everything on it can be done from the keyboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import ui

from front.desk.assistant.box import Box
from front.desk.assistant.card_view import CardView
from front.desk.assistant.cards import title_of
from front.desk.assistant.kept import Kept
from front.desk.assistant.live import live_search
from front.desk.frame import Desk, Me, Tab, page
from front.desk.rights import Right

TAB = Tab("/", "查答案", Right.ASSIST, "search")
_PAGES = Path(__file__).resolve().parent.parent / "pages"
_SCRIPT = (_PAGES / "assistant.js").read_text(encoding="utf-8")
_HELP = (
    ("/ 或 Ctrl+K", "去搜索框"),
    ("↑ ↓", "选"),
    ("回车", "打开"),
    ("Alt+C", "复制短信"),
    ("Alt+F", "复制完整"),
    ("Alt+W", "复制微信"),
    ("Alt+H", "复制话术"),
    ("Alt+↓ Alt+↑", "换下一条、上一条"),
    ("1-9", "打开接下来的问题，或回答向导"),
    ("Alt+S", "换情况"),
    ("Alt+G", "一步步问"),
    ("Alt+M", "填手机号"),
    ("Alt+P", "常用"),
    ("Alt+X", "此条有误"),
)


def register(desk: Desk) -> None:
    """Serve the page."""
    page(desk, TAB, _show)


async def _show(me: Me) -> None:
    ui.add_css(_PAGES / "assistant.css")
    ui.add_body_html(f"<script>{_SCRIPT}</script>")
    kept = Kept.of(await me.desk.accounts.prefs(me.staff.login))

    def at_hand_again() -> None:
        at_hand.refresh()

    view = CardView(me, kept, at_hand_again)
    search = live_search(me.desk.knowledge)
    search.warm()
    box = Box(me, search, view.open)

    @ui.refreshable
    def at_hand() -> None:
        _shelf(me, view, "常用", view.kept.pinned)
        _shelf(me, view, "最近打开", view.kept.recent)

    with ui.element("div").classes("assistant"):
        with ui.column().classes("assistant-left gap-2"):
            box.draw()
            at_hand()
            _help()
        with ui.column().classes("assistant-right"):
            view.draw()
    _steps(me, box)


def _shelf(me: Me, view: CardView, title: str, ids: tuple[str, ...]) -> None:
    known = [(id, name) for id in ids if (name := title_of(view.knowledge, id))]
    if not known:
        return
    with ui.element("div").classes("w-full").props(f"role=group aria-label={title}"):
        ui.label(title).classes("soft text-sm")
        for id, name in known:
            button = ui.button(name, on_click=me.does(Right.ASSIST, _opens(view, id)))
            button.props("flat dense no-caps align=left").classes("w-full shelf")


def _opens(view: CardView, id: str) -> Callable[[], Awaitable[None]]:
    async def opened() -> None:
        await view.open(id)

    return opened


def _steps(me: Me, box: Box) -> None:
    """What Alt+↓ and Alt+↑ press."""

    async def down() -> None:
        await box.step(1)

    async def up() -> None:
        await box.step(-1)

    for code, work, title in (("ArrowDown", down, "下一条"), ("ArrowUp", up, "上一条")):
        button = ui.button(title, on_click=me.does(Right.ASSIST, work))
        button.props(f"data-key={code} tabindex=-1 aria-hidden=true").classes("pressed-only")


def _help() -> None:
    with ui.expansion("快捷键").props("dense").classes("w-full soft"), ui.element("div").classes("keys"):
        for key, what in _HELP:
            ui.label(key).classes("key")
            ui.label(what)
