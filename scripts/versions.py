"""The models that were in service: the last five are kept, each with the examples it had learned, and a record."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from evaluation import learned
from scripts.settings import INPUTS, LEARNED, MODEL, MODELS

KEPT, HISTORY = MODELS / "kept", MODELS / "history.json"
_KEEP = 5
_RECORDS = 200


class NothingKept(Exception):
    """There is no earlier model to go back to."""


def now() -> str:
    """A version's name: the local time, fit for a file name."""
    return datetime.now().strftime("%Y%m%d-%H%M%S")


def history() -> list[dict[str, Any]]:
    """What was trained, refused, put in service and rolled back, the newest last."""
    try:
        return list(json.loads(HISTORY.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def record(entry: Mapping[str, Any]) -> None:
    """Add to the history."""
    text = json.dumps([*history(), entry][-_RECORDS:], ensure_ascii=False, indent=1)
    HISTORY.parent.mkdir(exist_ok=True)
    coming = HISTORY.with_suffix(".coming")
    coming.write_text(text, encoding="utf-8")
    coming.replace(HISTORY)


def put_in_service(candidate: Path, content: bytes | None, state: str, name: str) -> None:
    """Make the candidate the model, with the examples it was made from; the old model is kept.

    `state` is the hash of its inputs. In this order a crash between two steps means a training too many, no more.
    """
    _keep(name)
    learned.put(content)
    candidate.replace(MODEL)
    INPUTS.write_text(state)


def roll_back() -> str:
    """Put the model before this one back, with its examples; returns the name it was kept under. Raises NothingKept."""
    kept = names()
    if not kept:
        raise NothingKept("没有留着的旧模型，退不回去。用 make train 可以照现在的例句重新训练")
    folder = KEPT / kept[-1]
    old = folder / LEARNED.name
    learned.put(old.read_bytes() if old.is_file() else None)
    (folder / MODEL.name).replace(MODEL)
    if (folder / INPUTS.name).is_file():
        (folder / INPUTS.name).replace(INPUTS)
    else:
        INPUTS.unlink(missing_ok=True)
    shutil.rmtree(folder)
    return kept[-1]


def names() -> list[str]:
    """The kept models by the name of the version that replaced each, the latest last."""
    found = KEPT.iterdir() if KEPT.is_dir() else iter(())
    return sorted(folder.name for folder in found if (folder / MODEL.name).is_file())


def _keep(name: str) -> None:
    """Copy the model in service away, under the name of the version that replaces it."""
    if not MODEL.is_file():
        return
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in (INPUTS, LEARNED, MODEL):  # the model last: a folder with a model is complete
        if file.is_file():
            shutil.copy2(file, folder / file.name)
    for old in names()[:-_KEEP]:
        shutil.rmtree(KEPT / old)
