"""Accounts of the staff: argon2id passwords, lockout, sessions that expire. The first one is made by a command."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, and_, delete, func, select, update

from front.desk import audit
from front.desk.rights import Right, Role, may
from front.desk.tables import staff, staff_sessions
from front.inbox.database import Database
from front.inbox.tables import clock

IDLE_SECONDS = 2 * 3600.0  # a session nobody uses ends
SESSION_SECONDS = 12 * 3600.0  # a shift, and it ends in any case
_LOCK_AFTER, _LOCK_SECONDS = 5, 15 * 60.0
_SHORTEST = 10
_LOGIN = re.compile(r"[a-z][a-z0-9_.-]{1,39}")
_HASHER = PasswordHasher()  # argon2id with the library's current parameters (RFC 9106, low memory)
_NOBODY = _HASHER.hash(secrets.token_hex(16))  # so that an unknown login takes as long as a wrong password


class AccountError(Exception):
    """Something about an account that cannot be; the message says what and what to do, in Chinese."""


class WrongLogin(AccountError):
    """Login or password is wrong, or the account is locked; which of the first two is not said."""


@dataclass(frozen=True)
class Staff:
    """A member of staff as the desk knows him while he is signed in."""

    id: int
    login: str
    name: str
    role: Role
    must_change: bool

    def may(self, right: Right) -> bool:
        """Whether this person has the right."""
        return may(self.role, right)


class Accounts:
    """The accounts, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, by: str, login: str, name: str, role: Role) -> str:
        """Make an account; returns its one-time password. Raises AccountError."""
        login, name = login.strip().lower(), name.strip()
        if not _LOGIN.fullmatch(login):
            raise AccountError("登录名应是2到40个小写字母、数字或 . _ -，以字母开头，例如 wang.li")
        if not 1 <= len(name) <= 40:
            raise AccountError("请写姓名，1到40个字，例如 王丽")
        password = _one_time()
        values: dict[str, Any] = {"login": login, "name": name, "role": role.value, "password": await _hashed(password)}
        values |= {"must_change": True, "disabled": False, "failures": 0, "locked_until": 0.0, "present_until": 0.0}
        async with self._database.write() as connection:
            if (await connection.execute(select(staff.c.id).where(staff.c.login == login))).first():
                raise AccountError(f"已经有登录名 {login}，请换一个，或者用“重设密码”")
            await connection.execute(staff.insert().values(**values, prefs={}, created_at=clock()))
            await audit.write(connection, by, "staff.add", f"staff:{login}", role=role.value)
        return password

    async def reset(self, by: str, login: str) -> str:
        """A new one-time password; the person is signed out and unlocked. Raises AccountError."""
        password = _one_time()
        values = {"password": await _hashed(password), "must_change": True, "failures": 0, "locked_until": 0.0}
        await self._change(by, login, "staff.reset", values, sign_out=True)
        return password

    async def set_role(self, by: str, login: str, role: Role) -> None:
        """Another role, from the next click on. Raises AccountError."""
        await self._change(by, login, "staff.role", {"role": role.value}, detail={"role": role.value})

    async def disable(self, by: str, login: str, disabled: bool = True) -> None:
        """Shut an account (its name stays in the records) or open it again. Raises AccountError."""
        action = "staff.disable" if disabled else "staff.enable"
        await self._change(by, login, action, {"disabled": disabled, "present_until": 0.0}, sign_out=disabled)

    async def _change(
        self,
        by: str,
        login: str,
        action: str,
        values: Mapping[str, Any],
        *,
        sign_out: bool = False,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        async with self._database.write() as connection:
            found = select(staff.c.id, _is_admin().label("admin")).where(staff.c.login == login)
            row = (await connection.execute(found)).first()
            if row is None:
                raise AccountError(f"没有登录名 {login}，用 front staff list 查看")
            await connection.execute(update(staff).where(staff.c.id == row.id).values(**values))
            admins = select(func.count()).select_from(staff).where(_is_admin())
            if row.admin and not (await connection.execute(admins)).scalar_one():
                raise AccountError("至少要留一个能用的管理员，请先让另一位做管理员")
            if sign_out:
                await connection.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == row.id))
            await audit.write(connection, by, action, f"staff:{login}", **(detail or {}))

    async def all(self) -> list[dict[str, Any]]:
        """Every account, for the administrator: no passwords."""
        columns = [staff.c[name] for name in ("login", "name", "role", "disabled", "must_change", "created_at")]
        locked = (staff.c.locked_until > clock()).label("locked")
        present = (staff.c.present_until > clock()).label("present")
        async with self._database.read() as connection:
            rows = await connection.execute(select(*columns, locked, present).order_by(staff.c.login))
            return [dict(row) for row in rows.mappings()]

    async def sign_in(self, login: str, password: str) -> str:
        """The token of a new session. Raises WrongLogin; five wrong passwords in a row lock for 15 minutes."""
        login = login.strip().lower()[:40]
        async with self._database.read() as connection:
            found = select(staff, (staff.c.locked_until > clock()).label("locked")).where(staff.c.login == login)
            row = (await connection.execute(found)).mappings().first()
        right = await _matches(row["password"] if row else _NOBODY, password[:200])
        if row is None or row["disabled"]:
            raise WrongLogin("登录名或密码不对。忘了密码请找管理员重设")
        if row["locked"]:
            raise WrongLogin("密码错了太多次，账号已锁定15分钟。请稍后再试，或找管理员重设密码")
        if not right:
            await self._failed(row)
            raise WrongLogin("登录名或密码不对。忘了密码请找管理员重设")
        return await self._new_session(row)

    async def _failed(self, row: Mapping[Any, Any]) -> None:
        """Counted in the database: two fronts count together."""
        async with self._database.write() as connection:
            more = update(staff).where(staff.c.id == row["id"]).values(failures=staff.c.failures + 1)
            failures = (await connection.execute(more.returning(staff.c.failures))).scalar_one()
            if failures >= _LOCK_AFTER:
                lock = update(staff).where(staff.c.id == row["id"])
                await connection.execute(lock.values(failures=0, locked_until=clock() + _LOCK_SECONDS))
            action = "login.locked" if failures >= _LOCK_AFTER else "login.failed"
            await audit.write(connection, row["login"], action)

    async def _new_session(self, row: Mapping[Any, Any]) -> str:
        token = secrets.token_urlsafe(32)
        session = {"token_hash": _hash(token), "staff_id": row["id"], "created_at": clock(), "seen_at": clock()}
        async with self._database.write() as connection:
            await connection.execute(delete(staff_sessions).where(~_alive()))
            await connection.execute(update(staff).where(staff.c.id == row["id"]).values(failures=0))
            await connection.execute(staff_sessions.insert().values(**session))
            await audit.write(connection, row["login"], "login")
        return token

    async def sign_out(self, token: str, by: str) -> None:
        """End a session; the person is not at the desk any more."""
        async with self._database.write() as connection:
            await connection.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == _hash(token)))
            await connection.execute(update(staff).where(staff.c.login == by).values(present_until=0.0))
            await audit.write(connection, by, "logout")

    async def who(self, token: str) -> Staff | None:
        """Whose session this is, None where it is nobody's or over."""
        joined = staff_sessions.join(staff, staff.c.id == staff_sessions.c.staff_id)
        mine = and_(staff_sessions.c.token_hash == _hash(token), _alive(), staff.c.disabled.is_(False))
        late = (staff_sessions.c.seen_at < clock() - 60).label("late")
        async with self._database.read() as connection:
            row = (await connection.execute(select(staff, late).select_from(joined).where(mine))).mappings().first()
        if row is None:
            return None
        if row["late"]:
            async with self._database.write() as connection:
                seen = update(staff_sessions).where(staff_sessions.c.token_hash == _hash(token))
                await connection.execute(seen.values(seen_at=clock()))
        return Staff(row["id"], row["login"], row["name"], Role(row["role"]), row["must_change"])

    async def change_password(self, who: Staff, old: str, new: str, keep: str = "") -> None:
        """Set one's own password; other sessions than `keep` (a token) end. Raises AccountError."""
        if len(new) < _SHORTEST or new.lower() in (who.login, who.name) or len(set(new)) < 5:
            raise AccountError(f"新密码至少{_SHORTEST}位，不能是登录名，也不要总是同几个字")
        if new == old:
            raise AccountError("新密码要和原来的不一样")
        async with self._database.read() as connection:
            row = (await connection.execute(select(staff.c.password).where(staff.c.id == who.id))).first()
        if row is None or not await _matches(row.password, old[:200]):
            raise AccountError("原来的密码不对")
        hashed = await _hashed(new[:200])
        others = and_(staff_sessions.c.staff_id == who.id, staff_sessions.c.token_hash != _hash(keep))
        async with self._database.write() as connection:
            mine = update(staff).where(staff.c.id == who.id)
            await connection.execute(mine.values(password=hashed, must_change=False))
            await connection.execute(delete(staff_sessions).where(others))
            await audit.write(connection, who.login, "staff.password", f"staff:{who.login}")

    async def prefs(self, login: str) -> dict[str, Any]:
        """What a person keeps for himself: pinned entries, recent ones, dark or light."""
        async with self._database.read() as connection:
            return dict((await connection.execute(select(staff.c.prefs).where(staff.c.login == login))).scalar() or {})

    async def keep_prefs(self, login: str, **values: Any) -> None:
        """Change some of them."""
        async with self._database.write() as connection:
            mine = select(staff.c.prefs).where(staff.c.login == login).with_for_update()
            prefs = dict((await connection.execute(mine)).scalar() or {}) | values
            await connection.execute(update(staff).where(staff.c.login == login).values(prefs=prefs))

    async def present(self, login: str, seconds: float) -> None:
        """At the desk and taking conversations for so long from now; 0: not any more."""
        async with self._database.write() as connection:
            mine = update(staff).where(staff.c.login == login)
            await connection.execute(mine.values(present_until=clock() + seconds if seconds else 0.0))


def _is_admin() -> ColumnElement[bool]:
    return and_(staff.c.role == Role.ADMIN.value, staff.c.disabled.is_(False))


def _alive() -> ColumnElement[bool]:
    fresh = staff_sessions.c.created_at > clock() - SESSION_SECONDS
    return and_(fresh, staff_sessions.c.seen_at > clock() - IDLE_SECONDS)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _one_time() -> str:
    """Twelve letters and digits that cannot be taken for one another."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))


async def _hashed(password: str) -> str:
    return await asyncio.to_thread(_HASHER.hash, password)


async def _matches(hashed: str, password: str) -> bool:
    """In a thread: argon2 takes tens of milliseconds by design."""
    try:
        return await asyncio.to_thread(_HASHER.verify, hashed, password)
    except (VerificationError, InvalidHashError):
        return False
