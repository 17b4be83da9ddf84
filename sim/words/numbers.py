"""Numbers, shares and lists in words, the same wherever a person reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sim import kinds
from sim.words.language import ENGLISH

NONE = "–"
"""Where there is no number."""


def both(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`"""
    return ENGLISH.both(names)


def either(names: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`"""
    return ENGLISH.either(names)


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def number(value: float) -> str:
    """`no`, `seven`, `18`"""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    whole = round(value)
    return words[whole] if whole < len(words) else thousands(whole)


def count(value: float, one: str, many: str = "") -> str:
    """`no rounds`, `one round`, `18 rounds`"""
    return f"{number(value)} {one if round(value) == 1 else many or one + 's'}"


def some(value: int, one: str, many: str = "") -> str:
    """`1 history`, `200 histories`: in figures, where numbers stand beside each other."""
    return f"{thousands(value)} {one if value == 1 else many or one + 's'}"


def counted(happened: Iterable[str]) -> list[str]:
    """How often each kind of event happened, of those that are counted: `ten rounds`, `one leak`."""
    counts = Counter(happened)
    return [count(counts[kind.name], kind.noun) for kind in kinds.among(counts) if kind.noun]


def times(value: int) -> str:
    """`once`, `twice`, `three times`"""
    return {1: "once", 2: "twice"}.get(value) or count(value, "time")


def percent(share: float) -> str:
    """`46 %`; shares that are neither 0 nor 1 never look as if they were."""
    shown = points(share)
    if 0 < share < 1 and shown in (0, 100):
        return "under 1 %" if shown == 0 else "over 99 %"
    return f"{shown} %"


def points(share: float) -> int:
    """A share as whole hundredths."""
    return round(100 * share + 1e-9)  # 0.495 is 0.495, however it was worked out


def thousands(value: int) -> str:
    """`10,000`"""
    return ENGLISH.number(value)
