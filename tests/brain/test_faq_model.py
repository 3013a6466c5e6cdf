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
OTHERS = np.random.default_rng(2).normal(0.5, 0.01, size=(len(TEXTS), 16)).astype(np.float32)


@pytest.fixture(
    scope="module", params=[[], [VECTORS], [VECTORS, OTHERS]], ids=["no-vectors", "one-encoder", "two-encoders"]
)
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
    assert model.rank(question)[0][0] == label


def test_probabilities_add_up_and_fall(model: FaqModel) -> None:
    probabilities = [p for _, p in model.rank("医保转移怎么办", most=len(EXAMPLES))]
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)
    assert probabilities == sorted(probabilities, reverse=True)


def test_a_lower_temperature_is_surer(model: FaqModel) -> None:
    assert model.rank("转移", temperature=0.5)[0][1] > model.rank("转移", temperature=1.0)[0][1]


def test_a_question_asked_word_for_word_is_certain(model: FaqModel) -> None:
    label, probability = model.rank("领医保码！")[0]
    assert label == "voucher/activate"
    assert probability > 0.98


def test_the_same_after_saving_and_without_pickle(model: FaqModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".json", ".npz"]
    loaded = FaqModel.load(tmp_path)
    for question in ("转移几天", "码", "", "🏥", "報銷比例"):
        assert loaded.rank(question)[0][0] == model.rank(question)[0][0]


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


def test_an_encoder_is_asked_only_where_those_before_it_leave_a_doubt() -> None:
    asked: list[str] = []

    def first(text: str) -> np.ndarray:
        asked.append(f"first: {text}")
        return VECTORS[0]

    def second(text: str) -> np.ndarray:
        asked.append(f"second: {text}")
        return OTHERS[0]

    vectors = [np.vstack([VECTORS] * 3), np.vstack([OTHERS] * 3)]
    model = FaqModel.fit(TEXTS * 3, LABELS * 3, vectors, 300.0)
    assert model.rank("医保转移要多久", [first, second])[0][1] > 0.85
    assert asked == []
    model.rank("你好", [first, second])
    assert asked[0] == "first: 你好"


def test_a_vector_counts_by_what_it_says_not_by_how_little_its_numbers_vary() -> None:
    """Those of E5 lie within a few hundredths of their mean."""
    said = {label: 0.5 + 0.01 * np.tile(np.eye(3)[number], 128) for number, label in enumerate(sorted(EXAMPLES))}
    model = FaqModel.fit(TEXTS, LABELS, [np.array([said[label] for label in LABELS], dtype=np.float32)], 300.0)
    for label, vector in said.items():
        assert model.rank("嗯", [lambda _, vector=vector: vector])[0][0] == label
