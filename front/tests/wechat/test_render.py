"""What a citizen sees in WeChat."""

import re

from hypothesis import given
from hypothesis import strategies as st

from front.channels.wechat.render import BUDGET, MORE, cut, link, render

ANSWER = "跨省转移15个工作日办结；山东省内转移9个工作日办结。\n\n依据：《威海医保医保服务二十四项便民措施详情》一-2。"
TITLES = ["医保关系怎么转", "办医保转移要什么材料"]


def body(main, titles=()):
    """As luebao's Reply.text writes it."""
    lines = [f"{n}. {title}" for n, title in enumerate(titles, 1)]
    tail = "\n\n" + "\n".join(["您可能还想了解（回复数字）：", *lines]) if titles else ""
    return {"text": main + tail, "options": [{"title": t, "payload": "/none_of_these"} for t in titles]}


def seen(text):
    """The words without the links around them."""
    return re.sub(r"</?a[^>]*>", "", text)


def test_a_short_answer_is_shown_as_it_is():
    assert render(body(ANSWER)).text == ANSWER


def test_options_keep_their_numbers_and_can_be_tapped():
    shown = render(body(ANSWER, TITLES))
    assert shown.text == ANSWER + "\n\n您可能还想了解（回复数字）：\n" + "\n".join(
        f'{n}. <a href="weixin://bizmsgmenu?msgmenucontent={t}&msgmenuid={n}">{t}</a>' for n, t in enumerate(TITLES, 1)
    )
    assert not shown.rest


def test_a_long_answer_is_cut_at_a_sentence_and_says_how_to_go_on():
    sentences = [f"第{n}句说的是异地就医备案要带什么材料、到哪里办。" for n in range(60)]
    shown = render(body("".join(sentences), TITLES))
    assert len(shown.text.encode()) <= BUDGET
    head, more, _ = shown.text.partition(MORE)
    assert more and head.endswith("。")
    assert head + shown.rest == "".join(sentences)
    assert shown.text.count("<a href=") == 2


def test_the_rest_of_the_rest_comes_to_the_end():
    text = "".join(f"第{n}步，到窗口取号；" for n in range(300))
    pages, rest = [], text
    while rest:
        shown = render(body(rest))
        pages.append(shown.text.removesuffix(MORE))
        rest = shown.rest
    assert "".join(pages) == text
    assert len(pages) > 1


def test_a_closing_quote_stays_with_its_sentence():
    head, rest = cut("一二三四五“六七。”八九十", len("一二三四五“六七。”八".encode()))
    assert (head, rest) == ("一二三四五“六七。”", "八九十")
    head, _ = cut("一二三四，五“六七。”八九十", len("一二三四，五“六七。".encode()))
    assert head == "一二三四，"


def test_an_address_and_an_amount_are_not_cut_in_their_middle():
    text = "请到这里办理：" + "https://example.invalid/a?b=1;c!d 金额1,000元 " * 3 + "。" + "后面还有很多话" * 100
    head, _ = cut(text, 400)
    assert head.endswith("。")


def test_words_that_look_like_a_link_are_only_words():
    shown = render(body('<a href="http://evil.invalid">点我</a> 体重<50kg', ['甲"&b=<x>\n乙', "普通"]))
    assert seen(shown.text).startswith("＜a href=") and "体重<50kg" in shown.text
    assert shown.text.count("<a ") in (0, 2)


def test_a_title_cannot_break_out_of_its_link():
    assert link('甲"><b>&x=1#%', 1).count('"') == 2
    assert link('甲"><b>&x=1#%', 1).count("&") == 1


def test_far_too_many_options_are_still_within_the_size():
    titles = [f"第{n}种情况下异地就医备案怎么办理" for n in range(40)]
    shown = render(body(ANSWER, titles))
    assert len(shown.text.encode()) <= BUDGET and shown.rest


WORDS = st.text(st.sampled_from('医保，。；\n1a”）<>&"🏥\ud800\x00]'), max_size=1500)


@given(WORDS, st.lists(st.text(st.sampled_from('医保备案"&<a🏥'), min_size=1, max_size=40), max_size=12))
def test_whatever_is_said_fits_and_every_link_is_whole(main, titles):
    shown = render(body(main, titles))
    assert len(shown.text.encode()) <= BUDGET
    assert len(re.findall(r'<a href="[^"<>]*">[^<>]*</a>', shown.text)) == shown.text.count("<a ")


@given(WORDS, st.integers(30, 400))
def test_cutting_loses_nothing_but_blanks(text, most):
    text = text.replace("\ud800", "")
    head, rest = cut(text, most)
    assert len(head.encode()) <= most
    assert re.sub(r"\s", "", head + rest) == re.sub(r"\s", "", text)
    assert head or not text.strip() or rest != text
