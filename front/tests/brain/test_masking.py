"""Personal numbers are masked however they are written; public ones are not."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from front.masking import mask, without_labels
from front.settings import ROOT


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("身份证11010519491231002X查一下", "身份证〔身份证号〕查一下"),
        ("110105 19491231 002x", "〔身份证号〕"),
        ("１１０１０５１９４９１２３１００２Ｘ", "〔身份证号〕"),
        ("130503670401001", "〔身份证号〕"),
        ("我的电话是138-0013-8000。", "我的电话是〔手机号〕。"),
        ("+86 13800138000", "〔手机号〕"),
        ("008613800138000", "〔手机号〕"),
        ("一三八零零一三八零零零", "〔手机号〕"),
        ("卡号6222 0212 3456 7890 123", "卡号〔银行卡号〕"),
        ("社保卡A12345678", "社保卡〔社保卡号〕"),
        ("电话13800138000，打5190857也行", "电话〔手机号〕，打5190857也行"),
    ],
)
def test_personal_numbers_are_masked(said: str, masked: str) -> None:
    assert mask(said) == masked


@pytest.mark.parametrize(
    "said",
    ["5190857", "0631-5190857", "12393、12366", "威医保〔2021〕5号", "2026-01-01至2026-12-31", "花了123456.78元"],
)
def test_public_numbers_stay(said: str) -> None:
    assert mask(said) == said


def test_nothing_in_the_knowledge_looks_personal() -> None:
    for file in (ROOT / "knowledge" / "entries").glob("*.yml"):
        content = file.read_text(encoding="utf-8")
        assert mask(content) == content, file


@given(st.integers(0, 10**6), st.text("的在号：,。 证电话请查", max_size=5), st.sampled_from(["", " ", "-"]))
def test_no_valid_number_gets_through(seed: int, around: str, gap: str) -> None:
    chance = random.Random(seed)
    born = f"{chance.randint(1930, 2025)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    card = f"3710{chance.randint(10, 99)}{gap}{born}{gap}{chance.randint(0, 999):03}{chance.choice('0123456789X')}"
    ends = gap.join(f"{chance.randint(0, 9999):04}" for _ in range(2))
    mobile = f"1{chance.choice('3456789')}{chance.randint(0, 9)}{gap}{ends}"
    for number in (card, mobile):
        assert not re.search(r"\d{4}", mask(f"{around}{number}，{around}"))


@given(st.text(max_size=200))
def test_masking_never_fails_and_is_done_once(said: str) -> None:
    once = mask(said)
    assert mask(once) == once
    assert without_labels("查〔手机号〕的") == "查 的"
