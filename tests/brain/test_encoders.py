"""Sentence encoders: bounded, remembered, and lived without where they are missing."""

import numpy as np
import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from brain.encoders import LONGEST, CachedEncoder, encoder


class Recorder:
    """An encoder that remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.given += texts
        return np.ones((len(texts), 3))


def test_the_default_encoder_puts_like_beside_like() -> None:
    use = encoder("use")
    assert use
    same, like, other = use.many(["看病的钱怎么报销", "医药费如何报销", "今天天气不错"])
    assert same @ like > same @ other
    assert np.linalg.norm(same) == pytest.approx(1, abs=0.05)


def test_long_texts_are_cut_and_one_text_is_encoded_once() -> None:
    recorder = Recorder()
    cached = CachedEncoder(recorder)
    for _ in range(3):
        cached.one("医" * 20_000)
    assert [len(text) for text in recorder.given] == [LONGEST]


@pytest.mark.parametrize("name", ["none", "no.such.Encoder", "brain.encoders.Nothing"])
def test_without_an_encoder_there_is_none(name: str) -> None:
    assert encoder(name) is None


def test_an_encoder_of_ones_own_is_named_by_its_path() -> None:
    assert encoder("tests.brain.test_encoders.Recorder")
