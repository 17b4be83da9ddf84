"""A scenario beside the reference in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim import words
from sim.words.verdict import points, told


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
