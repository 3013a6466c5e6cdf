"""What people say, as answers to the questions of a guide."""

from __future__ import annotations

import re

from luebao.knowledge.facets import FACETS
from luebao.knowledge.guide import UNSURE, Answers, Guide, Question

# Somebody who does not know, or does not care to say; nothing else may stand in the message.
_UNSURE = re.compile(
    "(?:我|俺|这个|这|也|还|都|真|就)*(?:不|没|说不|搞不|弄不|记不|分不)(?:太|大)?"
    "(?:清楚|知道|确定|晓得|明白|懂|好说|想好|清|准|问|选|记得)(?:了|啊|呢|呀|怎么选|选哪个|哪个|是哪个|是哪种|哪种|怎么说)*"
    "|(?:我|俺|这个|这|也|还|真)*(?:说不好|说不准|不好说|说不上来)(?:了|啊|呢|呀)*"
    "|(?:我|俺|这个|这|也|还|真|都|有点)*(?:拿不准|忘了|忘记了|谁知道)(?:了|啊|呢|呀)*"
    "|(?:跳过|略过)(?:这个|这一?[问题条步])?(?:吧|了)?|随便|都行|都可以|无所谓|下一个|下一题|skip|pass|不说|不想说"
)
_GO_ON = re.compile(
    "(?:好的?|那|咱|我们|嗯)*(?:继续|接着|往下)(?:刚才的?|上面的?)?(?:问|说|来|走|办|下去)*(?:吧|啊|呀|了|呗|刚才的?)*|回到刚才.{0,6}|刚才.{0,4}(?:继续|接着).{0,4}"
)
_AGAIN = re.compile("从头(?:来|再来|问|开始)|重新(?:问|来|开始)|重来")
_LONGEST_UNSURE = 14
# What a message is to a guide where it names no choice: nothing was missed, or forget the answers so far.
GO_ON, START_AGAIN = "go_on", "start_again"


def unsure(text: str) -> bool:
    """Whether a text says only that one does not know (不清楚, 说不好, 跳过)."""
    return len(text) <= _LONGEST_UNSURE and bool(_UNSURE.fullmatch(re.sub(r"[\W_]", "", text)))


def goes_on(text: str) -> bool:
    """Whether a text asks for nothing but to go on with the guide (继续, 接着问吧)."""
    return len(text) <= _LONGEST_UNSURE and bool(_GO_ON.fullmatch(re.sub(r"[\W_]", "", text)))


def starts_again(text: str) -> bool:
    """Whether a text asks to begin the guide anew (从头来, 重新问)."""
    return len(text) <= _LONGEST_UNSURE and bool(_AGAIN.search(text))


def heard(question: Question, text: str, facets: Answers) -> str | None:
    """The choice of a question that a text names: by what was understood of it (facets), or in the choice's words.

    None where it names none, or more than one.
    """
    if question.choice(facets.get(question.id, "")):
        return facets[question.id]
    words = {word: choice.value for choice in question.choices for word in [*choice.says, choice.title]}
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))  # 不在威海 before 在威海
    named = {words[word] for word in re.findall(longest_first, text)}
    return named.pop() if len(named) == 1 else None


def answered(question: Question, text: str, facets: Answers) -> str | None:
    """What a text answers to a question just asked: a choice, UNSURE, or None where it answers nothing."""
    return UNSURE if unsure(text) else heard(question, text, facets)


def known(guide: Guide, text: str, facets: Answers) -> Answers:
    """What somebody said unasked, as far as this guide asks for it.

    A question whose id is a facet is known by that facet alone: 外地 in 外地看病 does not say where one is insured.
    """
    found = {question.id: heard_unasked(question, text, facets) for question in guide.questions}
    return {id: value for id, value in found.items() if value}


def heard_unasked(question: Question, text: str, facets: Answers) -> str | None:
    """The choice a text names without having been asked this question."""
    return heard(question, "" if question.id in FACETS else text, facets)
