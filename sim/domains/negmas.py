"""Domains and utility functions of NegMAS, in YAML or JSON, as `Scenario.dumpas` of NegMAS writes them.

A domain lists its issues; a utility function gives `values` and `weights` in the same order, or by name:

    {name: Trade, issues: [{name: Quantity, type: ContiguousIssue, values: [1, 10]}, ...]}
    {name: buyer, type: LinearAdditiveUtilityFunction, reserved_value: 0.1, weights: [0.25, 0.75],
     values: [{type: TableFun, mapping: {1: 0.0, 2: 0.5, ...}}, ...]}

utility = bias + sum of weight * value (LinearAdditiveUtilityFunction.eval). Mohammad, Nakadai and Greenwald 2021,
"NegMAS: a platform for automated negotiations".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sim.domains.profile import (
    Outline,
    Profile,
    as_number,
    different,
    not_additive,
    whole_number,
    whole_numbers,
    without_steps,
)
from sim.domains.xml_reader import wrong
from sim.scenario.scalars import shorten
from sim.scenario.tree import Node

CLASS = ("type", "__python_class__")
"""Where NegMAS writes what something is; the first in scenarios that it saves."""
LISTS = ("CategoricalIssue", "DiscreteCardinalIssue", "DiscreteOrdinalIssue", "")
ADDITIVE = ("LinearAdditiveUtilityFunction", "LinearUtilityAggregationFunction")
STRAIGHT = ("LinearUtilityFunction", "AffineUtilityFunction")
DISCOUNTED = {"ExpDiscountedUFun": "discount", "LinDiscountedUFun": "cost"}
"""What wraps a utility function to lose utility over time, and the key that says how much."""
MEANT = {*CLASS, "name", "reserved_value", "weights", "values", "bias", "outcome_space", "constraints"}
ASIDE = {"id", "owner", "invalid_value", "stability", "n_values"}
"""Keys that do not touch what an outcome is worth."""
NONE_SAID = "no reserved value; no agreement is worth 0 here, and every outcome is at least as good"


def is_outline(root: Node) -> bool:
    """Is it a domain of NegMAS?"""
    return "issues" in root.entries


def is_profile(root: Node) -> bool:
    """Is it a utility function of NegMAS?"""
    return any(key in root.entries for key in ("weights", "ufun", "reserved_value"))


# ---- the domain ------------------------------------------------------------------------------------------------------


def read_outline(root: Node, stem: str) -> Outline:
    """The issues of a domain.  Errors: ScenarioError."""
    issues: dict[str, tuple[str, ...]] = {}
    for issue in root.entries["issues"].node.items:
        name = text_of(issue, "name")
        if not name or name in issues:
            what = f"a second issue called {shorten(name)}" if name else "an issue without a name"
            raise wrong(issue.place, "duplicate", f"{what} (names tell issues apart); give it another name", "issues")
        issues[name] = _options(issue, name)
    if not issues:
        raise wrong(root.place, "too-few", "no issues (there is nothing to agree on); choose another file", "issues")
    return Outline(text_of(root, "name") or stem, root.place, issues)


def _options(issue: Node, name: str) -> tuple[str, ...]:
    kind = _class(issue)
    values = issue.entries["values"].node if "values" in issue.entries else None
    if values is None:
        raise wrong(issue.place, "missing-key", "no values (an issue has some); add them", name)
    if kind == "ContiguousIssue":
        return tuple(str(number) for number in _range(values, name))
    if kind.startswith("Continuous"):
        raise without_steps(values.place, name)
    if kind not in LISTS:
        rule = f"issues have all their values in the file: ContiguousIssue, {', '.join(LISTS[:-1])}"
        raise wrong(issue.place, "unsupported", f"an issue of type {shorten(kind)} ({rule}); list its values", name)
    return different(tuple(value_name(item.value) for item in values.items), values.place, name)


def _range(values: Node, name: str) -> list[int]:
    """Whole numbers from one bound to the other; a number alone counts from 0."""
    bounds = values.items
    if not bounds:
        return whole_numbers(0, whole_number(values.value, values.place, name) - 1, values.place, name)
    if len(bounds) != 2:
        raise wrong(values.place, "wrong-type", f"{len(bounds)} bounds (a range has two); write [low, high]", name)
    low, high = (whole_number(bound.value, bound.place, name) for bound in bounds)
    return whole_numbers(low, high, values.place, name)


def value_name(value: object) -> str:
    """The name of a value of an issue, the same whether it stands in a list, as a key, or in JSON."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _class(node: Node) -> str:
    """The class that something has, without its modules."""
    return next((said.rpartition(".")[2] for key in CLASS if (said := text_of(node, key))), "")


def text_of(node: Node, key: str) -> str:
    """The text, or the number as a text, under a key; '' where there is none."""
    value = node.entries[key].node.value if key in node.entries else ""
    return value_name(value) if isinstance(value, str | int | float) else ""


# ---- preferences -----------------------------------------------------------------------------------------------------


def read_profile(root: Node, outline: Outline | None, stem: str) -> Profile:
    """A utility function on the issues of a domain.  Errors: ScenarioError."""
    discount = ""
    kind = _class(root)
    if kind in DISCOUNTED and "ufun" in root.entries:
        discount = _discount(root, DISCOUNTED[kind])
        stem = text_of(root, "name") or stem
        root = root.entries["ufun"].node
        kind = _class(root)
    if kind not in (*ADDITIVE, *STRAIGHT):
        raise not_additive(f"a utility function of type {shorten(kind) or 'none'}", root.place, "type")
    _nothing_unknown(root)
    options = _own_or(outline, root, stem).options
    values = _values(root, options) if kind in ADDITIVE else _themselves(root, options)
    reservation = _reservation(root)
    return Profile(
        name=text_of(root, "name") or stem,
        place=root.place,
        values=values,
        weights=_weights(root, options),
        constant=_number(root, "bias", 0.0),
        reservation=reservation,
        discount=discount,
        notes=[NONE_SAID] if math.isinf(reservation) else [],
    )


def _nothing_unknown(root: Node) -> None:
    for key, entry in root.entries.items():
        if key not in MEANT | ASIDE:
            rule = "what is not known might change what an outcome is worth"
            raise wrong(entry.place, "unknown-key", f"{shorten(key)} is not known here ({rule}); remove it if not", key)
    if "constraints" in root.entries and root.entries["constraints"].node.items:
        raise not_additive("constraints on outcomes", root.entries["constraints"].place, "constraints")


def _own_or(outline: Outline | None, root: Node, stem: str) -> Outline:
    """The issues, of the domain's file or of the function's own outcome space."""
    if outline is not None:
        return outline
    space = root.entries.get("outcome_space")
    if space is None or not is_outline(space.node):
        rule = "a utility function of NegMAS lists values in the order of its domain's issues"
        message = f"no domain to read it by ({rule}); import the file of the domain along with it"
        raise wrong(root.place, "missing-key", message)
    return read_outline(space.node, stem)


def _discount(root: Node, key: str) -> str:
    """What discounting there is, in words; '' where it comes to none."""
    nothing = 1.0 if key == "discount" else 0.0
    amount = _number(root, key, nothing)
    if (key == "discount" and amount == nothing) or amount == nothing:
        return ""
    return f"a discount factor of {amount:g}" if key == "discount" else f"a cost of {amount:g} over time"


def _reservation(root: Node) -> float:
    entry = root.entries.get("reserved_value")
    if entry is None or entry.node.value is None:
        return -math.inf
    number = as_number(entry.node.value, entry.node.place, "reserved_value", endless=True)
    if number == math.inf:
        rule = "a side that prefers no agreement to every outcome does not negotiate"
        message = f"an infinite reserved value ({rule}); change it"
        raise wrong(entry.node.place, "out-of-range", message, "reserved_value")
    return number


def _number(root: Node, key: str, default: float) -> float:
    entry = root.entries.get(key)
    if entry is None or entry.node.value is None:
        return default
    return as_number(entry.node.value, entry.node.place, key)


def _weights(root: Node, options: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """The weight of each issue, by name or in order; 1 where none are given."""
    if "weights" not in root.entries or root.entries["weights"].node.value is None:
        return dict.fromkeys(options, 1.0)
    given = _by_issue(root.entries["weights"].node, options, "weights")
    return {issue: as_number(node.value, node.place, f"weights.{issue}") for issue, node in given.items()}


def _values(root: Node, options: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    if "values" not in root.entries:
        raise wrong(root.place, "missing-key", "no values (each issue has a value function); add them", "values")
    given = _by_issue(root.entries["values"].node, options, "values")
    return {issue: _valued(node, options[issue], f"values.{issue}") for issue, node in given.items()}


def _by_issue(node: Node, options: Mapping[str, Sequence[str]], path: str) -> dict[str, Node]:
    """What is given for each issue, in the order of the issues."""
    named = {value_name(entry.key): entry.node for entry in node.entries.values()}
    found = named or dict(zip(options, node.items, strict=False))
    if set(found) != set(options) or (not named and len(node.items) != len(options)):
        rule = f"one for each issue: {', '.join(shorten(issue) for issue in list(options)[:12])}"
        raise wrong(node.place, "wrong-number", f"{len(named or node.items)} {path} ({rule}); correct the list", path)
    return {issue: found[issue] for issue in options}


def _valued(node: Node, options: Sequence[str], path: str) -> dict[str, float]:
    """What each option of an issue is worth, by a table or along a line."""
    kind = _class(node)
    if kind in LINES:
        return _line(node, options, path, LINES[kind])
    if kind == "TableFun" and "mapping" in node.entries:
        return table(node.entries["mapping"].node, options, path)
    if kind:
        rule = f"value functions are tables or lines: TableFun, {', '.join(LINES)}"
        raise wrong(node.place, "unsupported", f"{shorten(kind)} ({rule}); write a TableFun with its values", path)
    return table(node, options, path)


LINES = {
    "AffineFun": ("slope", "bias"),
    "LinearFun": ("slope",),
    "ConstFun": ("bias",),
    "IdentityFun": (),
}
"""Straight value functions, and the keys that they have."""


def _line(node: Node, options: Sequence[str], path: str, keys: Sequence[str]) -> dict[str, float]:
    for key, entry in node.entries.items():
        if key not in (*keys, *CLASS):
            raise wrong(entry.place, "unknown-key", f"{shorten(key)} (known here: {', '.join(keys)}); remove it", path)
    slope = _number(node, "slope", math.nan if "slope" in keys else float(not keys))
    if math.isnan(slope):
        raise wrong(node.place, "missing-key", "no slope (a line has one); add it", path)
    bias = _number(node, "bias", 0.0)
    if slope == 0:
        return dict.fromkeys(options, bias)
    return {option: slope * as_number(option, node.place, path) + bias for option in options}


def table(node: Node, options: Sequence[str], path: str) -> dict[str, float]:
    """What each option is worth, by its name or in the order of the options.  Errors: ScenarioError."""
    named = {value_name(entry.key): entry.node for entry in node.entries.values()}
    found = named or dict(zip(options, node.items, strict=False))
    for option in options:
        if option not in found:
            message = f"no value for {shorten(option)} (each option has one); add it"
            raise wrong(node.place, "missing-key", message, path)
    if len(named or node.items) > len(options):
        odd = next((name for name in named if name not in options), "one more than there are")
        raise wrong(
            node.place, "unknown-reference", f"{shorten(odd)} (one for each value of the issue); remove it", path
        )
    return {option: as_number(found[option].value, found[option].place, path) for option in options}


def _themselves(root: Node, options: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Of a linear utility function: what an option is worth is the number that it is."""
    return {
        issue: {option: as_number(option, root.place, f"issues.{issue}") for option in names}
        for issue, names in options.items()
    }
