"""Sure enough to answer, worth offering, or neither."""

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from rasa.shared.nlu.training_data.message import Message

from brain.bands import CANDIDATES, Bands
from brain.facet_extractor import FACETS
from brain.faq_classifier import LABEL_RANKING


def banded(*ranking: tuple[str, float], **said: str) -> Message:
    labels = [{"name": name, "confidence": p} for name, p in ranking]
    message = Message(
        {"text": "x", "intent": {"name": ranking[0][0].split("/")[0]}, LABEL_RANKING: labels, FACETS: said}
    )
    config = {"answer": 0.5, "labels": {"transfer/how": 0.8}, "offer": 0.1, "opposite": 0.2}
    return Bands(config).process([message])[0]


def test_sure_keeps_its_intent() -> None:
    assert banded(("voucher/use", 0.6), ("voucher/what", 0.2)).get("intent")["name"] == "voucher"


def test_unsure_offers_the_entries_worth_it_and_nothing_else() -> None:
    message = banded(("voucher/use", 0.4), ("out_of_scope/card", 0.3), ("voucher/what", 0.2), ("transfer/how", 0.05))
    assert message.get("intent")["name"] == "nlu_fallback"
    assert message.get(CANDIDATES) == ["voucher/use", "voucher/what"]


def test_a_label_may_ask_for_more() -> None:
    assert banded(("transfer/how", 0.7), ("voucher/what", 0.1)).get("intent")["name"] == "nlu_fallback"


def test_three_candidates_at_most() -> None:
    message = banded(*((f"remote/{name}", 0.25) for name in "abcd"))
    assert len(message.get(CANDIDATES)) == 3


def test_opposite_directions_are_asked_about() -> None:
    message = banded(("remote/late", 0.5), ("inbound/unregistered", 0.3))
    assert message.get("intent")["name"] == "needs_direction"
    assert message.get(CANDIDATES) == ["remote/late", "inbound/unregistered"]


def test_a_visitor_is_not_made_of_who_said_nothing_of_another_place() -> None:
    ranking = (("inbound/unregistered", 0.9), ("remote/unregistered", 0.02))
    assert banded(*ranking).get("intent")["name"] == "needs_direction"
    assert banded(*ranking, place="河南", region="跨省").get("intent")["name"] == "inbound"
    assert banded(*ranking, elsewhere="yes").get("intent")["name"] == "inbound"


def test_a_direction_that_was_said_is_not_asked_for() -> None:
    message = banded(("remote/late", 0.5), ("inbound/unregistered", 0.3), direction="out")
    assert message.get("intent")["name"] == "remote"
