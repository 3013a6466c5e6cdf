"""How well and how fast the desk's search finds: front/.venv/bin/python benchmarks/desk/search.py

Recall on tests/held_out/in_scope.jsonl (never used to build or tune the search), how many questions about something
else bring nothing, and the milliseconds of one search in this process for each way of typing.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from pathlib import Path

from front.desk.assistant.examples import examples
from front.desk.assistant.search import Search

from luebao.knowledge.load import load
from luebao.today import today

ROOT = Path(__file__).resolve().parent.parent.parent
TYPED = {
    "number": ["15", "45", "30%", "15个工作日", "5190857"],
    "clause": ["m.1.2", "一-2", "g.out.8", "八(一)", "指南 七"],
    "platform": ["国家医保服务平台", "威海医保", "鲁医保", "爱山东"],
    "pinyin": ["ybzy", "ydjy", "jiatinggongji", "beian"],
    "words": ["备案 跨省", "医保转移", "急诊", "转"],
}


def main() -> None:
    """Print the figures."""
    knowledge = load(ROOT / "knowledge")
    plain, plain_seconds = timed(lambda: Search(knowledge, today()))
    said = examples(ROOT / "data" / "nlu")
    search, seconds = timed(lambda: Search(knowledge, today(), said))
    count = sum(len(some) for some in said.values())
    print(f"built in {plain_seconds:.2f} s of CPU from titles, {seconds:.2f} s with {count} examples")
    questions = held_out("in_scope")
    recall("titles only", plain, questions)
    recall("with examples", search, questions)
    strange = ("out_of_scope/daily", "out_of_scope/gibberish")
    other = [one for one in held_out("out_of_scope") if one["label"] in strange]
    nothing = sum(not search.find(one["q"]) for one in other)
    print(f"about something else: {nothing} of {len(other)} bring nothing")
    for name, typed in {**TYPED, "sentence": [one["q"] for one in questions]}.items():
        speed(name, search, typed)


def held_out(name: str) -> list[dict[str, str]]:
    """The questions of one file."""
    lines = (ROOT / "tests" / "held_out" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def recall(name: str, search: Search, questions: list[dict[str, str]]) -> None:
    """The share whose entry is first, and among the first five, by voice."""
    asked, first, five = Counter[str](), Counter[str](), Counter[str]()
    for one in questions:
        found = [hit.id for hit in search.find(one["q"], 5)]
        wanted = one["label"].replace("/", ".", 1)
        for voice in ("all", one["voice"]):
            asked[voice] += 1
            first[voice] += found[:1] == [wanted]
            five[voice] += wanted in found
    shares = "; ".join(f"{v} {first[v] / asked[v]:.3f}/{five[v] / asked[v]:.3f}" for v in asked)
    print(f"recall@1/@5, {name} ({asked['all']}): {shares}")


def speed(name: str, search: Search, typed: list[str]) -> None:
    """The milliseconds of CPU of one search, all of them once to warm up."""
    for text in typed[:20]:
        search.find(text)
    took = sorted(timed(lambda text=text: search.find(text))[1] * 1000 for text in typed)
    p95 = took[int(len(took) * 0.95)]
    print(f"{name}: median {statistics.median(took):.1f} ms, p95 {p95:.1f} ms, most {took[-1]:.1f} ms ({len(took)})")


def timed(work):  # type: ignore[no-untyped-def]
    """What it gives, and its seconds of CPU: other work on the machine does not count."""
    started = time.process_time()
    return work(), time.process_time() - started


if __name__ == "__main__":
    main()
