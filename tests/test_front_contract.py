"""What Rasa says and what the front understands are one contract, kept in two places."""

from __future__ import annotations

from tests.running import ROOT


def test_the_front_reads_replies_by_the_schema_that_makes_them() -> None:
    ours, copy = ROOT / "luebao" / "answers" / "reply.schema.json", ROOT / "front" / "front" / "reply.schema.json"
    assert copy.read_bytes() == ours.read_bytes(), f"请执行 cp {ours.relative_to(ROOT)} {copy.relative_to(ROOT)}"
