"""How long the figures of 数据 take with many replies, and how long they keep the process from citizens meanwhile.

front/.venv/bin/python benchmarks/desk/figures.py [replies] [database url]; by default 100000 on SQLite in a new folder.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "front" / "tests"))

from desk.plenty import Plenty
from front.desk.insight.figures import Figures
from front.desk.insight.period import Period
from front.inbox.database import Database

from luebao.today import today


async def measure(figures: Figures, days: int) -> str:
    """One line: seconds, seconds of CPU, and the longest time nothing else could run."""
    started, cpu, longest = time.perf_counter(), time.process_time(), 0.0
    counting = asyncio.create_task(figures.of(Period.recent(days, today())))
    while not counting.done():
        before = time.perf_counter()
        await asyncio.sleep(0)
        longest = max(longest, time.perf_counter() - before)
        await asyncio.sleep(0.001)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    questions = counting.result().counts.questions
    return f"{days:>3}天 {questions:>7}条 {seconds:6.2f}秒 CPU {cpu:5.2f}秒 最长占用{longest * 1000:5.0f}毫秒"


async def main(replies: int, url: str) -> None:
    """Make the rows, then count several periods."""
    database = Database(url)
    await database.migrate()
    await Plenty(database, days=90).make(replies, people=3000)
    figures = Figures(database)
    for days in (1, 7, 30, 90, 90):
        print(await measure(figures, days), flush=True)
    await database.close()


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(count, sys.argv[2] if len(sys.argv) > 2 else f"sqlite+aiosqlite:///{folder}/front.db"))
