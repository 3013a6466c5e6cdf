"""The lessons in the front's database, through its own command: this environment has no driver for it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence

from evaluation.learned import Lesson
from scripts.settings import FRONT_PYTHON, ROOT, environment


class FrontDown(Exception):
    """The front's command failed; the message holds its words."""


def accepted() -> list[Lesson]:
    """What the office accepted and the robot has not learned yet, oldest first. Raises FrontDown."""
    rows = json.loads(_front("accepted"))
    return [Lesson(row["text"], row["label"], row["by"], row["at"], row["id"]) for row in rows]


def settle(by: str, learned: Sequence[int], unlearned: Mapping[int, str]) -> None:
    """Note what became of lessons: learned, or not (by id, with the reason). Raises FrontDown."""
    notes = {str(id): why for id, why in unlearned.items()}
    _front("settle", json.dumps({"by": by, "learned": list(learned), "unlearned": notes}))


def _front(what: str, said: str = "") -> str:
    command = [str(FRONT_PYTHON), "-m", "front", "lessons", what]
    done = subprocess.run(
        command, cwd=ROOT / "front", env=environment(), input=said, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise FrontDown(done.stderr.strip()[-500:] or "front lessons 没有成功")
    return done.stdout
