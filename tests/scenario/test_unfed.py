"""Keys that a scenario cannot feed: `sim check` warns of them, and what it says of them is so."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.agents.reflection import PAIN
from sim.process.incidents import WORST
from sim.scenario import Problem, library, load
from sim.scenario.load import load_tree
from sim.scenario.unfed import UNFED, WORST_WEEK, warnings
from tests.model.worlds import THREE, TRADES, Data, changed, mediator, quiet_data, results, scenario
from tests.seldom import one_in

SOUR = {"incidents": {"per_year": 8, "severity": 0.3, "hardening": 0.3, "fading": 0.02, "rekindling": 0.1}}


@dataclass(frozen=True)
class Case:
    """A key with two values; changes that starve it, changes that feed it, and those that both worlds have.

    Issues of three parties are for the world that feeds it; the other one has two.
    """

    path: str
    values: tuple[Any, Any]
    starved: Data
    fed: Data
    world: Data = field(default_factory=dict)
    issues: Any = None

    def data(self, fed: bool, value: Any) -> Data:
        parties, issues = ("Ann", "Ben"), self.issues
        if issues is THREE:
            parties, issues = (("Ann", "Ben", "Cay"), THREE) if fed else (parties, TRADES)
        base = quiet_data(issues=issues, parties=parties, groups=("one", "two"), weeks=40)
        own = self.fed if fed else self.starved
        return changed(base, self.world | own | {self.path: value})


HELPED = {"mediators": {"Med": mediator(draft=1)}, "both.tactic": {"kind": "time", "beta": 0.2}}
LOOSE = {
    "both.expected_rounds": 30,
    "both.weight_spread": 0.3,
    "both.reservation": 0.42,
    "clock.hold_weeks": 26,
    "agreements.hazard": 0.02,
}
SOME = {"both.trust": 0.5}
FROZEN = {"freezes": [{"groups": ["one"], "start": 3, "weeks": 6}]}
HARD = SOUR | LOOSE | SOME
DREAD = {"both.opposition": 0.9}


FACES = {"both.face_saving": 0.9}
WATCH = mediator({"effort": 0.9}, draft=1, guarantee=1)


def of_mediator(activity: str) -> Data:
    rest = "convene" if activity != "convene" else "draft"
    return {"mediators": {"Med": mediator({"effort": 0.9}, **{activity: 1, rest: 1})}}


def idle() -> Data:
    return {"mediators": {"Med": mediator({"effort": 0.9}, convene=1)}}


def visits(key: str, *values: float) -> Case:
    ignorant = {"both.knowledge": 0.1, "both.prejudice": 0.8} | SOME
    return Case(
        f"mediators.Med.{key}", values[:2], idle(), of_mediator("shuttle"), ignorant | {"both.doubt": 0.5}, TRADES
    )


WARY = {
    "both.doubt": 0.2,
    "both.knowledge": 0.3,
    "both.prejudice": 0.5,
    "frozen_week.cooling": 0.2,
    "mediators": {"Med": mediator({"effort": 0.9, "telling": 0.9, "trips_per_week": 6}, shuttle=1)},
}


def frozen(key: str, *values: float) -> Case:
    return Case(f"frozen_week.{key}", values[:2], {}, FROZEN, HARD | WARY, TRADES)


CASES = {
    "parties.expected_rounds": Case(
        "parties.Ann.expected_rounds", (5, 50), {"parties.Ann.tactic": {"kind": "mirror"}}, {}
    ),
    "parties.hurt_cap": Case(
        "parties.Ann.hurt_cap", (0.1, 0.3), {"both.cost_of_no_deal": 0.01}, {"both.cost_of_no_deal": 1.0}, LOOSE
    ),
    "parties.prejudice": Case("parties.Ann.prejudice", (0.2, 2.0), {}, {"both.knowledge": 0.1}, LOOSE, TRADES),
    "parties.offers": Case("parties.Ann.offers", ("sum", "product"), {}, {}, {"both.reservation": 0.4} | LOOSE, THREE),
    "parties.doubt_own": Case(
        "parties.Ann.doubt_own", (0.2, 1.0), {}, {"both.doubt": 0.5}, LOOSE | SOME | {"both.reservation": 0.3}
    ),
    "parties.face_saving": Case(
        "parties.Ann.face_saving",
        (0.1, 0.9),
        idle(),
        of_mediator("draft"),
        LOOSE | {"parties.Ben.face_saving": 1.0},
        TRADES,
    ),
    "parties.face_saving_margin": Case(
        "parties.Ann.face_saving_margin",
        (0.02, 0.4),
        {},
        of_mediator("draft"),
        LOOSE | {"parties.Ben.face_saving": 1.0},
        TRADES,
    ),
    "mediators.bias": Case(
        "mediators.Med.bias",
        (0.4, {"Ann": 0.9, "Ben": -0.9}),
        {},
        {},
        LOOSE | HELPED | {"both.face_saving": 0.9},
        TRADES,
    ),
    "mediators.trips_per_week": visits("trips_per_week", 0.2, 6.0),
    "mediators.learning": Case(
        "mediators.Med.learning",
        (0.02, 0.9),
        idle(),
        {"mediators": {"Med": mediator(shuttle=1, draft=1)}},
        LOOSE | FACES,
        TRADES,
    ),
    "mediators.telling": visits("telling", 0.02, 0.9),
    "mediators.reassurance": visits("reassurance", 0.02, 0.5),
    "mediators.empty_reassurance": visits("empty_reassurance", 0.1, 0.9),
    "mediators.draft_rate": Case(
        "mediators.Med.draft_rate", (0.3, 4), idle(), of_mediator("draft"), LOOSE | SOME, TRADES
    ),
    "mediators.leverage": Case("mediators.Med.leverage", (0.02, 0.4), idle(), of_mediator("press"), LOOSE),
    "mediators.rivalry": Case(
        "mediators.Med.rivalry",
        (0.1, 1.0),
        {"mediators": {"Med": WATCH}},
        {"mediators": {"Med": WATCH, "Too": mediator({"bias": {"Ann": 0.9, "Ben": -0.9}}, draft=1)}},
        LOOSE | {"both.doubt": 0.5, "both.reservation": 0.3},
        TRADES,
    ),
    "working_groups.exchanges": Case(
        "working_groups.one.exchanges", (3, 9), {}, {"both.tactic": {"kind": "zeuthen"}}, {}, TRADES
    ),
    "leaders.covers": Case(
        "leaders.covers",
        (["one"], ["two", "one"]),
        {},
        {"leaders.meets_every": 2},
        {"leaders": {"covers": ["one"]}, "working_groups.one.meets_every": 30, "working_groups.two.meets_every": 30},
        TRADES,
    ),
    "leaders.exchanges": Case(
        "leaders.exchanges",
        (3, 9),
        {},
        {"both.tactic": {"kind": "zeuthen"}},
        {
            "leaders": {"covers": ["one", "two"], "meets_every": 2},
            "working_groups.one.meets_every": 30,
            "working_groups.two.meets_every": 30,
        },
        TRADES,
    ),
    **{
        f"contacts.{key}": Case(
            f"contacts.{key}", values, {}, {"contacts.intensity": 1.0}, {"both.doubt": 0.5, "both.absence": 0.9} | LOOSE
        )
        for key, values in {"trust": (0.01, 0.5), "ceiling": (0.1, 0.9), "attendance": (0.1, 0.9)}.items()
    },
    **{
        f"incidents.{key}": Case(
            f"incidents.{key}",
            values,
            {},
            {"incidents.per_year": 12},
            LOOSE | SOME | FROZEN | {"incidents.hardening": 0.3},
            TRADES,
        )
        for key, values in {
            "severity": (0.1, 0.8),
            "spoilers": (0.1, 1.0),
            "while_frozen": (0.1, 4.0),
            "after_settlement": (0.0, 0.9),
            "hardening": (0.1, 0.9),
            "fading": (0.01, 0.5),
            "rekindling": (0.1, 0.9),
        }.items()
    },
    "walkouts.weeks": Case("walkouts.weeks", (2, 12), {}, {"both.walkout": 9.0}, LOOSE),
    "walkouts.breaking_off": Case("walkouts.breaking_off", (0.05, 0.9), {}, FROZEN, LOOSE),
    **{
        f"frozen_week.{key}": frozen(key, *values)
        for key, values in {
            "rehardening": (0.1, 2.0),
            "estrangement": (0.01, 0.3),
            "cooling": (0.01, 0.4),
            "by_trust": (0.1, 0.9),
            "rumination": (0.1, 0.5),
        }.items()
    },
    "agreements.ratification": Case("agreements.ratification", (0.5, 9.0), {}, DREAD, LOOSE),
    "agreements.opposition_hardens": Case(
        "agreements.opposition_hardens", (0.01, 0.3), {}, DREAD, LOOSE | {"agreements.ratification": 4.0}
    ),
    "frozen_week.forgetting": Case(
        "frozen_week.forgetting",
        (0.1, 0.9),
        {},
        {"freezes": [{"groups": ["one", "two"], "start": 6, "weeks": 8}]},
        of_mediator("shuttle") | {"both.knowledge": 0.0, "both.prejudice": 1.0, "both.expected_rounds": 20},
        TRADES,
    ),
}


def warned(path: Path) -> list[Problem]:
    return warnings(load_tree(path), load(path))


def written(folder: Path, data: Data) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path


def test_every_key_of_the_table_has_a_case() -> None:
    keys = {f"{section}.{key}" for section, rules in UNFED.items() for rule in rules for key in rule.keys}
    assert set(CASES) == keys


@pytest.mark.parametrize("name", one_in(4, CASES))
def test_a_key_that_is_warned_of_changes_no_bit_and_one_that_is_not_does(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    value = case.values[1]
    starving = case.values[0] if case.path.endswith("bias") else value
    told = {str(problem.path): problem for problem in warned(written(tmp_path, case.data(False, starving)))}
    assert case.path in told
    assert told[case.path].line > 0
    assert case.path not in {problem.path for problem in warned(written(tmp_path, case.data(True, value)))}

    others = (starving, -0.3) if case.path.endswith("bias") else case.values
    one, other = (results(scenario(case.data(False, each)), 30) for each in others)
    assert but_for_draws(one).equals(but_for_draws(other))
    one, other = (results(scenario(case.data(True, each)), 30) for each in case.values)
    assert not but_for_draws(one).equals(but_for_draws(other))


def but_for_draws(table: Any) -> Any:
    """But for what was drawn, which says what the file says."""
    return table[[column for column in table if not column.startswith("drawn.")]]


def test_a_week_never_costs_more_than_the_table_counts_with() -> None:
    assert WORST_WEEK >= 1 + PAIN * WORST


@pytest.mark.parametrize("name", library.names())
def test_what_ships_has_no_key_that_changes_nothing(name: str) -> None:
    assert [str(problem) for problem in warned(library.names()[name])] == []
