"""What must be true of knowledge/guides/: every way leads somewhere, in four questions at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from luebao.knowledge.check_text import check_sms, check_text
from luebao.knowledge.facets import FACETS
from luebao.knowledge.guide import CARD, UNSURE, Checklist, Guide, Outcome, Question, When, walk
from luebao.knowledge.load import Draft, Place
from luebao.knowledge.problem import Problem

MOST_QUESTIONS = 4


def check_guides(draft: Draft) -> list[Problem]:
    """Every problem of the guides."""
    problems: list[Problem] = []
    for guide in draft.knowledge.guides.values():
        place = draft.places["guides", guide.id]
        mistakes = [*_questions(guide, place), *_conditions(guide, place)]
        problems += mistakes or _ways(guide, place)
        problems += _outcomes(draft, guide, place)
    for entry in draft.knowledge.entries.values():
        if entry.guide and entry.guide not in draft.knowledge.guides and draft.complete:
            place = draft.places["entries", entry.id]
            problems.append(place.problem(("guide",), f"guide: {entry.guide} 不是已有的向导", "请改成已有的编号"))
    return problems


def _questions(guide: Guide, place: Place) -> Iterator[Problem]:
    for id, times in Counter(question.id for question in guide.questions).items():
        if times > 1:
            yield place.problem(("questions",), f"问题 {id} 写了 {times} 次", "请换一个编号")
    for index, question in enumerate(guide.questions):
        field = ("questions", index)
        if len(question.choices) < 2:
            yield place.problem(field, f"问题 {question.id} 的选项不足 2 个", "请补上选项；“不清楚”由程序自动加")
        yield from _choices(question, place, field)


def _choices(question: Question, place: Place, field: tuple[str | int, ...]) -> Iterator[Problem]:
    words = Counter(word for choice in question.choices for word in {choice.title, *choice.says})
    for word, times in words.items():
        if times > 1:
            yield place.problem(field, f"“{word}”在问题 {question.id} 里属于几个选项", "一种说法只能属于一个选项")
    for index, choice in enumerate(question.choices):
        at = (*field, "choices", index)
        if choice.value == UNSURE:
            yield place.problem(at, f"{UNSURE} 留给“不清楚”，由程序自动加", "请换一个值，或删去这个选项")
        if question.id in FACETS and choice.value not in FACETS[question.id]:
            known = "、".join(FACETS[question.id])
            yield place.problem(at, f"{question.id} 没有 {choice.value} 这个值", f"这里可以写：{known}")


def _conditions(guide: Guide, place: Place) -> Iterator[Problem]:
    values = {q.id: {UNSURE, *(choice.value for choice in q.choices)} for q in guide.questions}
    before: set[str] = set()
    for index, question in enumerate(guide.questions):
        yield from _when(question.when, place, ("questions", index, "when"), values, before)
        before.add(question.id)
    for index, outcome in enumerate(guide.outcomes):
        yield from _when(outcome.when, place, ("outcomes", index, "when"), values, before)


def _when(
    when: When, place: Place, field: tuple[str | int, ...], values: dict[str, set[str]], before: set[str]
) -> Iterator[Problem]:
    for question, wanted in when.items():
        if question not in before:
            yield place.problem(field, f"when 里的 {question} 前面没有问过", "请改成前面已有的问题")
            continue
        for value in sorted(set(wanted) - values[question]):
            known = "、".join(sorted(values[question]))
            yield place.problem(field, f"问题 {question} 没有选项 {value}", f"这里可以写：{known}")


def _ways(guide: Guide, place: Place) -> list[Problem]:
    problems, asked, ended = [], set(), set()
    for path in walk(guide):
        asked |= {question for question, _ in path.answers}
        said = "、".join(f"{question}={value}" for question, value in path.answers) or "什么也没问"
        if path.outcome is None:
            problems.append(
                place.problem(("outcomes",), f"走到“{said}”没有结果", "请补上一个结果；最后一个结果不写条件就能兜底")
            )
        else:
            ended.add(path.outcome.id)
        if len(path.answers) > MOST_QUESTIONS:
            problems.append(
                place.problem(("questions",), f"“{said}”要问 {len(path.answers)} 次", f"最多问 {MOST_QUESTIONS} 次")
            )
    for index, question in enumerate(guide.questions):
        if question.id not in asked:
            problems.append(
                place.problem(("questions", index), f"问题 {question.id} 永远问不到", "请改 when，或删去它")
            )
    for index, outcome in enumerate(guide.outcomes):
        if outcome.id not in ended:
            problems.append(
                place.problem(("outcomes", index), f"结果 {outcome.id} 永远走不到", "请改 when 或次序，或删去它")
            )
    return problems


def _outcomes(draft: Draft, guide: Guide, place: Place) -> Iterator[Problem]:
    for name in ("title", "opening"):
        yield from check_text(draft, place, (name,), getattr(guide, name))
    for index, id in enumerate(guide.follow_ups if draft.complete else []):
        if id not in draft.knowledge.entries:
            yield place.problem(("follow_ups", index), f"follow_ups 里的 {id} 不是已有的条目", "请改成已有的编号")
    for index, outcome in enumerate(guide.outcomes):
        field = ("outcomes", index)
        yield from _card(draft, outcome, place, field)
        for number, text in enumerate(outcome.assumes):
            yield from check_text(draft, place, (*field, "assumes", number), text)


def check_checklists(draft: Draft) -> Iterator[Problem]:
    """Every problem of the checklists."""
    for checklist in draft.knowledge.checklists.values():
        place = draft.places["checklists", checklist.id]
        yield from check_text(draft, place, ("title",), checklist.title)
        yield from _card(draft, checklist, place, ())


def _card(draft: Draft, one: Outcome | Checklist, place: Place, field: tuple[str | int, ...]) -> Iterator[Problem]:
    for key in sorted(set(one.card) - set(CARD)):
        yield place.problem((*field, "card", key), f"卡片没有 {key} 这一行", f"这里可以写：{'、'.join(CARD)}")
    for key in sorted(set(one.card) & set(CARD)):
        yield from check_text(draft, place, (*field, "card", key), one.card[key])
    if not one.entries:
        yield place.problem(field, f"{one.id} 没有依据", "请在 entries 里写上条目编号")
    for number, id in enumerate(one.entries if draft.complete else []):
        if id not in draft.knowledge.entries:
            yield place.problem((*field, "entries", number), f"{id} 不是已有的条目", "请改成已有的编号")
    yield from check_text(draft, place, (*field, "sms"), one.sms)
    yield from check_sms(draft, place, (*field, "sms"), one.sms, draft.knowledge.clauses_of(one.entries))
