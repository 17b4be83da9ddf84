"""The classics in `scenarios/classics/` come out as the literature says: in closed form, or as a published table."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.scenario import library, load_text
from tests.texts.reading import rows, section, text

EXACT = 1e-6
ERRORS = 3
"""Standard errors by which a share, or a mean, of drawn histories may differ."""
GOLDEN = (math.sqrt(5) - 1) / 2


def agreed(name: str, *settings: str) -> sim.Results:
    return sim.run(sim.load(f"classics/{name}", settings))


def within_chance(found: np.ndarray, expected: float) -> None:
    """The mean of what was found, one number for each history."""
    assert abs(found.mean() - expected) < ERRORS * found.std(ddof=1) / math.sqrt(len(found))


def test_panama_canal() -> None:
    """Brams and Taylor 1996: Adjusted Winner gives both sides 66 points and divides land and water alone."""
    found = sim.frontier("classics/panama-canal-1974")["groups"]["canal"]
    for solution in ("egalitarian", "kalai_smorodinsky"):
        assert list(found[solution]["utilities"].values()) == pytest.approx([0.66, 0.66], abs=EXACT)
    divided = [issue for issue, point in found["egalitarian"]["package"].items() if EXACT < point < 1 - EXACT]
    assert divided == ["land and water"]


def test_hold_out_and_linear() -> None:
    """Both ask for the whole pie together where t^2 + t = 1: at the golden section."""
    history = agreed("hold-out-and-linear").outcomes.iloc[0]
    assert history["text_utility.table.Ben"] == pytest.approx(GOLDEN, abs=EXACT)
    assert history["text_utility.table.Ann"] == pytest.approx(1 - GOLDEN, abs=EXACT)
    assert history["week.table"] == 610


@pytest.mark.parametrize(("ann", "ben"), [(0.3, 0.1), (0.0, 0.0), (0.2, 0.6)])
def test_breakdown_risk(ann: float, ben: float) -> None:
    """Binmore, Rubinstein and Wolinsky 1986: b1 + (1 - b1 - b2) / 2."""
    spec = sim.load("classics/breakdown-risk", [f"parties.Ann.reservation={ann}", f"parties.Ben.reservation={ben}"])
    expected = [ann + (1 - ann - ben) / 2, ben + (1 - ann - ben) / 2]
    nash = sim.frontier(spec)["groups"]["table"]["nash"]["utilities"]
    assert list(nash.values()) == pytest.approx(expected, abs=EXACT)
    history = sim.run(spec).outcomes.iloc[0]
    step = 0.001
    assert [history[f"text_utility.table.{name}"] for name in ("Ann", "Ben")] == pytest.approx(expected, abs=2 * step)


def test_fearon_screening() -> None:
    """Fearon 1995, with p = 0.5, cost 0.1 and c = 0.4: no agreement in (1 - cost / c) / 2."""
    outcomes = agreed("fearon-screening").outcomes
    within_chance((~outcomes["agreed.table"]).to_numpy(float), 0.375)
    within_chance(outcomes["utility.Ann"].to_numpy(), 0.25 / 0.4 * 0.65 + 0.15 / 0.4 * 0.4)


@pytest.mark.parametrize("demand", [0.55, 0.6, 0.7, 0.75])
def test_no_other_demand_is_better_on_average(demand: float) -> None:
    """(1 - y / c) (p + y) + (y / c) (p - cost), where y is what is asked for beyond p; highest at y = 0.15."""
    beyond = demand - 0.5
    expected = (1 - beyond / 0.4) * demand + beyond / 0.4 * 0.4
    assert expected < 0.25 / 0.4 * 0.65 + 0.15 / 0.4 * 0.4
    outcomes = agreed("fearon-screening", f"parties.Ann.tactic.share={demand}").outcomes
    within_chance(outcomes["utility.Ann"].to_numpy(), expected)


def test_fearon_pressure() -> None:
    """Pressure of 0.05 saves 0.05 / 0.4 of the histories; of the agreements, a sixth are worth less than conflict."""
    outcomes = agreed("fearon-pressure").outcomes
    signed = outcomes["agreed.table"]
    within_chance((~signed).to_numpy(float), 0.25)
    worse = outcomes["text_utility.table.Ben"] < outcomes["drawn.parties.Ben.reservation"] - EXACT
    within_chance(worse[signed].to_numpy(float), 1 / 6)


def test_nothing_until_everything() -> None:
    """Three chapters at 0.8: 0.512 together, and 0.8 each where they stand alone."""
    within_chance(agreed("nothing-until-everything").outcomes["settled"].to_numpy(float), 0.512)
    alone = agreed("nothing-until-everything", "linkage=independent").outcomes
    for chapter in ("land", "water", "roads"):
        within_chance(alone[f"agreed.{chapter}"].to_numpy(float), 0.8)


# ---- what the texts say of them --------------------------------------------------------------------------------------


def test_every_classic_is_in_the_table() -> None:
    files = {name.removeprefix("classics/") for name in library.names() if name.startswith("classics/")}
    table = rows(section(text("sim/MODEL.md"), "What it reproduces"))
    assert {row[0].strip("`") for row in table} >= files


FIVE_DEALS = """\
extends: classics/breakdown-risk
name: Five deals
parties: {Ann: {reservation: 0}, Ben: {reservation: 0}}
working_groups:
  table:
    issues:
      pie: null
      deal:
        options:
          all for Ann: {Ann: 1, Ben: 0}
          good for Ann: {Ann: 0.95, Ben: 0.5}
          even: {Ann: 0.7, Ben: 0.7}
          good for Ben: {Ann: 0.4, Ben: 0.85}
          all for Ben: {Ann: 0, Ben: 1}
"""


def test_zeuthen_over_five_deals() -> None:
    """Harsanyi 1956: they end at the largest product of gains, 0.7 * 0.7, and not at 0.95 * 0.5."""
    history = sim.run(load_text(FIVE_DEALS)).outcomes.iloc[0]
    assert [history[f"text_utility.table.{name}"] for name in ("Ann", "Ben")] == pytest.approx([0.7, 0.7], abs=EXACT)
