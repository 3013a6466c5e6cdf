"""What citizens say, from the training examples: beside the knowledge, they make whole sentences findable."""

from __future__ import annotations

from pathlib import Path

import yaml
from luebao.knowledge.canonical import id_of

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def examples(folder: Path) -> dict[str, list[str]]:
    """The examples below a folder by the id they stand for (transfer.time_limit); none where there is no folder."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.yml")):
        blocks = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER).get("nlu") or []  # noqa: S506 - safe
        for block in blocks:
            if isinstance(block.get("examples"), str) and "intent" in block:
                lines = (line.strip().removeprefix("-").strip() for line in block["examples"].splitlines())
                found.setdefault(id_of(block["intent"]), []).extend(line for line in lines if line)
    return found
