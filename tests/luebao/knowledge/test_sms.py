"""How many SMS a text costs, counted as the gateway counts; nothing the robot sends takes more than three."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luebao.answers import answer, clarify, small_talk, unanswered
from luebao.knowledge import Knowledge
from luebao.knowledge.sms import MOST_PARTS, PART, SIGNATURE, SINGLE, segments, sms_text, units
from luebao.today import today


@pytest.mark.parametrize(("text", "length"), [("", 0), ("医保", 2), ("APP", 3), ("🙂", 2), ("鲁e宝", 3)])
def test_the_length_is_counted_in_utf16_units(text: str, length: int) -> None:
    assert units(text) == length


@pytest.mark.parametrize(
    ("length", "parts"),
    [
        (0, 1),
        (SINGLE - SIGNATURE, 1),
        (SINGLE - SIGNATURE + 1, 2),
        (2 * PART - SIGNATURE, 2),
        (2 * PART - SIGNATURE + 1, 3),
        (3 * PART - SIGNATURE, 3),
        (3 * PART - SIGNATURE + 1, 4),
    ],
)
def test_where_one_more_sms_begins(length: int, parts: int) -> None:
    assert segments("医" * length) == parts


@given(text=st.text(max_size=300), more=st.text(max_size=30))
def test_a_longer_text_never_takes_fewer_and_each_part_is_used(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)
    if segments(text) > 1:
        assert (segments(text) - 1) * PART < units(text) + SIGNATURE <= segments(text) * PART


def test_an_sms_ends_with_its_source_where_it_has_one(knowledge: Knowledge) -> None:
    said = "请拨打{{ phone.hotline }}"
    assert sms_text(said, ["m.5.1"], knowledge, date.min) == "请拨打5190857（便民措施）"
    assert sms_text(said, [], knowledge, date.min) == "请拨打5190857"


def test_nothing_the_robot_sends_takes_more_than_three(knowledge: Knowledge) -> None:
    day = today()
    by_title = [entry.id for entry in sorted(knowledge.entries.values(), key=lambda entry: len(entry.title))]
    replies = [
        *(answer(knowledge, id, day) for id in knowledge.entries),
        *(unanswered(knowledge, id, day) for id in knowledge.unanswered),
        *(small_talk(knowledge, id, day) for id in knowledge.replies),
        clarify(knowledge, by_title[-3:], day),
    ]
    assert [reply.sms for reply in replies if segments(reply.sms) > MOST_PARTS] == []
