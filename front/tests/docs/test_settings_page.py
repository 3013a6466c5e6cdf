"""docs/reference/settings.md names every variable that is read, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from front.channels.sms.config import configure
from front.settings import ROOT, Settings

_NAME = re.compile(r"LUEBAO_[A-Z0-9]+(?:_[A-Z0-9]+)*(?![A-Z0-9_])")
_ROOMS = ("brain", "actions", "luebao", "scripts", "evaluation", "benchmarks", "tests", "front/front", "front/tests")
_FAMILIES = {"LUEBAO_WECHAT", "LUEBAO_SMS", "LUEBAO_SMS_KANNEL"}  # written as prefixes, LUEBAO_SMS_…


def files() -> Iterator[Path]:
    for room in _ROOMS:
        yield from (
            file for file in (ROOT / room).rglob("*.py") if ".venv" not in file.parts and ".work" not in file.parts
        )
    yield from (ROOT / name for name in ("endpoints.yml", "credentials.yml", "config.yml", "Makefile"))


class Asked(dict[str, str]):
    """An environment that notes what is asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.names: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, default)


def sms_names() -> set[str]:
    """What the SMS channel asks for when every gateway is set up: its names are put together at run time."""
    secret = "a-secret-path-of-32-characters-xx"
    given = {f"LUEBAO_SMS_{gateway}_PATH": secret for gateway in ("KANNEL", "ALIYUN", "TENCENT")}
    needed = "KANNEL_PASSWORD NUMBER SIGNATURE ALIYUN_KEY_ID ALIYUN_KEY_SECRET ALIYUN_TEMPLATE TENCENT_SECRET_ID"
    needed += " TENCENT_SECRET_KEY TENCENT_APPID TENCENT_TEMPLATE"
    asked = Asked(given | {f"LUEBAO_SMS_{name}": "x" for name in needed.split()})
    configure(Settings(environment=asked))
    return asked.names


def test_every_variable_that_is_read_is_explained_and_no_other() -> None:
    read = sms_names()
    for file in files():
        if "docs" not in file.parts:
            read |= set(_NAME.findall(file.read_text(encoding="utf-8")))
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `(LUEBAO_[A-Z0-9_]+)` \|", page, re.MULTILINE)
    assert sorted(read - _FAMILIES - set(explained)) == [], "settings.md 里没有写"
    assert sorted(set(explained) - read) == [], "settings.md 写了而代码里没有用"
    assert len(explained) == len(set(explained))
