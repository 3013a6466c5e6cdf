"""`front/.venv/bin/python -m benchmarks.faults [--quick] [scenario…]`: run, print, keep; exit 1 if one failed."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks.faults import scenarios
from benchmarks.faults.stage import Stage, stage

RESULTS = Path(__file__).with_name("results")
_COLUMNS = {
    "scenario": "场景",
    "people": "会话",
    "sent": "发出",
    "accepted": "收下",
    "robot": "机器人答",
    "phone": "给电话",
    "refused": "拒收次数",
    "unkind": "没有说明",
    "repeats": "电话端重复",
    "problems": "问题",
    "readyz": "/readyz 报错·恢复(秒)",
    "seconds": "用时(秒)",
}


async def run(name: str, quick: bool, most: int) -> dict[str, Any]:
    """One scenario, and what came of it."""
    started = time.monotonic()
    async with stage(name) as made:
        made.most = most
        await scenarios.ALL[name](made, quick)
        return _result(name, made, round(time.monotonic() - started, 1))


async def _together(names: tuple[str, ...], quick: bool, most: int) -> list[dict[str, Any]]:
    """Scenarios side by side."""
    return await asyncio.gather(*(run(name, quick, most) for name in names))


def _keep(result: dict[str, Any]) -> None:
    """Write one scenario's result to its file."""
    text = json.dumps({**result, "at": time.strftime("%Y-%m-%d %H:%M")}, ensure_ascii=False, indent=1)
    (RESULTS / f"{result['scenario']}.json").write_text(text + "\n", encoding="utf-8")


def _result(name: str, made: Stage, seconds: float) -> dict[str, Any]:
    verdict, history = made.verdict(), made.history
    examples = [f"{p.kind}：{p.person} {p.message} {p.note}" for p in verdict.problems[:10]]
    return {
        "scenario": name,
        "people": len({said.person for said in history.said.values()}),
        "sent": len(history.said),
        "accepted": len(history.accepted),
        "robot": verdict.robot,
        "phone": verdict.phone,
        "refused": len(history.refusals),
        "unkind": sum(not refusal.kind for refusal in history.refusals),
        "repeats": dict(verdict.repeats),
        "unseen": verdict.unseen,
        "problems": dict(verdict.counts()),
        "examples": examples,
        "talked_for": round(made.took, 1),
        "settled_after": round(made.settled, 1),
        "seconds": seconds,
        **made.notes,
    }


def _passed(result: dict[str, Any]) -> bool:
    """No problem, something happened at all, and /readyz named the fault within five seconds where it should."""
    late = result["scenario"] in _SEEN and (result["readyz_wrong_after"] or 1e9) > 5.0
    return not result["problems"] and result["accepted"] > 0 and not late


# Broken for long enough that whoever asks /readyz has to meet it.
_SEEN = {"postgres-stopped", "postgres-frozen", "redis-stopped", "redis-frozen"}


def _table(results: list[dict[str, Any]]) -> Table:
    table = Table(*_COLUMNS.values())
    for result in results:
        readyz = f"{result.get('readyz_wrong_after')}·{result.get('readyz_well_after')}"
        shown = {**result, "readyz": readyz if "readyz_wrong_after" in result else "—"}
        shown["repeats"] = sum(result["repeats"].values())
        shown["problems"] = "无" if not result["problems"] else json.dumps(result["problems"], ensure_ascii=False)
        table.add_row(*(str(shown[name]) for name in _COLUMNS), style="" if _passed(result) else "red")
    return table


@click.command()
@click.option("--quick", is_flag=True, help="几十个会话；不写场景就只跑 kill-front、triple、locked")
@click.option("--people", default=10_000, help="最多几个会话（机器忙的时候）")
@click.argument("names", nargs=-1, type=click.Choice(list(scenarios.ALL)))
def main(quick: bool, people: int, names: tuple[str, ...]) -> None:
    """把东西弄坏，看每条收下的消息是不是都有一个答复"""
    console = Console(width=200 if not sys.stdout.isatty() else None)
    results: list[dict[str, Any]] = []
    # Few people wait more than they work: the quick ones run side by side.
    groups = [(name,) for name in names or scenarios.ALL] if names or not quick else [scenarios.QUICK]
    for group in groups:
        console.print(f"{time.strftime('%H:%M:%S')} {'、'.join(group)} …")
        try:
            done = asyncio.run(_together(group, quick, people))
        except RuntimeError as error:
            raise click.ClickException(str(error)) from None
        for result in done:
            if not quick:
                _keep(result)
            for example in result["examples"]:
                console.print(f"  ✗ {example}", markup=False)
        results += done
    console.print(_table(results))
    raise SystemExit(0 if all(map(_passed, results)) else 1)


if __name__ == "__main__":
    main()
