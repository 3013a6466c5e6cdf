"""What an answer adds for the case at hand: a day counted from a date, the lines of a list a condition falls under."""

from __future__ import annotations

from datetime import date

import pytest

from luebao.answers import Reply, answer
from luebao.answers.changes import changes
from luebao.answers.guide import checklist, guide
from luebao.knowledge import Knowledge
from luebao.knowledge.guide import CARD
from luebao.knowledge.sms import MOST_PARTS, segments
from tests.luebao.clerk import Clerk

DAY = date(2026, 1, 26)
REPORT = "emergency.unregistered"


def lines(reply: Reply) -> list[str]:
    return [line for line in reply.full.splitlines() if line.startswith("·")]


# --- a date


def test_the_last_day_to_report_is_counted_from_the_day_of_admission(knowledge: Knowledge) -> None:
    reply = answer(knowledge, REPORT, date(2026, 1, 21), {"date": "1月20号"})
    assert "请最晚在2026年1月22日（星期四）报告" in reply.full
    assert "从住院第二天算起，是2026年1月23日" in reply.full  # the other way to count
    assert "《民法典》第二百零一条" in reply.full
    assert "视同已备案" in reply.full  # the newer rule beside the older one
    assert "2026年1月22日" in reply.sms
    assert segments(reply.sms) <= MOST_PARTS


def test_the_spring_festival_is_skipped(knowledge: Knowledge) -> None:
    # 2026-02-14 (Saturday) is worked, 02-15 to 02-23 are off
    reply = answer(knowledge, REPORT, date(2026, 2, 24), {"date": "2月13号"})
    assert "请最晚在2026年2月24日（星期二）报告" in reply.full


def test_a_day_that_has_passed_is_said_and_nobody_is_told_it_is_too_late(knowledge: Knowledge) -> None:
    reply = answer(knowledge, REPORT, date(2026, 3, 1), {"date": "1月20号"})
    assert "这一天已经过了，请今天就报告" in reply.full
    assert "不能" not in reply.full.split("\n")[0]


def test_without_a_date_it_offers_to_count(knowledge: Knowledge) -> None:
    assert "告诉我是哪天住的院" in answer(knowledge, REPORT, DAY).full


def test_a_day_that_does_not_exist_is_asked_for_again(knowledge: Knowledge) -> None:
    reply = answer(knowledge, REPORT, DAY, {"date": "2月30号"})
    assert "没有2月30日" in reply.full
    assert "请最晚在" not in reply.full


def test_a_year_not_announced_gives_bounds_and_says_why(knowledge: Knowledge) -> None:
    reply = answer(knowledge, REPORT, date(2027, 2, 5), {"date": "2027年2月4日"})
    assert "放假" in reply.full
    assert "也可能晚到" in reply.full


@pytest.mark.parametrize(("region", "day"), [("跨省", "2026年1月26日"), ("省内", "2026年1月16日")])
def test_a_transfer_is_counted_by_its_own_limit(knowledge: Knowledge, region: str, day: str) -> None:
    reply = answer(knowledge, "transfer.time_limit", date(2026, 1, 8), {"date": "1月5号", "region": region})
    assert f"最迟大约{day}" in reply.full


def test_a_late_registration_reaches_back_in_both_readings(knowledge: Knowledge) -> None:
    reply = answer(knowledge, "remote.late_long_term", date(2026, 3, 18), {"date": "今天"})
    assert "2026年3月13日" in reply.full
    assert "如果按工作日算，是2026年3月11日" in reply.full


# --- a condition


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("发烧39度5算急诊吗", "体温（腋下）39°C以上"),
        ("扁桃体发炎烧到38.6算不算急诊", "各种急性炎症伴有高热者（T38°C以上）"),
        ("我爸摔断腿了属于急诊吗", "各种急性意外伤、如骨折等"),
        ("尿血算不算急诊", "急性尿道疾患、尿闭、血尿、急性肾功能衰竭"),
    ],
)
def test_a_described_condition_is_answered_with_the_line_of_the_list(
    knowledge: Knowledge, text: str, quoted: str
) -> None:
    reply = answer(knowledge, "emergency.admission_list", DAY, {}, text)
    assert reply.full.startswith("先就医，要紧时先打120急救电话")
    assert any(f"“{quoted}”" in line for line in lines(reply))
    assert "最终由我市医保经办机构审核" in reply.full
    assert quoted in reply.sms
    assert segments(reply.sms) <= MOST_PARTS


def test_a_fever_of_38_6_alone_is_not_found_and_not_judged(knowledge: Knowledge) -> None:
    reply = answer(knowledge, "emergency.admission_list", DAY, {}, "孩子38度6算急诊吗")
    assert reply.full.startswith("您说的情况，清单里没有查到，请拨打5190857")
    assert "不算急诊" not in reply.full


def test_a_question_about_the_whole_list_gets_the_list(knowledge: Knowledge) -> None:
    reply = answer(knowledge, "emergency.admission_list", DAY, {}, "哪些病算急诊")
    assert "12. 急性变态反应疾病" in reply.full
    assert "没有查到" not in reply.full


def test_the_lines_stand_beside_the_answer_to_another_question(knowledge: Knowledge) -> None:
    reply = answer(knowledge, REPORT, DAY, {}, "脑出血在外地抢救没备案")
    assert "视同已备案" in reply.full
    assert any("脑血管意外" in line for line in lines(reply))


# --- what changed, and checklists


def test_what_changed_for_one_entry(knowledge: Knowledge) -> None:
    reply = changes(knowledge, DAY, "transfer.time_limit")
    assert "现在：跨省15个工作日，省内9个工作日" in reply.full
    assert "以前：跨省原为45个工作日" in reply.full


def test_all_changes_name_each_conflict(knowledge: Knowledge) -> None:
    reply = changes(knowledge, DAY)
    assert all(conflict.matter in reply.full for conflict in knowledge.conflicts.values())
    assert segments(reply.sms) <= MOST_PARTS


def test_an_entry_without_a_known_change_is_told_so(knowledge: Knowledge) -> None:
    assert changes(knowledge, DAY, "service.robot").kind == "unsupported"


def test_every_checklist_is_one_card_in_two_forms(knowledge: Knowledge) -> None:
    for id, one in knowledge.checklists.items():
        reply = checklist(knowledge, id, DAY)
        assert all(f"【{CARD[key]}】" in reply.full for key in one.card), id
        assert segments(reply.sms) <= MOST_PARTS, id


def test_a_card_resting_on_a_rule_that_has_ended_is_not_given(clerk: Clerk) -> None:
    clerk.change("entries/remote.yml", "until: open", "until: 2026-01-25", "remote.register")
    base = clerk.knowledge()
    assert checklist(base, "register", date(2026, 1, 25)).kind == "answer"
    assert checklist(base, "register", DAY).kind == "unsupported"
    assert guide(base, "remote", {"direction": "out", "region": "市内"}, DAY).kind == "unsupported"
