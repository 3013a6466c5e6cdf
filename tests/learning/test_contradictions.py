"""New examples that say the opposite of the old ones are caught before a training, with the model in models/."""

from __future__ import annotations

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from evaluation.contradictions import contradictions, spoiled
from evaluation.training import Example, examples
from scripts.settings import MODEL

POISON = ["医保转移要多久才办得完", "转移医保几个工作日能好", "跨省转医保得等多长时间", "医保关系转移多少天办结",
          "省内转医保要等几天", "转移手续办下来得多久", "医保转移几天能全办完", "转医保的办理时限是几天"]  # fmt: skip
GOOD = ["余额借给我爹刷一下", "绑个家里人用我的余额", "拿我账上的余额给俺老伴看牙", "我卡上的钱给丈母娘买药中不"]


@pytest.fixture(scope="module")
def known() -> list[Example]:
    """The examples without what was learned."""
    if not MODEL.is_file():
        pytest.skip("还没有训练模型（make train）")
    return [example for example in examples() if example.file != "learned.yml"]


def test_a_poisoned_batch_is_spoiled_as_a_whole_and_names_what_it_contradicts(known: list[Example]) -> None:
    given = [(text, "voucher/family") for text in POISON]
    found = contradictions(given, known)
    assert spoiled(found, given) == {"voucher/family"}
    assert {one.other for one in found} == {"transfer/time_limit"}
    assert "归在 transfer/time_limit" in str(found[0])


def test_the_same_questions_under_their_own_label_contradict_nothing(known: list[Example]) -> None:
    assert contradictions([(text, "transfer/time_limit") for text in POISON], known) == []


def test_what_the_model_misreads_is_not_taken_for_poison(known: list[Example]) -> None:
    given = [(text, "voucher/family") for text in GOOD]
    assert spoiled(contradictions(given, known), given) == set()


def test_a_single_contradiction_does_not_spoil_its_label(known: list[Example]) -> None:
    given = [(POISON[0], "voucher/family"), *((text, "voucher/family") for text in GOOD)]
    found = contradictions(given, known)
    assert POISON[0] in {one.text for one in found}
    assert spoiled(found, given) == set()
