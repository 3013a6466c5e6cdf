"""When something holds: both days count, an unknown end is never taken for valid, nothing ended comes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from luebao.knowledge.period import OPEN, PAST, UNKNOWN, Holds, Since, Until, holds

DAY = timedelta(days=1)
days = st.dates(date(2000, 1, 2), date(2100, 12, 30))
sinces = st.builds(Since, st.none() | days)
untils = st.builds(Until, days) | st.builds(Until, st.none(), st.sampled_from([OPEN, UNKNOWN, PAST]))
ORDER = {Holds.NOT_YET: 0, Holds.YES: 1, Holds.UNSURE: 1, Holds.NO_LONGER: 2}


@given(first=days, length=st.integers(0, 1000))
def test_the_first_and_the_last_day_both_count(first: date, length: int) -> None:
    last = first + length * DAY
    period = Since(first), Until(last)
    assert [holds(*period, day) for day in (first - DAY, first, last, last + DAY)] == [
        Holds.NOT_YET, Holds.YES, Holds.YES, Holds.NO_LONGER,
    ]  # fmt: skip


@given(last=days, later=days)
def test_the_new_rule_takes_over_at_midnight(last: date, later: date) -> None:
    """On every day exactly one of two rules holds where one begins on the day after the other's last."""
    old, new = (Since(None), Until(last)), (Since(last + DAY), Until(None, OPEN))
    assert [holds(*old, later), holds(*new, later)].count(Holds.YES) == 1


@given(since=sinces, until=untils, earlier=days, later=days)
def test_nothing_comes_back(since: Since, until: Until, earlier: date, later: date) -> None:
    assume(earlier <= later)
    assert ORDER[holds(since, until, earlier)] <= ORDER[holds(since, until, later)]


@given(day=days)
def test_each_word_for_the_end(day: date) -> None:
    said = {word: holds(Since(None), Until(None, word), day) for word in (OPEN, UNKNOWN, PAST)}
    assert said == {OPEN: Holds.YES, UNKNOWN: Holds.UNSURE, PAST: Holds.NO_LONGER}


@pytest.mark.parametrize("word", [OPEN, UNKNOWN, PAST])
def test_a_period_is_written_as_the_clerk_wrote_it(word: str) -> None:
    assert str(Until(None, word)) == word
    assert (str(Since(None)), str(Since(date(2026, 1, 31))), str(Until(date(2026, 1, 31)))) == (
        UNKNOWN, "2026-01-31", "2026-01-31",
    )  # fmt: skip
