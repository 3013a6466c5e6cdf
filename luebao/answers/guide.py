"""One turn of a guide: its next question, or the card it ends with."""

from __future__ import annotations

from datetime import date

from luebao.answers.in_force import out_of_force
from luebao.answers.reply import Cited, Option, Reply, as_json, choose_in_sms, show
from luebao.knowledge.citation import citations
from luebao.knowledge.guide import CARD, UNSURE, Answers, Checklist, Guide, Outcome, Question, next_question, outcome
from luebao.knowledge.model import Knowledge
from luebao.knowledge.sms import sms_text
from luebao.knowledge.wording import fill, fill_reply

_MOST_OFFERED = 6


def payload(guide: str, question: str = "", answer: str = "") -> str:
    """What a button of a guide sends: to begin or go on with it, or to answer one of its questions."""
    parts = {"guide": guide, "question": question, "answer": answer}
    return "/guide" + as_json({name: value for name, value in parts.items() if value})


def guide(knowledge: Knowledge, id: str, answers: Answers, as_of: date, misheard: bool = False) -> Reply:
    """Ask the next question of guide `id`, or end it where nothing is left to ask.

    `misheard`: the last answer was not understood, which is said. Raises KeyError for an id that is no guide.
    """
    one = knowledge.guides[id]
    question = next_question(one, answers)
    if question:
        return _ask(knowledge, one, question, answers, as_of, misheard)
    end = outcome(one, answers)
    if end is None:  # `luebao knowledge check` lets no guide through that has such a way
        raise LookupError(f"guide {id} leads nowhere with {answers}")
    ended = out_of_force(knowledge, [knowledge.entries[entry] for entry in end.entries], as_of)
    return ended or _end(knowledge, one, end, answers, as_of)


def choose_guide(knowledge: Knowledge, as_of: date) -> Reply:
    """Ask which matter to be guided through."""
    return _choice(knowledge, "guide.which", _matters(knowledge), as_of)


def choose_matter(knowledge: Knowledge, as_of: date) -> Reply:
    """Ask what somebody means who names no matter (想问个医保的事): the same matters to choose from."""
    return _choice(knowledge, "matter.which", _matters(knowledge), as_of)


def _matters(knowledge: Knowledge) -> list[Option]:
    return [Option(one.title, payload(one.id), []) for one in knowledge.guides.values()]


def checklist(knowledge: Knowledge, id: str, as_of: date) -> Reply:
    """The card of one matter. Raises KeyError for an id that is no checklist."""
    one = knowledge.checklists[id]
    ended = out_of_force(knowledge, [knowledge.entries[entry] for entry in one.entries], as_of)
    if ended:
        return ended
    options = [Option.shows(knowledge.entries[entry]) for entry in one.entries]
    return _answered(knowledge, one, f"{one.title}\n\n{card(one, knowledge, as_of)}", options, as_of)


def choose_checklist(knowledge: Knowledge, as_of: date) -> Reply:
    """Ask for which matter the card is wanted: the first ones of the file to choose, the rest to be named."""
    options = [checklist_option(one) for one in knowledge.checklists.values()][:_MOST_OFFERED]
    return _choice(knowledge, "checklist.which", options, as_of)


def checklist_option(one: Checklist) -> Option:
    """The option that shows a card."""
    return Option(one.title.removeprefix("办事清单："), show(f"checklist.{one.id}"), [])


def card(one: Outcome | Checklist, knowledge: Knowledge, as_of: date) -> str:
    """The lines of a card, in the order they are read."""
    return "\n".join(f"【{CARD[key]}】{fill(one.card[key], knowledge, as_of)}" for key in CARD if key in one.card)


def resume(one: Guide) -> Option:
    """The option that goes on with a guide after something else was asked."""
    return Option(f"继续刚才的：{one.title}", payload(one.id), [])


def begin(one: Guide) -> Option:
    """The option that begins a guide."""
    return Option(f"一步步问我：{one.title}", payload(one.id), [])


def _ask(knowledge: Knowledge, one: Guide, question: Question, answers: Answers, as_of: date, misheard: bool) -> Reply:
    options = [Option(choice.title, payload(one.id, question.id, choice.value), []) for choice in question.choices]
    options.append(Option("不清楚", payload(one.id, question.id, UNSURE), []))
    head = ""
    if misheard:
        head = fill_reply(knowledge.replies["guide.misheard"].full, knowledge, as_of)
    elif not answers:
        head = fill_reply(one.opening, knowledge, as_of)
    known = _known(one, answers)
    said = f"（已知：{'；'.join(known)}）" if known else ""
    full = "\n\n".join(part for part in (head, question.ask + said) if part)
    return Reply("ask", full, choose_in_sms(question.ask, options), options=options)


def _end(knowledge: Knowledge, one: Guide, end: Outcome, answers: Answers, as_of: date) -> Reply:
    full = "\n\n".join([end.title, card(end, knowledge, as_of), _assumptions(one, end, answers)])
    options = [Option.shows(knowledge.entries[id]) for id in one.follow_ups if id not in end.entries]
    return _answered(knowledge, end, full, options, as_of)


def _answered(knowledge: Knowledge, one: Outcome | Checklist, full: str, options: list[Option], as_of: date) -> Reply:
    """The answer that a card is, resting on its entries."""
    clauses = knowledge.clauses_of(one.entries)
    return Reply(
        "answer",
        full,
        sms_text(one.sms, clauses, knowledge, as_of, {}),
        entries=[Cited.of(knowledge.entries[id]) for id in one.entries],
        citation=citations(clauses, knowledge),
        options=options[:3],
    )


def _choice(knowledge: Knowledge, name: str, options: list[Option], as_of: date) -> Reply:
    said = knowledge.replies[name]
    full, sms = fill_reply(said.full, knowledge, as_of), fill_reply(said.sms, knowledge, as_of)
    return Reply("ask", full, choose_in_sms(sms, options), options=options)


def _known(one: Guide, answers: Answers) -> list[str]:
    chosen = [(question, question.choice(answers.get(question.id, ""))) for question in one.questions]
    return [choice.short for _, choice in chosen if choice]


def _assumptions(one: Guide, end: Outcome, answers: Answers) -> str:
    """What the outcome rests on: what was said, what was not known, what is taken for granted."""
    parts = []
    known = _known(one, answers)
    if known:
        parts.append(f"这是按您说的情况答的：{'；'.join(known)}。")
    unknown = [question.about for question in one.questions if answers.get(question.id) == UNSURE]
    if unknown:
        parts.append(f"您不清楚的：{'；'.join(unknown)}，弄清以后可以再问我。")
    if end.assumes:
        parts.append(f"另外假定：{'；'.join(end.assumes)}。不是这样的，请告诉我。")
    return "".join(parts)
