"""A decision that the rules do not allow, with a message from which the next one can be right."""

from __future__ import annotations

import math
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any


class Illegal(ValueError):
    """Where in the decision, the value there, the rule that it breaks, and what to do instead."""

    def __init__(self, where: str, value: object, rule: str, remedy: str) -> None:
        self.where, self.value, self.rule, self.remedy = where, _short(value), rule, remedy
        super().__init__(f"{where}: {self.value} is not allowed ({rule}); {remedy}")

    def as_data(self) -> dict[str, str]:
        """The four parts, for a page that words them itself."""
        return {"where": self.where, "value": self.value, "rule": self.rule, "remedy": self.remedy}


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def mapping(where: str, value: Any, known: Collection[str], rule: str) -> dict[str, Any]:
    """A mapping whose keys are all known."""
    if not isinstance(value, dict):
        raise Illegal(where, value, rule, "give a mapping from names")
    for name in value:
        one_of(f"{where}.{name}" if where else str(name), name, known, rule)
    return value


def one_of(where: str, value: Any, known: Collection[str], rule: str) -> str:
    """A name out of a list."""
    if isinstance(value, str) and value in known:
        return value
    near = get_close_matches(str(value), known, n=1)
    remedy = "leave it out"
    if near:
        remedy = f"did you mean {near[0]}?"
    elif known:
        remedy = f"choose from {', '.join(known)}"
    raise Illegal(where, value, rule, remedy)


def number(where: str, value: Any, low: float, high: float, rule: str) -> float:
    """A finite number in a range."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if plain and math.isfinite(value) and low <= value <= high:
        return float(value)
    raise Illegal(where, value, rule, f"give a number from {low:g} to {high:g}")


def whole(where: str, value: Any, low: int, high: int, rule: str) -> int:
    """A whole number in a range."""
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise Illegal(where, value, rule, f"give a whole number from {low} to {high}")
