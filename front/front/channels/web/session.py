"""The session: a random cookie of ours that scripts cannot read; the database knows a hash of it only."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "luebao_session"
SAFE_COOKIE = "__Host-luebao_session"  # over HTTPS: no other site of the domain, and no plain HTTP, can plant it
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


def session_of(request: Request, *, secure: bool) -> Session:
    """The request's session, a new one if it has none (or something that cannot be ours)."""
    token = request.cookies.get(SAFE_COOKIE if secure else COOKIE, "")
    if _TOKEN.fullmatch(token):
        return Session(token, False)
    return fresh()


def fresh() -> Session:
    """A session nobody has had."""
    return Session(secrets.token_urlsafe(32), True)


def keep(response: Response, session: Session, *, secure: bool, days: int) -> Response:
    """Set the cookie where it is new."""
    if session.new:
        name = SAFE_COOKIE if secure else COOKIE
        response.set_cookie(
            name, session.token, max_age=days * 86400, path="/", httponly=True, samesite="lax", secure=secure
        )
    return response
