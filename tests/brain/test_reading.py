"""What a message says about the case, whether it leans on the last answer, and how many things it asks."""

from pathlib import Path

import pytest
import yaml

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from brain.context import Context, counts_on, only_the_case
from brain.facet_extractor import READING_AIDS, FacetExtractor, FacetWords, facets_of
from brain.faq_classifier import FaqClassifier
from brain.faq_model import Example
from brain.follow_ups import follow_ups
from brain.questions import questions
from brain.text import LONGEST_READ, normalise
from evaluation.training import examples
from luebao.knowledge import load
from luebao.knowledge.facets import FACETS
from tests.running import ROOT

WORDS = FacetWords(yaml.safe_load((ROOT / "data" / "facets.yml").read_text(encoding="utf-8")))
LATE = Context("remote.late", ["region", "stage"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我妈在青岛住院", {"place": "青岛", "region": "省内", "care": "inpatient"}),
        ("已经出院了还能补吗", {"stage": "after"}),
        ("还没出院", {"stage": "in"}),
        (
            "糖尿病在上海门诊能报吗",
            {"disease": "five", "disease_name": "糖尿病", "region": "跨省", "care": "outpatient"},
        ),
        ("冠心病呢", {"disease": "other", "disease_name": "冠心病"}),
        ("我是威海的，去外省看病", {"direction": "out", "region": "跨省"}),
        ("外地医保在威海", {"direction": "in"}),
        ("我是河南的，在威海住院", {"direction": "in", "region": "跨省"}),
        ("吉林医保在威海能用吗", {"direction": "in", "region": "跨省"}),
        ("我是威海的，在吉林住院", {"direction": "out", "region": "跨省"}),
        ("不对，是烟台", {"direction": None, "region": "省内"}),
        ("说错了，不是青岛，是南京", {"region": "跨省", "place": "南京"}),
        ("不去北京了 还是济南 就三天", {"region": "省内", "place": "济南"}),
        ("先不上上海了，改省内吧", {"region": "省内"}),
        ("不在威海，人在成都", {"region": "跨省", "place": "成都"}),
        ("石家庄的卡在威海刷不刷得出？那潍坊的呢", {"place": None, "region": None, "elsewhere": "any"}),
        ("在荣成住院要备案吗", {"place": "荣成", "region": "市内"}),
        ("荣成人民医院看病用备案不", {"place": "荣成", "region": "市内"}),
        ("从荣成去环翠看病算异地吗", {"region": "市内"}),
        ("荣成呢", {"place": "荣成", "region": "市内"}),
        ("我在荣成住，去外地看病怎么备案", {"place": None, "region": None}),
        ("我文登的，想去外省看病", {"place": None, "region": "跨省"}),
        ("在荣成医院看不好，想转到外地大医院", {"place": None, "region": None}),
        ("威海市内医院确诊不了，拟转往外地", {"region": None}),
        ("异地就医备案在荣成哪里能办", {"place": None, "region": None}),
        ("我不在北京，俺妈能替我办吗", {"region": "跨省", "place": "北京"}),
        ("我妈是在北京住院的", {"direction": "out", "region": "跨省"}),
        ("我要去重庆治病", {"direction": "out", "region": "跨省", "stage": "before"}),
        ("在北京做生意", {"direction": None, "region": "跨省"}),
        ("长春人在荣成住院", {"direction": None}),
        ("户口是哈尔滨的，医保在威海，回哈尔滨看病", {"direction": "out", "region": "跨省"}),
        ("省外能用吗", {"region": "跨省"}),
        ("俺要出省看病", {"region": "跨省"}),
        ("在省里别的市看病", {"region": "省内"}),
        ("省里头转和从外省转，哪个快", {"region": None, "elsewhere": "any"}),
        ("不是省内，是跨省", {"region": "跨省"}),
        ("支付宝里怎么弄", {"app": "alipay"}),
        ("居民医保窗口交", {"insured": "resident", "channel": "offline"}),
        ("发烧39.5度", {"temperature": "39.5"}),
        ("1月20号急诊住的院", {"date": "1月20号", "care": "emergency"}),
        ("体温39.5度，报15个工作日", {"date": None}),
        ("在南海住院", {"place": "南海", "region": None, "unclear_region": "市内/跨省"}),
        ("在南海新区住院", {"region": "市内", "unclear_region": None}),
    ],
)
def test_facets(text: str, said: dict[str, str]) -> None:
    found = facets_of(text, WORDS.spans(text))
    assert {name: found.get(name) for name in said} == said


def test_contradictions_are_not_taken() -> None:
    assert "stage" not in facets_of("出院前没办，现在出院了", WORDS.spans("出院前没办，现在出院了"))
    assert "direction" not in facets_of("我是威海的，不是外地人", WORDS.spans("我是威海的，不是外地人"))


def test_every_facet_an_answer_may_ask_for_has_words() -> None:
    for facet, values in FACETS.items():
        if facet not in ("region", "disease"):
            assert set(values) == set(WORDS.words[facet])
    assert set(READING_AIDS) - {"unclear_region"} <= set(WORDS.words)  # that one is found among the places


@pytest.mark.parametrize(
    "text", ["在北京呢", "不对，是烟台", "要是已经出院了呢", "那还在住院", "我妈在济南", "济南市中区", "那佛山的南海呢"]
)
def test_only_the_case_is_named(text: str) -> None:
    assert only_the_case(text, facets_of(text, WORDS.spans(text)), WORDS.spans(text), LATE)


@pytest.mark.parametrize(
    "text", ["1月20号", "那昨天住的呢", "哎记错了，是上礼拜四", "腊月二十七", "若二十三日入院", "1/19呢"]
)
def test_only_a_day_is_named(text: str) -> None:
    emergency = Context("emergency.unregistered", ["date"])
    assert only_the_case(text, facets_of(text, WORDS.spans(text)), WORDS.spans(text), emergency)


@pytest.mark.parametrize("text", ["最晚哪天报", "上周六住的院，还来得及吗"])
def test_a_day_is_asked_for_beside_the_last_answer(text: str) -> None:
    facets = facets_of(text, WORDS.spans(text))
    assert counts_on(facets, Context("emergency.unregistered", ["date"]))
    assert not counts_on(facets, LATE)


@pytest.mark.parametrize(
    "text", ["要多久", "在北京怎么转移医保", "支付宝呢", "糖尿病呢", "出院后钱多久到账", "北京的报销比例"]
)
def test_something_else_is_asked(text: str) -> None:
    assert not only_the_case(text, facets_of(text, WORDS.spans(text)), WORDS.spans(text), LATE)


@pytest.mark.parametrize("text", ["老人没有微信医保码怎么领", "不会用支付宝还能在哪领", "除了微信还能在哪办"])
def test_an_app_the_citizen_does_not_have_is_not_the_one_he_asks_about(text: str) -> None:
    facets = facets_of(text, WORDS.spans(text))
    assert "app" not in facets
    assert facets["without"]


def test_what_is_said_after_an_answer_is_learnt_with_the_entry_answered(tmp_path: Path) -> None:
    file = tmp_path / "follow_ups.yml"
    file.write_text("transfer.how: {transfer/time_limit: [那得多少天]}", encoding="utf-8")
    assert follow_ups(file) == [Example("那得多少天", "transfer/time_limit", "transfer.how")]


def test_new_follow_ups_make_a_new_classifier(tmp_path: Path) -> None:
    file = tmp_path / "follow_ups.yml"
    file.write_text("transfer.how: {}", encoding="utf-8")
    before = FaqClassifier.fingerprint_addon({"follow_ups": str(file)})
    file.write_text("transfer.how: {menu: [能问啥]}", encoding="utf-8")
    assert FaqClassifier.fingerprint_addon({"follow_ups": str(file)}) != before


def test_every_follow_up_has_an_entry_before_it_and_a_label_that_exists() -> None:
    """A clerk who deletes an entry deletes what was said after it."""
    labels = {example.label for example in examples()}
    after = yaml.safe_load((ROOT / "data" / "follow_ups.yml").read_text(encoding="utf-8"))
    assert set(after) == set(load(ROOT / "knowledge").entries)
    assert {label for by_label in after.values() for label in by_label} <= labels


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("医保码怎么领？转移要多久？", ["医保码怎么领", "转移要多久"]),
        ("医保码怎么领，另外转移要多久", ["医保码怎么领", "另外转移要多久"]),
        ("什么是医保码，怎么给孩子绑共济", ["什么是医保码", "怎么给孩子绑共济"]),
        ("我妈在北京住院。没备案怎么办？", []),
        ("医保码怎么领", []),
        ("", []),
    ],
)
def test_two_questions(text: str, parts: list[str]) -> None:
    assert questions(text)[0] == parts


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("異地就醫備案怎麼辦理", "异地就医备案怎么办理"),
        ("３９．５℃", "39.5度"),
        ("39度5", "39.5度"),
        ("发烧 38.6 °C", "发烧 38.6度"),
        ("怎么办？？？！！", "怎么办?!"),
        ("啊啊啊啊啊啊", "啊啊"),
        ("医保码😀怎么领👍", "医保码怎么领"),
        ("😀", "😀"),
    ],
)
def test_normal_form(typed: str, plain: str) -> None:
    assert normalise(typed) == plain


def test_a_long_story_keeps_its_beginning_and_its_end() -> None:
    story = "我妈住院了" + "说来话长，" * 100 + "怎么备案"
    read = normalise(story)
    assert len(read) <= LONGEST_READ
    assert read.startswith("我妈住院了")
    assert read.endswith("怎么备案")


def test_new_words_make_a_new_extractor(tmp_path: Path) -> None:
    words = tmp_path / "facets.yml"
    words.write_text("app: {wechat: [微信]}", encoding="utf-8")
    before = FacetExtractor.fingerprint_addon({"words": str(words)})
    words.write_text("app: {wechat: [微信, 威信]}", encoding="utf-8")
    assert FacetExtractor.fingerprint_addon({"words": str(words)}) != before
