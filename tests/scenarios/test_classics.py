"""The classics in `scenarios/classics/` come out as the literature says: in closed form, or as a published table."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import sim
from sim.bargaining.offers import nash_package
from sim.bargaining.preferences import Preferences
from sim.outcomes import outcomes
from sim.scenario import library, load_text
from tests.texts.reading import head_of, rows, section, text

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


@pytest.mark.validate
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


def alternating(
    ann: float, ben: float, first: float = 1.0, ann_option: float = 0.0, ben_option: float = 0.0
) -> list[float]:
    """What Ann and Ben sign who discount so, Ann first with this chance, and could have so much outside the talks."""
    both = {"Ann": (ann, ben, first, ann_option, ben_option), "Ben": (ben, ann, 1 - first, ben_option, ann_option)}
    keys = "tactic.discount", "tactic.rival_discount", "tactic.first", "reservation", "tactic.rival_option"
    settings = [f"parties.{name}.{key}={at}" for name in both for key, at in zip(keys, both[name], strict=True)]
    history = agreed("alternating-offers", *settings).outcomes.iloc[0]
    assert history["week.table"] == 0
    return [history[f"text_utility.table.{name}"] for name in both]


@pytest.mark.parametrize(("ann", "ben"), [(0.9, 0.8), (0.5, 0.5), (0.99, 0.3), (0.0, 0.6), (0.7, 0.0)])
def test_alternating_offers(ann: float, ben: float) -> None:
    """Rubinstein 1982: (1 - d2) / (1 - d1 d2) for whoever proposes first, and the agreement comes at once."""
    share = (1 - ben) / (1 - ann * ben)
    assert alternating(ann, ben) == pytest.approx([share, 1 - share], abs=EXACT)
    answering = ann * share
    assert alternating(ann, ben, first=0) == pytest.approx([answering, 1 - answering], abs=EXACT)


@pytest.mark.parametrize(("ann", "ben"), [(0.1, 0.1), (0.05, 0.15), (0.3, 0.02)])
def test_alternating_offers_in_short_rounds(ann: float, ben: float) -> None:
    """Binmore, Rubinstein and Wolinsky 1986: with discount factors exp(-r length), in the limit r2 / (r1 + r2)."""
    length = 1e-6
    limit = ben / (ann + ben)
    found = alternating(math.exp(-ann * length), math.exp(-ben * length))
    assert found == pytest.approx([limit, 1 - limit], abs=EXACT)


def test_the_limit_is_the_nash_solution_with_bargaining_powers() -> None:
    """The other one's impatience is one's own power."""
    wants = [np.array([[base], [rise], [0.0]]) for base, rise in ((1.0, -1.0), (0.0, 1.0))]
    both = [Preferences(table, 1, (1,)) for table in wants]
    text = nash_package(both, [np.zeros(1)] * 2, [np.array([0.15]), np.array([0.05])])
    shares = [wanted.utility(text)[0] for wanted in both]
    assert shares == pytest.approx([0.15 / (0.05 + 0.15), 0.05 / (0.05 + 0.15)], abs=EXACT)


@pytest.mark.parametrize("option", [0.0, 0.1, 0.28, 0.3, 0.4, 0.9])
def test_an_option_outside_the_talks(option: float) -> None:
    """Shaked and Sutton 1984: no effect below the share in equilibrium, 2/7; above, it is what he gets."""
    ben = max(2 / 7, option)
    assert alternating(0.9, 0.8, ben_option=option) == pytest.approx([1 - ben, ben], abs=EXACT)


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


def with_bias(bias: float, *settings: str) -> pd.DataFrame:
    return agreed("biased-mediator", f"mediators.Friend.bias={bias}", *settings).outcomes


KYDD = {"error": 0.2, "peace": 0.1, "much": 0.65, "little": 0.5, "without": 0.4}


def least_bias(**candour: float) -> float:
    """b* = e k / ((1 - e) much + e without - little)."""
    error, peace, much, little, without = (KYDD | candour).values()
    return error * peace / ((1 - error) * much + error * without - little)


def test_messages_of_a_mediator_without_enough_bias_change_nothing() -> None:
    """Kydd 2003: below b* every history is that with a mediator whom nobody believes, to the last bit."""
    unheard = with_bias(0.2, "mediators.Friend.credibility=0")
    assert unheard["trips"].mean() > 5
    assert not unheard["settled"].any()
    for bias in (-0.5, 0.0, 0.199):
        pd.testing.assert_frame_equal(with_bias(bias), unheard, check_exact=True)


@pytest.mark.parametrize("candour", [{}, {"error": 0.25}, {"peace": 0.15}, {"error": 0.1, "peace": 0.3}])
def test_messages_work_from_the_least_bias_on(candour: dict[str, float]) -> None:
    """It rises with the error and with the fear of no agreement: 0.2, 0.2857, 0.3, 0.24."""
    least = least_bias(**candour)
    settings = [f"mediators.Friend.candour.{key}={value}" for key, value in candour.items()]
    assert not with_bias(least - 1e-6, *settings)["settled"].any()
    assert with_bias(least + 1e-6, *settings)["settled"].mean() > 0.9


def test_the_least_bias_by_paper_and_pencil() -> None:
    assert [least_bias(), least_bias(error=0.25), least_bias(peace=0.15)] == pytest.approx([0.2, 1 / 3.5, 0.3])


def revising(ann: float, ben: float) -> tuple[pd.Series, pd.Series, np.ndarray]:
    """What Ann and Ben sign who let losses so large pass at first, and how near both together come to the most."""
    spec = sim.load("classics/single-text", [f"parties.Ann.lets_pass={ann}", f"parties.Ben.lets_pass={ben}"])
    model = sim.NegotiationModel(spec, replications=200)
    while model.running:
        model.step()
    signed = outcomes(model)
    assert signed["agreed.table"].all()
    most = np.add(*(party.seats["table"].preferences.combined for party in model.parties)).max(axis=0)
    one, two = signed["text_utility.table.Ann"], signed["text_utility.table.Ben"]
    return one, two, ((one + two) / most).to_numpy()


def test_single_text() -> None:
    """Klein and others 2003: a prisoners' dilemma, in which both do best together if both let small losses pass.

    Alone against who does not > both do > neither does > who does against one who does not.
    """
    both, neither, exploited = revising(0.1, 0.1), revising(0, 0), revising(0.1, 0)
    order = [exploited[1], both[0], neither[0], exploited[0]]
    for more, less in pairwise(order):
        difference = more - less
        assert difference.mean() > ERRORS * difference.std() / math.sqrt(len(difference))
    assert both[2].mean() - neither[2].mean() > 0.08
    assert both[2].mean() > 0.96


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
    assert {name for row in table for name in head_of(row[0])} >= files


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
