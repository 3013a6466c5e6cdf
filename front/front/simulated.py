"""Credentials of our own making, so that `front simulate` works on a machine that has no account with anybody.

`make run` makes them once, in `.run/front.env`, for WeChat and for SMS alike; only this machine's user can read them.
They open nothing outside: what they would send goes to a port of this machine where nobody listens. As soon as the
environment has a setting of a channel, that channel is the real one, and nothing of it is taken from the file.
"""

from __future__ import annotations

import os
import secrets
import string
from collections.abc import Mapping
from pathlib import Path

from front.settings import run_folder

_CHANNELS = ("LUEBAO_WECHAT_", "LUEBAO_SMS_")
_NOWHERE = "http://127.0.0.1:9"  # the discard port
_HEAD = """\
# make run 编造的凭证，只供 front simulate 在本机试用，不连任何外面的服务。删掉这个文件，下次 make run 会重新编一份。
# 接真的公众号、短信时请设置环境变量 LUEBAO_WECHAT_…、LUEBAO_SMS_…：设置了哪个通道，哪个通道就不用这里的。
"""


def file(environment: Mapping[str, str]) -> Path:
    """Where the credentials are kept."""
    return run_folder(environment) / "front.env"


def added(environment: Mapping[str, str], *, make: bool = False) -> dict[str, str]:
    """The environment with the made-up credentials of the channels it says nothing of; `make`: make them if new."""
    kept = file(environment)
    if make and not kept.exists():
        _write(kept)
    real = tuple(prefix for prefix in _CHANNELS if any(name.startswith(prefix) for name in environment))
    return {name: value for name, value in _read(kept).items() if not name.startswith(real)} | dict(environment)


def front_url() -> str:
    """Where the front of `make run` listens."""
    return f"http://127.0.0.1:{os.environ.get('LUEBAO_FRONT_PORT', '8000')}"


def _made() -> dict[str, str]:
    letters = string.ascii_letters + string.digits
    return {
        "LUEBAO_WECHAT_TOKEN": secrets.token_hex(16),
        "LUEBAO_WECHAT_AES_KEY": "".join(secrets.choice(letters) for _ in range(42)) + "A",  # 43 letters, 32 bytes
        "LUEBAO_WECHAT_APPID": f"wx{secrets.token_hex(8)}",
        "LUEBAO_WECHAT_SECRET": secrets.token_hex(16),
        "LUEBAO_WECHAT_API": _NOWHERE,
        "LUEBAO_SMS_KANNEL_PATH": secrets.token_urlsafe(24),
        "LUEBAO_SMS_KANNEL_PASSWORD": secrets.token_urlsafe(16),
        "LUEBAO_SMS_KANNEL_URL": f"{_NOWHERE}/cgi-bin/sendsms",
        "LUEBAO_SMS_NUMBER": "1069",
    }


def _write(kept: Path) -> None:
    """Whole or not at all, and never readable for others, not even for a moment."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_name(f"{kept.name}.{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(_HEAD + "".join(f"{name}={value}\n" for name, value in _made().items()))
    new.replace(kept)


def _read(kept: Path) -> dict[str, str]:
    try:
        lines = kept.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip().startswith(_CHANNELS)}
