"""From a scenario with distributions to one value for each replication.

Each distribution has a purpose of its own, `drawn.<path>`, so that what one input drew does not depend on the others.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from pydantic import BaseModel

from sim.arrays import Array
from sim.chance import Chance
from sim.scenario.schema import Item, Normal, Number, Scenario, Triangular, Uniform

T = TypeVar("T")
Parameter = float | Array  # after drawing: one number for all replications, or one for each (R,)


def drawn(number: Number | None) -> Parameter:
    """A number of a realised scenario, as the type checker should see it."""
    return cast(Parameter, number)


def realise(scenario: Scenario, chance: Chance) -> tuple[Scenario, dict[str, Array]]:
    """The scenario with an array (R,) in place of each distribution, and what was drawn, by path."""
    found: dict[str, Array] = {}
    return _realise(scenario, "", chance, found), found


def _realise(node: T, path: str, chance: Chance, found: dict[str, Array]) -> T:
    if isinstance(node, Normal | Uniform | Triangular):
        values = node.quantile(chance.once(f"drawn.{path}")[0])
        found[path] = values
        return cast(T, values)
    parts: dict[Any, Any]
    if isinstance(node, BaseModel):
        parts = {name: getattr(node, name) for name in type(node).model_fields}
    elif isinstance(node, dict):
        parts = node
    elif isinstance(node, list):
        return cast(T, [_realise(part, f"{path}[{_place(part, n)}]", chance, found) for n, part in enumerate(node)])
    else:
        return node
    below = {
        name: _realise(part, f"{path}.{name}" if path else str(name), chance, found) for name, part in parts.items()
    }
    return cast(T, node.model_copy(update=below)) if isinstance(node, BaseModel) else cast(T, below)


def _place(part: object, n: int) -> int:
    """Where an item of a list stood before others were taken away: what it draws must not change with them."""
    return part.place if isinstance(part, Item) and part.place is not None else n


def at_means(scenario: Scenario) -> Scenario:
    """The scenario with the mean in place of each distribution: the one history that stands for all."""
    return _at_means(scenario)


def _at_means(node: T) -> T:
    if isinstance(node, Normal | Uniform | Triangular):
        return cast(T, node.mean)
    if isinstance(node, list):
        return cast(T, [_at_means(part) for part in node])
    if isinstance(node, dict):
        return cast(T, {name: _at_means(part) for name, part in node.items()})
    if isinstance(node, BaseModel):
        return cast(
            T, node.model_copy(update={name: _at_means(getattr(node, name)) for name in type(node).model_fields})
        )
    return node
