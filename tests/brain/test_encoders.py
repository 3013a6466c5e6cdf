"""Sentence encoders: bounded, remembered, and lived without where they are missing."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from brain.encoders import LONGEST, CachedEncoder, encoder, encoders


class Recorder:
    """An encoder that remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.given += texts
        return np.ones((len(texts), 3))


@pytest.mark.parametrize("name", ["use", "e5"])
def test_an_encoder_puts_like_beside_like(name: str) -> None:
    chosen = encoder(name)
    assert chosen
    same, like, other = chosen.many(["看病的钱怎么报销", "医药费如何报销", "今天天气不错"])
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


def test_of_several_encoders_those_that_can_be_loaded_are_used_in_their_order() -> None:
    assert list(encoders(["no.such.Encoder", "e5", "none", "use"])) == ["e5", "use"]


class Counting(Recorder):
    """A recorder whose vectors belong to a package, so that they are kept."""

    package = "numpy"


def test_the_vectors_of_training_examples_are_kept_for_the_next_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUEBAO_VECTORS", str(tmp_path))
    first, second = Counting(), Counting()
    CachedEncoder(first).many(["转移", "备案", "转移"])
    vectors = CachedEncoder(second).many(["备案", "医保码"])
    assert (first.given, second.given) == (["转移", "备案"], ["医保码"])
    assert vectors.shape == (2, 3)


def test_an_encoder_of_ones_own_is_named_by_its_path() -> None:
    assert encoder("tests.brain.test_encoders.Recorder")
