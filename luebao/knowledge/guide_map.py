"""A guide as a picture: every way through it, drawn together where ways go on alike."""

from __future__ import annotations

import json
from collections.abc import Iterator

import attrs

from luebao.knowledge.guide import UNSURE, Answers, Guide, Question, next_question, outcome

UNSURE_TITLE = "不清楚"


@attrs.frozen
class Step:
    """Where somebody stands in a guide: before a question, with the step each answer leads to, or at an outcome."""

    id: str
    text: str
    leads: tuple[tuple[str, Step], ...] = ()


def answer_title(question: Question, value: str) -> str:
    """How an answer of a question reads in a table or a picture."""
    choice = question.choice(value)
    return choice.short if choice else UNSURE_TITLE


def mermaid(guide: Guide) -> str:
    """The guide as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""
    lines = ["flowchart TD"]
    for name, step in _numbered(guide).items():
        text = _mermaid_text(step.text)
        lines.append(f"  {name}[{text}]" if step.leads else f"  {name}([{text}])")
    lines += [f"  {start} -->|{_mermaid_text(said)}| {end}" for start, said, end in _arrows(guide)]
    return "\n".join(lines) + "\n"


def dot(guide: Guide) -> str:
    """The guide in the language of Graphviz (https://graphviz.org/doc/info/lang.html)."""
    lines = ["digraph {", '  node [fontname="sans-serif"]; edge [fontname="sans-serif"];']
    for name, step in _numbered(guide).items():
        shape = "box" if step.leads else "ellipse"
        lines.append(f"  {name} [label={_dot_text(step.text)}, shape={shape}];")
    lines += [f"  {start} -> {end} [label={_dot_text(said)}];" for start, said, end in _arrows(guide)]
    return "\n".join([*lines, "}"]) + "\n"


def first_step(guide: Guide) -> Step:
    """The step a guide begins with, nothing known beforehand; all others hang on it."""
    return _step(guide, {})


def _step(guide: Guide, answers: Answers) -> Step:
    question = next_question(guide, answers)
    if question is None:
        end = outcome(guide, answers)
        return Step(end.id, end.title) if end else Step("", "没有结果")
    values = [*(choice.value for choice in question.choices), UNSURE]
    leads = ((answer_title(question, value), _step(guide, {**answers, question.id: value})) for value in values)
    return Step(question.id, question.ask, tuple(leads))


def _numbered(guide: Guide) -> dict[str, Step]:
    """Each step once, under a name of its own; steps that go on alike are one."""
    return {f"n{number}": step for number, step in enumerate(dict.fromkeys(_all(first_step(guide))))}


def _all(step: Step) -> Iterator[Step]:
    yield step
    for _, after in step.leads:
        yield from _all(after)


def _arrows(guide: Guide) -> Iterator[tuple[str, str, str]]:
    """From, the answers that lead on, to; answers that lead to the same step share an arrow."""
    steps = _numbered(guide)
    names = {step: name for name, step in steps.items()}
    for name, step in steps.items():
        for after in dict.fromkeys(after for _, after in step.leads):
            yield name, "／".join(said for said, to in step.leads if to == after), names[after]


def _mermaid_text(text: str) -> str:
    return '"' + text.replace('"', "#quot;") + '"'


def _dot_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
