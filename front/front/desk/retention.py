"""How long the desk's records are kept. What has no rule is in `KEPT`; a test asks that each table is somewhere."""

from __future__ import annotations

from front.desk.accounts import SESSION_SECONDS
from front.desk.tables import callbacks, lessons, notes, staff_sessions
from front.inbox.retention import Rule
from front.inbox.tables import handoff_events

_ENDED = callbacks.c.state.in_(("done", "failed"))
_UNUSED = lessons.c.state.not_in(("accepted", "learned"))

RULES: tuple[Rule, ...] = (
    Rule(notes, "同事写的备注", lambda then: notes.c.at < then),
    Rule(callbacks, "办完的回电", lambda then: _ENDED & (callbacks.c.changed_at < then)),
    Rule(handoff_events, "转人工的经过", lambda then: handoff_events.c.at < then),
    Rule(lessons, "没有采用的问题", lambda then: _UNUSED & (lessons.c.asked_at < then)),
    Rule(staff_sessions, "工作人员的登录", lambda then: staff_sessions.c.created_at < then, SESSION_SECONDS / 86400),
)
KEPT = {
    "feedback": "评价（随回复一起删）",
    "audit": "操作日志（只增不改，长期保存，没有市民的话和号码）",
    "staff": "工作人员账号（停用后仍留姓名）",
    "office": "开关和办公时间的改动",
    "phrases": "常用语",
    "reports": "纠错记录",
    "to_write": "待写清单",
}
