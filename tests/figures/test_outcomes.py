"""Dots that stand for histories."""

from __future__ import annotations

import numpy as np
import pytest

from sim.figures.panels import dots_for, quantile_dots
from tests.figures.cases import case


def test_each_dot_stands_for_an_equal_share() -> None:
    assert quantile_dots(np.arange(1000.0), 4) == pytest.approx([125, 375, 625, 875])
    assert quantile_dots(np.array([2.0, 1.0]), 2) == pytest.approx([1, 2])
    assert np.isnan(quantile_dots(np.array([np.nan, 1.0]), 2)[-1])
    assert len(quantile_dots(np.zeros(0), 0)) == 0


@pytest.mark.parametrize(
    ("part", "whole", "dots"), [(550, 1000, 55), (1, 1000, 1), (999, 1000, 99), (0, 50, 0), (50, 50, 50)]
)
def test_nobody_is_rounded_away(part: int, whole: int, dots: int) -> None:
    assert dots_for(part, whole) == dots


def test_every_panel_shows_a_hundred_dots() -> None:
    data = next(figure.data for figure in case("eight").figures if figure.name == "outcomes")
    assert set(data.groupby("measure").size()) == {100}
    share = case("eight").results.outcomes["settled"].mean()
    assert data.groupby("measure")["settled"].mean().to_numpy() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("size", ["two", "eight"])
def test_what_has_no_value_has_no_dot_and_is_counted(size: str) -> None:
    """No history stands on an axis at a value, or a date, that it does not have."""
    figure = next(figure for figure in case(size).figures if figure.name == "outcomes")
    panels = [axes for axes in figure.drawing.axes if axes.collections]
    known = figure.data.dropna().groupby("measure", sort=False).size()
    assert [sum(len(dots.get_offsets()) for dots in axes.collections) for axes in panels] == known.to_list()
    words = " ".join(text.get_text() for text in figure.drawing.texts)
    for missing in figure.data[figure.data["value"].isna()].groupby("measure").size():
        assert f"{missing} without a value" in words
