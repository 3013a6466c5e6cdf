"""Whatever a clerk gets wrong in a copy of the real knowledge is told, with the file, the line and what is wrong."""

from __future__ import annotations

from typing import Any, get_args

import attrs
import pytest

from luebao.answers.reply import Reason
from luebao.knowledge.load import draft_of
from luebao.knowledge.sms import MOST_PARTS, PART
from tests.luebao.clerk import Clerk

SOURCES, ROUTES, CONFLICTS = "sources.yml", "routes.yml", "conflicts.yml"
OUT_OF_SCOPE, REPLIES = "out_of_scope.yml", "replies.yml"
TRANSFER, EMERGENCY, CHRONIC, NOTICE = (f"entries/{name}.yml" for name in ("transfer", "emergency", "chronic", "notice"))
LIMITS, PHONES = "facts/transfer.yml", "facts/contact.yml"
HOW, ONLINE = "- id: transfer.how\n", "- id: transfer.online\n"
HOTLINE = "{{ phone.hotline }}"


@attrs.frozen
class Slip:
    """In `file`, from `below` on, the clerk writes `new` for `old`; the check points at `at` and says `says`."""

    file: str
    below: str
    old: str
    new: str
    at: str
    says: str

    def happens_to(self, clerk: Clerk) -> None:
        clerk.change(self.file, self.old, self.new, self.below)

    def place(self, clerk: Clerk) -> tuple[str, int]:
        """Where the check should point, found in the changed file."""
        return f"knowledge/{self.file}", clerk.line(self.file, self.at or self.new, self.below)


def slip(id: str, file: str, below: str, old: str, new: str, says: str, at: str = "", marks: Any = ()) -> Any:
    """A Slip as a test case; the check points at the new text unless `at` says otherwise."""
    return pytest.param(Slip(file, below, old, new, at, says), id=id, marks=marks)


KEYS_AND_WORDS = [
    slip("unknown-key", TRANSFER, HOW, "audience:", "colour: 红\n    audience:", "不认识的键 colour"),
    slip("misspelt-key", TRANSFER, HOW, "follow_ups:", "folow_ups:", "不认识的键 folow_ups。是不是想写 follow_ups"),
    slip("unknown-first-key", PHONES, "", "title:", "titel: 电话\ntitle:", "不认识的键 titel"),
    slip("key-twice", TRANSFER, HOW, "status: current\n", "status: current\n    status: dated\n", "键 status 写了两次",
         at="status: dated"),
    slip("clause-twice", SOURCES, "", "m.1.2:", "m.1.1:", "键 m.1.1 写了两次"),
    slip("missing-key", TRANSFER, HOW, "    audience: 所有人\n", "", "缺少 audience", at=HOW),
    slip("missing-value-key", LIMITS, "", ", clause: m.1.2", "", "缺少 clause", at="- {value:"),
    slip("missing-clause-key", SOURCES, "m.1.2:", "status: current, ", "", "缺少 status", at="m.1.2:"),
    slip("wrong-audience", TRANSFER, HOW, "audience: 所有人", "audience: 大家", "不认识“大家”"),
    slip("wrong-direction", TRANSFER, HOW, "direction: none", "direction: 出去", "不认识“出去”"),
    slip("wrong-status", TRANSFER, HOW, "status: current", "status: 有效", "不认识“有效”"),
    slip("wrong-route-kind", ROUTES, "", "kind: app", "kind: 软件", "不认识“软件”"),
    slip("wrong-clause-status", SOURCES, "m.1.2:", "status: current", "status: 有效", "不认识“有效”", at="m.1.2:"),
    slip("wrong-yes-or-no", OUT_OF_SCOPE, "", "near: true", "near: yes", "yes 不是 true 或 false"),
    slip("wrong-last-day", TRANSFER, HOW, "until: open", "until: 2026-13-40", "2026-13-40 不是日期"),
    slip("wrong-first-day", TRANSFER, HOW, "from: unknown", "from: 2026-2-1", "2026-2-1 不是日期"),
    slip("wrong-day-of-a-value", LIMITS, "", "until: open", "until: 明年", "明年 不是日期"),
    slip("wrong-checked-day", PHONES, "", "last_checked: unknown", "last_checked: 上周", "上周 不是日期"),
    slip("list-as-text", TRANSFER, HOW, "clauses: [", "clauses: m.1.1 #", "这里应当是一个列表"),
    slip("colon-in-a-question", TRANSFER, HOW, "- 医保关系怎么转移", "- 问: 医保关系怎么转移", "这里应当是一段文字"),
    slip("unquoted-name-at-the-start", REPLIES, "", "sms: 您想问的是：", "sms: {{ phone.hotline }}", "这里应当是一段文字"),
    slip("category-is-not-the-file", PHONES, "", "category: contact", "category: phone", "category 是 phone，与文件名"),
    slip("not-a-list", CONFLICTS, "", "conflicts:\n", "conflicts: 没有\nold:\n", "conflicts 应当是一个列表",
         at="conflicts: 没有"),
    slip("bracket", LIMITS, "", "open, clause: m.1.2}", "open, clause: m.1.2", "YAML 写法有误", at="- {value: \"45\""),
    slip("tab", TRANSFER, HOW, "    audience:", "\taudience:", "YAML 写法有误"),
]  # fmt: skip

LEADS_NOWHERE = [
    slip("route", EMERGENCY, "", "routes: [counter", "routes: [countre",
         "routes 里的 countre 不是已有的办理渠道。是不是想写 counter"),
    slip("related", TRANSFER, HOW, "related: [transfer.time_limit", "related: [transfer.time_limits",
         "related 里的 transfer.time_limits 不是已有的条目。是不是想写 transfer.time_limit"),
    slip("follow-up", TRANSFER, HOW, "follow_ups: [", "follow_ups: [没有这个, ", "follow_ups 里的 没有这个 不是已有的条目"),
    slip("related-of-a-reply", REPLIES, "", "related: [", "related: [没有这个, ", "related 里的 没有这个 不是已有的条目"),
    slip("related-out-of-scope", OUT_OF_SCOPE, "", "related: [", "related: [没有这个, ",
         "related 里的 没有这个 不是已有的条目"),
    slip("entry-of-a-conflict", CONFLICTS, "", "entries: [", "entries: [没有这个, ", "entries 里的 没有这个 不是已有的条目"),
    slip("clause-of-an-entry", TRANSFER, HOW, "clauses: [", "clauses: [m.9.9, ", "条款 m.9.9 不存在"),
    slip("clause-of-a-value", LIMITS, "", "clause: m.1.2", "clause: m.9.9", "条款 m.9.9 不存在"),
    slip("clause-of-a-route", ROUTES, "", "clause: m.1.3a", "clause: m.9.9", "条款 m.9.9 不存在"),
    slip("clause-of-a-use", ROUTES, "can:", "clause: m.", "clause: n.", "不存在"),
    slip("clause-of-an-address", ROUTES, "", "url_clause: g.out.2", "url_clause: m.9.9", "条款 m.9.9 不存在"),
    slip("clause-of-a-list", "scopes/chronic_direct.yml", "", "clause: m.2.5", "clause: m.9.9", "条款 m.9.9 不存在"),
    slip("clause-of-a-conflict", CONFLICTS, "", "older: {clauses: [", "older: {clauses: [m.9.9, ", "条款 m.9.9 不存在"),
    slip("clause-to-see", SOURCES, "", "see: [", "see: [m.9.9, ", "条款 m.9.9 不存在", at="g.out.7.3:"),
    slip("fact-in-full", TRANSFER, HOW, "拿不准的", "拿不准的（{{ phone.hotlin }}）",
         "{{ phone.hotlin }} 不是已有的名称。是不是想写 {{ phone.hotline }}"),
    slip("fact-in-a-step", TRANSFER, ONLINE, "- 登录", "- 登录{{ 没有这个 }}", "{{ 没有这个 }} 不是已有的名称"),
    slip("fact-in-sms", TRANSFER, HOW, "sms: ", "sms: 拨打{{ 没有这个 }}", "{{ 没有这个 }} 不是已有的名称"),
    slip("fact-in-staff", TRANSFER, HOW, "先问清方向", "{{ 没有这个 }}", "{{ 没有这个 }} 不是已有的名称"),
    slip("fact-in-a-reply", REPLIES, "", "sms: 您想问的是：", "sms: 您拨打{{ 没有这个 }}", "{{ 没有这个 }} 不是已有的名称"),
    slip("route-in-full", TRANSFER, HOW, "拿不准的", "拿不准的（{{ route.aishan }}）",
         "{{ route.aishan }} 不是已有的名称。是不是想写 {{ route.aishandong }}"),
    slip("list-in-full", TRANSFER, HOW, "拿不准的", "拿不准的（{{ scope.没有 }}）", "{{ scope.没有 }} 不是已有的名称"),
    slip("filter", TRANSFER, HOW, "拿不准的", "拿不准的（{{ phone.hotline | old }}）",
         "{{ phone.hotline | old }} 不是已有的名称"),
    slip("no-former-value", TRANSFER, HOW, "拿不准的", "拿不准的（{{ phone.hotline | former }}）",
         "{{ phone.hotline | former }} 没有可用的数值"),
    slip("value-that-ended", PHONES, "id: phone.tax", "until: unknown", "until: past",
         "entries/payment.yml:", marks=pytest.mark.skip),
    slip("half-a-name", TRANSFER, HOW, "拿不准的", "拿不准的{{ phone.hotline }", "{{ }} 的写法不完整"),
]  # fmt: skip
