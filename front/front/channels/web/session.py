"""The session: a random cookie of ours that scripts cannot read; the database knows a hash of it only."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "luebao_session"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Session:
    """One browser. `token` is the cookie's value; `new`: it has to be set."""

    token: str
    new: bool

    @property
    def person(self) -> str:
        """The inbox's id of this person."""
        return "w" + hashlib.sha256(self.token.encode()).hexdigest()[:40]


def session_of(request: Request) -> Session:
    """The request's session, a new one if it has none (or something that cannot be ours)."""
    token = request.cookies.get(COOKIE, "")
    if _TOKEN.fullmatch(token):
        return Session(token, False)
    return fresh()


def fresh() -> Session:
    """A session nobody has had."""
    return Session(secrets.token_urlsafe(32), True)


def keep(response: Response, session: Session, *, secure: bool, days: int) -> Response:
    """Set the cookie where it is new."""
    if session.new:
        response.set_cookie(
            COOKIE, session.token, max_age=days * 86400, path="/", httponly=True, samesite="lax", secure=secure
        )
    return response
