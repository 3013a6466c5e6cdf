"""The project holds together: labels and entries, data, domain, commands, who may import whom."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter

import pytest
import yaml

from luebao.knowledge import load
from luebao.knowledge.canonical import canonical_nlu, label
from tests.running import ROOT

KNOWLEDGE = load(ROOT / "knowledge")
FEWEST_EXAMPLES, FEWEST_OUT_OF_SCOPE = 25, 300


def folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower() or text


def examples() -> list[tuple[str, str, str]]:
    """Every training example: (label, text, file)."""
    rows = []
    for file in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            some = block["examples"]  # learned.yml has items with their metadata
            lines = some.splitlines() if isinstance(some, str) else [one["text"] for one in some]
            plain = [line.strip().removeprefix("- ").strip() for line in lines]
            rows += [(block["intent"], line, file.name) for line in plain if line]
    return rows


EXAMPLES = examples()
WRITTEN = [(name, text) for name, text, file in EXAMPLES if file != "canonical.yml"]


def test_every_entry_has_its_label_and_every_label_something_to_answer() -> None:
    labels = {name for name, _, _ in EXAMPLES}
    flat = {"menu", "human", "none_of_these", "unclear"}
    replies = {id for id in KNOWLEDGE.replies if id.startswith("chitchat.")}
    known = {label(id) for id in (*KNOWLEDGE.entries, *KNOWLEDGE.unanswered, *replies)}
    known |= {f"guide/{id}" for id in (*KNOWLEDGE.guides, "which")}
    known |= {f"checklist/{id}" for id in (*KNOWLEDGE.checklists, "which")} | {"change/this", "change/all"}
    assert labels == known | flat


def test_every_label_has_enough_written_examples() -> None:
    counts = Counter(name for name, _ in WRITTEN)
    assert {name: count for name, count in counts.items() if count < FEWEST_EXAMPLES} == {}
    assert sum(count for name, count in counts.items() if name.startswith("out_of_scope/")) >= FEWEST_OUT_OF_SCOPE


def test_no_question_belongs_to_two_labels() -> None:
    labels: dict[str, set[str]] = {}
    for name, text, _ in EXAMPLES:
        labels.setdefault(folded(text), set()).add(name)
    assert {text: names for text, names in labels.items() if len(names) > 1} == {}


def test_canonical_questions_are_current() -> None:
    text = (ROOT / "data" / "nlu" / "canonical.yml").read_text(encoding="utf-8")
    assert text == canonical_nlu(KNOWLEDGE), "请执行 luebao knowledge questions --write data/nlu/canonical.yml"


def test_the_held_out_questions_were_not_trained_on() -> None:
    trained = {folded(text) for _, text in WRITTEN}
    folder = ROOT / "tests" / "held_out"
    files = [file for file in folder.glob("*.jsonl") if file.name != "dialogues.jsonl"]
    rows = [json.loads(row) for file in files for row in file.read_text(encoding="utf-8").splitlines()]
    questions = [turn["q"] for row in rows for turn in row.get("turns", [row])]
    # Commands such as 谢谢 and 转人工 have one way to be said.
    seen = [q for q in questions if folded(q) in trained and len(q) > 6]
    assert seen == []


def test_the_domain_routes_every_category() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    intents = {name if isinstance(name, str) else next(iter(name)) for name in domain["intents"]}
    rules = yaml.safe_load((ROOT / "data" / "rules" / "turns.yml").read_text(encoding="utf-8"))["rules"]
    routed = {rule["steps"][0]["intent"] for rule in rules}
    assert intents == routed
    assert set(KNOWLEDGE.categories) <= routed
    assert {rule["steps"][1]["action"] for rule in rules} <= set(domain["actions"])


def test_imports_go_one_way() -> None:
    pytest.importorskip("rasa", reason="这个环境没有 Rasa，brain 和 actions 读不出来")
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_readme_names_every_command_of_the_makefile_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)) - {"help"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"make ([a-z-]+)", readme)) == commands
