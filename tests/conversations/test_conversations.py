"""The conversations of the YAML files beside this one, held with the running brain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from luebao.answers.reply import schema
from tests.running import RunningBrain, turns

CONVERSATIONS = [turn for file in sorted(Path(__file__).parent.glob("*.yml")) for turn in turns(file)]
KEYS = {"市民", "类型", "条目", "依据", "含", "不含", "选项", "原因"}


@pytest.mark.parametrize(("name", "day", "talk"), CONVERSATIONS, ids=[name for name, _, _ in CONVERSATIONS])
def test_conversation(brain: RunningBrain, citizen: str, name: str, day: str, talk: list[dict[str, Any]]) -> None:
    held = {"metadata": {"as_of": day}} if day else {}
    for turn in talk:
        assert set(turn) <= KEYS, f"{name}：不认识的键 {set(turn) - KEYS}"
        answer = brain.say(str(turn["市民"]), citizen, **held)
        jsonschema.validate(answer["custom"], schema())
        assert not list(_wrong(turn, answer)), f"市民：{turn['市民']}\n机器人：{answer['text']}"


def _wrong(turn: dict[str, Any], answer: dict[str, Any]) -> Any:
    custom, text = answer["custom"], answer["text"]
    entries = [entry["id"] for entry in custom["entries"]]
    clauses = [clause for entry in custom["entries"] for clause in entry["clauses"]]
    titles = [option["title"] for option in custom["options"]]
    if custom["kind"] != turn.get("类型", custom["kind"]):
        yield f"类型应是 {turn['类型']}，却是 {custom['kind']}"
    if "条目" in turn and turn["条目"] not in entries:
        yield f"应答条目 {turn['条目']}，却答了 {entries}"
    if "原因" in turn and custom.get("handoff") != {"reason": turn["原因"]}:
        yield f"原因应是 {turn['原因']}，却是 {custom.get('handoff')}"
    yield from (f"没有引条款 {clause}" for clause in turn.get("依据", []) if clause not in clauses)
    yield from (f"没有说“{words}”" for words in turn.get("含", []) if str(words) not in text)
    yield from (f"不该说“{words}”" for words in turn.get("不含", []) if str(words) in text)
    yield from (f"没有给出选项“{title}”" for title in turn.get("选项", []) if title not in titles)
