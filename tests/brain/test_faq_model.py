"""The numbers behind the classifier: learns, survives saving, never needs pickle."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from brain.faq_model import Example, FaqModel
from brain.features import Features

QUESTIONS = {
    "transfer/time_limit": ["医保转移多久", "转移要几天", "转医保多长时间能好", "转移得等多久"],
    "voucher/activate": ["医保码怎么领", "怎么激活医保电子凭证", "领医保码", "医保码咋弄"],
    "out_of_scope/ratio": ["报销比例多少", "能报百分之几", "住院报几成", "比例多少"],
    "chitchat/thanks": ["谢谢", "谢谢你啊", "多谢", "太谢谢了"],
}
FOLLOW_UPS = [
    Example("那得多久", "transfer/time_limit", "transfer.how"),
    Example("多久能好", "transfer/time_limit", "transfer.how"),
    Example("那咋领", "voucher/activate", "voucher.what"),
    Example("怎么弄", "voucher/activate", "voucher.what"),
]
EXAMPLES = [Example(text, label) for label, texts in QUESTIONS.items() for text in texts] + FOLLOW_UPS
TEXTS = [example.text for example in EXAMPLES]
VECTORS = np.random.default_rng(1).normal(size=(len(TEXTS), 64)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
OTHERS = np.random.default_rng(2).normal(0.5, 0.01, size=(len(TEXTS), 16)).astype(np.float32)


def fitted(examples: list[Example], vectors: list[np.ndarray]) -> FaqModel:
    """A small network, through few examples often enough."""
    return FaqModel.fit(examples, vectors, width=64, networks=2, epochs=150)


@pytest.fixture(
    scope="module", params=[[], [VECTORS], [VECTORS, OTHERS]], ids=["no-vectors", "one-encoder", "two-encoders"]
)
def model(request: pytest.FixtureRequest) -> FaqModel:
    return fitted(EXAMPLES, request.param)


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


def test_what_was_answered_before_says_what_a_short_message_is_about(model: FaqModel) -> None:
    assert model.rank("怎么领", after="voucher.what")[0][0] == "voucher/activate"
    assert model.rank("得多久呢", after="transfer.how")[0][0] == "transfer/time_limit"


def test_after_an_entry_nobody_wrote_any_for_its_category_counts(model: FaqModel) -> None:
    label = "transfer/time_limit"
    after_transfer, after_voucher = (dict(model.rank("怎么", after=entry)) for entry in ("transfer.new", "voucher.new"))
    assert after_transfer[label] > 2 * after_voucher[label]


def test_what_is_asked_in_full_is_heard_in_full_after_any_answer(model: FaqModel) -> None:
    assert model.rank("怎么激活医保电子凭证啊", after="transfer.how")[0][0] == "voucher/activate"
    assert model.rank("太谢谢你啦", after="transfer.how")[0][0] == "chitchat/thanks"


def test_probabilities_add_up_and_fall(model: FaqModel) -> None:
    probabilities = [p for _, p in model.rank("医保转移怎么办", most=len(QUESTIONS))]
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)
    assert probabilities == sorted(probabilities, reverse=True)


def test_a_lower_temperature_is_surer(model: FaqModel) -> None:
    assert model.rank("转移", temperature=0.5)[0][1] > model.rank("转移", temperature=1.0)[0][1]


def test_a_question_asked_word_for_word_is_certain(model: FaqModel) -> None:
    label, probability = model.rank("怎么激活医保电子凭证！", after="transfer.how")[0]
    assert label == "voucher/activate"
    assert probability > 0.98


def test_a_short_one_is_certain_only_after_the_answer_it_was_said_after(model: FaqModel) -> None:
    assert model.rank("那得多久", after="transfer.how")[0][1] > 0.98
    assert model.rank("领医保码", after="transfer.how")[0][1] < 0.98


def test_the_same_after_saving_and_without_pickle(model: FaqModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".json", ".npz"]
    loaded = FaqModel.load(tmp_path)
    for question in ("转移几天", "码", "", "🏥", "報銷比例"):
        for after in ("", "transfer.how", "no.such"):
            assert loaded.rank(question, after=after)[0][0] == model.rank(question, after=after)[0][0]


def test_the_same_examples_make_the_same_model() -> None:
    once, again = (fitted(EXAMPLES, [VECTORS]).rank("转移怎么弄") for _ in range(2))
    assert once == again


def test_one_text_has_the_row_that_training_saw() -> None:
    features = Features.fit(TEXTS)
    rows = features.runs(TEXTS)
    for number, text in enumerate(TEXTS):
        columns, values = features.of(text)
        row = np.zeros(features.size)
        row[columns] = values
        assert row == pytest.approx(rows[number].toarray()[0], abs=1e-6)


def test_an_encoder_is_asked_only_where_those_before_it_leave_a_doubt() -> None:
    asked: list[str] = []

    def first(text: str) -> np.ndarray:
        asked.append(f"first: {text}")
        return VECTORS[0]

    def second(text: str) -> np.ndarray:
        asked.append(f"second: {text}")
        return OTHERS[0]

    model = fitted(EXAMPLES, [VECTORS, OTHERS])
    assert model.rank("医保转移多久啊", [first, second])[0][1] > 0.85
    assert asked == []
    model.rank("你好", [first, second])
    assert asked[0] == "first: 你好"


def test_a_model_trained_where_no_encoder_could_run_asks_none() -> None:
    def never(_: str) -> np.ndarray:
        raise AssertionError("asked")

    assert fitted(EXAMPLES, []).rank("你好", [never])


def test_a_vector_counts_by_what_it_says_not_by_how_little_its_numbers_vary() -> None:
    """Those of E5 lie within a few hundredths of their mean."""
    said = {label: 0.5 + 0.01 * np.tile(np.eye(4)[number], 128) for number, label in enumerate(sorted(QUESTIONS))}
    vectors = np.array([said[example.label] for example in EXAMPLES], dtype=np.float32)
    model = fitted(EXAMPLES, [vectors])
    for label, vector in said.items():
        assert model.rank("嗯", [lambda _, vector=vector: vector])[0][0] == label
