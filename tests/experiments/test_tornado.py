"""One number at a time: what each constant does to the difference of two files."""

from __future__ import annotations

import pytest

from sim.experiments.compare import compare
from sim.experiments.sweep_work import Crew
from sim.experiments.tornado import Tornado, tornado
from sim.experiments.uncertain import Unanswerable
from sim.scenario import Scenario, load, load_text
from sim.scenario.plausible import constants

from .small import TEXT, wells
from .test_models import frozen, unheard


def asked(reference: Scenario, scenario: Scenario, measure: str = "agreed.wells") -> Tornado:
    return tornado(reference, scenario, measure, Crew(), unheard)


@pytest.mark.validate
def test_the_middle_is_the_plain_comparison_and_ends_are_those_of_files_with_them() -> None:
    found = asked(wells(), frozen(), "utility.Upstream")
    plain = compare(wells(), frozen()).differences.set_index(["measure", "party"])["difference"]
    assert found.difference == pytest.approx(plain["utility", "Upstream"], rel=1e-9)
    row = next(row for row in found.rows if row["path"] == "frozen_week.cooling")
    setting = [f"frozen_week.cooling={row['to']}"]
    other = compare(load(wells(), setting), load(frozen(), setting)).differences.set_index(["measure", "party"])
    assert row["highest"] == pytest.approx(other["difference"]["utility", "Upstream"], rel=1e-9)
    assert row["moved"] == pytest.approx(abs(row["highest"] - row["lowest"]))
    assert [each["moved"] for each in found.rows] == sorted((each["moved"] for each in found.rows), reverse=True)


@pytest.mark.validate
def test_a_number_without_effect_moves_nothing() -> None:
    """Without a mediator's guarantee kept up, nothing of what comes after the talks moves who agrees."""
    found = asked(wells(), frozen())
    moved = {row["path"]: row["moved"] for row in found.rows}
    assert moved["agreements.collapse_cost"] == 0
    assert max(moved.values()) > 0


@pytest.mark.validate
def test_every_constant_has_a_row_but_those_that_the_files_vary() -> None:
    other = load_text(TEXT, settings=["incidents.per_year=4", "name=Other"])
    found = asked(wells(), other)
    assert {row["path"] for row in found.rows} == {constant.path for constant in constants(wells(), other)}
    assert "incidents.per_year" not in {row["path"] for row in found.rows}


def test_what_cannot_be_asked_says_why() -> None:
    with pytest.raises(Unanswerable, match=r"agreed\.rivers"):
        asked(wells(), frozen(), "agreed.rivers")
