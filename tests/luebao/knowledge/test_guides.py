"""The office's own guides: every way ends, whatever is known beforehand, and what people say is heard rightly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luebao.knowledge import Knowledge, load
from luebao.knowledge.check_guides import MOST_QUESTIONS
from luebao.knowledge.guide import UNSURE, Answers, Choice, Guide, Question, next_question, outcome, walk
from luebao.knowledge.guide_map import Step, first_step
from luebao.policy.guides import answered, heard, known, unsure
from luebao.policy.places import where
from tests.luebao.clerk import KNOWLEDGE

GUIDES = sorted(file.stem for file in Path(KNOWLEDGE, "guides").glob("*.yml"))
OFFICE = load(KNOWLEDGE)

# guide and question → what is answered to it → what that means; None: asked again rather than guessed
SAID: dict[tuple[str, str], dict[str, str | None]] = {
    ("remote", "direction"): {
        "威海的": "out",
        "我是威海参保": "out",
        "在威海交的": "out",
        "本地的": "out",
        "老家的医保": "in",
        "外地参保": "in",
        "不在威海": "in",
    },
    ("remote", "region"): {
        "在烟台": "省内",
        "去青岛大学附属医院": "省内",
        "北京协和": "跨省",
        "上海那边": "跨省",
        "荣成": "市内",
        "不出威海": "市内",
        "省外": "跨省",
        "烟台或者北京": None,
    },
    ("remote", "why"): {
        "长期住那边": "long",
        "给闺女看孙子": "long",
        "在那边打工": "long",
        "出差碰上的": "temporary",
        "威海看不了": "referral",
        "大夫让去大医院": "referral",
        "昏迷送去的": "emergency",
        "叫车撞了": "accident",
        "出差摔的": None,
    },
    ("remote", "stage"): {
        "还没住院": "before",
        "正打算去": "before",
        "还住着呢": "in",
        "出院了": "after",
        "自费结的": "after",
    },
    ("transfer", "region"): {
        "从烟台转来": "省内",
        "北京转威海": "跨省",
        "从威海转到青岛": "省内",
        "外省": "跨省",
        "转到荣成": None,
        "不是山东的": "跨省",
    },
    ("transfer", "way"): {
        "转进来": "in",
        "转到威海": "in",
        "想转回威海": "in",
        "来威海工作了": "in",
        "从威海转走": "out",
        "转走": "out",
        "威海转到上海": "out",
        "我离开威海了": "out",
        "转入": None,
        "转入北京": None,
        "从北京转出": None,
        "转回老家威海": "in",
        "转到威海以外": "out",
        "威海的医保怎么转过来": None,
    },
    ("transfer", "channel"): {
        "网上": "online",
        "用手机弄": "online",
        "去窗口": "offline",
        "到大厅当面办": "offline",
        "不会用手机": "offline",
    },
    ("chronic", "region"): {"在济南": "省内", "广州": "跨省", "省内": "省内", "外省": "跨省"},
    ("chronic", "disease"): {
        "高血压": "five",
        "乳腺癌": "five",
        "透析": "five",
        "换肾以后抗排异": "five",
        "冠心病": "other",
        "都不是": "other",
        "高血压加冠心病": None,
    },
    ("chronic", "registered"): {"都办了": "done", "备案了": "done", "还没办呢": "not_done", "忘了备案": "not_done"},
    ("payment", "insured"): {
        "新农合": "resident",
        "居民的": "resident",
        "灵活就业": "flexible",
        "打零工": "flexible",
        "单位": "employer",
        "我们公司": "employer",
        "没有单位": "flexible",
        "单位不给交": "flexible",
    },
    ("payment", "app"): {"支付宝": "alipay", "微信吧": "wechat", "微信支付宝都行": None, "银行": None},
    ("voucher", "wish"): {
        "医保码是啥": "what",
        "怎么领": "get",
        "激活一下": "get",
        "没带卡": "use",
        "去药店": "use",
        "给老伴": "family",
        "家庭共济": "family",
        "给孩子领": None,
    },
    ("voucher", "app"): {"微信": "wechat", "支付宝": "alipay", "国家医保那个": "national", "爱山东": "aishandong"},
    ("inbound", "care"): {"住院": "inpatient", "药店": "pharmacy", "看门诊": "outpatient", "急诊": "emergency"},
    ("inbound", "registered"): {"备案了": "done", "办好了": "done", "没有办好": "not_done", "还没办": "not_done"},
    ("inbound", "region"): {"潍坊的": "省内", "吉林": "跨省", "省外的": "跨省", "本省": "省内"},
}
DOES_NOT_KNOW = [
    *(
        "不清楚",
        "不知道",
        "我也不清楚",
        "不太清楚",
        "俺也不知道啊",
        "不晓得",
        "搞不清",
        "弄不清",
        "记不清了",
        "拿不准",
        "忘了",
        "谁知道呢",
    ),
    *(
        "说不清",
        "说不好",
        "说不准",
        "说不上来",
        "不好说",
        "没想好",
        "不确定",
        "不懂",
        "不明白",
        "跳过",
        "随便",
        "都行",
        "不想说",
    ),
]
KNOWS_SOMETHING = ["不清楚怎么转到威海", "没备案", "不是威海的", "没出院", "都不是", "备案了没记住", "不会用手机"]


def question_of(guide: Guide, id: str) -> Question:
    return next(question for question in guide.questions if question.id == id)


def case_of(text: str) -> Answers:
    """What is understood of a text beside its words: where the place it names lies."""
    place = where(text)
    return {"region": place.relation} if place and place.relation else {}


def choices(guide: Guide) -> Iterator[tuple[Question, Choice]]:
    return ((question, choice) for question in guide.questions for choice in question.choices)


@pytest.mark.parametrize("name", GUIDES)
def test_every_way_ends_after_four_questions_at_most(knowledge: Knowledge, name: str) -> None:
    for path in walk(knowledge.guides[name]):
        assert path.outcome is not None, path.answers
        assert len(path.answers) <= MOST_QUESTIONS, path.answers


@pytest.mark.parametrize("name", GUIDES)
def test_no_question_is_asked_in_vain(knowledge: Knowledge, name: str) -> None:
    """Where all answers lead to the same, there is nothing to ask."""

    def in_vain(step: Step) -> list[str]:
        after = {to for _, to in step.leads}
        here = [step.text] if len(after) == 1 else []
        return here + [text for to in after for text in in_vain(to)]

    assert in_vain(first_step(knowledge.guides[name])) == []


@given(data=st.data())
@pytest.mark.parametrize("name", GUIDES)
def test_whatever_is_known_beforehand_the_rest_is_asked_once_and_it_ends(data: st.DataObject, name: str) -> None:
    guide = OFFICE.guides[name]
    values = {q.id: [*(choice.value for choice in q.choices), UNSURE] for q in guide.questions}
    some = data.draw(st.lists(st.sampled_from(sorted(values)), unique=True), label="known beforehand")
    answers: Answers = {id: data.draw(st.sampled_from(values[id]), label=id) for id in some}
    asked: list[str] = []
    while question := next_question(guide, answers):
        assert question.id not in answers
        answers[question.id] = data.draw(st.sampled_from(values[question.id]), label=question.ask)
        asked.append(question.id)
    assert len(asked) <= len(guide.questions) - len(some)
    assert outcome(guide, answers) is not None


@pytest.mark.parametrize("name", GUIDES)
def test_a_choice_is_heard_by_its_title_and_never_as_another(knowledge: Knowledge, name: str) -> None:
    for question, choice in choices(knowledge.guides[name]):
        assert heard(question, choice.title, {}) == choice.value
        wrong = [word for word in choice.says if heard(question, word, {}) not in (choice.value, None)]
        assert wrong == []


@pytest.mark.parametrize(
    ("name", "id", "text", "value"),
    [(*place, text, value) for place, said in SAID.items() for text, value in said.items()],
)
def test_what_people_answer_is_heard(knowledge: Knowledge, name: str, id: str, text: str, value: str | None) -> None:
    assert answered(question_of(knowledge.guides[name], id), text, case_of(text)) == value


@pytest.mark.parametrize("text", DOES_NOT_KNOW)
def test_not_knowing_is_an_answer(text: str) -> None:
    assert unsure(text)


@pytest.mark.parametrize("text", KNOWS_SOMETHING)
def test_a_no_that_tells_something_is_no_not_knowing(text: str) -> None:
    assert not unsure(text)


# What the extractor of the brain finds beside the place (tests/brain/test_reading.py).
UNDERSTOOD = {
    "网上": {"channel": "online"},
    "高血压": {"disease": "five"},
    "支付宝": {"app": "alipay"},
    "微信": {"app": "wechat"},
}


@pytest.mark.parametrize(
    ("name", "text", "answers"),
    [
        ("transfer", "医保从北京转到威海，想在网上办", {"region": "跨省", "way": "in", "channel": "online"}),
        ("transfer", "我从威海转到青岛", {"region": "省内", "way": "out"}),
        ("transfer", "医保怎么转", {}),
        (
            "chronic",
            "高血压在哈尔滨开药怎么报，还没备案",
            {"region": "跨省", "disease": "five", "registered": "not_done"},
        ),
        ("payment", "居民医保支付宝怎么交", {"insured": "resident", "app": "alipay"}),
        ("voucher", "微信怎么领医保码", {"wish": "get", "app": "wechat"}),
        ("inbound", "我是吉林的，在威海住院没备案", {"care": "inpatient", "region": "跨省", "registered": "not_done"}),
        ("inbound", "外地医保在威海有没有办法用", {}),
    ],
)
def test_what_is_said_unasked_is_not_asked_again(knowledge: Knowledge, name: str, text: str, answers: Answers) -> None:
    understood = {facet: value for word, some in UNDERSTOOD.items() if word in text for facet, value in some.items()}
    assert known(knowledge.guides[name], text, {**case_of(text), **understood}) == answers


def test_where_one_is_insured_is_not_read_into_where_one_goes(knowledge: Knowledge) -> None:
    assert "direction" not in known(knowledge.guides["remote"], "一步步教我外地看病怎么备案", {})


def test_the_diseases_settled_directly_are_all_heard(knowledge: Knowledge) -> None:
    disease = question_of(knowledge.guides["chronic"], "disease")
    items = knowledge.scopes["chronic_direct"].items
    assert [item.text for item in items if heard(disease, item.text, {}) != "five"] == []
