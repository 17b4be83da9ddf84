"""The figure of many models: one for each scenario, with words that can be read and the numbers of the models."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.experiments.compare import Comparison
from sim.experiments.models import Models
from sim.figures import registry
from sim.figures.canvas import Figure
from tests.figures.boxes import faults
from tests.report.test_comparison import comparison


def asked(others: int, models: int = 300) -> Comparison:
    """A made-up comparison, in models in which three constants matter, some much and some little."""
    found = comparison(others)
    paths = [f"parties.{party}.reservation" for party in found.reference.scenario.parties]
    paths += ["incidents.per_year", "frozen_week.rehardening", "working_groups.border.issues.disputes.weights.X"]
    rng = np.random.default_rng(3)
    drawn = pd.DataFrame(rng.random((models, len(paths))), columns=paths)
    change = 0.3 * (drawn.iloc[:, 0] - 0.5) + 0.02 * rng.standard_normal(models)
    table = pd.DataFrame({"measure": "settled", "model": range(models), "difference": change})
    table = table.assign(low=change - 0.05, high=change + 0.05)
    tables = [table.assign(scenario=name) for name in found.names[1:]]
    return replace(found, models=Models(drawn, dict.fromkeys(paths, (0.0, 1.0)), pd.concat(tables, ignore_index=True)))


def drawn(found: Comparison) -> list[Figure]:
    return list(registry.COMPARISON["models"].reported(found))


@pytest.fixture(autouse=True)
def _registered() -> None:
    registry.opened()


@pytest.mark.validate
@pytest.mark.parametrize(("others", "names"), [(1, ["models"]), (3, ["models-1", "models-2", "models-3"])])
def test_each_scenario_has_one(others: int, names: list[str]) -> None:
    figures = drawn(asked(others))
    assert [figure.name for figure in figures] == names
    for figure in figures:
        assert faults(figure.drawing) == []
        assert re.fullmatch(r"[^\n]*\d[^\n]*\.", figure.alt)
        assert len(figure.data) == 300


@pytest.mark.parametrize("models", [1, 40])
def test_few_models_have_points_and_no_ranking(models: int) -> None:
    (figure,) = drawn(asked(1, models))
    assert faults(figure.drawing) == []
    assert "moved most" not in figure.alt


def test_no_models_no_figure() -> None:
    assert drawn(comparison(1)) == []
