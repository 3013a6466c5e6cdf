"""Make the replies. Each takes the knowledge and the day it is asked for; a rule that has ended is never answered."""

from __future__ import annotations

from datetime import date

from luebao.answers.changes import changes
from luebao.answers.condition_lines import with_condition_lines
from luebao.answers.counted_days import with_counted_day
from luebao.answers.guide import begin, checklist, choose_checklist
from luebao.answers.in_force import not_in_force, out_of_force
from luebao.answers.reply import Cited, Option, Reason, Reply, choose_in_sms, show
from luebao.knowledge.citation import citations
from luebao.knowledge.facets import Facets, fits
from luebao.knowledge.model import Case, Entry, Knowledge, StandardReply
from luebao.knowledge.period import Holds
from luebao.knowledge.sms import sms_text
from luebao.knowledge.wording import NotInForce, fill, fill_reply

_REGIONS = {"市内": "在威海市内", "省内": "在山东省内、威海以外", "跨省": "在外省"}
NONE_OF_THESE = Option("都不是", "/none_of_these", [])


def answer(knowledge: Knowledge, id: str, as_of: date, said: Facets | None = None, text: str = "") -> Reply:
    """The answer of entry `id` on a day; where it does not hold then, the citizen is told so with the phone.

    `said` is what is known of the citizen's case; an entry with a case that fits answers that case, or hands on to
    the entry that does. A date in it is counted from, and conditions that `text` describes are looked up, where the
    entry is about that. Raises KeyError for an id that is no entry.
    """
    entry, said = knowledge.entries[id], said or {}
    case = next((case for case in entry.cases if fits(case.when, said)), None)
    if case and case.entry:
        entry = knowledge.entries[case.entry]
        case = next((case for case in entry.cases if case.full and fits(case.when, said)), None)
    ended = out_of_force(knowledge, [entry], as_of)
    if ended:
        return ended
    try:
        reply = _answer(knowledge, entry, as_of, case, _repeated(said))
        return with_counted_day(with_condition_lines(reply, knowledge, text, as_of), knowledge, said, as_of)
    except NotInForce as error:
        return not_in_force(knowledge, entry, as_of, error.not_yet)


def answer_all(
    knowledge: Knowledge, ids: list[str], as_of: date, said: Facets | None = None, text: str = "", before: str = ""
) -> Reply | None:
    """The answers to several questions of one message in their order; what is not covered is said in its place.

    None where no id stands for a reply (`resolve`).
    """
    found = (resolve(knowledge, id, as_of, said, text, before) for id in ids)
    replies = [reply for reply in found if reply]
    if not replies:
        return None
    if len(replies) == 1:
        return replies[0]
    numbered = [f"【{number}】{reply.full}" for number, reply in enumerate(replies, 1)]
    options = {option.payload: option for reply in replies for option in reply.options}
    return Reply(
        "answer" if any(reply.kind == "answer" for reply in replies) else "unsupported",
        "\n\n".join(numbered),
        "；".join(reply.sms for reply in replies),
        entries=[cited for reply in replies for cited in reply.entries],
        citation=citations(
            [clause for reply in replies for cited in reply.entries for clause in cited.clauses], knowledge
        ),
        options=list(options.values())[:3],
        handoff=next((reply.handoff for reply in replies if reply.handoff), None),
    )


def ask_direction(knowledge: Knowledge, outbound: str, inbound: str, as_of: date) -> Reply:
    """Ask whether a 威海参保人 goes elsewhere or an outsider is in 威海: the answers are opposite.

    Raises KeyError for an id that is no entry.
    """
    said = knowledge.replies["ask_direction"]
    options = [
        Option("威海参保，去外地看病", show(outbound), knowledge.entries[outbound].clauses),
        Option("外地参保，来威海看病", show(inbound), knowledge.entries[inbound].clauses),
    ]
    return Reply(
        "ask", fill_reply(said.full, knowledge, as_of), _choose(said, options, knowledge, as_of), options=options
    )


def ask_region(knowledge: Knowledge, id: str, place: str, regions: list[str], as_of: date) -> Reply:
    """Ask which one is meant of the places that share a name, where the answer of entry `id` depends on it.

    Raises KeyError for an id that is no entry.
    """
    said = knowledge.replies["ask_region"]
    options = [
        Option(f"{place}，{_REGIONS[region]}", show(id, region=region, place=place), knowledge.entries[id].clauses)
        for region in regions
    ]
    full = f"“{place}”不止一处，您说的是哪里？{fill_reply(said.full, knowledge, as_of)}"
    return Reply("ask", full, f"“{place}”{_choose(said, options, knowledge, as_of)}", options=options)


def depends_on_region(knowledge: Knowledge, id: str) -> bool:
    """Whether what an id answers depends on 市内, 省内 or 跨省."""
    entry = knowledge.entries.get(id)
    return entry is not None and any("region" in case.when for case in entry.cases)


def resolve(
    knowledge: Knowledge, id: str, as_of: date, said: Facets | None = None, text: str = "", before: str = ""
) -> Reply | None:
    """The reply an id stands for: an entry, an out-of-scope class, a checklist, what changed; None for an unknown id.

    `before` is the entry answered last, for the ids that lean on it: change.this, checklist.which.
    """
    kind, _, name = id.partition(".")
    if id in knowledge.entries:
        return answer(knowledge, id, as_of, said, text)
    if id in knowledge.unanswered:
        return unanswered(knowledge, id, as_of)
    if kind == "checklist":
        return _checklist(knowledge, name, as_of, before)
    if kind == "change":
        return changes(knowledge, as_of, before if name == "this" and before in knowledge.entries else "")
    return None


def _checklist(knowledge: Knowledge, name: str, as_of: date, before: str) -> Reply:
    about = [one.id for one in knowledge.checklists.values() if before in one.entries]
    name = name if name in knowledge.checklists else next(iter(about), "")
    return checklist(knowledge, name, as_of) if name else choose_checklist(knowledge, as_of)


def clarify(knowledge: Knowledge, ids: list[str], as_of: date) -> Reply:
    """Ask which of up to three entries is meant; without any, ask to say it in other words."""
    options = _options(knowledge, ids, as_of)[:3]
    if not options:
        return small_talk(knowledge, "rephrase", as_of)
    offered = [*options, NONE_OF_THESE]
    said = knowledge.replies["clarify"]
    full, sms = fill_reply(said.full, knowledge, as_of), _choose(said, offered, knowledge, as_of)
    return Reply("clarify", full, sms, options=offered)


def unanswered(knowledge: Knowledge, id: str, as_of: date) -> Reply:
    """Say honestly what the sources leave out, with the phone and what they do answer nearby.

    Raises KeyError for an id that is no out-of-scope class.
    """
    item = knowledge.unanswered[id]
    options = _options(knowledge, item.related, as_of)
    full, sms = fill_reply(item.full, knowledge, as_of), fill_reply(item.sms, knowledge, as_of)
    return Reply("unsupported", full, sms, options=options, handoff="out_of_scope")


def small_talk(knowledge: Knowledge, id: str, as_of: date) -> Reply:
    """A reply that states no policy: a greeting, the menu, thanks. Raises KeyError for an unknown id."""
    said = knowledge.replies[id]
    options = _options(knowledge, said.related, as_of)
    return Reply(
        "smalltalk", fill_reply(said.full, knowledge, as_of), fill_reply(said.sms, knowledge, as_of), options=options
    )


def hand_over(knowledge: Knowledge, reason: Reason, as_of: date) -> Reply:
    """Give the citizen the hotline, saying why."""
    said = knowledge.replies[f"handoff.{reason}"]
    return Reply(
        "handoff", fill_reply(said.full, knowledge, as_of), fill_reply(said.sms, knowledge, as_of), handoff=reason
    )


def _answer(knowledge: Knowledge, entry: Entry, as_of: date, case: Case | None, words: Facets) -> Reply:
    parts = [fill(case.full if case else entry.full, knowledge, as_of, words).strip()]
    if entry.steps:
        steps = [f"{number}. {fill(step, knowledge, as_of)}" for number, step in enumerate(entry.steps, 1)]
        parts.append("\n".join(["办理步骤：", *steps]))
    if entry.routes:
        parts.append("办理渠道：" + "、".join(knowledge.routes[id].label for id in entry.routes) + "。")
    if entry.status == "dated":
        parts.append(fill_reply(knowledge.replies["notice.dated"].full, knowledge, as_of))
    return Reply(
        "answer",
        "\n\n".join(parts),
        sms_text(case.sms if case else entry.sms, entry.clauses, knowledge, as_of, words),
        entries=[Cited.of(entry)],
        citation=citations(entry.clauses, knowledge),
        options=_options(knowledge, entry.follow_ups, as_of) + _guided(knowledge, entry, case),
    )


def _guided(knowledge: Knowledge, entry: Entry, case: Case | None) -> list[Option]:
    """The guide of an entry, for somebody whose case is not known."""
    return [begin(knowledge.guides[entry.guide])] if entry.guide and not case else []


def _choose(said: StandardReply, options: list[Option], knowledge: Knowledge, as_of: date) -> str:
    return choose_in_sms(fill_reply(said.sms, knowledge, as_of), options)


def _options(knowledge: Knowledge, ids: list[str], as_of: date) -> list[Option]:
    entries = [knowledge.entries[id] for id in ids if id in knowledge.entries]
    return [Option.shows(entry) for entry in entries if entry.holds(as_of) in (Holds.YES, Holds.UNSURE)]


def _repeated(said: Facets) -> Facets:
    return {"place": said.get("place", "您去的地方"), "disease": said.get("disease_name", "这个病")}
