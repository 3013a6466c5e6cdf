"""Read the training examples and the entries of a project, whatever state it is in: nothing is checked here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def examples(project: Path) -> dict[str, list[str]]:
    """The examples of each label below data/nlu, in the order of the files."""
    found: dict[str, list[str]] = {}
    for file in sorted((project / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8")).get("nlu") or []:
            if "intent" in block:
                lines = (line.strip().removeprefix("-").strip() for line in block["examples"].splitlines())
                found.setdefault(block["intent"], []).extend(line for line in lines if line)
    return found


def as_yaml(labelled: dict[str, list[str]]) -> str:
    """The same as the text of one Rasa NLU file."""
    blocks = (
        f"  - intent: {label}\n    examples: |\n" + "".join(f"      - {text}\n" for text in texts)
        for label, texts in labelled.items()
    )
    return 'version: "3.1"\n\nnlu:\n' + "".join(blocks)


def entries(project: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries below knowledge/entries as they are written, each with its category."""
    for file in sorted((project / "knowledge" / "entries").glob("*.yml")):
        # BaseLoader leaves every scalar the text that was typed, as the project's own reader does.
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
        for entry in data["entries"]:
            yield data["category"], entry
