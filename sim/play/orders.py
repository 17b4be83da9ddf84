"""What a person who mediates orders until the next moment, read from data and held to the rules.

A *point* is 1/40 of what the mediator could do, as long as the orders stand. A decision, every key optional:

    {"shuttle": {"Armenia": 3, "Azerbaijan": 3}, "convene": 6, "draft": {"treaty": 4}, "press": 2, "guarantee": 2,
     "texts": {"treaty": {"guarantors": 0.5, ...}}, "pause": {"treaty": 6}, "lift": ["border"]}

A number in place of a mapping is spread evenly. Without a text of one's own the suggested one is tabled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.play.rules import Illegal, mapping, number, one_of, whole
from sim.play.view import Settlements, settlements
from sim.scenario.parties import ACTIVITIES
from sim.scenario.schema import Scenario

CAPACITY = 40.0  # points of full effort
LONGEST_PAUSE = 52  # weeks
SLACK = 1e-9  # budgets are compared with this tolerance: points may be fractions

KEYS = (*ACTIVITIES, "texts", "pause", "lift")
Spot = tuple[str, str]  # an activity, and where: a party, a group, or "" for the talks as a whole


@dataclass(frozen=True)
class Bounds:
    """What may be ordered now.

    budget: points that may be placed; pausable, liftable: groups that may be paused, or whose freeze may be lifted.
    """

    budget: float
    pausable: Collection[str]
    liftable: Collection[str]


@dataclass(frozen=True)
class Orders:
    """Points by activity and place; own texts, pauses in weeks, and freezes to lift, by group."""

    points: Mapping[Spot, float] = field(default_factory=dict)
    texts: Mapping[str, Settlements] = field(default_factory=dict)
    pause: Mapping[str, int] = field(default_factory=dict)
    lift: tuple[str, ...] = ()

    @property
    def spent(self) -> float:
        """Points in all."""
        return sum(self.points.values())


def spots(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Where each activity can be done."""
    parties, groups = tuple(scenario.parties), tuple(scenario.working_groups)
    return {"shuttle": parties, "convene": groups, "draft": groups, "press": ("",), "guarantee": ("",)}


def read_orders(decision: Any, scenario: Scenario, bounds: Bounds) -> Orders:
    """A decision as orders.  Errors: Illegal."""
    given = mapping("", decision, KEYS, "a decision names what to do")
    points: dict[Spot, float] = {}
    for activity, places in spots(scenario).items():
        points |= _points(activity, given.get(activity, 0), places)
    groups = tuple(scenario.working_groups)
    texts = mapping("texts", given.get("texts", {}), groups, "a text is for a working group")
    pauses = mapping("pause", given.get("pause", {}), bounds.pausable, "only open talks can pause")
    rule = f"a pause is 1 to {LONGEST_PAUSE} weeks"
    orders = Orders(
        points={spot: placed for spot, placed in points.items() if placed},
        texts={group: settlements(f"texts.{group}", text, scenario, group) for group, text in texts.items()},
        pause={group: whole(f"pause.{group}", weeks, 1, LONGEST_PAUSE, rule) for group, weeks in pauses.items()},
        lift=_lifts(given.get("lift", []), bounds),
    )
    _within(orders, bounds)
    return orders


def _points(activity: str, value: Any, places: tuple[str, ...]) -> dict[Spot, float]:
    """Points of one activity by place; a plain number is spread evenly."""
    most = CAPACITY / len(places)
    if not isinstance(value, dict):
        placed = number(activity, value, 0, CAPACITY, f"an activity takes at most {CAPACITY:g} points")
        return {(activity, place): placed / len(places) for place in places}
    if places == ("",):
        raise Illegal(activity, value, "this is done for the talks as a whole", "give one number of points")
    named = mapping(activity, value, places, f"{activity} is for {'a party' if activity == 'shuttle' else 'a group'}")
    rule = f"one place takes at most {most:g} points"
    return {(activity, place): number(f"{activity}.{place}", x, 0, most, rule) for place, x in named.items()}


def _lifts(value: Any, bounds: Bounds) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Illegal("lift", value, "freezes are lifted by group", "give a list of groups")
    rule = "only a freeze can be lifted; who walked out comes back sooner if rounds are convened"
    return tuple(one_of("lift", group, bounds.liftable, rule) for group in value)


def _within(orders: Orders, bounds: Bounds) -> None:
    if orders.spent > bounds.budget + SLACK:
        rule = f"there are {bounds.budget:g} points"
        raise Illegal("points", round(orders.spent, 6), rule, f"take back {orders.spent - bounds.budget:.4g}")
    for group in set(orders.pause) & set(orders.lift):
        raise Illegal(f"pause.{group}", group, "a group is paused or its freeze lifted, not both", "choose one")
