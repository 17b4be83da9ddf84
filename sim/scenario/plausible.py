"""The constants of scenarios: numbers that nobody has measured, each with the range in which the true one may lie.

A *model* gives each of them one value of its range. All else stays as the files have it, and above all the numbers in
which the files differ: these are what is asked about. Shapes: M models, K constants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.scenario.dump import as_yaml
from sim.scenario.field_types import Block
from sim.scenario.numbers import SHAPE_WORDS, Distribution, Normal, Range, mean_of, parts_of
from sim.scenario.schema import Scenario
from sim.scenario.schema_lookup import Keys
from sim.scenario.tree import Node, Trail, plain, spell
from sim.scenario.yaml_reader import read


@dataclass(frozen=True)
class Constant:
    """A number of a scenario: what the file has there, and from where to where the true one may plausibly lie.

    least, most: what the key takes. Of a distribution the range is that of its mean.
    """

    trail: Trail
    value: float | Distribution
    low: float
    high: float
    least: float
    most: float

    @property
    def path(self) -> str:
        """As `--set` names it."""
        return spell(self.trail)

    def at(self, values: Array) -> Any:
        """What stands there where the number, or the mean of the distribution, has these values.

        The spread of a distribution stays, but for what would leave the range of the key.
        """
        if not isinstance(self.value, Distribution):
            return values
        if isinstance(self.value, Normal):
            return replace(self.value, mean=values)  # type: ignore[arg-type]  # one for each replication
        moved = values - self.value.mean
        cut = partial(np.clip, a_min=self.least, a_max=self.most)
        return replace(self.value, **{name: cut(part + moved) for name, part in parts_of(self.value).items()})


# ---- which there are -------------------------------------------------------------------------------------------------


def constants(*scenarios: Scenario) -> list[Constant]:
    """The numbers that have a plausible range of some width and in which the scenarios do not differ.

    A number that only some of them have (of a mediator whom the others lack) is one too, as long as these agree on it.
    Lists of different lengths differ as a whole. Ranges are those of the first scenario that has the number.
    """
    found = [_numbers(scenario) for scenario in scenarios]
    lengths = [_lengths(scenario) for scenario in scenarios]
    agreed: dict[Trail, Constant] = {}
    differing: set[Trail] = set()
    for numbers in found:
        for trail, constant in numbers.items():
            if agreed.setdefault(trail, constant).value != constant.value:
                differing.add(trail)
    lists = {trail for each in lengths for trail in each}
    uneven = {trail for trail in lists if len({each.get(trail, 0) for each in lengths}) > 1}
    return [
        constant
        for trail, constant in agreed.items()
        if constant.low < constant.high
        and trail not in differing
        and not any(trail[:depth] in uneven for depth in range(len(trail)))
        and _same_form(trail, found, scenarios)
    ]


def _same_form(trail: Trail, found: Sequence[Mapping[Trail, Constant]], scenarios: Sequence[Scenario]) -> bool:
    """Does none of the scenarios have something else at this path: a list, values by name, an option's name?"""
    lacking = [scenario for scenario, numbers in zip(scenarios, found, strict=True) if trail not in numbers]
    return not any(_stands(scenario, trail) for scenario in lacking)


def _stands(node: Any, trail: Trail) -> bool:
    """Does something stand at the path, or in its way: one value, or a block of another kind?"""
    if not trail:
        return node is not None
    if isinstance(node, dict):
        return trail[0] in node and _stands(node[trail[0]], trail[1:])
    if isinstance(node, Block):
        return trail[0] not in type(node).model_fields or _stands(getattr(node, str(trail[0])), trail[1:])
    return node is not None


def _numbers(scenario: Scenario) -> dict[Trail, Constant]:
    """Every number of a scenario that has a plausible range, in the order of the file."""
    root = _tree(scenario)
    found = _below(root, Keys.of_scenario(), (), scenario.plausible)
    return {constant.trail: constant for constant in found}


def _lengths(scenario: Scenario) -> dict[Trail, int]:
    """How many items each list has."""
    return dict(_lists(_tree(scenario), ()))


def _lists(node: Node, trail: Trail) -> Iterator[tuple[Trail, int]]:
    if node.items:
        yield trail, len(node.items)
    for name, entry in node.entries.items():
        yield from _lists(entry.node, (*trail, name))
    for n, item in enumerate(node.items):
        yield from _lists(item, (*trail, n))


def _tree(scenario: Scenario) -> Node:
    root = read(as_yaml(scenario), scenario.name).root
    if root is None:
        raise AssertionError("a file that we write ourselves can be read")  # pragma: no cover
    return root


def _below(node: Node, keys: Keys, trail: Trail, own: Mapping[str, list[float]]) -> Iterator[Constant]:
    """The constants of a value and of all that it holds.  own: ranges that the file itself gives, by path"""
    is_number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if is_number or (node.entries and SHAPE_WORDS.issuperset(node.entries)):
        yield from _constant(node, keys, trail, own)
        return
    for name, entry in node.entries.items():
        yield from _below(entry.node, keys.below(name, node), (*trail, name), own)
    for n, item in enumerate(node.items):
        yield from _below(item, keys.below(n, node), (*trail, n), own)


def _constant(node: Node, keys: Keys, trail: Trail, own: Mapping[str, list[float]]) -> Iterator[Constant]:
    form = next((each for each in keys.forms if each.get("type") == "number" and "minimum" in each), None)
    if form is None:
        return
    least, most = form["minimum"], form["maximum"]
    value = Range(least, most, "").read(plain(node))
    span = own.get(spell(trail)) or _span(mean_of(value), keys.said.get("plausible"))
    if span is not None:
        yield Constant(trail, value, float(span[0]), float(span[1]), least, most)


def _span(value: float, said: Any) -> tuple[float, float] | None:
    """The range that the schema gives a number of this value, which a file that says it finds plausible too."""
    if said is None or isinstance(said, str):
        return None
    if isinstance(said, list):
        return min(said[0], value), max(said[1], value)
    return said["low"] * value, min(said["high"] * value, said.get("most", np.inf))


# ---- models ----------------------------------------------------------------------------------------------------------


def in_models(scenario: Scenario, drawn: Sequence[Constant], values: Array, count: int) -> Scenario:
    """The scenario in which each constant that it has takes each model's value in turn, for `count` rows each.

    values (M, K) -> numbers (M x count,), model by model
    """
    chosen: dict[Any, Any] = {}
    for constant, column in zip(drawn, values.T, strict=True):
        inner = chosen
        for step in constant.trail[:-1]:
            inner = inner.setdefault(step, {})
        inner[constant.trail[-1]] = constant.at(np.repeat(column, count))
    made = _placed(scenario, chosen)
    assert isinstance(made, Scenario)
    return made


def _placed(node: Any, chosen: Any) -> Any:
    """A part of a scenario with what is chosen in place of its numbers; what it does not have is passed over."""
    if not isinstance(chosen, dict):
        return chosen
    if isinstance(node, Block):
        here = {step: part for step, part in chosen.items() if step in type(node).model_fields}
        below = {step: _placed(getattr(node, step), part) for step, part in here.items()}
        return node.model_copy(update=below)
    if isinstance(node, dict):
        return {name: _placed(part, chosen[name]) if name in chosen else part for name, part in node.items()}
    if isinstance(node, list):
        return [_placed(part, chosen[n]) if n in chosen else part for n, part in enumerate(node)]
    return node
