"""Numbers are kept encrypted. The key is LUEBAO_SECRET_KEY, or a file beside a SQLite database."""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import make_url

from front.settings import MissingSetting, Settings

VARIABLE = "LUEBAO_SECRET_KEY"
MISSING = f"没有设置 {VARIABLE}，市民留的手机号不会登记。请给每个 front 进程设同一个值（至少32位的随机字符），再重启"


class WrongKey(Exception):
    """A number was encrypted with another key; the message says what to do."""


class Secret:
    """Encrypts and decrypts short texts."""

    def __init__(self, key: str) -> None:
        """`key`: any text of 32 characters or more."""
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))

    def hide(self, text: str) -> str:
        """The text, encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def show(self, hidden: str) -> str:
        """The text again. Raises WrongKey."""
        try:
            return self._fernet.decrypt(hidden.encode()).decode()
        except InvalidToken:
            raise WrongKey(f"这个号码是用另一个 {VARIABLE} 存的，解不开。请把原来的值设回去再重启") from None


def secret_of(settings: Settings) -> Secret | None:
    """The secret of this environment; None where several processes may share a database and no key is set.

    Raises MissingSetting for a key that is too short.
    """
    key = settings.get(VARIABLE)
    if key and len(key) < 32:
        raise MissingSetting(f"环境变量 {VARIABLE} 太短，请用至少32位的随机字符，例如：openssl rand -hex 32")
    if not key and settings.database_url.startswith("sqlite"):
        key = _kept(Path(make_url(settings.database_url).database or "front.db").parent / "secret.key")
    return Secret(key) if key else None


def _kept(file: Path) -> str:
    """The key in the file, made once: two processes that start together get the same one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    if not file.exists():
        fresh.touch(0o600)
        fresh.write_text(os.urandom(32).hex(), encoding="ascii")
        with suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return file.read_text(encoding="ascii").strip()
