"""The judge of benchmarks/faults: histories that are right, and histories that must be condemned."""

from __future__ import annotations

import pytest

from benchmarks.faults.checker import judge, unanswered
from benchmarks.faults.history import Answer, History, Said

PHONES = frozenset({"wechat", "sms"})
TROUBLE = "抱歉，我这边暂时出了点问题。请拨打5190857。"


class Told:
    """Writes a history line by line; every line happens a second after the one before."""

    def __init__(self, channel: str = "wechat") -> None:
        self.history, self.channel, self.now = History(), channel, 0.0

    def says(self, person: str, message: str, accepted: bool = True) -> Told:
        """A person's message, taken or not."""
        self.history.said[message] = Said(message, person, self.channel, f"问 {message}", self.tick())
        if accepted:
            self.history.accepted[message] = self.tick()
        return self

    def sees(
        self, person: str, answer_to: str | None, under: str | None = None, path: str = "push", reply: int | None = None
    ) -> Told:
        """A person sees the answer to a message, the phone number for None."""
        text = f"答：{answer_to}" if answer_to else TROUBLE
        phone = answer_to is None
        self.history.answers.append(
            Answer(person, self.channel, path, text, self.tick(), under, answer_to, reply, phone)
        )
        return self

    def tick(self) -> float:
        """The next second."""
        self.now += 1.0
        return self.now

    def problems(self, may_repeat: frozenset[str] = frozenset()) -> list[str]:
        """The kinds of what is wrong."""
        return [problem.kind for problem in judge(self.history, may_repeat).problems]


def test_one_answer_to_each_accepted_message_in_order_is_right() -> None:
    told = Told().says("zhang", "m1").says("zhang", "m2").sees("zhang", "m1").sees("zhang", "m2")
    assert told.problems() == []
    verdict = judge(told.history)
    assert (verdict.robot, verdict.phone) == (2, 0)


def test_an_accepted_message_without_an_answer_is_lost() -> None:
    told = Told().says("zhang", "m1").says("zhang", "m2").sees("zhang", "m1")
    assert told.problems() == ["lost"]
    assert unanswered(told.history) == {"m2"}


def test_the_phone_number_is_an_answer() -> None:
    told = Told().says("zhang", "m1").sees("zhang", None)
    assert told.problems() == []
    assert judge(told.history).phone == 1


def test_one_phone_number_answers_one_message_only() -> None:
    told = Told().says("zhang", "m1").says("zhang", "m2").sees("zhang", None)
    assert told.problems() == ["lost"]


def test_the_phone_number_goes_to_the_message_that_lacks_an_answer() -> None:
    told = Told().says("zhang", "m1").says("zhang", "m2").sees("zhang", None).sees("zhang", "m2")
    assert told.problems() == []


def test_an_answer_given_twice_is_double() -> None:
    told = Told().says("zhang", "m1").sees("zhang", "m1").sees("zhang", "m1")
    assert told.problems() == ["double"]


def test_the_phone_number_and_the_answer_are_double() -> None:
    told = Told().says("zhang", "m1").sees("zhang", None, under="m1", path="passive").sees("zhang", "m1")
    assert told.problems() == ["double"]


def test_a_phone_number_too_many_is_double() -> None:
    told = Told().says("zhang", "m1").sees("zhang", "m1").sees("zhang", None)
    assert told.problems() == ["double"]


def test_a_repeat_is_counted_where_the_channel_cannot_tell_it() -> None:
    told = Told("sms").says("zhang", "m1").sees("zhang", "m1").sees("zhang", "m1")
    assert told.problems(PHONES) == []
    assert judge(told.history, PHONES).repeats == {"sms": 1}


def test_the_web_may_never_repeat() -> None:
    told = Told("web").says("zhang", "m1")
    told.sees("zhang", "m1", "m1", "response", 1).sees("zhang", "m1", "m1", "history", 2)
    assert told.problems(frozenset({"web", "wechat", "sms"})) == ["double"]


def test_one_reply_seen_in_response_stream_and_history_is_one() -> None:
    told = Told("web").says("zhang", "m1")
    for path in ("response", "stream", "history", "history"):
        told.sees("zhang", "m1", "m1", path, 7)
    assert told.problems() == []


def test_one_reply_twice_in_the_stream_is_double() -> None:
    told = Told("web").says("zhang", "m1")
    told.sees("zhang", "m1", "m1", "stream", 7).sees("zhang", "m1", "m1", "stream", 7)
    assert told.problems() == ["double"]


def test_answers_out_of_order_are_found() -> None:
    told = Told().says("zhang", "m1").says("zhang", "m2").sees("zhang", "m2").sees("zhang", "m1")
    assert told.problems() == ["order"]


def test_a_refusal_with_the_phone_number_may_come_before_an_earlier_answer() -> None:
    told = Told().says("zhang", "m1").says("zhang", "m2")
    told.sees("zhang", None, under="m2", path="passive").sees("zhang", "m1")
    assert told.problems() == []


def test_but_a_phone_number_that_was_pushed_may_not() -> None:
    told = Told().says("zhang", "m1").says("zhang", "m2")
    told.sees("zhang", None, under="m2").sees("zhang", "m1")
    assert told.problems() == ["order"]


def test_a_page_is_ordered_by_reply_not_by_arrival() -> None:
    told = Told("web").says("zhang", "m1").says("zhang", "m2")
    told.sees("zhang", "m2", "m2", "response", 2).sees("zhang", "m1", "m1", "history", 1)
    assert told.problems() == []
    turned = Told("web").says("zhang", "m1").says("zhang", "m2")
    turned.sees("zhang", "m1", "m1", "response", 2).sees("zhang", "m2", "m2", "history", 1)
    assert turned.problems() == ["order"]


def test_messages_sent_at_the_same_moment_have_no_order() -> None:
    told = Told().says("zhang", "m1", accepted=False).says("zhang", "m2")
    told.history.accepted["m1"] = told.tick()  # the second one was under way before the first was accepted
    assert told.sees("zhang", "m2").sees("zhang", "m1").problems() == []


def test_an_answer_to_somebody_elses_message_is_found() -> None:
    told = Told().says("zhang", "m1").says("li", "m2").sees("zhang", "m1").sees("zhang", "m2")
    assert sorted(told.problems()) == ["lost", "wrong person"]


def test_an_answer_nobody_asked_for_is_found() -> None:
    assert Told().says("zhang", "m1").sees("zhang", "m1").sees("li", "m1").problems() == ["wrong person"]


def test_the_words_of_one_message_under_another_are_cross_talk() -> None:
    told = Told().says("zhang", "m1").says("zhang", "m2")
    told.sees("zhang", "m1", under="m2", path="passive").sees("zhang", "m2", under="m1", path="passive")
    assert told.problems().count("cross-talk") == 2


def test_words_that_are_no_answer_at_all_are_found() -> None:
    told = Told().says("zhang", "m1").sees("zhang", "m1")
    told.history.answers.append(Answer("zhang", "wechat", "push", "Internal Server Error", told.tick()))
    assert told.problems() == ["unknown words"]


@pytest.mark.parametrize("answered", [True, False])
def test_nothing_is_required_of_a_message_that_was_not_accepted(answered: bool) -> None:
    told = Told().says("zhang", "m1", accepted=False)
    assert (told.sees("zhang", "m1") if answered else told).problems() == []


def test_but_an_unaccepted_message_has_no_two_answers_either() -> None:
    told = Told().says("zhang", "m1", accepted=False).sees("zhang", "m1").sees("zhang", "m1")
    assert told.problems() == ["double"]


def test_people_on_different_channels_do_not_mix() -> None:
    told = Told().says("zhang", "m1").sees("zhang", "m1")
    told.channel = "sms"
    assert told.says("zhang", "m2").problems() == ["lost"]
