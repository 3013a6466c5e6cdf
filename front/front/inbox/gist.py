"""What a reply was, in two words beside its body: to count thousands of replies without reading their bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STAFF = "staff"
_KINDS = {"answer": "answered", "clarify": "offered", "ask": "asked_back", "unsupported": "unsupported"}


def outcome(body: Mapping[str, Any]) -> str:
    """What became of the question a body replies to: answered, offered, asked_back, unsupported, handed, failed.

    "staff" for what the staff wrote, "" for what answers no question (a greeting, a notice of the front).
    """
    sender, custom = body.get("from"), body.get("custom") or {}
    kind = custom.get("kind", "")
    if sender == "human":
        return STAFF
    if kind == "handoff":
        return "failed" if (custom.get("handoff") or {}).get("reason") == "error" else "handed"
    return _KINDS.get(kind, "") if sender == "robot" else ""


def about(body: Mapping[str, Any]) -> str:
    """The ids of the entries a body was made from, each once, with spaces between."""
    entries = (body.get("custom") or {}).get("entries") or ()
    return " ".join(dict.fromkeys(str(entry["id"]) for entry in entries))


def of_insert(what: Any) -> Any:
    """A column's default: `what` of the body that is being inserted."""

    def default(context: Any) -> str:
        given = context.get_current_parameters(isolate_multiinsert_groups=False)
        return str(what(given["body"] if "body" in given else given["p_body"]))

    return default
