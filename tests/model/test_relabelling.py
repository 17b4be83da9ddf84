"""Names and places carry no weight: relabelling relabels the results and nothing else.

Where no draw matters this holds bit for bit. Where chance is on it holds for the distribution only: every number of
`Chance` is addressed by a purpose, and purposes carry names (`absence.treaty.Armenia`), so a renamed party meets other
luck, drawn from the same distribution.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outcomes import outcomes
from tests.seldom import seldom

from .worlds import CHOICES, THREE, TRADES, Data, changed, mediator, play, quiet_data, scenario

NAMES = {
    "Ann": "Zoe", "Ben": "Abe", "Cay": "Mia", "one": "zwei", "two": "eins", "Med": "Aid", "Aide": "Zeal",
    "Envoy": "Bea",
    "land": "valleys", "water": "air", "roads": "bridges", "ports": "aerodromes", "court": "umpire", "toll": "duty",
}  # fmt: skip

LIVELY: dict[str, Any] = {
    "both.doubt": 0.3,
    "both.doubt_own": 0.5,
    "both.trust": 0.3,
    "both.knowledge": 0.3,
    "both.cost_of_no_deal": 0.2,
    "both.hurt_cap": 0.2,
    "both.face_saving": 0.5,
    "parties.Ann.reservation": 0.35,
    "parties.Ann.tactic": {"kind": "time", "beta": 0.5, "calendar": 0.6},
    "parties.Ben.tactic": {"kind": "mirror"},
    "parties.Ben.reservation": 0.25,
    "parties.Ann.expected_rounds": 13,
    "trust_dynamics": {"gain": 0.02, "loss": 0.06, "fading": 0.01},
    "frozen_week": {"rehardening": 0.1, "estrangement": 0.01, "forgetting": 0.02, "by_trust": 0.5, "rumination": 0.1},
    "incidents": {"per_year": 0, "rekindling": 0.1},
    "contacts": {"intensity": 0.4},
    "agreements.implementation": 0.01,
    "freezes": [{"groups": ["one"], "start": 4, "weeks": 3}],
    "framework": [{"group": "two", "issue": "land", "settlement": 0.25, "hold": 0.05}],
    "mediators": {"Med": mediator({"credibility": {"Ann": 0.5}}, convene=2, press=1, guarantee=1)},
    "clock.hold_weeks": 5,
}
"""Much goes on, nothing by chance: no absence, walkout, incident, trip, draft, misjudgement, refusal or collapse."""

SETS = {
    "scales": (TRADES, ("Ann", "Ben")),
    "mixed": (TRADES | CHOICES, ("Ann", "Ben")),
    "three": (THREE, ("Ann", "Ben", "Cay")),
}


def lively(kind: str, **more: Any) -> Data:
    issues, parties = SETS[kind]
    return changed(quiet_data(issues=issues, parties=parties, groups=("one", "two"), weeks=40), LIVELY | more)


def renamed(node: Any) -> Any:
    """The same data with other names, wherever they stand."""
    if isinstance(node, dict):
        return {NAMES.get(key, key): renamed(value) for key, value in node.items()}
    if isinstance(node, list):
        return [renamed(part) for part in node]
    return NAMES.get(node, node) if isinstance(node, str) else node


def relabel(table: pd.DataFrame) -> pd.DataFrame:
    """A table as it would be with other names."""
    table = table.rename(columns=lambda column: ".".join(NAMES.get(part, part) for part in column.split(".")))
    for column in table.columns.intersection(["group", "actor", "to"]):
        table[column] = table[column].map(lambda name: NAMES.get(name, name))
    if "package" in table:
        table["package"] = [json.dumps(renamed(json.loads(text))) if text else "" for text in table["package"]]
    return table


def tables(data: Data, replications: int = 2) -> tuple[pd.DataFrame, pd.DataFrame]:
    model = play(scenario(data), replications)
    return outcomes(model), model.history.events()


@pytest.mark.parametrize("kind", SETS)
def test_other_names_give_the_same_talks(kind: str) -> None:
    data = lively(kind)
    ours, told = tables(data)
    theirs, retold = tables(renamed(data))
    assert ours["agreed.one"].all()
    pd.testing.assert_frame_equal(relabel(ours), theirs, check_exact=True)
    pd.testing.assert_frame_equal(relabel(told), retold, check_exact=True)


def backwards(data: Data, *way: str) -> Data:
    """The same data with one mapping or list in the opposite order."""
    node: Any = data
    for step in way:
        node = node[step]
    turned = dict(reversed(node.items())) if isinstance(node, dict) else node[::-1]
    return changed(data, {".".join(way): turned})


def alike(a: pd.DataFrame, b: pd.DataFrame, atol: float) -> None:
    """The same table but for the order of columns."""
    assert set(a.columns) == set(b.columns)
    for column in a.columns:
        np.testing.assert_allclose(b[column].astype(float), a[column].astype(float), rtol=0, atol=atol, err_msg=column)


@pytest.mark.parametrize("kind", SETS)
def test_the_order_of_issues_does_not_matter(kind: str) -> None:
    """To the last bits only: a utility is a sum over issues, and sums in another order round otherwise."""
    data = lively(kind)
    turned = backwards(backwards(data, "working_groups", "one", "issues"), "working_groups", "two", "issues")
    alike(tables(data)[0], tables(turned)[0], atol=1e-9)


@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize("what", ["parties", "working_groups"])
def test_the_order_of_parties_and_groups_does_not_matter(kind: str, what: str) -> None:
    data = lively(kind)
    alike(tables(data)[0], tables(backwards(data, what))[0], atol=1e-9)


STORMY: dict[str, Any] = {
    "both.absence": 0.4,
    "both.walkout": 3.0,
    "both.prejudice": 0.6,
    "both.weight_spread": 0.2,
    "both.opposition": 0.5,
    "both.reservation": {"mean": 0.35, "sd": 0.1},
    "incidents": {"per_year": 6, "severity": 0.3, "spoilers": 0.5},
    "mediators": {
        "Med": mediator({"credibility": {"Ann": 0.5}}, shuttle=1, draft=2, convene=1, press=1),
        "Aide": mediator({"effort": 0.9, "bias": {"Ann": 0.5}}, draft=2, press=1, guarantee=1),
        "Envoy": mediator({"rivalry": 0.5, "bias": {"Ben": 0.5}}, draft=3, shuttle=1),
    },
    "leaders": {"covers": ["one", "two"], "meets_every": 9},
    "agreements.hazard": 0.02,
    "clock.hold_weeks": 30,
}
"""Everybody stays away, walks out, tables, refuses and breaks up, often in the same week."""

MAPPINGS = {
    "parties": ["parties"],
    "mediators": ["mediators"],
    "working groups": ["working_groups"],
    "issues": ["working_groups.one.issues", "working_groups.two.issues"],
    "chapters of the leaders": ["leaders.covers"],
    "options": ["working_groups.one.issues.court.options", "working_groups.two.issues.toll.options"],
}


OFTEN = ("parties", "issues", "mediators")
"""What is put in another order each time; all of it by `make validate`."""


@cache
def as_it_stands(kind: str, linkage: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    return tables(lively(kind, **STORMY, linkage=linkage), 100)


@pytest.mark.parametrize("linkage", [seldom("independent"), "single_undertaking"])
@pytest.mark.parametrize(
    ("kind", "what"),
    [
        pytest.param(kind, what, marks=[pytest.mark.validate] * (kind != "mixed" or what not in OFTEN))
        for kind in SETS
        for what in MAPPINGS
        if what != "options" or kind == "mixed"
    ],
)
def test_the_order_of_the_file_decides_nothing(kind: str, what: str, linkage: str) -> None:
    """Luck is addressed by names, so that every history stays as it was: in every column, and in what is told.

    Sums in another order round otherwise; now and then a decision hangs on the last bit. Such a history may go its own
    way, but they are few.
    """
    turned = lively(kind, **STORMY, linkage=linkage)
    for way in MAPPINGS[what]:
        turned = backwards(turned, *way.split("."))
    (ours, told), (theirs, retold) = as_it_stands(kind, linkage), tables(turned, 100)
    assert set(ours.columns) == set(theirs.columns)
    same = np.isclose(ours.astype(float), theirs[ours.columns].astype(float), rtol=0, atol=1e-6, equal_nan=True)
    gone = np.flatnonzero(~same.all(axis=1))
    assert len(gone) <= 2, ours.columns[~same.all(axis=0)].to_list()
    facts = ["replication", "week", "group", "actor", "kind", "to"]
    stayed = [table[~table["replication"].isin(gone)][facts].value_counts().sort_index() for table in (told, retold)]
    pd.testing.assert_series_equal(*stayed)


PIE3 = {"positions": {"Ann": 0.0, "Ben": 1.0, "Cay": 1.0}}
MIRROR: dict[str, Any] = {
    "both.reservation": {"mean": 0.45, "sd": 0.05},
    "both.trust": 0.4,
    "both.absence": 0.5,
    "both.walkout": 3.0,
    "both.opposition": 0.6,
    "trust_dynamics": {"gain": 0.05, "loss": 0.15},
    "incidents": {"per_year": 6, "severity": 0.5},
    "agreements.hazard": 0.01,
    "clock.hold_weeks": 20,
}


def test_of_equal_options_none_is_favoured() -> None:
    """Ann does not care; Ben and Cay each want the other way out, as much: an offer and a text take either, by lot."""
    ways = {"north": {"Ann": 0.5, "Ben": 1.0, "Cay": 0.0}, "south": {"Ann": 0.5, "Ben": 0.0, "Cay": 1.0}}
    parties = ("Ann", "Ben", "Cay")
    calm = quiet_data(issues={"way": {"options": ways}, "pie": PIE3}, parties=parties, weeks=12)
    mediated = changed(calm, {"mediators": {"Med": mediator({"effort": 1.0, "draft_rate": 20}, draft=1)}})
    for data, kind, actor in ((calm, "proposal", "Ann"), (mediated, "draft", "Med")):
        events = play(scenario(data), 400, told=400).history.events()
        mine = events[(events["kind"] == kind) & (events["actor"] == actor)].drop_duplicates("replication")
        north = int(mine["package"].str.contains("north").sum())
        assert abs(2 * north - len(mine)) < 4 * np.sqrt(len(mine)), kind


def test_mirror_images_fare_alike() -> None:
    """Two sides that differ in nothing but their names and places: whatever is told of one is told of the other."""
    issues = {
        "line": {"positions": {"Ann": 0.0, "Ben": 1.0}, "weights": {"Ann": 2, "Ben": 1}},
        "guards": {"positions": {"Ann": 0.0, "Ben": 1.0}, "weights": {"Ann": 1, "Ben": 2}},
        "court": {"options": {"hers": {"Ann": 1.0, "Ben": 0.0}, "his": {"Ann": 0.0, "Ben": 1.0}}},
    }
    model = play(scenario(quiet_data(issues=issues, groups=("one", "two"), weeks=60), MIRROR), 2000)
    events, table = model.history.events(), outcomes(model)
    for column in ("utility.one.{}", "utility.{}", "trust.{}"):
        ann, ben = (table[column.format(name)].dropna() for name in ("Ann", "Ben"))
        difference = ann - ben
        assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(len(difference)), column
    for kind in ("disruption", "walkout", "refusal", "proposal", "decline", "signature"):
        who = events.loc[events["kind"] == kind, "to" if kind == "signature" else "actor"]
        ann, ben = (int((who == name).sum()) for name in ("Ann", "Ben"))
        assert ann + ben > 50, kind
        assert abs(ann - ben) < 4 * np.sqrt(ann + ben), kind


@pytest.mark.validate
@pytest.mark.parametrize("kind", ["mixed", "three"])
def test_with_chance_on_other_names_give_the_same_distribution(kind: str) -> None:
    """Of every column, and of how often each of them does what is told."""
    data, many = lively(kind, **STORMY), 800
    (ours, told), (theirs, retold) = tables(data, many), tables(renamed(data), many)
    ours, told = relabel(ours), relabel(told.drop(columns="package"))
    assert (ours["week.zwei"] != theirs["week.zwei"]).any()  # other luck
    assert set(ours.columns) == set(theirs.columns)
    for one, other in ((ours, theirs), (how_often(told), how_often(retold))):
        for column in one.columns.union(other.columns):
            a, b = (table.get(column, pd.Series(0.0, table.index)).astype(float).dropna() for table in (one, other))
            error = np.sqrt(a.var() / len(a) + b.var() / len(b))
            assert abs(a.mean() - b.mean()) <= 4.5 * error, column


def how_often(told: pd.DataFrame) -> pd.DataFrame:
    """How often each fact is told, history by history."""
    facts = ["kind", "group", "actor", "to"]
    return told.groupby(["replication", *facts], observed=True).size().unstack(facts, fill_value=0)
