"""Judges a history: each accepted message has exactly one answer or the phone number, in order, and its own.

Nothing is required of a message that was not accepted; it may be answered all the same (the acknowledgement got lost).
Of the replies in WeChat's own responses to one MsgId a person sees one, the first: a try that WeChat has given up is
closed, and after a reply there is no further try. So what later copies were told was seen by nobody, and is no double.
A push is another message, and is one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from benchmarks.faults.history import Answer, History, Said


@dataclass(frozen=True)
class Problem:
    """One thing that must not be. `kind`: lost, double, order, wrong person, cross-talk or unknown words."""

    kind: str
    person: str
    message: str
    note: str = ""


@dataclass
class Verdict:
    """The problems; doubles a channel that cannot tell repeats was allowed; and how many were answered how."""

    problems: list[Problem] = field(default_factory=list)
    repeats: Counter[str] = field(default_factory=Counter)  # by channel
    unseen: int = 0  # what further copies of one MsgId were told in their responses
    robot: int = 0
    phone: int = 0

    def counts(self) -> Counter[str]:
        """Problems by kind."""
        return Counter(problem.kind for problem in self.problems)


def judge(history: History, may_repeat: frozenset[str] = frozenset()) -> Verdict:
    """The verdict. `may_repeat`: channels on which a second copy is counted, not condemned (never the web)."""
    verdict = Verdict()
    people: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in history.answers:
        people[answer.channel, answer.person].append(answer)
    said: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for message in history.said.values():
        said[message.channel, message.person].append(message)
    for who in {**said, **people}:
        told = _told(history, said[who], _once(people[who], verdict), verdict)
        _count(history, said[who], told, may_repeat, verdict)
        _order(history, said[who], told, verdict)
    return verdict


def unanswered(history: History) -> set[str]:
    """Accepted messages without any answer yet."""
    verdict = judge(history)
    return {problem.message for problem in verdict.problems if problem.kind == "lost"}


def _once(answers: list[Answer], verdict: Verdict) -> list[Answer]:
    """Each reply once: a page sees the same one in the response, the stream and the history, but never twice in one."""
    first: dict[int | str, Answer] = {}
    ways = Counter((answer.reply, answer.path) for answer in answers if answer.path == "stream")
    for (_, path), times in ways.items():
        if times > 1:
            verdict.problems.append(Problem("double", answers[0].person, "", f"{path} 里出现 {times} 次"))
    once = [(_the_same(answer), answer) for answer in sorted(answers, key=lambda answer: answer.at)]
    for same, answer in once:
        if same is not None and first.setdefault(same, answer) is not answer:
            verdict.unseen += answer.channel == "wechat"
    return [answer for same, answer in once if same is None] + list(first.values())


def _the_same(answer: Answer) -> int | str | None:
    """What answers have in common of which a person sees one: a page's reply, the responses to one MsgId."""
    passive = answer.channel == "wechat" and answer.path == "passive"
    return answer.under if passive else answer.reply


def _told(history: History, said: list[Said], answers: list[Answer], verdict: Verdict) -> dict[str, list[Answer]]:
    """The answers by message. One that only names the phone and stands under none goes to whoever lacks one."""
    mine = {message.id for message in said}
    told: dict[str, list[Answer]] = defaultdict(list)
    anonymous = []
    for answer in sorted(answers, key=lambda answer: answer.at):
        if answer.says and answer.under and answer.says != answer.under:
            verdict.problems.append(Problem("cross-talk", answer.person, answer.under, f"说的是 {answer.says}"))
        of = answer.says or answer.under
        if of is None and answer.phone:
            anonymous.append(answer)
        elif of is None:
            verdict.problems.append(Problem("unknown words", answer.person, "", answer.text[:60]))
        elif of not in mine:
            verdict.problems.append(Problem("wrong person", answer.person, of, answer.text[:60]))
        else:
            told[of].append(answer)
    lacking = [message for message in said if message.id not in told]
    lacking.sort(key=lambda message: (message.id not in history.accepted, message.at))
    for answer, message in zip(anonymous, lacking, strict=False):
        told[message.id].append(answer)
    for answer in anonymous[len(lacking) :]:
        told[""].append(answer)
    return told


def _count(
    history: History, said: list[Said], told: dict[str, list[Answer]], may_repeat: frozenset[str], verdict: Verdict
) -> None:
    for message in said:
        answers = told.get(message.id, [])
        if not answers and message.id in history.accepted:
            verdict.problems.append(Problem("lost", message.person, message.id))
        elif answers:
            verdict.robot += any(answer.says for answer in answers)
            verdict.phone += not any(answer.says for answer in answers)
        _repeated(message.channel, message.person, message.id, answers[1:], may_repeat, verdict)
    for extra in told.get("", []):
        _repeated(extra.channel, extra.person, "", [extra], may_repeat, verdict)


def _repeated(
    channel: str, person: str, message: str, extra: list[Answer], may_repeat: frozenset[str], verdict: Verdict
) -> None:
    if channel in may_repeat and channel != "web":
        verdict.repeats[channel] += len(extra)
        return
    notes = [f"{answer.path}：{answer.text[:40]}" for answer in extra]
    verdict.problems += [Problem("double", person, message, note) for note in notes]


def _order(history: History, said: list[Said], told: dict[str, list[Answer]], verdict: Verdict) -> None:
    """Whoever wrote the second message after the first was accepted sees the first answer first.

    A phone number in WeChat's own response is its way of being refused: it stands where it is given.
    """
    first = ((message, told[message.id][0]) for message in said if told.get(message.id))
    answered = [(message, answer) for message, answer in first if answer.says or answer.path != "passive"]
    for message, answer in answered:
        for later, other in answered:
            if history.accepted.get(message.id, float("inf")) < later.at and _place(other) < _place(answer):
                note = f"{later.id} 的答复（{other.path}）先到，{message.id} 的是 {answer.path}"
                verdict.problems.append(Problem("order", message.person, message.id, note))


def _place(answer: Answer) -> float:
    """Where an answer stands: a page sorts by reply, a phone shows as they come."""
    return answer.at if answer.reply is None else float(answer.reply)
