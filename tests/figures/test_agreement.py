"""Kaplan-Meier against an example that can be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.figures.agreement import agreed_by, agreement
from tests.figures import synthetic
from tests.figures.cases import case
from tests.figures.drawing import draw_comparison


def test_shares_equal_a_hand_computed_example() -> None:
    weeks = np.array([3.0, 5.0, 5.0, np.nan, np.nan])  # one agrees in week 3, two in week 5, two never
    agreed, low, high = agreed_by(weeks, 8)
    assert agreed[:9] == pytest.approx([0, 0, 0, 0.2, 0.2, 0.6, 0.6, 0.6, 0.6])
    # Greenwood: sum of d / (n (n - d)) is 1/(5*4) + 2/(4*2) = 0.3 at week 5; log-log band: S ** exp(+-1.96 error)
    error = np.sqrt(0.3) / abs(np.log(0.4))
    assert high[5] == pytest.approx(1 - 0.4 ** np.exp(1.959964 * error), abs=1e-6)
    assert low[5] == pytest.approx(1 - 0.4 ** np.exp(-1.959964 * error), abs=1e-6)


def test_those_who_never_agree_are_censored_not_dropped() -> None:
    agreed, _, _ = agreed_by(np.array([2.0, np.nan, np.nan, np.nan]), 10)
    assert agreed[-1] == pytest.approx(0.25)


@pytest.mark.parametrize("weeks", [[np.nan] * 4, [0.0] * 4, [1.0]])
def test_bands_hold_where_the_formula_has_no_value(weeks: list[float]) -> None:
    agreed, low, high = agreed_by(np.array(weeks), 5)
    assert np.all(np.isfinite([agreed, low, high]))
    assert np.all((low <= agreed) & (agreed <= high))


@pytest.mark.validate
def test_curves_end_at_the_share_that_agreed() -> None:
    results = case("two").results
    data = next(figure.data for figure in case("two").figures if figure.name == "agreement")
    for group in results.scenario.working_groups:
        last = data[data["group"] == group].iloc[-1]
        assert last["agreed"] == pytest.approx(results.outcomes[f"agreed.{group}"].mean())
    start = data[data["week"] == 0]
    assert (start["at_risk"] == results.replications).all()


def test_every_curve_of_settlement_rises() -> None:
    """One direction everywhere: on the page, in the figures of a run and in those of a comparison."""
    results = case("two").results
    pair = synthetic.comparison(results, [synthetic.shuffled(results, results.scenario, 1)], ["one", "other"])
    curves = [f for f in (*case("two").figures, *draw_comparison(pair)) if "agreement" in f.name]
    assert len(curves) == 4
    for figure in curves:
        apart = [name for name in ("scenario", "group") if name in figure.data]
        for _, curve in figure.data.groupby(apart):
            assert (curve["agreed"].diff().dropna() >= 0).all(), figure.name
            assert (curve["low"] <= curve["agreed"]).all()
            assert (curve["agreed"] <= curve["high"]).all()
        assert figure.alt.startswith("Rising curves") or ": Rising curves" in figure.alt
        assert not any(
            "without agreement" in text.get_text() for text in figure.drawing.texts if "(" not in text.get_text()
        )


def test_a_group_called_all_is_not_the_whole() -> None:
    results = synthetic.results(synthetic.scenario(["Ann", "Bob"], ["all", "trade"], []), 60)
    data = agreement(results).data
    assert list(data["group"].unique()) == ["all", "trade", ""]
    assert not data.duplicated(["group", "week"]).any()
