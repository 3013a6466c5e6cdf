"""`luebao knowledge`: check, read and verify the knowledge base."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table

from luebao.answers import answer
from luebao.knowledge import KnowledgeError, Problem, load
from luebao.knowledge.canonical import canonical_nlu
from luebao.knowledge.check import check as check_draft
from luebao.knowledge.load import Draft, draft_of
from luebao.knowledge.model import Entry, Knowledge
from luebao.knowledge.sms import segments, sms_text, units
from luebao.knowledge.stale import stale as stale_things
from luebao.knowledge.verify import verify as verify_draft
from luebao.knowledge.wording import NotInForce, fill
from luebao.today import today

console = Console(width=None if sys.stdout.isatty() else 180)
DIRECTIONS = {"out": "威海人去外地", "in": "外地人来威海", "none": "—"}


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day such as 2026-01-31."""

    name = "日期"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it, or say how to write it."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            raise click.ClickException(f"{value} 不是日期，请写成 2026-01-31 这样") from None


folder_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default="knowledge",
    envvar="LUEBAO_KNOWLEDGE",
    show_default=True,
    help="知识库文件夹。",
)


@click.group()
@folder_option
@click.pass_context
def knowledge(context: click.Context, folder: Path) -> None:
    """检查、查看、核对知识库。"""
    context.obj = folder


@knowledge.command()
@click.pass_obj
def check(folder: Path) -> None:
    """检查全部文件，一次列出所有问题。"""
    draft = _draft(folder)
    problems = sorted(draft.problems + check_draft(draft))
    if problems:
        _fail(problems)
    base = draft.knowledge
    clauses = sum(len(source.clauses) for source in base.sources.values())
    console.print(f"没有问题：{len(base.entries)} 个条目、{len(base.facts)} 个事实，{clauses} 条条款全部有回答。")


@knowledge.command("list")
@click.pass_obj
def list_(folder: Path) -> None:
    """列出全部条目。"""
    base = load_or_fail(folder)
    table = Table(_id("编号"), "标题", "问的人", "方向", "状态", "依据", "短信", title="知识库条目")
    for entry in base.entries.values():
        status = "现行" if entry.status == "current" else "[yellow]2021年[/]"
        cited = " ".join(entry.clauses[:4]) + (" …" if len(entry.clauses) > 4 else "")
        count = _sms_count(base, entry)
        table.add_row(entry.id, entry.title, entry.audience, DIRECTIONS[entry.direction], status, cited, count)
    console.print(table)


@knowledge.command()
@click.argument("id")
@click.option("--as-of", type=Day(), default=None, help="按哪一天的规定看，默认今天。")
@click.option("--rendition", type=click.Choice(["full", "sms", "staff"]), default="full", show_default=True)
@click.pass_obj
def show(folder: Path, id: str, as_of: date | None, rendition: str) -> None:
    """显示一个条目，ID 例如 transfer.time_limit。"""
    base, day = load_or_fail(folder), as_of or today()
    if id not in base.entries:
        raise click.ClickException(f"没有条目 {id}。用 luebao knowledge list 查看全部编号。")
    reply = answer(base, id, day)
    if rendition == "staff" and reply.kind == "answer":
        console.print(fill(base.entries[id].staff, base, day), markup=False)
    elif rendition == "sms":
        console.print(reply.sms, markup=False)
        console.print(f"[dim]{units(reply.sms)} 个字，连签名 {segments(reply.sms)} 条短信[/]")
    else:
        console.print(reply.text, markup=False)


@knowledge.command()
@click.option("--as-of", type=Day(), default=None, help="按哪一天看，默认今天。")
@click.pass_obj
def facts(folder: Path, as_of: date | None) -> None:
    """列出全部事实：数值、单位、起止、依据。"""
    base, day = load_or_fail(folder), as_of or today()
    table = Table(_id("名称"), "含义", "现值", "以前", "从", "到", "依据", "上次核对", title=f"事实（{day}）")
    for fact in base.facts.values():
        now, before = fact.value(day), fact.former(day)
        value = now.value + fact.unit if now else "[red]无有效数值[/]"
        since, until, clause = (str(now.from_), str(now.until), now.clause) if now else ("", "", "")
        old = before.value + fact.unit if before else ""
        table.add_row(fact.id, fact.label, value, old, since, until, clause, str(fact.last_checked))
    console.print(table)


@knowledge.command()
@click.pass_obj
def conflicts(folder: Path) -> None:
    """列出两份文件不一致的地方，以及按哪个回答。"""
    table = Table("", "事项", "2021年指南", "便民措施", "怎样答", "确认人", title="冲突登记", show_lines=True)
    for conflict in load_or_fail(folder).conflicts.values():
        older = f"{conflict.older.says}\n[dim]{' '.join(conflict.older.clauses)}[/]"
        newer = f"{conflict.newer.says}\n[dim]{' '.join(conflict.newer.clauses)}[/]"
        who = "[yellow]无人确认[/]" if conflict.decided_by == "unknown" else conflict.decided_by
        table.add_row(conflict.id, conflict.matter, older, newer, conflict.answer, who)
    console.print(table)


@knowledge.command()
@click.option("--days", default=180, show_default=True, help="多少天没核对算过久。")
@click.pass_obj
def stale(folder: Path, days: int) -> None:
    """列出从未核对或很久没核对的事实与条目，最久的在前。"""
    table = Table("种类", _id("编号"), "内容", "上次核对", title=f"待核对（超过 {days} 天或从未核对）")
    rows = stale_things(load_or_fail(folder), today(), days)
    for item in rows:
        table.add_row(item.kind, item.id, item.title, str(item.last_checked).replace("unknown", "从未"))
    console.print(table)
    console.print(f"共 {len(rows)} 项。核对后请把 last_checked 写成当天日期。")


@knowledge.command()
@click.option("--sources", type=click.Path(path_type=Path), required=True, help="两份原文所在的文件夹。")
@click.pass_obj
def verify(folder: Path, sources: Path) -> None:
    """把每个数值、官方名称、清单与原文逐一比对。"""
    draft = _draft(folder)
    result = verify_draft(draft, sources)
    problems = sorted(draft.problems + result.problems)
    if problems:
        _fail(problems)
    console.print(f"与原文一致：比对了 {result.compared} 处数值、名称和清单。")


@knowledge.command()
@click.option("--write", type=click.Path(path_type=Path), default=None, help="写到这个文件；不写就打印。")
@click.pass_obj
def questions(folder: Path, write: Path | None) -> None:
    """把各条目的标题和标准问题导出为训练例句（data/nlu/canonical.yml）。"""
    text = canonical_nlu(load_or_fail(folder))
    if write:
        write.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


def _sms_count(base: Knowledge, entry: Entry) -> str:
    try:
        return f"{segments(sms_text(entry.sms, entry.clauses, base, today()))} 条"
    except NotInForce:
        return "—"


def _id(header: str) -> Column:
    """A column that is never cut: an id is there to be copied."""
    return Column(header, no_wrap=True, min_width=10)


def _draft(folder: Path) -> Draft:
    try:
        return draft_of(folder)
    except KnowledgeError as error:
        _fail(error.problems)
        raise AssertionError from error  # _fail does not return


def load_or_fail(folder: Path) -> Knowledge:
    """The knowledge base; where it is broken, every problem is printed and the command ends."""
    try:
        return load(folder)
    except KnowledgeError as error:
        _fail(error.problems)
        raise AssertionError from error


def _fail(problems: list[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)
    raise click.ClickException(f"共 {len(problems)} 处问题，请改正后再试。")
