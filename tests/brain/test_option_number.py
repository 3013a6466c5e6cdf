"""Which messages are the number of an option, and which only look like it."""

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from brain.option_number import option_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *(("1", "1"), ("２", "2"), ("第二个", "2"), ("选3", "3"), ("三", "3"), ("我选1", "1"), ("1。", "1")),
        *(("回复2", "2"), ("第3条", "3"), ("2号", "2"), (" 4 ", "4"), ("第一项吧", "1")),
    ],
)
def test_number(typed: str, number: str) -> None:
    assert option_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "12", "5190857", "39度", "1月20号", "一家", "三级医院", "两个", "第二次住院", "1年"]
)
def test_no_number(typed: str) -> None:
    assert option_number(typed) is None
