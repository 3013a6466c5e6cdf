"""A guide has asked; the message answers it, asks something else, or says nothing that can be understood."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from rasa.shared.nlu.training_data.message import Message

from brain.facet_extractor import FACETS
from brain.faq_classifier import LABEL_RANKING
from brain.guide_answer import GO_ON, GUIDE_ANSWER, GuideAnswer

QUESTIONS = {
    "why": {"long": ["长期住在那里", "养老", "打工"], "emergency": ["急诊抢救", "急诊"]},
    "region": {"市内": ["市内"], "省内": ["山东省内"], "跨省": ["外省"]},
}
WHY = {"waiting": "why", "questions": QUESTIONS}
REGION = {"waiting": "region", "questions": QUESTIONS}
ENDED = {"waiting": "", "questions": QUESTIONS}


def heard(text: str, label: str, sure: float, waiting: Any, **said: str) -> Message:
    message = Message(
        {
            "text": text,
            "intent": {"name": label.split("/")[0]},
            LABEL_RANKING: [{"name": label, "confidence": sure}],
            FACETS: said,
            "metadata": {"guide": waiting},
        }
    )
    return GuideAnswer({"own": 0.5}).process([message])[0]


@pytest.mark.parametrize(
    ("text", "waiting", "said", "answer"),
    [
        ("我是去打工", WHY, {}, "long"),
        ("长期住在那里", WHY, {}, "long"),
        ("在青岛", REGION, {"region": "省内"}, "省内"),
        ("不清楚", REGION, {}, "unsure"),
        ("这个我也说不好", WHY, {}, "unsure"),
    ],
)
def test_an_answer_is_taken(text: str, waiting: Any, said: dict[str, str], answer: str) -> None:
    message = heard(text, "unclear", 0.6, waiting, **said)
    assert (message.get("intent")["name"], message.get(GUIDE_ANSWER)) == ("guide", answer)


def test_a_statement_is_an_answer_even_where_it_sounds_like_a_topic() -> None:
    assert heard("长期在外地养老", "remote/long_term", 0.9, WHY).get(GUIDE_ANSWER) == "long"


def test_a_question_of_ones_own_stays_a_question() -> None:
    message = heard("养老的人备案要什么条件", "remote/long_term", 0.9, WHY)
    assert message.get("intent")["name"] == "remote"
    assert message.get(GUIDE_ANSWER) is None


def test_a_word_to_the_robot_stays_one() -> None:
    assert heard("转人工急诊", "human", 0.9, WHY).get("intent")["name"] == "human"


def test_what_nobody_understands_is_asked_again() -> None:
    message = heard("那个那个啥", "unclear", 0.8, WHY)
    assert (message.get("intent")["name"], message.get(GUIDE_ANSWER)) == ("guide", "")


def test_the_answer_to_another_question_is_heard_too() -> None:
    assert heard("在北京", "remote/register", 0.9, WHY, region="跨省").get(GUIDE_ANSWER) == GO_ON


def test_two_choices_at_once_are_asked_again() -> None:
    assert heard("打工的时候急诊", "unclear", 0.8, WHY).get(GUIDE_ANSWER) == ""


def test_another_topic_without_an_answer_stays_one() -> None:
    assert heard("医保码", "voucher/what", 0.9, WHY).get("intent")["name"] == "voucher"


def test_without_a_guide_nothing_changes() -> None:
    assert heard("打工", "unclear", 0.8, None).get("intent")["name"] == "unclear"


@pytest.mark.parametrize("text", ["继续", "继续吧", "接着问", "好，继续刚才的"])
def test_going_on_answers_nothing_and_misses_nothing(text: str) -> None:
    assert heard(text, "chitchat/yes", 0.9, WHY).get(GUIDE_ANSWER) == GO_ON


def test_what_was_told_may_be_put_right_after_the_end() -> None:
    message = heard("不对，是烟台", "remote/in_province", 0.6, ENDED, marker="correct", region="省内")
    assert (message.get("intent")["name"], message.get(GUIDE_ANSWER)) == ("guide", GO_ON)


def test_after_the_end_anything_else_is_its_own() -> None:
    assert heard("医保码怎么领", "voucher/activate", 0.9, ENDED).get("intent")["name"] == "voucher"
