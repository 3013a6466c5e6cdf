"""What the robot itself would answer, asked beside the search and never waited for by it."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from front.brain import BrainFailure
from front.inbox.decide import Asks
from front.masking import mask

SECONDS = 3.0
_WHY = {"down": "没有开", "slow": "3秒内没有回答", "busy": "正忙", "resting": "暂时不可用"}


@dataclass(frozen=True)
class Said:
    """Its answer: the text, and (id, title) of the entries it was made from."""

    text: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Robot:
    """Asks Rasa as nobody in particular: each question is a dialogue of its own, so none colours the next."""

    brain: Asks

    async def ask(self, question: str) -> tuple[Said | None, str]:
        """Its answer; or None and why there is none, in Chinese."""
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self.brain.ask(f"desk-{secrets.token_hex(8)}", mask(question))
        except TimeoutError:
            return None, _WHY["slow"]
        except BrainFailure as error:
            return None, _WHY.get(error.why, "没有给出可用的回答")
        entries = ((str(one["id"]), str(one["title"])) for one in answer.custom.get("entries", [])[:3])
        return Said(answer.text, tuple(entries)), ""
