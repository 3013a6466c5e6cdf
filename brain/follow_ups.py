"""What is said right after an answer: as citizens said it (data/follow_ups.yml), and as they would leave it out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, Sequence, Text

import numpy as np
import yaml

from brain.faq_model import Example
from brain.text import fold, normalise

# Examples of one label that are said again without their subject, and how long they may be then (folded characters).
_MOST, _SHORTEST, _LONGEST = 25, 2, 14
# Without this, 没备案 would become 没.
_MEANT = "(?<![没未不忘补别])(?:{words})"
_LEFT_OVER = re.compile(r"^[的，,、 ]+|[，,、 ]+$")


def follow_ups(file: Path) -> List[Example]:
    """Every follow-up, with the entry that was answered before it."""
    after: Dict[Text, Dict[Text, List[Text]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [
        Example(normalise(text), label, entry)
        for entry, labels in after.items()
        for label, texts in labels.items()
        for text in texts
    ]


def left_out(examples: Sequence[Example], entries: Sequence[Text], subjects: Path) -> List[Example]:
    """Examples without the words for their subject, each after one of the `entries` that are about it.

    After an answer about it nobody names the subject again: 医保转移多久能好 becomes 多久能好. What the entries do not
    cover loses any subject. Drawn, but the same each time.
    """
    random = np.random.default_rng(0)
    words: Dict[Text, List[Text]] = yaml.safe_load(subjects.read_text(encoding="utf-8"))
    patterns = {category: _pattern(some) for category, some in words.items()}
    about = {category: [entry for entry in entries if entry.split(".")[0] == category] for category in words}
    said: Dict[Text, int] = {}
    found = []
    for example in (examples[number] for number in random.permutation(len(examples))):
        own = example.label.split("/")[0]
        for category in patterns if own == "out_of_scope" else [own] if own in patterns else []:
            text = _LEFT_OVER.sub("", patterns[category].sub("", example.text))
            fits = text != example.text and _SHORTEST <= len(fold(text)) <= _LONGEST
            if fits and about[category] and said.get(example.label, 0) < _MOST:
                found.append(Example(text, example.label, str(random.choice(about[category]))))
                said[example.label] = said.get(example.label, 0) + 1
                break
    return found


def _pattern(words: List[Text]) -> re.Pattern[Text]:
    return re.compile(_MEANT.format(words="|".join(sorted(words, key=len, reverse=True))))
