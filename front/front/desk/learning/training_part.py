"""训练: train on what was accepted, see what it changes, put it in service or not; and back again."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from front.desk.frame import Me
from front.desk.learning.jobs import NotHere, when
from front.desk.learning.room import Room
from front.desk.rights import Right

_RESULTS = {"in_service": "已换上", "refused": "没有通过，没有换", "rolled_back": "退回了", "failed": "没有做成"}
_CHANGES = 12
_RECORDS = 8


class Training:
    """The part of one open page."""

    def __init__(self, me: Me, room: Room) -> None:
        self._me, self._room = me, room
        self._seen: tuple[Any, ...] = ()

    async def show(self) -> None:
        """Build it; while a training runs, its words are read from a small file every second."""
        with ui.row().classes("w-full no-wrap items-start gap-4"):
            with ui.column().classes("w-1/2 gap-3"):
                self._now()
            with ui.column().classes("w-1/2 gap-3"):
                self._history()
        ui.timer(1.0, self._look)

    def refresh(self) -> None:
        """Read it again."""
        self._now.refresh()
        self._history.refresh()

    def _look(self) -> None:
        jobs = self._room.jobs
        state = jobs.state()
        now = (jobs.running(), state.get("step"), state.get("done"))
        if now != self._seen:
            self._seen = now
            self._now.refresh()
            if not now[0]:
                self._history.refresh()

    @ui.refreshable_method
    def _now(self) -> None:
        jobs = self._room.jobs
        running, state = jobs.running(), jobs.state()
        with ui.column().classes("card w-full gap-2"):
            ui.label("训练并检验").classes("text-lg font-bold")
            ui.label(
                "照已接受的句子训练一个新模型，和现在的模型做同样的考题（从不用来训练）。"
                "没有变差才换上，市民照常得到回答；变差了就不换，并写明会答错哪些。大约几分钟。"
            ).classes("soft")
            self._buttons(running)
            with ui.column().classes("w-full gap-1").props('aria-live="polite"'):
                if running:
                    ui.label(state.get("step") or "正在开始…").classes("font-bold")
                    ui.linear_progress(show_value=False).props("indeterminate")
                elif state.get("step"):
                    done = state.get("done")
                    good = done in ("in_service", "rolled_back", "nothing")
                    ui.label(state["step"] if done else "训练中断了，还是原来的模型。请再来一次").classes(
                        "pre " + ("good" if good else "danger")
                    )
            log = jobs.log()
            if log:
                with ui.expansion("经过", value=running).classes("w-full"):
                    ui.label(log).classes("pre text-sm learn-log")

    def _buttons(self, running: bool) -> None:
        may = self._me.staff.may(Right.TEACH)
        jobs = self._room.jobs
        with ui.row().classes("items-center gap-2"):
            start = ui.button("训练并检验", icon="model_training", on_click=self._me.does(Right.TEACH, self._train))
            back = ui.button("退回上一个模型", icon="undo", on_click=self._ask_back).props("outline")
        start.set_enabled(may and not running and jobs.here)
        back.set_enabled(may and not running and bool(jobs.kept()))
        if not may:
            ui.label("训练要由班长来做。").classes("soft")
        elif not jobs.here:
            ui.label("这台机器上没有训练用的环境，请在装有整个项目的机器上执行 make learn。").classes("warn")

    async def _train(self) -> None:
        await self._begin(roll_back=False)

    async def _begin(self, *, roll_back: bool) -> None:
        try:
            await self._room.jobs.start(self._me.staff.login, roll_back=roll_back)
        except NotHere as error:
            ui.notify(str(error), type="warning")
            return
        what = "lesson.roll_back" if roll_back else "lesson.train"
        await self._me.desk.audit.note(self._me.staff.login, what)
        self._now.refresh()

    def _ask_back(self) -> None:
        kept = self._room.jobs.kept()
        with ui.dialog() as dialog, ui.card():
            ui.label("退回上一个模型？").classes("text-lg font-bold")
            ui.label(f"{when(kept[-1])}换上的模型学的句子会退出来，可以重新分。市民照常得到回答。")

            async def back() -> None:
                dialog.close()
                await self._begin(roll_back=True)

            with ui.row():
                ui.button("退回", on_click=self._me.does(Right.TEACH, back)).mark("roll-back")
                ui.button("不退", on_click=dialog.close).props("flat")
        dialog.open()

    @ui.refreshable_method
    def _history(self) -> None:
        records = self._room.jobs.history()[:_RECORDS]
        if not records:
            ui.label("还没有训练过。").classes("card soft w-full")
        for number, record in enumerate(records):
            self._record(record, number == 0)

    def _record(self, record: dict[str, Any], opened: bool) -> None:
        how = _RESULTS.get(record["result"], record["result"])
        head = f"{when(record['name'])}  {record['by']}  {how}  {len(record.get('lessons', []))}句"
        with ui.column().classes("card w-full"), ui.expansion(head, value=opened).classes("w-full"):
            for reason in record.get("reasons", []):
                ui.label(reason).classes("danger pre")
            for figure in record.get("figures", []):
                _figure(figure)
            for title, name, kind in (("变好的", "mended", "good"), ("变差的", "broken", "danger")):
                some = record.get(name, [])
                if some:
                    ui.label(f"{title}（{len(some)}句）").classes(f"font-bold mt-2 {kind}")
                for one in some[:_CHANGES]:
                    ui.label(f"{one['question']}：{one['before']} → {one['after']}").classes("pre text-sm")


def _figure(figure: dict[str, Any]) -> None:
    with ui.row().classes("w-full no-wrap gap-3"):
        ui.label(figure["name"]).classes("grow")
        ui.label(f"{figure['before']:.3f} → {figure['after']:.3f}").classes("font-mono")
        ui.label(f"{figure['gained']}句变好，{figure['lost']}句变差（共{figure['n']}句）").classes("soft")
