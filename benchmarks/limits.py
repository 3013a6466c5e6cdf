"""How much each section may send and how long it may take."""

from __future__ import annotations

import attrs


@attrs.frozen
class Limits:
    """Messages are for each system; a section that runs out of time reports what it has."""

    rounds: int = 3
    at_once: tuple[tuple[int, int], ...] = ((1, 120), (8, 240), (32, 480))  # (how many, messages a round)
    short_conversations: int = 100
    turns: tuple[int, ...] = (100, 300, 1000)
    questions: int = 10_000
    cold_starts: int = 3
    sizes: tuple[int, ...] = (500, 2000)
    growth_messages: int = 100
    section_seconds: float = 600.0
    training_minutes: float = 400.0
    vanilla_growth_minutes: float = 3.0


QUICK = Limits(
    rounds=1,
    at_once=((1, 10), (8, 16)),
    short_conversations=3,
    turns=(20,),
    questions=20,
    cold_starts=1,
    sizes=(100,),
    growth_messages=20,
    section_seconds=300.0,
)
