"""Numbers, shares and lists in words, the same wherever a person reads them."""

from __future__ import annotations

from collections.abc import Sequence

NONE = "–"
"""Where there is no number."""


def both(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`"""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def either(names: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`"""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def number(value: float) -> str:
    """`no`, `seven`, `18`"""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    whole = round(value)
    return words[whole] if whole < len(words) else f"{whole:,}"


def count(value: float, one: str, many: str = "") -> str:
    """`no rounds`, `one round`, `18 rounds`"""
    return f"{number(value)} {one if round(value) == 1 else many or one + 's'}"


def times(value: int) -> str:
    """`once`, `twice`, `three times`"""
    return {1: "once", 2: "twice"}.get(value) or count(value, "time")


def percent(share: float) -> str:
    """`46 %`; shares that are neither 0 nor 1 never look as if they were."""
    shown = round(100 * share + 1e-9)  # 0.495 is 0.495, however it was worked out
    if 0 < share < 1 and shown in (0, 100):
        return "under 1 %" if shown == 0 else "over 99 %"
    return f"{shown} %"


def thousands(value: int) -> str:
    """`10,000`"""
    return f"{value:,}"
