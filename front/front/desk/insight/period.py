"""A period of whole days in China, on one channel or on all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from luebao.today import CHINA

LONGEST_DAYS = 366
SHORTCUTS = {1: "今天", 7: "7天", 30: "30天", 90: "90天"}
CHANNELS = {"": "全部渠道", "wechat": "微信", "sms": "短信", "web": "网页"}


class BadPeriod(Exception):
    """The days make no period; the message says what to do, in Chinese."""


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included. `channel` "" means every one."""

    first: date
    last: date
    channel: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadPeriod("结束的日期在开始之前，请换过来")
        if (self.last - self.first).days >= LONGEST_DAYS:
            raise BadPeriod(f"一次最多看{LONGEST_DAYS}天，请选短一些")

    @classmethod
    def recent(cls, days: int, today: date, channel: str = "") -> Period:
        """So many days up to today."""
        return cls(today - timedelta(days=days - 1), today, channel)

    @classmethod
    def of_texts(cls, first: str, last: str, channel: str = "") -> Period:
        """From two dates such as 2026-11-01. Raises BadPeriod."""
        try:
            return cls(date.fromisoformat(first), date.fromisoformat(last), channel)
        except ValueError:
            raise BadPeriod("请选开始和结束的日期") from None

    @property
    def seconds(self) -> tuple[float, float]:
        """Its beginning and its end (the latter excluded), in seconds since 1970."""
        return _midnight(self.first), _midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Its days in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def words(self) -> str:
        """As staff read it."""
        when = chinese(self.first) if self.first == self.last else f"{chinese(self.first)}至{chinese(self.last)}"
        return f"{when}，{CHANNELS.get(self.channel, self.channel)}"


def chinese(day: date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()
