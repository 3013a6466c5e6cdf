"""Right, wrong, offered or handed over: what became of each question."""

from __future__ import annotations

from typing import Any

from evaluation.sets import Question
from luebao.knowledge import Knowledge
from luebao.knowledge.canonical import id_of
from scripts.client import Answer

RIGHT, WRONG, OFFERED, HANDED = "right", "wrong", "offered", "handed"
# What fits a turn that asks for no policy.
_FITTING = {
    "talk": ("smalltalk", "handoff", "unsupported"),
    "human": ("handoff",),
    "ask": ("ask", "clarify"),
}


def judge(question: Question, answer: Answer, knowledge: Knowledge) -> str:
    """What became of one question. For one out of scope, `wrong` is an answer that should not have been given."""
    if question.kind != "in":
        return WRONG if answer.kind == "answer" else RIGHT
    return judge_entry(question.labels, answer, knowledge)


def judge_entry(labels: list[str], answer: Answer, knowledge: Knowledge) -> str:
    """What became of a question that one of these answers: entries, guides (which ask back), checklists, changes."""
    if answer.kind == "ask" and any(label.startswith("guide/") for label in labels):
        return RIGHT
    if answer.kind in ("clarify", "ask"):
        return OFFERED
    if answer.kind != "answer":
        return HANDED
    wanted = {id_of(label) for label in labels}
    # A case of an entry may hand on to the entry that answers it: that is the same answer.
    wanted |= {case.entry for id in wanted if id in knowledge.entries for case in knowledge.entries[id].cases}
    for id in wanted.copy():
        wanted |= _behind(id, knowledge)
    return RIGHT if wanted & {cited["id"] for cited in answer.custom["entries"]} else WRONG


def _behind(id: str, knowledge: Knowledge) -> set[str]:
    """The entries a checklist, or what changed, is made from."""
    kind, _, name = id.partition(".")
    if kind == "checklist":
        some = [one for one in knowledge.checklists.values() if name in (one.id, "which")]
        return {entry for one in some for entry in one.entries}
    return {entry for one in knowledge.conflicts.values() for entry in one.entries} if kind == "change" else set()


def judge_turn(turn: dict[str, Any], answer: Answer, knowledge: Knowledge) -> bool:
    """Whether a turn of a dialogue was answered as it should be, words included."""
    labels = [turn["label"], *turn.get("also", [])]
    fits = any(_fits(label, answer, knowledge) for label in labels)
    cited = {entry["id"] for entry in answer.custom["entries"]}
    second = turn.get("second")
    both = not second or id_of(second) in cited or second.startswith("out_of_scope/")
    words = all(word in answer.text for word in turn.get("say", []))
    return fits and both and words and not any(word in answer.text for word in turn.get("not", []))


def _fits(label: str, answer: Answer, knowledge: Knowledge) -> bool:
    name = label.split("/")[0]
    if label == "*":
        return answer.kind == "answer"
    if label in ("ask", "unclear"):
        asked = answer.kind in ("ask", "clarify")
        return asked or (label == "unclear" and (answer.kind == "smalltalk" or "没看懂" in answer.text))
    if name in ("handoff", "human", "none_of_these"):
        return answer.kind == "handoff"
    if name in ("chitchat", "menu"):
        return answer.kind == "smalltalk"
    if name == "out_of_scope":
        return answer.kind in ("unsupported", "handoff", "clarify")
    return judge_entry([label], answer, knowledge) == RIGHT


def judge_clauses(row: dict[str, Any], answer: Answer) -> str:
    """What became of a question that is judged by clauses and words (dev.jsonl, the strangers' questions and turns).

    `kind` of a turn: also talk (small talk), human (wants a person), ask (so vague that asking back is right). `also`
    lists further kinds that are as right.
    """
    verdict, *others = (_judge_kind(kind, row, answer) for kind in [row["kind"], *row.get("also", [])])
    return RIGHT if RIGHT in others else verdict


def _judge_kind(kind: str, row: dict[str, Any], answer: Answer) -> str:
    if kind.startswith("oos"):
        return WRONG if answer.kind == "answer" else RIGHT
    if kind in _FITTING:
        return RIGHT if answer.kind in _FITTING[kind] else WRONG if answer.kind == "answer" else HANDED
    if answer.kind in ("clarify", "ask"):
        return OFFERED
    if answer.kind != "answer":
        return HANDED
    clauses = {clause for entry in answer.custom["entries"] for clause in entry["clauses"]}
    words = all(any(word in answer.text for word in some) for some in row.get("must", []))
    unsaid = not any(word in answer.text for word in row.get("not", []))
    return RIGHT if clauses & set(row["clauses"]) and words and unsaid else WRONG
