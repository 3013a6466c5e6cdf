"""What the front is told by its environment. Every setting has a default or is named when it is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent  # the repository: knowledge/, .run/
PAGE = Path(__file__).resolve().parent / "web"  # the citizens' page
DEFAULT_RASA = "http://127.0.0.1:5005"


class MissingSetting(Exception):
    """A setting that is needed and absent or malformed; the message names the variable and says what to do."""


@dataclass(frozen=True)
class Settings:
    """Addresses, limits and times. Times are seconds. `environment` holds the channels' own LUEBAO_… variables."""

    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    tracker_url: str = field(default="", repr=False)  # Rasa's memory of the dialogues, "" where we are not told
    rasa_urls: tuple[str, ...] = (DEFAULT_RASA,)
    rasa_file: Path | None = None  # where `make run` writes the addresses of Rasa anew when a new model takes over
    knowledge: Path = ROOT / "knowledge"
    brain_deadline: float = 3.0
    brain_slots: int = 16  # messages one Rasa replica works on at once; the others wait their turn here
    lease: float = 6.0  # how long a process may hold a conversation without a sign of life
    keep_days: int = 180
    person_rate: float = 1.0  # messages a second of one web session, in the long run
    address_rate: float = 20.0  # requests a second of one address: many people may share one
    address_connections: int = 100  # open at once from one address, where there is no proxy of ours in between
    connections: int = 2000  # the same, from all
    secure_cookie: bool = False
    metrics_token: str = field(default="", repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def need(self, name: str, what: str) -> str:
        """The value of a variable a channel cannot do without. Raises MissingSetting, saying what it is for."""
        value = self.environment.get(name, "").strip()
        if not value:
            raise MissingSetting(f"缺少环境变量 {name}（{what}）。请设置后重新启动，例如：export {name}=…")
        return value

    def get(self, name: str, default: str = "") -> str:
        """The value of an optional variable."""
        return self.environment.get(name, "").strip() or default


def run_folder(environment: Mapping[str, str]) -> Path:
    """Where a service started by hand keeps its files."""
    return Path(environment.get("LUEBAO_RUN") or ROOT / ".run")


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment (os.environ by default). Raises MissingSetting for a malformed one."""
    env = dict(os.environ if environment is None else environment)
    run, tracker = run_folder(env), env.get("LUEBAO_TRACKER_URL", "")
    return Settings(
        database_url=_async_url(env.get("LUEBAO_DATABASE_URL") or f"sqlite:///{run / 'front.db'}"),
        redis_url=env.get("LUEBAO_REDIS_URL", ""),
        tracker_url=_async_url(tracker, "LUEBAO_TRACKER_URL") if tracker else "",
        rasa_urls=_urls(env.get("LUEBAO_RASA_URLS") or DEFAULT_RASA),
        rasa_file=Path(file) if (file := env.get("LUEBAO_RASA_FILE")) else None,
        knowledge=Path(env.get("LUEBAO_KNOWLEDGE") or ROOT / "knowledge"),
        brain_deadline=_number(env, "LUEBAO_BRAIN_DEADLINE", 3.0),
        brain_slots=int(_number(env, "LUEBAO_BRAIN_SLOTS", 16)),
        lease=_number(env, "LUEBAO_LEASE", 6.0),
        keep_days=int(_number(env, "LUEBAO_KEEP_DAYS", 180)),
        person_rate=_number(env, "LUEBAO_PERSON_RATE", 1.0),
        address_rate=_number(env, "LUEBAO_ADDRESS_RATE", 20.0),
        address_connections=int(_number(env, "LUEBAO_ADDRESS_CONNECTIONS", 100)),
        connections=int(_number(env, "LUEBAO_CONNECTIONS", 2000)),
        secure_cookie=env.get("LUEBAO_SECURE_COOKIE", "") == "1",
        metrics_token=env.get("LUEBAO_METRICS_TOKEN", ""),
        environment={name: value for name, value in env.items() if name.startswith("LUEBAO_")},
    )


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(env.get(name) or default)
    except ValueError:
        value = 0.0
    if value <= 0:
        raise MissingSetting(f"环境变量 {name} 应当是大于 0 的数字，现在是 {env.get(name)!r}")
    return value


def _urls(text: str) -> tuple[str, ...]:
    urls = tuple(url.strip().rstrip("/") for url in text.split(",") if url.strip())
    if not urls or not all(url.startswith(("http://", "https://")) for url in urls):
        raise MissingSetting(f"LUEBAO_RASA_URLS 应当是逗号分隔的 http 地址，例如 {DEFAULT_RASA}，现在是 {text!r}")
    return urls


def _async_url(url: str, name: str = "LUEBAO_DATABASE_URL") -> str:
    """The address with the asynchronous driver SQLAlchemy needs."""
    scheme, _, rest = url.partition("://")
    if scheme.startswith("sqlite"):
        return f"sqlite+aiosqlite://{rest}"
    if scheme.startswith("postgres"):
        return f"postgresql+asyncpg://{rest}"
    raise MissingSetting(f"{name} 只认 sqlite:///文件 或 postgresql://…，现在是 {scheme}://…")
