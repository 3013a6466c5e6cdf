"""A copy of the project as it is now: others may go on changing it while we train and measure."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from benchmarks.places import ROOT

# Made by training and running: kept when the copy is renewed.
_MADE = ("models", "bench.json")
_LEFT_OUT = {"benchmarks", "docs", "front", "models", "tests", "node_modules", "__pycache__"}


def copy_project(target: Path, source: Path = ROOT) -> Path:
    """Copy everything that trains or serves from `source` to `target`; a model that is there stays there."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        if old.name not in _MADE:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for thing in source.iterdir():
        if thing.name in _LEFT_OUT or thing.name in _MADE or thing.name.startswith("."):
            continue
        if thing.is_dir():
            shutil.copytree(thing, target / thing.name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy2(thing, target / thing.name)
    return target


def fingerprint(folder: Path, names: Iterable[str]) -> str:
    """A hash of the files below `names` in `folder`."""
    digest = hashlib.sha256()
    for name in names:
        top = folder / name
        for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
