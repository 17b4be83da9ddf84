"""Whether a difference is more than chance: every sentence that says more, fewer, rises or falls asks here first.

A verb is used only where the 95 % interval of the difference leaves 0. Else the sentence says that the difference is
within chance, with its numbers, and claims nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim import words
from sim.words.language import ENGLISH

WITHIN = "the difference is within chance"


def told(low: float, high: float) -> bool:
    """Is a difference told from chance: is 0 outside its interval?  NaN, an end that is not known, is no end."""
    return low > 0 or high < 0


def points(difference: float, low: float, high: float, *, verb: str = "") -> str:
    """A difference of shares in points of 100, with its interval.

    `18.3 points fewer settle, 15.1 to 21.4` or, around 0, `the difference is within chance: 0.3 points fewer, 2.1 fewer
    to 1.5 more`.  verb: what comes after `fewer` and `more`, such as `settle`
    """
    if low == high == 0:
        return "there is no difference"
    net = f"{abs(100 * difference):.1f} points{_way(difference)}"
    if not told(low, high):
        return f"{WITHIN}: {net}, {abs(100 * low):.1f} fewer to {abs(100 * high):.1f} more"
    near, far = sorted((abs(100 * low), abs(100 * high)))
    return f"{net}{f' {verb}' if verb else ''}, {near:.1f} to {far:.1f}"


def _way(difference: float) -> str:
    if difference > 0:
        return " more"
    return " fewer" if difference < 0 else ""


# ---- differences as numbers ------------------------------------------------------------------------------------------


def between(low: float, high: float, digits: int) -> str:
    """`+15.5 to +21.0`; an end that is not known (NaN) is open: `+15.5 or more`; '' where neither is."""
    least, most = ("" if math.isnan(end) else ENGLISH.signed(end, digits) for end in (low, high))
    if least and most:
        return f"{least} to {most}"
    if least:
        return f"{least} or more"
    return f"{most} or less" if most else ""


def probability(p: float) -> str:
    """`p = 0.03`, `p < 0.001`"""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.2g}" if p < 0.1 else f"p = {p:.2f}"


# ---- A scenario beside the reference in one plain sentence -----------------------------------------------------------


def sentence(turned: Mapping[Any, Any], unchanged: bool) -> str:
    """How many histories are lost and saved, and the net of it with its 95 % interval, told from chance or not.

    turned: the scenario's row of the transitions for the whole; unchanged: whether all numbers are the reference's.
    """
    name, saved, lost = turned["scenario"], int(turned["saved"]), int(turned["lost"])
    whole = saved + lost + int(turned["both"]) + int(turned["neither"])
    histories = f"{words.thousands(whole)} histor{'y' if whole == 1 else 'ies'}"
    net = points(*(float(turned[key]) for key in ("difference", "low", "high")), verb="settle")
    if unchanged and turned["low"] == turned["high"]:
        return f"{name} changes nothing: the same {histories}, every number equal."
    if unchanged:
        return f"{name} changes none of {histories}, every number is equal; {net}."
    if not saved + lost:
        return f"{name} neither loses nor saves any of {histories}, but other numbers differ; {net}."
    return f"{name} loses {_counted(lost)} and saves {_counted(saved)} of {histories}{_then(turned)}{net}."


def _counted(histories: int) -> str:
    return words.thousands(histories) if histories else "none"


def _then(turned: Mapping[Any, Any]) -> str:
    return ": " if told(turned["low"], turned["high"]) else "; "
