"""What a clerk types, and what he finds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from luebao.knowledge.load import load
from luebao.knowledge.model import Knowledge

from front.desk.assistant.examples import examples
from front.desk.assistant.marked import hit_html
from front.desk.assistant.search import Hit, Match, Search
from front.settings import ROOT

DAY = date(2026, 11, 22)
EXAMPLES = ROOT / "data" / "nlu"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(ROOT / "knowledge")


@pytest.fixture(scope="module")
def plain(knowledge: Knowledge) -> Search:
    """Without training examples: what there is in the first second, or where there is no data folder."""
    return Search(knowledge, DAY)


@pytest.fixture(scope="module")
def search(knowledge: Knowledge) -> Search:
    if not EXAMPLES.is_dir():
        pytest.skip("没有 data/nlu")
    return Search(knowledge, DAY, examples(EXAMPLES))


def marked(match: Match) -> list[str]:
    return [match.text[start:end] for start, end in match.spans]


def first(hits: list[Hit]) -> Hit:
    assert hits, "什么也没有查到"
    return hits[0]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("医保转移多久能办好", "transfer.time_limit"),
        ("m.1.2", "transfer.time_limit"),
        ("一-2", "transfer.time_limit"),
        ("15个工作日", "transfer.time_limit"),
        ("报销比例", "out_of_scope.ratio"),
        ("威海医保小程序能办什么", "service.online"),
    ],
)
def test_the_first_hit_is_what_was_meant(plain: Search, typed: str, found: str) -> None:
    assert first(plain.find(typed)).id == found


def test_a_number_is_found_as_it_is_now_and_as_it_was_and_the_number_is_marked(plain: Search) -> None:
    for typed in ("15", "45"):
        match = first(plain.find(typed)).match
        assert match
        assert match.where == "数字"
        assert marked(match) == [typed]
    assert "transfer.time_limit" in [hit.id for hit in plain.find("45")]


def test_a_number_is_not_found_inside_another_number(plain: Search) -> None:
    for hit in plain.find("19085", 50):
        assert hit.match is None or "5190857" not in hit.match.text


def test_a_clause_is_found_by_its_id_its_beginning_and_its_printed_place(plain: Search) -> None:
    for typed in ("g.out.8.1", "g.out.8", "八(一)", "指南 八(一)"):
        hits = plain.find(typed)
        assert "remote.register_wechat" in [hit.id for hit in hits], typed
        assert first(hits).match, typed
        assert "八(一)" in first(hits).match.text  # type: ignore[union-attr]


def test_m_1_2_is_not_m_1_20_nor_the_letters_of_a_word(plain: Search) -> None:
    assert not plain.find("m.1.20")
    assert not plain.find("g.x")


def test_a_platform_finds_what_can_be_done_there(search: Search) -> None:
    hits = {hit.id: hit for hit in search.find("鲁医保", 12)}
    match = hits["remote.register"].match
    assert match
    assert (match.where, marked(match)) == ("渠道", ["鲁医保"])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("ybzy", "医保转移"),
        ("yibaozhuanyi", "医保转移"),
        ("ybzhuanyi", "医保转移"),
        ("YDJY", "异地就医"),
        ("jiatinggj", "家庭共济"),
    ],
)
def test_pinyin_finds_titles_by_initials_by_whole_syllables_and_mixed(plain: Search, typed: str, shown: str) -> None:
    hits = plain.find(typed)
    assert first(hits).title.text.find(shown) >= 0 or shown in (first(hits).match or Match("", "")).text
    spans = marked(first(hits).title) or marked(first(hits).match)  # type: ignore[arg-type]
    assert shown in "".join(spans)


def test_a_character_with_two_readings_is_found_by_both(plain: Search) -> None:
    assert any("长期" in hit.title.text for hit in plain.find("changqi"))
    assert any("长期" in hit.title.text for hit in plain.find("zhangqi"))


def test_two_words_must_not_stand_side_by_side(plain: Search) -> None:
    ids = [hit.id for hit in plain.find("备案 急诊")]
    assert {"emergency.unregistered", "remote.late"} & set(ids[:3])


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("医宝关系转译怎么办里呀", "transfer.how"),
        ("我妈摔断腿了在青岛住院没备案咋整", "remote.accident"),
        ("孩子想用我医保卡里的钱买药行不行", "voucher.family"),
    ],
)
def test_a_whole_sentence_with_typos_or_dialect_is_understood(search: Search, said: str, found: str) -> None:
    assert found in [hit.id for hit in search.find(said, 5)]


def test_what_is_not_about_insurance_brings_nothing_at_all(search: Search) -> None:
    assert search.find("帮我写一首关于春天的诗") == []


@pytest.mark.parametrize("typed", ["", "   ", "？？", "<script>", "\ud83d", "x" * 5000, "%_'\"", "👨‍👩‍👧", "１５"])
def test_whatever_is_typed_nothing_breaks(search: Search, typed: str) -> None:
    for hit in search.find(typed):
        hit_html(hit)


def test_a_full_width_number_is_a_number(plain: Search) -> None:
    assert [hit.id for hit in plain.find("１５")] == [hit.id for hit in plain.find("15")]


def test_what_is_shown_is_escaped_and_marked() -> None:
    hit = Hit("x", "条目", 1.0, Match("标题", "<b>转移</b>", ((3, 5),)))
    assert hit_html(hit) == '<div class="hit-title">&lt;b&gt;<mark>转移</mark>&lt;/b&gt;</div>'


def test_without_a_folder_there_are_no_examples(tmp_path: Path) -> None:
    assert examples(tmp_path / "nothing") == {}
