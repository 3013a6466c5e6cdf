"""What nobody has checked for long is listed, never checked first."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from luebao.knowledge import Knowledge
from luebao.knowledge.period import Since
from luebao.knowledge.stale import stale

CHECKED = date(2026, 1, 1)
DAYS = 180


@pytest.fixture
def checked(knowledge: Knowledge) -> Knowledge:
    """Two facts and an entry: the phones checked on CHECKED and on the day before, the entry never."""
    hotline, tax = knowledge.facts["phone.hotline"], knowledge.facts["phone.tax"]
    entry = knowledge.entries["transfer.how"]
    never = attrs.evolve(entry, effective=attrs.evolve(entry.effective, last_checked=Since(None)))
    return attrs.evolve(
        knowledge,
        facts={
            hotline.id: attrs.evolve(hotline, last_checked=Since(CHECKED)),
            tax.id: attrs.evolve(tax, last_checked=Since(CHECKED - timedelta(days=1))),
        },
        entries={never.id: never},
    )


@pytest.mark.parametrize(
    ("after", "waiting"),
    [
        (DAYS - 1, ["transfer.how"]),
        (DAYS, ["transfer.how", "phone.tax"]),
        (DAYS + 1, ["transfer.how", "phone.tax", "phone.hotline"]),
    ],
)
def test_never_checked_first_then_the_oldest(checked: Knowledge, after: int, waiting: list[str]) -> None:
    assert [thing.id for thing in stale(checked, CHECKED + timedelta(days=after), DAYS)] == waiting


def test_a_row_says_what_it_is(checked: Knowledge) -> None:
    rows = stale(checked, date.max, DAYS)
    assert {(row.kind, row.title) for row in rows} == {
        ("条目", "医保关系怎么转"),
        ("事实", "税务缴费咨询电话"),
        ("事实", "全市医保咨询服务电话"),
    }
