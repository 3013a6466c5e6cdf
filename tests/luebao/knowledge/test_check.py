"""Whatever a clerk gets wrong in a copy of the real knowledge is told, with the file, the line and what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import attrs
import pytest

from luebao.answers.reply import Reason
from luebao.knowledge import Problem
from luebao.knowledge.load import draft_of
from luebao.knowledge.sms import MOST_PARTS, PART
from tests.luebao.clerk import KNOWLEDGE, Clerk, where

SOURCES, ROUTES, CONFLICTS, DISEASES = "sources.yml", "routes.yml", "conflicts.yml", "scopes/chronic_direct.yml"
OUT_OF_SCOPE, REPLIES = "out_of_scope.yml", "replies.yml"
TRANSFER, LIMITS, PHONES = "entries/transfer.yml", "facts/transfer.yml", "facts/contact.yml"
HOW = "- id: transfer.how\n"
TOO_LONG = "医" * (MOST_PARTS * PART)
NEW_CLAUSE = "m.9.9: {at: 九, gist: 新的, status: current, begins: 新}"


@attrs.frozen
class Slip:
    """In `file`, from `below` on, the clerk writes `new` for `old`; the check points at `at` and says `says`."""

    id: str
    file: str
    below: str
    old: str
    new: str
    says: str
    at: str

    def happens_to(self, clerk: Clerk) -> None:
        clerk.change(self.file, self.old, self.new, self.below)

    def place(self, clerk: Clerk) -> tuple[str, int]:
        """Where the check should point, found in the changed file."""
        return f"knowledge/{self.file}", clerk.line(self.file, self.at, self.below)


def slip(id: str, file: str, below: str, old: str, new: str, says: str, at: str = "") -> Slip:
    """The check points at the new text, unless `at` says otherwise."""
    return Slip(id, file, below, old, new, says, at or new)


def in_entry(id: str, entry: str, old: str, new: str, says: str, at: str = "") -> Slip:
    return slip(id, f"entries/{entry.split('.')[0]}.yml", f"- id: {entry}\n", old, new, says, at)


def in_full(id: str, entry: str, words: str, says: str) -> Slip:
    """The full answer begins with a line too many."""
    return in_entry(id, entry, "full: |\n", f"full: |\n      {words}\n", says, at=words)


# fmt: off
# All slips of a list are made on one copy and told in one run; nothing else is told.
WRITTEN_WRONG = [
    in_entry("unknown key", "transfer.how", "audience:", "colour: 红\n    audience:", "不认识的键 colour"),
    in_entry("misspelt key", "transfer.how", "follow_ups:", "folow_ups:", "不认识的键 folow_ups。是不是想写 follow_ups"),
    in_entry("key twice", "transfer.how", "status: current\n", "status: current\n    status: dated\n",
             "键 status 写了两次", at="status: dated"),
    in_entry("missing key", "transfer.online", "    audience: 所有人\n", "", "缺少 audience", at="- id: transfer.online"),
    in_entry("audience", "transfer.offline", "audience: 所有人", "audience: 大家", "不认识“大家”"),
    in_entry("direction", "transfer.offline", "direction: none", "direction: 出去", "不认识“出去”"),
    in_entry("status", "transfer.offline", "status: current", "status: 有效", "不认识“有效”"),
    in_entry("last day", "transfer.offline", "until: open", "until: 2026-13-40", "2026-13-40 不是日期"),
    in_entry("first day", "transfer.materials", "from: unknown", "from: 2026-2-1", "2026-2-1 不是日期"),
    in_entry("text for a list", "transfer.offline", "clauses: [", "clauses: m.1.1 # [", "这里应当是一个列表"),
    in_entry("colon in a question", "transfer.offline", "- 去窗口", "- 问: 去窗口", "这里应当是一段文字"),
    slip("entry in another category", TRANSFER, "", "- id: transfer.in_province", "- id: benefit.in_province",
         "benefit.in_province 不属于类别 transfer"),
    slip("entry twice", "entries/notice.yml", "title: 核酸", "- id: notice.supplies", "- id: notice.hotline",
         "编号 notice.hotline 重复"),
    in_entry("tab", "voucher.what", "    audience:", "\taudience:", "YAML 写法有误"),
    slip("bracket", "facts/remote.yml", "", "clause: m.x1.1}", "clause: m.x1.1", "YAML 写法有误", at="- id: remote.long_term"),
    slip("unknown first key", PHONES, "", "title:", "titel: 电话\ntitle:", "不认识的键 titel"),
    slip("category is not the file", PHONES, "", "category: contact", "category: phone", "category 是 phone，与文件名"),
    slip("checked day", PHONES, "", "last_checked: unknown", "last_checked: 上周", "上周 不是日期"),
    slip("fact twice", LIMITS, 'value: "45"', "- id: transfer.days.in", "- id: transfer.days.cross_province #",
         "编号 transfer.days.cross_province 重复"),
    slip("missing clause", "facts/chronic.yml", "", ", clause: m.2.5", "", "缺少 clause", at="- {value:"),
    slip("day of a value", "facts/service.yml", "", "until: open", "until: 明年", "明年 不是日期"),
    slip("kind of a route", ROUTES, "", "kind: app", "kind: 软件", "不认识“软件”"),
    slip("route twice", ROUTES, "name: 微信\n", "- id: alipay", "- id: wechat", "编号 wechat 重复"),
    slip("no list", CONFLICTS, "", "conflicts:\n", "conflicts: 没有\n#", "conflicts 应当是一个列表", at="conflicts: 没"),
    slip("second list", ROUTES, "", "routes:\n", "old: []\nroutes:\n", "不认识的键 old"),
    slip("yes or no", OUT_OF_SCOPE, "classes:", "near: true", "near: yes", "yes 不是 true 或 false"),
    slip("unquoted name", REPLIES, "", "sms: 您想问的是：", "sms: {{ phone.hotline }}", "这里应当是一段文字"),
    slip("reply twice", REPLIES, "title: 谢谢", "- id: chitchat.bye", "- id: chitchat.greet", "编号 chitchat.greet 重复"),
]
LEADS_NOWHERE = [
    in_entry("clause", "transfer.how", "clauses: [", "clauses: [m.9.9, ", "条款 m.9.9 不存在"),
    in_entry("related", "transfer.how", "related: [transfer.time_limit", "related: [transfer.time_limits",
             "related 里的 transfer.time_limits 不是已有的条目。是不是想写 transfer.time_limit"),
    in_entry("follow-up", "transfer.offline", "follow_ups: [transfer.materials", "follow_ups: [a.b",
             "follow_ups 里的 a.b 不是已有的条目"),
    in_entry("route", "transfer.how", "routes: []", "routes: [alipai]", "routes 里的 alipai 不是已有的办理渠道。是不是想写 alipay"),
    in_full("fact in full", "transfer.how", "拨打{{ phone.hotlin }}。",
            "{{ phone.hotlin }} 不是已有的名称。是不是想写 {{ phone.hotline }}"),
    in_full("route in full", "transfer.online", "用{{ route.alipai }}。",
            "{{ route.alipai }} 不是已有的名称。是不是想写 {{ route.alipay }}"),
    in_full("list in full", "transfer.offline", "有{{ scope.a }}。", "{{ scope.a }} 不是已有的名称"),
    in_full("filter", "transfer.materials", "拨打{{ phone.tax | old }}。", "{{ phone.tax | old }} 不是已有的名称"),
    in_full("no former value", "transfer.in_province", "原为{{ phone.tax | former }}。", "{{ phone.tax | former }} 没有可用的数值"),
    in_full("half a name", "transfer.into_weihai", "拨打{{ phone.hotline }。", "{{ }} 的写法不完整"),
    in_entry("fact in sms", "transfer.how", "sms: ", "sms: 拨打{{ a.sms }}", "{{ a.sms }} 不是已有的名称"),
    in_entry("fact in staff", "transfer.how", "先问清方向", "{{ a.staff }}", "{{ a.staff }} 不是已有的名称"),
    in_entry("fact in a title", "transfer.how", "title: 医保", "title: “{{ a.title }}”", "{{ a.title }} 不是已有的名称"),
    in_entry("fact in a step", "transfer.online", "- 登录", "- 登录{{ a.step }}", "{{ a.step }} 不是已有的名称"),
    slip("fact in a reply", REPLIES, "", "sms: 您想问的是：", "sms: 您拨打{{ a.b }}", "{{ a.b }} 不是已有的名称"),
    slip("related of a reply", REPLIES, "", "related: [", "related: [a.b, ", "related 里的 a.b 不是已有的条目"),
    slip("related of a class", OUT_OF_SCOPE, "", "related: [", "related: [a.b, ", "related 里的 a.b 不是已有的条目"),
    slip("entry of a conflict", CONFLICTS, "", "entries: [", "entries: [a.b, ", "entries 里的 a.b 不是已有的条目"),
    slip("clause of a conflict", CONFLICTS, "", "older: {clauses: [", "older: {clauses: [m.9.9, ", "条款 m.9.9 不存在"),
    slip("clause of a value", LIMITS, "", "clause: m.1.2", "clause: m.9.9", "条款 m.9.9 不存在"),
    slip("clause of a route", ROUTES, "", "clause: m.1.3a", "clause: m.9.9", "条款 m.9.9 不存在"),
    slip("clause of a use", ROUTES, "can:", "clause: m.x2.1", "clause: m.9.8", "条款 m.9.8 不存在"),
    slip("clause of an address", ROUTES, "", "url_clause: g.out.2", "url_clause: m.9.9", "条款 m.9.9 不存在"),
    slip("clause of a list", DISEASES, "", "clause: m.2.5", "clause: m.9.9", "条款 m.9.9 不存在"),
    slip("clause to see", SOURCES, "", "see: [", "see: [m.9.9, ", "条款 m.9.9 不存在"),
]
BARE_FIGURES = [
    in_entry("title", "transfer.how", "title: 医保", "title: 3步办医保", "正文里直接写了数字“3”"),
    in_full("full", "transfer.how", "请在15天内办。", "正文里直接写了数字“15”"),
    in_entry("sms", "transfer.how", "sms: ", "sms: 三个工作日内", "正文里直接写了数字“三个工作日”"),
    in_entry("staff", "transfer.how", "先问清方向", "先付30%", "正文里直接写了数字“30%”"),
    in_entry("step", "transfer.online", "- 登录", "- 花五分钟登录", "正文里直接写了数字“五分钟”"),
    slip("reply", REPLIES, "", "sms: 您想问的是：", "sms: 您拨打12345", "正文里直接写了数字“12345”"),
    slip("class", OUT_OF_SCOPE, "", "sms: ", "sms: 两天内，", "正文里直接写了数字“两天”"),
]
AGAINST_A_RULE = [
    in_entry("no clauses", "transfer.how", "clauses: [", "clauses: [] # [", "条目 transfer.how 没有依据"),
    in_entry("too long sms", "transfer.how", "sms: ", f"sms: {TOO_LONG}", "短信太长"),
    in_entry("empty sms", "transfer.online", "sms: ", 'sms: "" # ', "sms 是空的"),
    in_entry("too few questions", "transfer.offline", "      - 医保转移去转入地还是转出地办\n", "", "标准问题不足 3 个",
             at="questions:"),
    in_entry("too many follow-ups", "transfer.how", "follow_ups: [", "follow_ups: [transfer.online, ", "追问超过 3 个"),
    in_entry("leads to itself", "transfer.online", "follow_ups: [transfer.time_limit", "follow_ups: [transfer.online",
             "条目 transfer.online 指向了自己"),
    in_entry("same question", "transfer.online", "- 网上怎么办理医保转移", "- 医保关系 怎么转移？", "已属于条目 transfer.how"),
    in_entry("current until unknown", "transfer.how", "until: open", "until: unknown", "状态与有效期不一致"),
    in_entry("dated until open", "chronic.supply", "until: unknown", "until: open", "状态与有效期不一致"),
    in_entry("dated called current", "notice.nucleic", "status: dated", "status: current",
             "依据全是2021年的文件，却写作现行"),
    in_entry("current called dated", "transfer.materials", "status: current", "status: dated", "引了现行条款，却写作 dated"),
    in_entry("replaced clause alone", "emergency.unregistered", "clauses: [m.2.3b, m.x1.4", "clauses: [m.5.1, m.x1.3",
             "g.out.7.3 已有新规定，不能单独当作现行来答"),
    slip("clause without an entry", SOURCES, "", "m.x3.4:", f"{NEW_CLAUSE}\n      m.x3.4:", "没有条目回答条款 m.9.9（新的）"),
    slip("two values in force", LIMITS, "", "until: past", "until: open", "同时有几个有效数值：15、45", at="values:"),
    slip("two values on one day", PHONES, "", "    values:\n",
         '    values:\n      - {value: "12345", from: unknown, until: 2026-12-31, clause: m.5.1}\n',
         "同时有几个有效数值：12345、5190857", at="values:"),
    slip("too long reply", REPLIES, "", "sms: 您想问的是：", f"sms: {TOO_LONG}", "短信太长"),
    slip("empty class", OUT_OF_SCOPE, "", "full: ", 'full: "" # ', "full 是空的"),
]
SOURCES_WRONG = [
    slip("clause twice", SOURCES, "m.1.2:", "m.1.3a:", "m.1.2:", "键 m.1.2 写了两次", at="m.1.2: {at: 一-3"),
    slip("missing status", SOURCES, "m.2.1:", "status: current, ", "", "缺少 status", at="m.2.1:"),
    slip("status of a clause", SOURCES, "m.2.2:", "status: current", "status: 有效", "不认识“有效”", at="m.2.2:"),
    slip("date", SOURCES, "", "date: unknown", "date: 去年", "去年 不是日期"),
]
# Not told yet, or not at the right line.
GAPS = {
    "写成一行的 full，行号多 1": slip(
        "one-line full", OUT_OF_SCOPE, "", "full: ", "full: 两天内，", "正文里直接写了数字“两天”"),
    "full 以空行开头时，行号少 1": in_full("full begins with an empty line", "transfer.how", "\n      两天内。", "数字“两天”"),
    "全角花括号 ｛｛ ｝｝ 不报，会原样答给市民": in_full("wide brackets", "transfer.how", "拨打｛｛ phone.hotline ｝｝。", "写法不完整"),
    "止日早于起日不报，条目从此不会被回答": in_entry(
        "ends before it begins", "transfer.how", "from: unknown, until: open", "from: 2027-01-01, until: 2026-12-31", ""),
    "编号的写法不检查，回复会不合 reply.schema.json": in_entry(
        "id no channel can send", "transfer.how", "- id: transfer.how", "- id: transfer.How-To", "transfer.How-To"),
    "两份文件里的同一条款编号不报": slip(
        "clause in two documents", SOURCES, "g.in.1:", "g.in.2:", NEW_CLAUSE.replace("m.9.9", "m.1.1") + "\n      g.in.2:", "m.1.1"),
    "空的数值不报": slip("empty value", LIMITS, "", 'value: "15"', 'value: ""', ""),
}
# fmt: on
DAYS = {
    "WRITTEN_WRONG": WRITTEN_WRONG,
    "SOURCES_WRONG": SOURCES_WRONG,
    "LEADS_NOWHERE": LEADS_NOWHERE,
    "BARE_FIGURES": BARE_FIGURES,
    "AGAINST_A_RULE": AGAINST_A_RULE,
}


@attrs.frozen
class BadDay:
    """A day on which a clerk made every slip of a list, and what the check told in one run."""

    clerk: Clerk
    told: list[Problem]


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], BadDay]:
    """The day with this list of slips."""

    @cache
    def day(name: str) -> BadDay:
        folder = tmp_path_factory.mktemp(name) / "knowledge"
        shutil.copytree(KNOWLEDGE, folder)
        clerk = Clerk(folder)
        for slip in DAYS[name]:
            slip.happens_to(clerk)
        return BadDay(clerk, clerk.problems())

    return day


def each_slip() -> list[Any]:
    return [
        pytest.param(day, slip, id=f"{day}-{slip.id}".replace(" ", "-"))
        for day, slips in DAYS.items()
        for slip in slips
    ]


@pytest.mark.parametrize(("day", "slip"), each_slip())
def test_a_slip_is_told_at_its_file_and_line(bad_day: Callable[[str], BadDay], day: str, slip: Slip) -> None:
    assert slip.place(bad_day(day).clerk) in where(bad_day(day).told, slip.says)


@pytest.mark.parametrize("day", DAYS)
def test_all_slips_of_a_day_are_told_in_one_run_and_nothing_else(bad_day: Callable[[str], BadDay], day: str) -> None:
    places = {slip.place(bad_day(day).clerk) for slip in DAYS[day]}
    assert [str(problem) for problem in bad_day(day).told if (problem.file, problem.line) not in places] == []
