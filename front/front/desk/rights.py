"""What each role may do. A page or an action names the right it needs; nothing else decides."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """A member of staff's role, with its Chinese name."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"

    @property
    def title(self) -> str:
        """As staff read it."""
        return {"agent": "话务员", "lead": "班长", "admin": "管理员"}[self.value]


class Right(Enum):
    """Something that may be done."""

    ASSIST = "assist"  # look things up, copy, report an entry as wrong
    ANSWER = "answer"  # conversations: claim, answer, note, call back
    SORT = "sort"  # say which entry an unknown question belongs to
    WATCH = "watch"  # others' conversations, figures, exports
    TEACH = "teach"  # accept examples, retrain, swap and roll back the model, settle reports
    SWITCH = "switch"  # the robot on and off, hours
    STAFF = "staff"  # accounts and roles
    AUDIT = "audit"  # read the audit log, erase a person


_AGENT = frozenset({Right.ASSIST, Right.ANSWER, Right.SORT})
_LEAD = _AGENT | {Right.WATCH, Right.TEACH, Right.SWITCH}
_RIGHTS = {Role.AGENT: _AGENT, Role.LEAD: _LEAD, Role.ADMIN: _LEAD | {Right.STAFF, Right.AUDIT}}


def may(role: Role, right: Right) -> bool:
    """Whether the role has the right."""
    return right in _RIGHTS[role]
