"""Asks /readyz all the time, and tells how soon it said that something is wrong, and that it is well again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

_PATIENCE = 6.0


class Readyz:
    """What /readyz of one front said, with the time it was asked and answered."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/readyz"
        self.seen: list[tuple[float, bool, str]] = []  # answered at, well, what it said

    async def watch(self) -> None:
        """Ask until cancelled."""
        async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE) as client:
            while True:
                try:
                    answer = await client.get(self._url)
                    checks = answer.json()["checks"]
                    # A part the front can do without is named, and the front stays ready.
                    well = answer.status_code == 200 and all(state == "ok" for state in checks.values())
                    wrong = "；".join(f"{name} {state}" for name, state in checks.items() if state != "ok")
                except httpx.HTTPError as error:
                    well, wrong = False, f"没有应答（{type(error).__name__}）"
                self.seen.append((time.monotonic(), well, wrong))
                await asyncio.sleep(0.25)

    def after(self, moment: float, well: bool, about: str = "") -> float | None:
        """Seconds from a moment until it said so for the first time, None if it never did."""
        said = (at - moment for at, was, wrong in self.seen if at >= moment and was == well and about in wrong)
        return next((round(seconds, 1) for seconds in said), None)


@asynccontextmanager
async def watched(url: str) -> AsyncIterator[Readyz]:
    """Watch while the block runs."""
    readyz = Readyz(url)
    task = asyncio.create_task(readyz.watch())
    try:
        yield readyz
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def told(readyz: Readyz, broken: float, mended: float, about: str) -> dict[str, Any]:
    """For the notes: seconds until /readyz named the fault, and until it was well after the end of it."""
    wrong = sorted({said for at, well, said in readyz.seen if not well and at >= broken and about in said})
    return {
        "readyz_wrong_after": readyz.after(broken, False, about),
        "readyz_well_after": readyz.after(mended, True),
        "readyz_said": wrong[:3],
    }
