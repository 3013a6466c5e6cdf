"""Put the questions to a running brain, a few at a time, with progress."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from rich.progress import track

from scripts.client import Answer, ask

T = TypeVar("T")
_AT_ONCE = 2


def ask_each(items: list[T], text: Callable[[T], str], what: str) -> list[Answer]:
    """One answer for each item, each asked by somebody new."""
    return _all(items, lambda item: ask(text(item), sender=f"eval-{secrets.token_hex(8)}", timeout=30), what)


def hold(dialogues: list[dict[str, Any]], what: str) -> list[list[Answer]]:
    """The answers of each dialogue, turn by turn."""
    return _all(dialogues, _dialogue, what)


def _dialogue(dialogue: dict[str, Any]) -> list[Answer]:
    sender = f"eval-{secrets.token_hex(8)}"
    day = {"metadata": {"as_of": dialogue["as_of"]}} if "as_of" in dialogue else {}
    return [ask(turn["q"], sender=sender, timeout=30, **day) for turn in dialogue["turns"]]


def _all(items: list[T], work: Callable[[T], Any], what: str) -> list[Any]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers: Iterable[Any] = pool.map(work, items)
        return list(track(answers, description=what, total=len(items)))
