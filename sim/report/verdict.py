"""Whether a difference is more than chance: every sentence that says more, fewer, rises or falls asks here first.

A verb is used only where the 95 % interval of the difference leaves 0. Else the sentence says that the difference is
within chance, with its numbers, and claims nothing.
"""

from __future__ import annotations

WITHIN = "the difference is within chance"


def told(low: float, high: float) -> bool:
    """Is a difference told from chance: is 0 outside its interval?  NaN, an end that is not known, is no end."""
    return low > 0 or high < 0


def points(difference: float, low: float, high: float, verb: str = "") -> str:
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
    return " more" if difference > 0 else " fewer" if difference < 0 else ""
