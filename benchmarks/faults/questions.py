"""For the real Rasa: questions whose answers are learnt before anything breaks, so that they can be told apart."""

from __future__ import annotations

import asyncio

from benchmarks.faults.people import CHANNELS, Person, World
from benchmarks.faults.stage import Stage

QUESTIONS = (
    "医保转移多久能办好",
    "异地就医备案怎么办理",
    "医保码怎么激活",
    "家庭共济怎么办理",
    "门诊慢特病怎么申请",
    "居民医保怎么缴费",
    "在外地急诊住院怎么报销",
    "新生儿怎么参保",
    "住院报销比例是多少",
    "医保卡丢了怎么办",
)


class Learnt:
    """Who asks what, and which answer is whose."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], str] = {}  # (channel's kind of text, answer) → question
        self._asked: dict[tuple[str, str], str] = {}  # (person, question) → message

    def question(self, one: Person, number: int) -> str:
        """A person's next question: no two alike, and neighbours ask different ones."""
        text = QUESTIONS[(one.number // 3 + 3 * number) % len(QUESTIONS)]
        self._asked[one.id, text] = f"{one.channel}-{one.number:04d}x{number}"
        return text

    def reads(self, person: str, text: str) -> str | None:
        """The person's message this is the answer to; somebody else's if the person never asked that."""
        question = self._answers.get((_kind(person), _first(text)))
        if question is None:
            return None
        return self._asked.get((person, question), f"nobody's: {question}")

    async def learn(self, stage: Stage) -> int:
        """Ask each question once on each channel while all is well; returns how many answers can be told apart."""
        world = World(stage.history, [front.url for front in stage.fronts], stage.http)
        for offset, kind in enumerate(CHANNELS.values()):
            for number, text in enumerate(QUESTIONS):
                one = kind(world, 9000 + 3 * number + offset)
                seen = len(stage.history.answers)
                await one.say(f"{one.channel}-{one.number:04d}x0", text)
                for _ in range(100):
                    if len(stage.history.answers) > seen:
                        break
                    await asyncio.sleep(0.1)
                self._keep(one, text, [answer.text for answer in stage.history.answers[seen:]])
        stage.history.said.clear()
        stage.history.accepted.clear()
        stage.history.answers.clear()
        stage.history.reads = self.reads
        return len(self._answers)

    def _keep(self, one: Person, question: str, texts: list[str]) -> None:
        for text in texts:
            key = (_kind(one.id), _first(text))
            if self._answers.setdefault(key, question) != question:
                raise RuntimeError(f"两个问题的答复开头一样，分不开：{question}、{self._answers[key]}")


def _kind(person: str) -> str:
    return "sms" if person.startswith("+") else "full"


def _first(text: str) -> str:
    """Enough of an answer to tell it by: options at its end may be numbered or linked as the channel likes."""
    return text[:40]
