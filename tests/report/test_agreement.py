"""Kaplan-Meier against an example that can be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.report.figures.agreement import survival
from tests.report.conftest import case


def test_survival_equals_a_hand_computed_example() -> None:
    weeks = np.array([3.0, 5.0, 5.0, np.nan, np.nan])  # one agrees in week 3, two in week 5, two never
    without, low, high = survival(weeks, 8)
    assert without[:9] == pytest.approx([1, 1, 1, 0.8, 0.8, 0.4, 0.4, 0.4, 0.4])
    # Greenwood: sum of d / (n (n - d)) is 1/(5*4) + 2/(4*2) = 0.3 at week 5; log-log band: S ** exp(+-1.96 error)
    error = np.sqrt(0.3) / abs(np.log(0.4))
    assert low[5] == pytest.approx(0.4 ** np.exp(1.959964 * error), abs=1e-6)
    assert high[5] == pytest.approx(0.4 ** np.exp(-1.959964 * error), abs=1e-6)


def test_those_who_never_agree_are_censored_not_dropped() -> None:
    without, _, _ = survival(np.array([2.0, np.nan, np.nan, np.nan]), 10)
    assert without[-1] == pytest.approx(0.75)


@pytest.mark.parametrize("weeks", [[np.nan] * 4, [0.0] * 4, [1.0]])
def test_bands_hold_where_the_formula_has_no_value(weeks: list[float]) -> None:
    without, low, high = survival(np.array(weeks), 5)
    assert np.all(np.isfinite([without, low, high]))
    assert np.all((low <= without) & (without <= high))


def test_curves_end_at_the_share_that_agreed() -> None:
    results = case("two").results
    data = next(figure.data for figure in case("two").figures if figure.name == "agreement")
    for group in results.scenario.working_groups:
        last = data[data["group"] == group].iloc[-1]
        assert last["without_agreement"] == pytest.approx(1 - results.outcomes[f"agreed.{group}"].mean())
    start = data[data["week"] == 0]
    assert (start["at_risk"] == results.replications).all()
