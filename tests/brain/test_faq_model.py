"""The numbers behind the classifier: learns, survives saving, never needs pickle."""

from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from brain.ngram_model import NgramModel

EXAMPLES = {
    "transfer/time_limit": ["医保转移多久", "转移要几天", "转医保多长时间能好"],
    "voucher/activate": ["医保码怎么领", "怎么激活医保电子凭证", "领医保码"],
    "out_of_scope/ratio": ["报销比例多少", "能报百分之几", "住院报几成"],
}


@pytest.fixture(scope="module")
def model() -> NgramModel:
    pairs = [(text, label) for label, texts in EXAMPLES.items() for text in texts]
    return NgramModel.fit([text for text, _ in pairs], [label for _, label in pairs])


@pytest.mark.parametrize(
    ("question", "label"),
    [("转移得几天啊", "transfer/time_limit"), ("医保码咋领", "voucher/activate"), ("比例是多少", "out_of_scope/ratio")],
)
def test_says_the_nearest_label_first(model: NgramModel, question: str, label: str) -> None:
    assert model.rank(question)[0][0] == label


def test_probabilities_add_up_and_fall(model: NgramModel) -> None:
    probabilities = [p for _, p in model.rank("医保转移怎么办")]
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)
    assert probabilities == sorted(probabilities, reverse=True)


def test_a_question_asked_word_for_word_is_certain(model: NgramModel) -> None:
    label, probability = model.rank("领医保码！")[0]
    assert label == "voucher/activate"
    assert probability > 0.99


def test_the_same_after_saving_and_without_pickle(model: NgramModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".json", ".npz"]
    loaded = NgramModel.load(tmp_path)
    for question in ("转移几天", "码", "", "🏥", "報銷比例"):
        assert [name for name, _ in loaded.rank(question)] == [name for name, _ in model.rank(question)]
