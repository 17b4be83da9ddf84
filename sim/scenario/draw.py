"""From a scenario with distributions to one value for each replication.

Each distribution has a purpose of its own, `drawn.<path>`, so that what one input drew does not depend on the others:
that of `parties.Armenia.reservation: {mean: 0.42, sd: 0.08}` is `drawn.parties.Armenia.reservation`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from sim.arrays import Array, Parameter
from sim.chance import Chance
from sim.scenario.field_types import Item
from sim.scenario.numbers import Distribution
from sim.scenario.schema import Scenario

Choose = Callable[[Distribution, str], Parameter]  # what stands in place of a distribution, given its path


def realise(scenario: Scenario, chance: Chance) -> tuple[Scenario, dict[str, Array]]:
    """The scenario with an array (R,) in place of each distribution, and what was drawn, by path."""
    found: dict[str, Array] = {}

    def draw(distribution: Distribution, path: str) -> Array:
        found[path] = distribution.quantile(chance.once(f"drawn.{path}")[0])
        return found[path]

    realised: Scenario = _replaced(scenario, "", draw)
    return realised, found


def at_means(scenario: Scenario) -> Scenario:
    """The scenario with the mean in place of each distribution: the one history that stands for all."""
    plain: Scenario = _replaced(scenario, "", lambda distribution, _: distribution.mean)
    return plain


def _replaced(node: Any, path: str, choose: Choose) -> Any:
    """A part of a scenario, with what is chosen in place of each distribution in it."""
    if isinstance(node, Distribution):
        return choose(node, path)
    if isinstance(node, list):
        return [_replaced(part, f"{path}[{_place(part, n)}]", choose) for n, part in enumerate(node)]
    if isinstance(node, dict):
        return {name: _replaced(part, f"{path}.{name}", choose) for name, part in node.items()}
    if isinstance(node, BaseModel):
        below = {name: _replaced(part, f"{path}.{name}".lstrip("."), choose) for name, part in node}
        return node.model_copy(update=below)
    return node


def _place(part: object, n: int) -> int:
    """Where an item of a list stood before others were taken away: what it draws must not change with them."""
    return part.place if isinstance(part, Item) and part.place is not None else n
