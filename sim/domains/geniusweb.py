"""Domains and profiles of GeniusWeb, in JSON, which NegMAS reads too.

    {"LinearAdditiveUtilitySpace": {"name": ..., "domain": {"issuesValues": {issue: {"values": [...]}}},
     "issueUtilities": {issue: {"discreteutils": {"valueUtilities": {value: utility}}}},
     "issueWeights": {issue: weight}, "reservationBid": {"issuevalues": {issue: value}}}}

utility = sum of weight * utility of the value. A number with steps has utilities along a line from its lowest to its
highest value. No agreement is worth what the reservation bid is worth.
"""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from sim.domains.negmas import table, text_of, value_name
from sim.domains.profile import (
    MOST_OPTIONS,
    Outline,
    Profile,
    as_number,
    different,
    not_additive,
    too_many,
    without_steps,
)
from sim.domains.xml_reader import wrong
from sim.scenario.scalars import shorten
from sim.scenario.tree import Node

SPACE = "LinearAdditiveUtilitySpace"
SPACES = (SPACE, "SumOfGroupsUtilitySpace", "DefaultPartialOrdering", "UtilitySpace", "Profile")
"""Kinds of profiles, of which one says what an outcome is worth, issue by issue."""
TABLES = ("discreteutils", "DiscreteValueSetUtilities")
LINES = ("numberutils", "NumberValueSetUtilities")
NONE_SAID = "no reservation bid; no agreement is worth 0 here, and every outcome is at least as good"


def is_outline(root: Node) -> bool:
    """Is it a domain of GeniusWeb?"""
    return "issuesValues" in root.entries


def is_profile(root: Node) -> bool:
    """Is it a profile of GeniusWeb?"""
    return any(kind in root.entries for kind in SPACES)


def read_outline(root: Node, stem: str) -> Outline:
    """The issues of a domain.  Errors: ScenarioError."""
    given = _needed(root, "issuesValues", "domain").entries
    issues = {name: _options(entry.node, name) for name, entry in given.items()}
    if not issues:
        raise wrong(root.place, "too-few", "no issues (there is nothing to agree on); choose another file")
    return Outline(text_of(root, "name") or stem, root.place, issues)


def read_profile(root: Node, stem: str) -> Profile:
    """What a side wants.  Errors: ScenarioError."""
    if SPACE not in root.entries:
        raise not_additive(f"a profile of kind {shorten(next(iter(root.entries)))}", root.place)
    space = root.entries[SPACE].node
    options = read_outline(_needed(space, "domain", SPACE), stem).options
    weights, utilities = (_needed(space, key, SPACE) for key in ("issueWeights", "issueUtilities"))
    read = Profile(
        name=text_of(space, "name") or stem,
        place=root.place,
        values={
            issue: _valued(_needed(utilities, issue, "issueUtilities"), options[issue], issue) for issue in options
        },
        weights={issue: _number(_needed(weights, issue, "issueWeights"), f"issueWeights.{issue}") for issue in options},
        reservation=-math.inf,
    )
    return _with_reservation(read, space)


def _with_reservation(read: Profile, space: Node) -> Profile:
    """The profile, with the utility of the bid that stands for no agreement."""
    bid = space.entries.get("reservationBid")
    if bid is None or bid.node.value is None:
        return replace(read, notes=[NONE_SAID])
    said = _needed(bid.node, "issuevalues", "reservationBid").entries
    outcome = {issue: value_name(said[issue].node.value) if issue in said else "" for issue in read.values}
    for issue, option in outcome.items():
        if option not in read.values[issue]:
            rule = "the reservation bid is an outcome of the domain"
            message = f"{shorten(option)} is no value of {shorten(issue)} ({rule}); correct it"
            raise wrong(bid.place, "unknown-reference", message, "reservationBid")
    return replace(read, reservation=read.utility(outcome))


def _needed(node: Node, key: str, path: str) -> Node:
    entry = node.entries.get(key)
    if entry is None:
        raise wrong(node.place, "missing-key", f"no {shorten(key)} (a linear additive profile has it); add it", path)
    return entry.node


def _number(node: Node, path: str) -> float:
    return as_number(node.value, node.place, path)


# ---- one issue -------------------------------------------------------------------------------------------------------


def _options(node: Node, name: str) -> tuple[str, ...]:
    """The values of an issue: a list, or numbers from a low one to a high one in steps."""
    if "range" in node.entries:
        return _steps(node.entries["range"].node, name)
    return different(tuple(value_name(item.value) for item in _needed(node, "values", name).items), node.place, name)


def _steps(node: Node, name: str) -> tuple[str, ...]:
    """Reckoned in decimal digits, so that the last step is not lost."""
    parts = [_needed(node, key, name) for key in ("low", "high", "step")] if node.entries else list(node.items)
    if len(parts) != 3:
        raise without_steps(node.place, name)
    low, high, step = (_decimal(part, name) for part in parts)
    if step <= 0 or low > high:
        raise wrong(node.place, "out-of-range", "no steps upward (low, high, step above 0); correct the range", name)
    count = int((high - low) / step) + 1
    if count > MOST_OPTIONS:
        raise too_many(count, node.place, name)
    return tuple(str(low + n * step) for n in range(count))


def _decimal(node: Node, path: str) -> Decimal:
    try:
        number = Decimal(str(node.value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 15:
        raise wrong(
            node.place,
            "wrong-type",
            f"{shorten(str(node.value))} is no number (ends and steps are numbers); write one",
            path,
        )
    return number


def _valued(node: Node, options: tuple[str, ...], issue: str) -> dict[str, float]:
    kind = next(iter(node.entries), "")
    if kind in LINES:
        return _line(node.entries[kind].node, options, issue)
    if kind not in TABLES:
        rule = f"utilities of values are {', '.join((*TABLES, *LINES))}"
        raise wrong(node.place, "unsupported", f"{shorten(kind) or 'none'} ({rule}); write one of them", issue)
    given = _needed(node.entries[kind].node, "valueUtilities", issue)
    return table(given, options, issue)


def _line(node: Node, options: tuple[str, ...], issue: str) -> dict[str, float]:
    keys = ("lowValue", "highValue", "lowUtility", "highUtility")
    low, high, worst, best = (_number(_needed(node, key, issue), issue) for key in keys)
    if low >= high:
        raise wrong(node.place, "out-of-range", "lowValue and highValue (the lower one is first); exchange them", issue)
    return {
        option: worst + (best - worst) * (as_number(option, node.place, issue) - low) / (high - low)
        for option in options
    }
