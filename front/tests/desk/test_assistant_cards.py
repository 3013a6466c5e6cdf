"""What stands on a card, what may be copied from it, and guides and days worked out in place."""

from __future__ import annotations

from datetime import date

import pytest
from luebao.knowledge.guide import walk
from luebao.knowledge.load import load
from luebao.knowledge.model import Knowledge

from front.desk.assistant.cards import Card, card, counted, title_of
from front.desk.assistant.copying import Rendition, copied, spoken
from front.desk.assistant.guided import Guided
from front.desk.assistant.items import CHECKLIST, items
from front.desk.assistant.kept import Kept
from front.settings import ROOT

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(ROOT / "knowledge")


def everything(knowledge: Knowledge) -> list[Card]:
    found = [item.id for item in items(knowledge, DAY) if not item.id.startswith("guide.")]
    cards = [card(knowledge, id, DAY) for id in found]
    cases = [card(knowledge, one.id, DAY, choice.when) for one in cards for choice in one.cases]
    return cards + cases


def test_every_thing_that_can_be_found_opens_in_each_of_its_cases(knowledge: Knowledge) -> None:
    cards = everything(knowledge)
    assert len(cards) > len(knowledge.entries) + len(knowledge.checklists)
    for one in cards:
        assert one.title
        assert one.reply.full
        assert "{{" not in one.reply.full + one.staff


def test_the_old_number_stands_beside_the_new_one_with_its_clause(knowledge: Knowledge) -> None:
    rules = {rule.matter: rule for rule in card(knowledge, "transfer.time_limit", DAY).rules}
    cross = rules["跨省转移接续办结时限"]
    assert (cross.now, cross.before, cross.clauses) == ("15个工作日", "45个工作日", "m.1.2")


def test_clauses_that_disagree_are_shown_with_what_to_answer_and_that_nobody_confirmed_it(knowledge: Knowledge) -> None:
    rule = next(rule for rule in card(knowledge, "emergency.unregistered", DAY).rules if rule.decided)
    assert "视同已备案" in rule.now
    assert "3个工作日" in rule.before
    assert "还没有人确认" in rule.decided


def test_what_the_sources_leave_open_is_said(knowledge: Knowledge) -> None:
    left = card(knowledge, "transfer.time_limit", DAY).open
    assert any("起算" in line for line in left)


def test_a_case_changes_the_answer_and_a_case_answered_elsewhere_says_so(knowledge: Knowledge) -> None:
    inside = card(knowledge, "transfer.time_limit", DAY, {"region": "省内"})
    assert "9个工作日" in inside.reply.sms
    assert "跨省" not in inside.reply.sms
    handed = card(knowledge, "transfer.into_weihai", DAY, {"region": "省内"})
    assert handed.answered_by == knowledge.entries["transfer.in_province"].title


def test_the_dated_entries_say_that_they_are_to_be_verified(knowledge: Knowledge) -> None:
    dated = [entry for entry in knowledge.entries.values() if entry.holds(DAY).value == "待核实"]
    assert dated
    for entry in dated:
        assert card(knowledge, entry.id, DAY).holds == "待核实"


def test_a_typed_condition_is_looked_up_in_the_emergency_lists(knowledge: Knowledge) -> None:
    shown = card(knowledge, "emergency.admission_list", DAY, text="高烧39度5算急诊吗")
    assert "体温（腋下）39°C以上" in shown.reply.full
    assert "高烧" in shown.reply.full


def test_nothing_internal_is_ever_copied(knowledge: Knowledge) -> None:
    for one in everything(knowledge):
        copies = [copied(one.reply, rendition, one.title) for rendition in Rendition]
        inside = [line for line in one.staff.split("\n") if len(line) > 15 and line not in one.reply.full]
        for text in copies:
            assert not any(line in text for line in inside), one.id
            assert "您可能还想了解" not in text


def test_each_rendition_is_what_it_says(knowledge: Knowledge) -> None:
    reply = card(knowledge, "transfer.time_limit", DAY).reply
    assert copied(reply, Rendition.FULL).endswith("一-2、三-1、拓展二 线上（文件未载明日期）。")
    assert copied(reply, Rendition.SMS) == reply.sms
    assert copied(reply, Rendition.WECHAT, "标题").startswith("【标题】\n")
    assert "\n\n" not in copied(reply, Rendition.WECHAT)
    assert "告诉我哪天" not in copied(reply, Rendition.FULL)  # the robot's offer, which a clerk does not make


def test_what_is_read_out_says_every_number_and_no_source_mark(knowledge: Knowledge) -> None:
    for one in everything(knowledge):
        said = spoken(one.reply.full)
        digits = [part for part in one.reply.full.split() if part.isdigit()]
        assert all(number in said for number in digits)
        assert not any(mark in said for mark in ("→", "·", "【", "http", "（便民措施", "\n")), one.id
    assert (
        spoken("办理步骤：\n1. 打开小程序\n2. 首页→个账共济") == "办理步骤：第1，打开小程序。第2，首页，再点个账共济。"
    )


def test_a_guide_leads_from_its_first_question_to_every_outcome_and_back(knowledge: Knowledge) -> None:
    for guide in knowledge.guides.values():
        for path in list(walk(guide))[:40]:
            run = Guided(guide.id)
            for _, value in path.answers:
                assert value in [offered for offered, _ in run.choices(knowledge)]
                run.say(knowledge, value)
            assert run.question(knowledge) is None
            assert run.reply(knowledge, DAY).kind in ("answer", "unsupported")
            run.back()
            assert run.question(knowledge)


def test_a_day_is_counted_over_the_holiday(knowledge: Knowledge) -> None:
    full, sms = counted(knowledge, "emergency_report", date(2026, 1, 20), date(2026, 1, 21))
    assert "2026年1月22日" in full
    assert "5190857" in full
    assert sms.startswith("2026年1月20日住院，请最晚2026年1月22日")


def test_only_the_deadlines_of_the_case_are_offered(knowledge: Knowledge) -> None:
    assert len(card(knowledge, "transfer.time_limit", DAY).deadlines) == 2
    assert card(knowledge, "transfer.time_limit", DAY, {"region": "省内"}).deadlines == ("transfer_in_province",)


def test_things_that_are_gone_have_no_title_and_no_card(knowledge: Knowledge) -> None:
    for id in ("guide.gone", f"{CHECKLIST}gone", "gone.gone", ""):
        assert title_of(knowledge, id) == ""
    with pytest.raises(KeyError):
        card(knowledge, "gone.gone", DAY)


def test_recent_is_newest_first_without_twins_and_pins_come_and_go() -> None:
    kept = Kept.of({"pinned": ["a", 3, None], "recent": "nonsense"})
    assert kept.pinned == ("a",)
    for id in ("a", "b", "a", *(str(number) for number in range(20))):
        kept = kept.opened(id)
    assert kept.recent[0] == "19"
    assert len(kept.recent) == 8
    assert kept.toggled("a").pinned == ()
    assert kept.toggled("z").pinned == ("z", "a")
