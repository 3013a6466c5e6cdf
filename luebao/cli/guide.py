"""`luebao guide`: read the guided dialogues, and see every way through them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click
from rich.table import Column, Table

from luebao.answers.guide import card
from luebao.cli.knowledge import console, folder_option, load_or_fail
from luebao.knowledge import Knowledge
from luebao.knowledge.guide import Guide, walk
from luebao.knowledge.guide_map import UNSURE_TITLE, answer_title, dot, mermaid
from luebao.today import today


@click.group()
@folder_option
@click.pass_context
def guide(context: click.Context, folder: Path) -> None:
    """查看一步步问答的向导。"""
    context.obj = folder


@guide.command("list")
@click.pass_obj
def list_(folder: Path) -> None:
    """列出全部向导。"""
    table = Table(Column("编号", no_wrap=True), "标题", "问题", "结果", "走法", "最多问", title="向导")
    for one in load_or_fail(folder).guides.values():
        paths = list(walk(one))
        counts = (len(one.questions), len(one.outcomes), len(paths), max(len(path.answers) for path in paths))
        table.add_row(one.id, one.title, *map(str, counts))
    console.print(table)


@guide.command()
@click.argument("name")
@click.pass_obj
def show(folder: Path, name: str) -> None:
    """显示一个向导的问题和结果，NAME 例如 remote。"""
    base = load_or_fail(folder)
    one = _named(base, name)
    parts = [f"{one.title}\n{one.opening}"]
    for number, question in enumerate(one.questions, 1):
        titles = [*(choice.title for choice in question.choices), UNSURE_TITLE]
        parts.append("\n".join([f"问题{number}：{question.ask}", *(f"  · {title}" for title in titles)]))
    for number, end in enumerate(one.outcomes, 1):
        parts.append(f"结果{number}：{end.title}\n{card(end, base, today())}")
    console.print("\n\n".join(parts), markup=False)


@guide.command("walk")
@click.argument("name")
@click.option("--draw", type=click.Path(path_type=Path), default=None, help="另画成图：.mmd、.svg 或 .png 文件。")
@click.pass_obj
def walk_(folder: Path, name: str, draw: Path | None) -> None:
    """列出一个向导的每一种走法。"""
    one = _named(load_or_fail(folder), name)
    table = Table(*(question.about for question in one.questions), "结果", title=one.title)
    paths = list(walk(one))
    for path in paths:
        said = dict(path.answers)
        cells = [
            answer_title(question, said[question.id]) if question.id in said else "—" for question in one.questions
        ]
        table.add_row(*cells, path.outcome.title if path.outcome else "[red]没有结果[/]")
    console.print(table)
    console.print(f"共 {len(paths)} 种走法。“—”是不用问的。")
    if draw:
        _draw(one, draw)
        console.print(f"图已写到 {draw}。", markup=False)


def _named(base: Knowledge, name: str) -> Guide:
    if name not in base.guides:
        raise click.ClickException(f"没有向导 {name}。用 luebao guide list 查看全部编号。")
    return base.guides[name]


def _draw(one: Guide, file: Path) -> None:
    if file.suffix == ".mmd":
        file.write_text(mermaid(one), encoding="utf-8")
        return
    if file.suffix not in (".svg", ".png"):
        raise click.ClickException(f"不会画 {file.name}。文件名请以 .mmd、.svg 或 .png 结尾。")
    program = shutil.which("dot")
    if program is None:
        raise click.ClickException("没有找到 graphviz 的 dot 命令，画不了这种图。请安装 graphviz，或改用 .mmd 结尾。")
    kind = file.suffix.removeprefix(".")
    done = subprocess.run([program, f"-T{kind}", "-o", str(file)], input=dot(one), text=True, encoding="utf-8")  # noqa: S603 - our own text, found in PATH
    if done.returncode:
        raise click.ClickException("dot 没有画成，原因见上面它自己的说明。")
