"""make eval: measure, print, draw; `--gate` fails when a figure fell by more than noise; `--keep` keeps the figures."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections import defaultdict
from typing import Any

from rich.console import Console
from rich.table import Table

for _name in ("LUEBAO_RASA_PORT", "LUEBAO_ACTIONS_PORT"):
    with socket.socket() as _probe:  # a brain of our own, beside one that may be serving
        _probe.bind(("127.0.0.1", 0))
        os.environ[_name] = str(_probe.getsockname()[1])

from evaluation import entries, judge, model, pictures, sets, talk  # noqa: E402
from evaluation.figures import Share, keep, share, worse  # noqa: E402
from luebao.knowledge import Knowledge, load  # noqa: E402
from scripts import train  # noqa: E402
from scripts.client import Answer  # noqa: E402
from scripts.serve import Brain  # noqa: E402
from scripts.settings import ROOT, RUN  # noqa: E402

console = Console(width=None if sys.stdout.isatty() else 120)
REPORT = RUN / "evaluation"


def main() -> None:
    """Measure everything and report."""
    train.main()
    knowledge = load(ROOT / "knowledge")
    questions = sets.questions()
    ranked = model.rank_all([question for question in questions if question.kind != "talk"])
    brain = Brain()
    try:
        brain.start()
        shares = _model(ranked)
        shares += _dialogues(knowledge) if _wanted("dialogues") else []
        shares += _development() if _wanted("dev") else []
        for name, what in sets.STRANGERS.items():
            shares += _strangers(name, what) if _wanted(name) else []
        shares += _questions(questions, knowledge) if _wanted("questions") else []
    finally:
        brain.stop()
    pictures.reliability(ranked, REPORT / "reliability.png")
    pictures.confusion(ranked, REPORT / "confusion.png")
    _print(shares)
    if "--keep" in sys.argv:
        keep(shares)
    if "--gate" in sys.argv:
        fallen = worse(shares)
        for line in fallen:
            console.print(f"[red]✗ {line}[/]")
        raise SystemExit(1 if fallen else 0)


def _wanted(section: str) -> bool:
    """Whether this section was named on the command line, or none was."""
    named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    return not named or section in named


def _model(ranked: list[model.Ranked]) -> list[Share]:
    inside = [r for r in ranked if r.question.kind == "in"]
    console.print(f"校准误差（ECE）：{model.calibration_error(ranked):.3f}")
    return [
        share("分类：第一即对", (r.within(1) for r in inside)),
        share("分类：前三有对", (r.within(3) for r in inside)),
    ]


def _questions(questions: list[sets.Question], knowledge: Knowledge) -> list[Share]:
    answers = talk.ask_each(questions, lambda question: question.text, "单句")
    judged = [(q, judge.judge(q, a, knowledge), a) for q, a in zip(questions, answers, strict=True)]
    _by_voice(judged)
    lines = entries.by_entry(zip(questions, answers, strict=True), knowledge)
    entries.write(lines, REPORT / "entries.csv")
    console.print(entries.table([line for line in lines if line.scope == "in"], "条目"))
    console.print(entries.table([line for line in lines if line.scope in ("near", "other")], "没有收录的问题"))
    misses = [
        {"q": q.text, "labels": q.labels, "voice": q.voice, "judged": j, "kind": a.kind, "entries": _ids(a)}
        for q, j, a in judged
        if j != judge.RIGHT
    ]
    _write("misses.json", misses)
    inside = [j for q, j, _ in judged if q.kind == "in"]
    near = [j for q, j, _ in judged if q.kind == "near"]
    other = [j for q, j, _ in judged if q.kind in ("other", "talk")]
    return [
        share("范围内：答对", (j == judge.RIGHT for j in inside)),
        share("范围内：答错", (j == judge.WRONG for j in inside), more_is_better=False),
        share("范围内：请选", (j == judge.OFFERED for j in inside), more_is_better=False),
        share("范围内：转交", (j == judge.HANDED for j in inside), more_is_better=False),
        share("医保但没收录：误答", (j == judge.WRONG for j in near), more_is_better=False),
        share("与医保无关：误答", (j == judge.WRONG for j in other), more_is_better=False),
    ]


def _dialogues(knowledge: Knowledge) -> list[Share]:
    return _held(sets.dialogues(), "对话", knowledge) + _held(sets.guidance(), "办事引导", knowledge)


def _held(dialogues: list[dict[str, Any]], what: str, knowledge: Knowledge) -> list[Share]:
    turns, whole, misses = [], [], []
    for dialogue, answers in zip(dialogues, talk.hold(dialogues, what), strict=True):
        right = [judge.judge_turn(t, a, knowledge) for t, a in zip(dialogue["turns"], answers, strict=True)]
        turns += right
        whole.append(all(right))
        for turn, answer, good in zip(dialogue["turns"], answers, right, strict=True):
            if not good:
                said = {"kind": answer.kind, "entries": _ids(answer), "said": answer.text[:120]}
                misses.append({"name": dialogue["name"], **turn, **said})
    _write(f"misses_{what}.json", misses)
    return [share(f"{what}：每轮答对", turns), share(f"{what}：整段答对", whole)]


def _development() -> list[Share]:
    rows = sets.development()
    if not rows:
        return []
    answers = talk.ask_each(rows, lambda row: str(row["q"]), "真实问题")
    return _by_clauses("真实问题", "dev_misses.json", rows, answers)


def _strangers(name: str, what: str) -> list[Share]:
    rows = sets.strangers(name)
    answers = talk.ask_each(rows, lambda row: str(row["q"]), f"{what}的题")
    single = _by_clauses(f"{what}的题", f"misses_{what}.json", rows, answers)
    dialogues = sets.strangers_dialogues(name)
    held = talk.hold(dialogues, f"{what}的对话")
    turns = [{**turn, "name": one["name"]} for one in dialogues for turn in one["turns"]]
    said = [answer for some in held for answer in some]
    return single + _by_clauses(f"{what}的对话", f"misses_{what}的对话.json", turns, said)


def _by_clauses(what: str, file: str, rows: list[dict[str, Any]], answers: list[Answer]) -> list[Share]:
    judged = [(row, judge.judge_clauses(row, answer), answer) for row, answer in zip(rows, answers, strict=True)]
    misses = [
        {**r, "judged": j, "got": a.kind, "entries": _ids(a), "said": a.text[:120]}
        for r, j, a in judged
        if j != "right"
    ]
    _write(file, misses)
    inside = [j for row, j, _ in judged if row["kind"] == "in"]
    outside = [j for row, j, _ in judged if row["kind"].startswith("oos")]
    rest = [j for row, j, _ in judged if row["kind"] in ("talk", "human", "ask")]
    return [
        share(f"{what}：答对", (j == judge.RIGHT for j in inside)),
        share(f"{what}：答错", (j == judge.WRONG for j in inside), more_is_better=False),
        share(f"{what}：不该答而答", (j == judge.WRONG for j in outside), more_is_better=False),
        *([share(f"{what}：闲话、要人工、该反问", (j == judge.RIGHT for j in rest))] if rest else []),
    ]


def _by_voice(judged: list[tuple[sets.Question, str, object]]) -> None:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for question, verdict, _ in judged:
        if question.kind == "in":
            counts[question.voice][verdict] += 1
    table = Table("语气", "答对", "答错", "请选", "转交", title="范围内，按语气")
    for voice, some in sorted(counts.items()):
        table.add_row(
            voice, *(str(some[verdict]) for verdict in (judge.RIGHT, judge.WRONG, judge.OFFERED, judge.HANDED))
        )
    console.print(table)


def _print(shares: list[Share]) -> None:
    table = Table("指标", "值 [95%区间]", "题数", title="评测（从未用来训练的题）")
    for item in shares:
        table.add_row(item.name, str(item), str(item.n))
    console.print(table)
    console.print(f"图、错题和各条目的结果（entries.csv）在 {REPORT.relative_to(ROOT)}/")


def _ids(answer: object) -> list[str]:
    return [entry["id"] for entry in answer.custom["entries"]]  # type: ignore[attr-defined]


def _write(name: str, rows: list[dict[str, object]]) -> None:
    REPORT.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    (REPORT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
