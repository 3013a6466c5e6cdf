"""Each answer is complete, cited and of the day it is asked for; a rule that has ended is never answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from luebao.answers import (
    Reply,
    answer,
    answer_all,
    ask_direction,
    ask_region,
    choose_guide,
    choose_matter,
    clarify,
    guide,
    hand_over,
    resolve,
    small_talk,
    unanswered,
)
from luebao.answers.answer import NONE_OF_THESE
from luebao.answers.changes import changes
from luebao.answers.guide import checklist, choose_checklist
from luebao.answers.reply import Reason, schema
from luebao.knowledge import Knowledge
from luebao.knowledge.citation import citations
from luebao.knowledge.guide import walk
from luebao.knowledge.sms import MOST_PARTS, segments
from luebao.knowledge.wording import fill
from luebao.today import today
from tests.luebao.clerk import Clerk

HOTLINE = "5190857"
LAST_DAY, DAY_AFTER = date(2026, 12, 31), date(2027, 1, 1)
TRANSFER, LIMITS, PHONES = "entries/transfer.yml", "facts/transfer.yml", "facts/contact.yml"
HOW, HOW_TITLE = "transfer.how", "医保关系怎么转"
DAYS = "transfer.days.cross_province"


def everything_it_can_say(knowledge: Knowledge, day: date) -> Iterator[Reply]:
    ids = list(knowledge.entries)
    yield from (answer(knowledge, id, day) for id in ids)
    yield from (unanswered(knowledge, id, day) for id in knowledge.unanswered)
    yield from (small_talk(knowledge, id, day) for id in knowledge.replies)
    yield from (hand_over(knowledge, reason, day) for reason in get_args(Reason))
    yield from (answer(knowledge, id, day, case.when) for id in ids for case in knowledge.entries[id].cases)
    yield ask_direction(knowledge, "remote.register", "inbound.unregistered", day)
    yield from (clarify(knowledge, ids[:count], day) for count in range(5))
    yield ask_region(knowledge, "remote.register", "南海", ["市内", "跨省"], day)
    yield from (checklist(knowledge, id, day) for id in knowledge.checklists)
    yield from (changes(knowledge, day, id) for id in ["", *ids])
    for id, one in knowledge.guides.items():
        yield from (guide(knowledge, id, dict(path.answers[:count]), day) for path in walk(one) for count in range(5))
    yield choose_guide(knowledge, day)
    yield choose_matter(knowledge, day)
    yield choose_checklist(knowledge, day)


def set_period(clerk: Clerk, since: str, until: str) -> Knowledge:
    """transfer.how holds from `since` to `until`."""
    clerk.change(TRANSFER, "from: unknown, until: open", f"from: {since}, until: {until}", HOW)
    return clerk.knowledge()


def test_every_entry_is_answered_today_in_every_rendition(knowledge: Knowledge) -> None:
    day = today()
    for id, entry in knowledge.entries.items():
        reply = answer(knowledge, id, day)
        assert reply.kind == "answer", id
        for said in (reply.text, reply.sms, fill(entry.staff, knowledge, day)):
            assert said.strip(), id
            assert "{{" not in said, id


def test_everything_it_says_keeps_to_the_contract(knowledge: Knowledge) -> None:
    contract = Draft202012Validator(schema())
    for reply in everything_it_can_say(knowledge, today()):
        contract.validate(json.loads(json.dumps(reply.as_custom())))
        assert "{{" not in reply.text + reply.sms
        assert segments(reply.sms) <= MOST_PARTS, reply.sms


def test_every_answer_names_its_entry_and_cites_each_of_its_clauses(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        reply = answer(knowledge, entry.id, today())
        [cited] = reply.entries
        assert (cited.id, cited.title, cited.clauses) == (entry.id, entry.title, entry.clauses)
        assert cited.dated == (entry.status == "dated")
        for clause in entry.clauses:
            assert any(knowledge.clause(clause).at in line for line in reply.citation), clause


def test_every_clause_of_the_sources_is_cited_in_an_answer(knowledge: Knowledge) -> None:
    answers = [answer(knowledge, id, today()) for id in knowledge.entries]
    cited = {clause for reply in answers for entry in reply.entries for clause in entry.clauses}
    assert cited == {clause for source in knowledge.sources.values() for clause in source.clauses}


def test_every_option_leads_to_an_entry_or_a_guide(knowledge: Knowledge) -> None:
    for reply in everything_it_can_say(knowledge, today()):
        for option in reply.options:
            if option == NONE_OF_THESE:
                continue
            name, _, rest = option.payload.partition("{")
            chosen = json.loads("{" + rest)
            if name == "/guide":
                assert chosen["guide"] in knowledge.guides
            elif chosen["entry"] in knowledge.entries:
                assert option.clauses == knowledge.entries[chosen["entry"]].clauses
                assert reply.kind == "ask" or option.title == knowledge.entries[chosen["entry"]].title
            else:
                assert resolve(knowledge, chosen["entry"], today())


def test_an_answer_from_2021_alone_says_that_it_may_have_changed(knowledge: Knowledge) -> None:
    notice = fill(knowledge.replies["notice.dated"].full, knowledge, today())
    for entry in knowledge.entries.values():
        assert answer(knowledge, entry.id, today()).full.endswith(notice) == (entry.status == "dated"), entry.id


def test_steps_are_numbered_and_routes_named(knowledge: Knowledge) -> None:
    said = answer(knowledge, "remote.manual_claim", today()).full
    assert "\n\n办理步骤：\n1. 没有备案的，先按规定补办异地就医备案\n2. 进入" in said
    assert "办理渠道：“威海医保”小程序、威海市医疗保障局医保个人网上办事大厅。" in (
        answer(knowledge, "chronic.out_province", today()).full
    )


def test_after_its_last_day_an_entry_is_no_longer_answered(clerk: Clerk) -> None:
    knowledge = set_period(clerk, "unknown", str(LAST_DAY))
    assert answer(knowledge, HOW, LAST_DAY).kind == "answer"
    gone = answer(knowledge, HOW, DAY_AFTER)
    assert (gone.kind, gone.handoff, gone.entries, gone.citation) == ("unsupported", "out_of_scope", [], [])
    for said in (gone.full, gone.sms):
        assert said.startswith(f"“{HOW_TITLE}”的规定已过有效期")
        assert HOTLINE in said
        assert "工作日" not in said


def test_before_its_first_day_an_entry_is_not_yet_answered(clerk: Clerk) -> None:
    knowledge = set_period(clerk, str(DAY_AFTER), "open")
    early = answer(knowledge, HOW, LAST_DAY)
    assert (early.kind, early.handoff) == ("unsupported", "out_of_scope")
    for said in (early.full, early.sms):
        assert said.startswith(f"“{HOW_TITLE}”的规定还没有生效")
        assert HOTLINE in said
    assert answer(knowledge, HOW, DAY_AFTER).kind == "answer"


def test_what_has_ended_is_not_offered_either(clerk: Clerk) -> None:
    knowledge = set_period(clerk, "unknown", str(LAST_DAY))
    for day, offered in ((LAST_DAY, True), (DAY_AFTER, False)):
        titles = [option.title for option in answer(knowledge, "transfer.time_limit", day).options]
        assert (HOW_TITLE in titles) is offered
        titles = [option.title for option in clarify(knowledge, [HOW, "transfer.online"], day).options]
        assert (HOW_TITLE in titles) is offered


def test_a_dated_figure_switches_at_midnight(clerk: Clerk) -> None:
    fact = clerk.knowledge().facts[DAYS]
    now, before = (f"{value.value}{fact.unit}" for value in (fact.value(LAST_DAY), fact.former(LAST_DAY)) if value)
    clerk.change(LIMITS, "until: open", f"until: {LAST_DAY}", DAYS)
    clerk.change(
        LIMITS, "values:\n", f'values:\n      - {{value: "7", from: {DAY_AFTER}, until: open, clause: m.1.2}}\n', DAYS
    )
    knowledge = clerk.knowledge()
    for day, said in ((LAST_DAY, f"{now}办结（原为{before}）"), (DAY_AFTER, f"7{fact.unit}办结（原为{now}）")):
        reply = answer(knowledge, "transfer.time_limit", day)
        assert f"跨省转移{said}" in reply.full
        assert f"跨省{said[: said.index('办结')]}" in reply.sms


def test_where_its_figure_has_ended_an_entry_is_no_longer_answered(clerk: Clerk) -> None:
    clerk.change(LIMITS, "until: open", f"until: {LAST_DAY}", DAYS)
    knowledge = clerk.knowledge()
    assert answer(knowledge, HOW, LAST_DAY).kind == "answer"
    assert "已过有效期" in answer(knowledge, HOW, DAY_AFTER).full


def test_where_its_figure_is_yet_to_come_an_entry_is_not_yet_answered(clerk: Clerk) -> None:
    clerk.change(LIMITS, "from: unknown, until: open", f"from: {DAY_AFTER}, until: open", DAYS)
    assert "还没有生效" in answer(clerk.knowledge(), HOW, LAST_DAY).full


def test_where_the_hotline_has_ended_the_robot_still_says_something(clerk: Clerk) -> None:
    clerk.change(PHONES, "until: open", f"until: {LAST_DAY}", "phone.hotline")
    reply = hand_over(clerk.knowledge(), "error", DAY_AFTER)
    assert reply.full
    assert "{{" not in reply.full + reply.sms


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_up_to_three_entries_are_offered_and_none_of_these(knowledge: Knowledge, count: int) -> None:
    ids = list(knowledge.entries)[:count]
    reply = clarify(knowledge, ids, today())
    assert reply.kind == "clarify"
    assert [option.title for option in reply.options] == [
        *(knowledge.entries[id].title for id in ids[:3]),
        NONE_OF_THESE.title,
    ]
    for number, option in enumerate(reply.options, 1):
        assert f"{number}.{option.title}" in reply.sms


@pytest.mark.parametrize("ids", [[], ["no.such_entry"]])
def test_with_nothing_to_offer_it_asks_for_other_words(knowledge: Knowledge, ids: list[str]) -> None:
    assert clarify(knowledge, ids, today()) == small_talk(knowledge, "rephrase", today())


def test_what_the_sources_leave_out_is_said_honestly_with_the_phone(knowledge: Knowledge) -> None:
    for id, item in knowledge.unanswered.items():
        reply = unanswered(knowledge, id, today())
        assert (reply.kind, reply.handoff, reply.citation) == ("unsupported", "out_of_scope", [])
        assert not item.near or (HOTLINE in reply.full and HOTLINE in reply.sms), id
        assert [option.title for option in reply.options] == [knowledge.entries[near].title for near in item.related]


def test_a_known_case_is_answered_in_the_words_of_the_citizen(small_office: Clerk) -> None:
    said = {"region": "省内", "term": "long", "place": "烟台"}
    reply = answer(small_office.knowledge(), "office.transfer", today(), said)
    assert reply.full == "您去烟台长住，转移15个工作日办结。"
    assert reply.sms == "去烟台长住，转移15个工作日办结（规定）"
    assert [cited.id for cited in reply.entries] == ["office.transfer"]


def test_a_case_may_belong_to_another_entry(small_office: Clerk) -> None:
    base = small_office.knowledge()
    assert answer(base, "office.transfer", today(), {"region": "跨省"}) == answer(base, "office.family", today())


@pytest.mark.parametrize("said", [{"region": "省内"}, {"term": "long"}, {"region": "市内", "term": "long"}])
def test_a_case_that_does_not_fit_in_full_is_answered_in_general(small_office: Clerk, said: dict[str, str]) -> None:
    base = small_office.knowledge()
    assert answer(base, "office.transfer", today(), said) == answer(base, "office.transfer", today())


def test_several_questions_are_answered_in_their_order(knowledge: Knowledge) -> None:
    ids = ["voucher.what", "transfer.how"]
    both, each = answer_all(knowledge, ids, today()), [answer(knowledge, id, today()) for id in ids]
    assert both.full == f"【1】{each[0].full}\n\n【2】{each[1].full}"
    assert [cited.id for cited in both.entries] == ids
    clauses = [clause for reply in each for cited in reply.entries for clause in cited.clauses]
    assert both.citation == citations(clauses, knowledge)
    assert answer_all(knowledge, ids[:1], today()) == each[0]


def test_what_is_not_covered_is_said_beside_what_is(knowledge: Knowledge) -> None:
    ratio = next(iter(knowledge.unanswered))
    reply = answer_all(knowledge, [HOW, ratio], today())
    assert (reply.kind, reply.handoff) == ("answer", "out_of_scope")
    assert unanswered(knowledge, ratio, today()).full in reply.full
    assert answer_all(knowledge, [ratio, ratio], today()).kind == "unsupported"


def test_which_way_the_citizen_goes_is_asked_with_two_options(knowledge: Knowledge) -> None:
    reply = ask_direction(knowledge, "remote.register", "inbound.unregistered", today())
    assert reply.kind == "ask"
    assert [json.loads(option.payload.removeprefix("/show"))["entry"] for option in reply.options] == [
        "remote.register",
        "inbound.unregistered",
    ]


@pytest.mark.parametrize("reason", get_args(Reason))
def test_a_hand_over_always_gives_the_phone(knowledge: Knowledge, reason: Reason) -> None:
    reply = hand_over(knowledge, reason, today())
    assert (reply.kind, reply.handoff) == ("handoff", reason)
    assert HOTLINE in reply.full
    assert HOTLINE in reply.sms


@pytest.mark.parametrize("reply", [answer, unanswered, small_talk])
def test_an_unknown_id_is_an_error_of_the_program(knowledge: Knowledge, reply: object) -> None:
    assert callable(reply)
    with pytest.raises(KeyError):
        reply(knowledge, "no.such_thing", today())
