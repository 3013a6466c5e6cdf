"""The parts of a card that are only shown."""

from __future__ import annotations

from datetime import date

from luebao.today import today
from nicegui import ui

from front.desk.assistant.cards import Card


def written(day: date) -> str:
    """2026年11月22日"""
    return f"{day.year}年{day.month}月{day.day}日"


def warnings(card: Card, as_of: date) -> None:
    """What makes this answer special: another day, not in force, resting on the 2021 documents."""
    said = []
    if as_of != today():
        said.append(f"现在看的是{written(as_of)}的规定，不是今天的。")
    if card.holds:
        said.append(
            f"这一条{card.holds}：来源没有说清管到什么时候，答复前请核实。"
            if card.holds == "待核实"
            else f"这一条{card.holds}，不能照着答。"
        )
    if any(one.dated for one in card.reply.entries):
        said.append("只有2021年春节的文件这样说，告诉对方时请说明。")
    for text in said:
        ui.label(text).classes("warn w-full").props("role=note")


def answer(card: Card) -> None:
    """What the citizen is told, with its source."""
    with ui.element("div").classes("card w-full"):
        ui.label(card.reply.full).classes("pre answer").mark("answer")
        for line in card.reply.citation:
            ui.label(f"依据：{line}").classes("soft text-sm")


def inside(card: Card) -> None:
    """For the staff only: never selected along with the rest, never copied."""
    if not card.staff and not card.open:
        return
    with ui.element("div").classes("inside w-full").props("role=note aria-label=内部说明"):
        ui.label("内部，不要发给市民").classes("inside-mark")
        if card.staff:
            ui.label(card.staff).classes("pre").mark("inside")
        if card.open:
            ui.label("来源没有写明的").classes("font-bold")
            for line in card.open:
                ui.label(f"· {line}").classes("pre")


def rules(card: Card) -> None:
    """The old rule beside the new one."""
    if not card.rules:
        return
    with ui.element("div").classes("card w-full"):
        ui.label("现在和以前").classes("font-bold")
        with ui.element("div").classes("rules").props("role=table aria-label=现在和以前的规定"):
            for head in ("事项", "现在", "以前"):
                ui.label(head).classes("soft")
            for one in card.rules:
                with ui.element("div"):
                    ui.label(one.matter)
                    ui.label(one.clauses).classes("soft text-xs")
                ui.label(one.now).classes("rule-now")
                ui.label(one.before).classes("rule-before")
                if one.decided:
                    ui.label(one.decided).classes("soft text-sm rule-wide")


def routes(card: Card) -> None:
    """Where it can be done."""
    if not card.routes:
        return
    with ui.element("div").classes("card w-full"):
        ui.label("在哪里办").classes("font-bold")
        for label, how in card.routes:
            ui.label(f"· {label}")
            if how:
                ui.label(how).classes("soft text-sm pl-3")


def clauses(card: Card) -> None:
    """The clauses it rests on."""
    if not card.clauses:
        return
    with ui.expansion(f"依据的条款（{len(card.clauses)}）").classes("card w-full").props("dense"):
        for id, place, gist, status in card.clauses:
            ui.label(f"{id} {place}").classes("text-sm")
            ui.label(f"{gist}（{status}）").classes("soft text-sm pl-3")
