"""Weeks as dates: the same words in every country's settings."""

from __future__ import annotations

import datetime as dt

from sim.words.language import ENGLISH

STEPS = (1, 3, 6, 12, 24, 60)  # months between the ticks of an axis


def day(date: dt.date) -> str:
    """`9 February 2023`"""
    return ENGLISH.date(date, "d MMMM y")


def short_day(date: dt.date) -> str:
    """`9 Feb 2023`"""
    return ENGLISH.date(date, "d MMM y")


def month(date: dt.date) -> str:
    """`February 2023`"""
    return ENGLISH.date(date, "MMMM y")


def short_month(date: dt.date) -> str:
    """`Feb 2023`"""
    return ENGLISH.date(date, "MMM y")


def ticks(start: dt.date, weeks: int, most: int) -> list[tuple[float, str]]:
    """First days of months to label on an axis of weeks, at most about so many: [(week, `Jan 2023`)]."""
    for step in STEPS:
        found = _every(start, weeks, step)
        if len(found) <= most:
            break
    return found or [(0.0, short_month(start))]


def _every(start: dt.date, weeks: int, step: int) -> list[tuple[float, str]]:
    end = start + dt.timedelta(weeks=weeks)
    found = []
    for count in range(start.year * 12, end.year * 12 + 12, step):
        date = dt.date(count // 12, count % 12 + 1, 1)
        if start <= date <= end:
            found.append(((date - start).days / 7, short_month(date)))
    return found
