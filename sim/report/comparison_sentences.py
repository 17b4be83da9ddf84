"""A scenario beside the reference in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report import words


def sentence(turned: Mapping[Any, Any], unchanged: bool) -> str:
    """How many histories are lost and saved, and the net of it with its 95 % interval.

    turned: the scenario's row of the transitions for the whole; unchanged: whether all numbers are the reference's.
    """
    name, saved, lost = turned["scenario"], int(turned["saved"]), int(turned["lost"])
    whole = saved + lost + int(turned["both"]) + int(turned["neither"])
    histories = f"{words.thousands(whole)} histor{'y' if whole == 1 else 'ies'}"
    if unchanged:
        return f"{name} changes nothing: the same {histories}, every number equal."
    if not saved + lost:
        return f"{name} neither loses nor saves any of {histories}: the same ones settle, but other numbers differ."
    return f"{name} loses {_counted(lost)} and saves {_counted(saved)} of {histories}: {_net(turned)}."


def _counted(histories: int) -> str:
    return words.thousands(histories) if histories else "none"


def _net(turned: Mapping[Any, Any]) -> str:
    """`18.3 points fewer settle, 15.1 to 21.4`; around 0, `0.3 points fewer settle, 2.1 fewer to 1.5 more`."""
    middle, low, high = (100 * turned[key] for key in ("difference", "low", "high"))
    net = f"{abs(middle):.1f} points {'fewer' if middle < 0 else 'more'} settle" if middle else "as many settle"
    if low > 0 or high < 0:
        near, far = sorted((abs(low), abs(high)))
        return f"{net}, {near:.1f} to {far:.1f}"
    return f"{net}, {abs(low):.1f} fewer to {abs(high):.1f} more"
