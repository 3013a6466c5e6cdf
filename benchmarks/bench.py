"""Measure this project and a stock Rasa project side by side.

python -m benchmarks.bench [latency] [turns] [length] [cold] [accuracy] [growth] [--keep] [--keep-stock] [--quick]
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from types import FrameType
from typing import Any

import click

from benchmarks.limits import QUICK, Limits
from benchmarks.load import warm_up
from benchmarks.make_vanilla import make
from benchmarks.places import INCOMING, OURS, QUICK_RESULTS, RESULTS, VANILLA
from benchmarks.report import SECTIONS, console, save, write_readme
from benchmarks.sections import accuracy, cold, growth, latency, length, turns
from benchmarks.servers import ours, vanilla
from benchmarks.snapshot import copy_project
from benchmarks.training import trained

_OURS_ALONE = {"growth", "turns"}  # which say something without the stock project
_SHARED = {"latency": latency, "turns": turns, "length": length, "accuracy": accuracy}  # on one pair of running servers


def prepare(keep: bool, keep_stock: bool, stock: bool, limits: Limits) -> dict[str, Any]:
    """Copy the project as it is now (or keep the last copy), make the stock project of it (if `stock`), train both.

    Returns what the trainings cost.
    """
    if not keep or not OURS.exists():
        _copy_sound_project()
    records = {"ours": trained("ours", OURS, limits.training_minutes)}
    if not (keep or keep_stock) or not VANILLA.exists():
        make(OURS, VANILLA)  # the traffic is made from its examples
    if stock:
        records["vanilla"] = trained("vanilla", VANILLA, limits.training_minutes)
    failed = [f"{name}: {record['why']}" for name, record in records.items() if not record["ok"]]
    if failed:
        raise click.ClickException("\n".join(failed))
    return records


def _copy_sound_project() -> None:
    """Replace the copy only by one that serves: somebody may be in the middle of a change."""
    copy_project(INCOMING)
    check = subprocess.run([sys.executable, "-m", "luebao", "knowledge", "check"], cwd=INCOMING, check=False)
    if check.returncode:
        raise click.ClickException("the project's knowledge has problems now; try again, or --keep the last copy")
    copy_project(OURS, INCOMING)


def _measure(chosen: tuple[str, ...], stock: bool, limits: Limits) -> Iterator[tuple[str, dict[str, Any]]]:
    makers = {"vanilla": partial(vanilla, VANILLA, OURS), "ours": partial(ours, OURS)}
    if "cold" in chosen:
        yield "cold", cold.measure(makers, limits)
    shared = [name for name in chosen if name in _SHARED]
    if shared:
        with ExitStack() as running:
            pair = {name: running.enter_context(make()) for name, make in makers.items() if stock or name == "ours"}
            for server in pair.values():
                warm_up(server)
            for name in shared:
                console.print(f"{name}…")
                yield name, _SHARED[name].measure(pair, limits)
    if "growth" in chosen:
        yield "growth", growth.measure(limits, stock)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


@click.command()
@click.argument("sections", nargs=-1, type=click.Choice([*SECTIONS, "readme"]))
@click.option("--keep", is_flag=True, help="Measure the copy of the project made last time, not the project of now.")
@click.option("--keep-stock", is_flag=True, help="Do not train the stock project again, whatever the examples are now.")
@click.option("--ours-only", is_flag=True, help="growth, turns: leave the stock project out; it needs hours.")
@click.option("--quick", is_flag=True, help="A few messages only: to see that it works, not to learn anything.")
def main(sections: tuple[str, ...], keep: bool, keep_stock: bool, ours_only: bool, quick: bool) -> None:
    """Train what is not trained yet, measure the SECTIONS (all of them by default), fill in the README."""
    signal.signal(signal.SIGTERM, _interrupt)
    limits = QUICK if quick else Limits()
    chosen = sections or tuple(SECTIONS)
    if ours_only and not set(chosen) <= _OURS_ALONE:
        raise click.UsageError("--ours-only goes with `growth` and `turns`: the other sections compare")
    if set(chosen) != {"readme"}:
        folder = QUICK_RESULTS if quick else RESULTS
        training = prepare(keep, keep_stock, not ours_only, limits)
        if not ours_only:
            save("training", training, folder)
        for section, result in _measure(chosen, not ours_only, limits):
            save(section, result, folder)
    if not quick:
        write_readme()


if __name__ == "__main__":
    sys.exit(main())
