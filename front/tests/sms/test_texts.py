"""How long texts are on the air, who a number is, and what 退订 looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from front.channels.sms import numbers, segments
from front.channels.sms.guards import SAME_AGAIN, TOO_MANY
from front.channels.sms.optout import GOODBYE, WELCOME_BACK, Keywords, Wish
from front.channels.sms.templates import Template

any_text = st.text(alphabet=st.characters(), max_size=700)


@pytest.mark.parametrize(
    ("text", "signature", "billed"),
    [
        ("", "威海医保", 0),
        ("医" * 70, "", 1),
        ("医" * 71, "", 2),
        ("医" * 64, "威海医保", 1),  # 【威海医保】 is 6 of the 70
        ("医" * 65, "威海医保", 2),
        ("医" * 160, "", 3),  # Aliyun's own example: 67 + 67 + 26
        ("医" * 135, "", 3),  # Huawei's own example
        ("😀" * 35, "", 1),
        ("😀" * 36, "", 2),
        ("a" * 71, "", 2),
    ],
)
def test_billed_segments(text: str, signature: str, billed: int) -> None:
    assert segments.segments(text, signature) == billed


@given(any_text)
def test_parts_are_the_whole_text_in_order_and_each_fits(text: str) -> None:
    parts = segments.parts(text)
    assert "".join(parts) == text
    assert all(segments.units(part) <= 70 for part in parts)
    if len(parts) > 1:
        assert all(segments.units(part) <= 67 for part in parts)
    assert segments.segments(text) <= len(parts) <= segments.segments(text) + 1


def test_parts_do_not_cut_a_character() -> None:
    assert [len(part) for part in segments.parts("😀" * 40)] == [33, 7]


@given(any_text, st.sampled_from(["", "威海医保"]))
def test_what_is_sent_never_exceeds_five_hundred_units(text: str, signature: str) -> None:
    sent, rest = segments.cut(text, signature)
    assert not rest or sent.endswith(segments.MORE)
    assert segments.units(segments.signed(sent, signature)) <= 500
    sent.encode("utf-16-be")  # no lone surrogates


def test_a_long_text_is_cut_at_a_sentence_and_nothing_is_lost() -> None:
    whole = "参保人员可以在线办理。" * 80
    sent, rest = segments.cut(whole, "威海医保")
    assert sent.endswith("在线办理。……回复“更多”看后面，或拨打5190857。")
    assert sent.removesuffix(segments.MORE) + rest == whole
    assert segments.cut("参保。" * 100) == ("参保。" * 100, "")


@pytest.mark.parametrize(
    "written",
    [
        "+8613800000002",
        "8613800000002",
        "008613800000002",
        "13800000002",
        13800000002,
        "+86 138-0000-0002",
        "１３８００００００02",
    ],
)
def test_one_person_whatever_the_spelling(written: object) -> None:
    assert numbers.person(written) == "+8613800000002"


@pytest.mark.parametrize(
    "written",
    ["10086", "106912345678", "1069012345678901", "95588", "12345", "12333", "06315190857", "5190857", "+85291234567",
     "", "abc", None, True, 3.5, ["13800000002"], "1380000000", "138000000022", "+86" + "9" * 11],
)  # fmt: skip
def test_services_landlines_and_strangers_are_not_answered(written: object) -> None:
    assert numbers.person(written) is None


@given(st.one_of(st.text(), st.integers(), st.none(), st.booleans(), st.floats()))
def test_any_sender_is_a_number_or_nobody(written: object) -> None:
    person = numbers.person(written)
    assert person is None or (person.startswith("+861") and person[1:].isascii() and len(person) == 14)


@pytest.mark.parametrize(
    "said", ["T", "td", "Ｔｄ", " TT ", "N", "r", "退订", "“退订”", "退订。", "　退订\n", "拒收!", "0000", "回复TD"]
)
def test_words_that_stop(said: str) -> None:
    assert Keywords.of().wish(said) is Wish.STOP


@pytest.mark.parametrize(
    "said", ["退订怎么办", "T医保", "停保", "怎么退费", "no", "", "。", "恢复医保待遇", "不要退订", "TD" * 30]
)
def test_questions_are_not_wishes(said: str) -> None:
    assert Keywords.of().wish(said) is None


def test_words_can_be_set() -> None:
    ours = Keywords.of(stop=["不要了", " "], resume=["继续发"])
    assert (ours.wish("不要了。"), ours.wish("TD"), ours.wish("继续发"), ours.wish("")) == (
        Wish.STOP,
        None,
        Wish.RESUME,
        None,
    )


@given(any_text)
def test_any_text_is_a_wish_or_not(text: str) -> None:
    assert Keywords.of().wish(text) in {None, Wish.STOP, Wish.RESUME}


@pytest.mark.parametrize("said", [GOODBYE, WELCOME_BACK, TOO_MANY, SAME_AGAIN])
def test_our_notices_are_one_message_fit_a_template_and_are_no_wish_themselves(said: str) -> None:
    assert segments.segments(said, "威海医保") == 1
    assert Template(limit=35).answer(said) == said
    assert "5190857" in said
    assert Keywords.of().wish(said) is None
