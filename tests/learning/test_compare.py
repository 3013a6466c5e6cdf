"""The gate between two models: real classifiers, fitted to a few labels of the project's own examples."""

from __future__ import annotations

import tarfile
from pathlib import Path

import attrs
import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa，分类器读不出来")

from evaluation import compare as compare_module
from evaluation import sets
from evaluation.compare import Comparison, Figure, compare
from evaluation.training import Example, examples, fitted
from luebao.knowledge import load
from tests.running import ROOT

LABELS = ("transfer/time_limit", "transfer/how", "voucher/family", "voucher/use", "remote/late", "out_of_scope/ratio")
KNOWLEDGE = load(ROOT / "knowledge")


@pytest.fixture(scope="module")
def own() -> list[Example]:
    """The examples of a few labels."""
    return [example for example in examples() if example.label in LABELS and example.file != "learned.yml"]


def model(folder: Path, some: list[Example]) -> Path:
    """A model's file as Rasa packs it, without sentence vectors (they would take minutes)."""
    written = folder / "components" / "train_brain.FaqClassifier5"
    written.mkdir(parents=True)
    fitted(some, []).save(written)
    file = folder / "model.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        archive.add(written, "components/train_brain.FaqClassifier5")
    return file


@pytest.fixture(scope="module")
def before(own: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model in service."""
    return model(tmp_path_factory.mktemp("before"), own)


def learned(
    own: list[Example], before: Path, folder: Path, texts: list[str], label: str, monkeypatch: pytest.MonkeyPatch
) -> Comparison:
    """The comparison after learning some questions."""
    few = [question for question in sets.questions() if set(question.labels) & set(LABELS)]  # no borderline ones
    monkeypatch.setattr(compare_module, "questions", lambda _: few)
    after = model(folder, [*own, *(Example(text, label, "learned.yml") for text in texts)])
    return compare(before, after, KNOWLEDGE, [label])


def test_right_examples_pass(own: list[Example], before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = ["余额借给我爹刷一下", "拿我账上的余额给俺老伴看牙", "我卡上的钱给丈母娘买药中不", "绑个家里人用我的余额"]
    result = learned(own, before, tmp_path, good, "voucher/family", monkeypatch)
    assert result.reasons == []
    assert {figure.name for figure in result.figures} >= {"范围内：第一即对", "范围内：没有答错"}


def test_a_poisoned_batch_is_refused_and_the_questions_it_would_break_are_named(
    own: list[Example], before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [one.text for one in own if one.label == "transfer/time_limit"]
    many = [f"{head}{text}{tail}" for text in asked for head, tail in (("请问", ""), ("你好，", "呢"))]
    result = learned(own, before, tmp_path, many, "voucher/family", monkeypatch)
    assert result.reasons
    assert result.broken
    assert any("转" in change.question for change in result.broken)
    assert any(change.question in " ".join(result.reasons) for change in result.broken)


def test_clear_new_wrong_answers_are_refused_whatever_label_they_went_to(
    before: Path, tmp_path: Path, own: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lessons are given to one label; what a training breaks elsewhere counts too."""
    few = [question for question in sets.questions() if set(question.labels) & set(LABELS)]  # no borderline ones
    monkeypatch.setattr(compare_module, "questions", lambda _: few)
    swapped = {"voucher/use": "remote/late", "remote/late": "voucher/use"}
    after = model(tmp_path, [attrs.evolve(one, label=swapped.get(one.label, one.label)) for one in own])
    reasons = compare(before, after, KNOWLEDGE, ["transfer/how"]).reasons
    assert any(reason.startswith("原来很有把握答对的") for reason in reasons)


@pytest.mark.parametrize(
    ("lost", "gained", "fallen"),
    [(0, 0, False), (2, 0, False), (4, 0, False), (5, 0, True), (5, 5, False), (9, 2, True), (3, 9, False)],
)
def test_a_fall_counts_when_it_is_more_than_noise(lost: int, gained: int, fallen: bool) -> None:
    assert Figure("", 0.9, 0.9, 800, lost, gained).fallen is fallen
