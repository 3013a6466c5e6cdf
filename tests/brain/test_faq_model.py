"""The numbers behind the classifier: learns, survives saving, never needs pickle."""

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from brain import softmax
from brain.faq_model import FaqModel
from brain.features import Features

EXAMPLES = {
    "transfer/time_limit": ["医保转移多久", "转移要几天", "转医保多长时间能好"],
    "voucher/activate": ["医保码怎么领", "怎么激活医保电子凭证", "领医保码"],
    "out_of_scope/ratio": ["报销比例多少", "能报百分之几", "住院报几成"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
LABELS = [label for label, texts in EXAMPLES.items() for _ in texts]
VECTORS = np.random.default_rng(1).normal(size=(len(TEXTS), 64)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)


@pytest.fixture(scope="module", params=[None, VECTORS], ids=["no-vectors", "vectors"])
def model(request: pytest.FixtureRequest) -> FaqModel:
    return FaqModel.fit(TEXTS, LABELS, request.param, 30.0)


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("转移得几天啊", "transfer/time_limit"),
        ("医保码咋领", "voucher/activate"),
        ("比例是多少", "out_of_scope/ratio"),
        ("报消比例", "out_of_scope/ratio"),
    ],
)
def test_says_the_nearest_label_first_even_mistyped_and_without_a_vector(
    model: FaqModel, question: str, label: str
) -> None:
    assert model.rank(question, None)[0][0] == label


def test_probabilities_add_up_and_fall(model: FaqModel) -> None:
    probabilities = [p for _, p in model.rank("医保转移怎么办", None, most=len(EXAMPLES))]
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)
    assert probabilities == sorted(probabilities, reverse=True)


def test_a_lower_temperature_is_surer(model: FaqModel) -> None:
    assert model.rank("转移", None, 0.5)[0][1] > model.rank("转移", None, 1.0)[0][1]


def test_a_question_asked_word_for_word_is_certain(model: FaqModel) -> None:
    label, probability = model.rank("领医保码！", None)[0]
    assert label == "voucher/activate"
    assert probability > 0.98


def test_the_same_after_saving_and_without_pickle(model: FaqModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".json", ".npz"]
    loaded = FaqModel.load(tmp_path)
    for question in ("转移几天", "码", "", "🏥", "報銷比例"):
        assert loaded.rank(question, None)[0][0] == model.rank(question, None)[0][0]


def test_one_text_has_the_row_that_training_saw() -> None:
    features = Features.fit(TEXTS)
    rows = features.runs(TEXTS)
    for number, text in enumerate(TEXTS):
        columns, values = features.of(text)
        row = np.zeros(features.size)
        row[columns] = values
        assert row == pytest.approx(rows[number].toarray()[0], abs=1e-6)


def test_the_weights_are_those_of_scikit_learn() -> None:
    features = Features.fit(TEXTS)
    numbers = [sorted(EXAMPLES).index(label) for label in LABELS]
    weights, bias = softmax.fit(features.runs(TEXTS), VECTORS, numbers, 3.0)
    together = sparse.hstack([features.runs(TEXTS), VECTORS]).tocsr()
    theirs = LogisticRegression(C=3.0, tol=1e-6, max_iter=1000).fit(together, numbers)
    ours = together @ weights + bias
    expected = together @ theirs.coef_.T + theirs.intercept_
    assert ours - ours.mean(axis=1, keepdims=True) == pytest.approx(
        expected - expected.mean(axis=1, keepdims=True), abs=0.05
    )


def test_the_encoder_is_asked_in_doubt_only() -> None:
    asked: list[str] = []

    def encode(text: str) -> np.ndarray:
        asked.append(text)
        return VECTORS[0]

    model = FaqModel.fit(TEXTS * 3, LABELS * 3, np.vstack([VECTORS] * 3), 300.0)
    assert model.rank("医保转移要多久", encode)[0][1] > 0.85
    assert asked == []
    model.rank("你好", encode)
    assert asked == ["你好"]
