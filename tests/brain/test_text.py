"""Text as citizens type it."""

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from brain.text import clean, fold


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  医保　转移\n多久 ", "医保 转移 多久"),
        ("医\u200b保\u200d码", "医保码"),
        ("\u202e医保码", "医保码"),
        ("３９．５℃", "39.5°C"),
        ("医保\x00码\ud800", "医保码"),
        ("/restart", "／restart"),
        ("　/restart", "／restart"),
        ("\x1c/restart", "／restart"),
        ("\u200b/show", "／show"),
        ("／restart", "／restart"),
        ("", ""),
        ("\u200b \x00", ""),
    ],
)
def test_clean(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


def test_what_was_cleaned_stays_the_same() -> None:
    for text in ("／restart", "医保 转移", "39.5°C", "a/b"):
        assert clean(text) == text


def test_fold_keeps_letters_digits_and_characters() -> None:
    assert fold("医保码，怎么领？ＡＰＰ 3") == "医保码怎么领app3"
