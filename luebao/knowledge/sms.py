"""How long an SMS is. One message is 70 UTF-16 units, each part of a longer one 67 (facts: 3GPP TS 23.040 UCS-2)."""

from __future__ import annotations

import math
from datetime import date

from luebao.knowledge.citation import short_citation
from luebao.knowledge.model import Knowledge
from luebao.knowledge.wording import fill

SINGLE, PART, MOST_PARTS = 70, 67, 3
# The gateway puts the sender's signature, such as 【威海医保】, in front and counts it.
SIGNATURE = 6


def units(text: str) -> int:
    """The length of a text in UTF-16 units: what a gateway counts (an emoji is two)."""
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """How many SMS a text takes, the signature included."""
    length = units(text) + SIGNATURE
    return 1 if length <= SINGLE else math.ceil(length / PART)


def sms_text(
    sms: str, clauses: list[str], knowledge: Knowledge, as_of: date, case: dict[str, str] | None = None
) -> str:
    """The SMS as it is sent: filled in, with the short citation where there are clauses."""
    return fill(sms, knowledge, as_of, case).strip() + (short_citation(clauses, knowledge) if clauses else "")
