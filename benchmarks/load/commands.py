"""The commands of the load run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import cpu as cpu_run
import run as load_run
from machine import NotStarted
from tables import fill_readme

RESULTS = Path(__file__).with_name("results")
DATABASES = ("sqlite", "postgresql")


@click.group()
def main() -> None:
    """量负荷：每条消息的CPU，和真的 Rasa、nginx、PostgreSQL 一起每秒能答几条"""


@main.command()
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 20))
@click.option("--messages", default=300, show_default=True, type=click.IntRange(50, 5000), help="每轮几条")
@click.option("--before", type=click.Path(exists=True, path_type=Path), help="另一份 front/，同机轮流比")
@click.option("--database", "databases", multiple=True, type=click.Choice(DATABASES))
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(cpu_run.KINDS)))
@click.option("--save", is_flag=True, help="写入 results/cpu.json")
def cpu(rounds: int, messages: int, before: Path | None, databases: Any, kinds: Any, save: bool) -> None:
    """只量 front 自己：用不花时间的 Rasa"""
    work = cpu_run.measure(rounds, messages, before, databases or DATABASES, kinds or list(cpu_run.KINDS))
    result = _stamped(_started(work))
    for row in result["rows"]:
        click.echo(f"{row['database']:11} {row['kind']:8} {row['front']:7} {row['median_ms']:6.2f} ms")
    if save:
        _save("cpu", result)


@main.command()
@click.option("--setup", "names", multiple=True, type=click.Choice([s.name for s in load_run.SETUPS]))
@click.option("--seconds", default=40.0, show_default=True, type=click.FloatRange(2, 300), help="每一段几秒")
@click.option("--messages", default=3000, show_default=True, type=click.IntRange(10, 20000), help="每一段最多几条")
@click.option("--at-once", multiple=True, type=click.IntRange(1, 500), default=(8, 32), show_default=True)
@click.option("--quick", is_flag=True, help="只看跑不跑得通：一种搭法，10秒，不存结果")
def load(names: tuple[str, ...], seconds: float, messages: int, at_once: tuple[int, ...], quick: bool) -> None:
    """全部用真的：nginx、front、Rasa、actions、SQLite 或 PostgreSQL 和 Redis"""
    limits = load_run.Limits((8,), 10.0, 200) if quick else load_run.Limits(at_once, seconds, messages)
    names = names or (("postgresql-2",) if quick else tuple(s.name for s in load_run.SETUPS))
    lost = 0
    for setup in (s for s in load_run.SETUPS if s.name in names):
        result = _stamped(_started(load_run.measure(setup, limits)))
        for phase in result["phases"]:
            lost += len(phase["lost"])
            click.echo(
                f"{setup.name} 同时{phase['at_once']}人：{phase['a_second']} 条/秒，CPU {phase['cpu_ms_a_message']}"
            )
            click.echo(f"   {phase['channels']} 没有答到：{phase['lost']}")
        if not quick:
            _save(setup.name, result)
    if lost:
        raise click.ClickException(f"有 {lost} 条没有答到，见上面")


@main.command()
def readme() -> None:
    """按 results/ 重写 README 里的表"""
    fill_readme(RESULTS)


def _started(work: Any) -> dict[str, Any]:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that our processes end with us
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return dict(asyncio.run(work))
    except NotStarted as error:
        raise click.ClickException(str(error)) from None


def _stamped(result: dict[str, Any]) -> dict[str, Any]:
    machine = {"cores": os.cpu_count(), "load_average": [round(one, 1) for one in os.getloadavg()]}
    return {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), **machine, **result}


def _save(name: str, result: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fill_readme(RESULTS)
