"""data/follow_ups.yml: what citizens say right after an answer, and what that is about."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, List, Text, Tuple

import yaml

from brain.context import free, said_in_full
from brain.text import normalise
from luebao.knowledge import load


def follow_ups(file: Path) -> List[Tuple[Text, Text]]:
    """(text, label) of every follow-up, said in full: with the topic of the entry that was answered before it.

    What is said to the robot itself (谢谢) means the same after any answer, and is learnt as it is. What follows an
    entry that is no longer there is left out.
    """
    knowledge = load(Path(os.environ.get("LUEBAO_KNOWLEDGE", "knowledge")))
    after: Dict[Text, Dict[Text, List[Text]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [
        (normalise(text) if free(label) else said_in_full(normalise(text), knowledge.topic_of(entry)), label)
        for entry, labels in after.items()
        if entry in knowledge.entries
        for label, texts in labels.items()
        for text in texts
    ]
