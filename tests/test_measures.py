"""A measure is defined once: what is added to the table of definitions is in every table, figure, question and file."""

# ruff: noqa: F811

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.figures.panels import measures as panels
from sim.measures import (
    DEFINITIONS,
    GROUPS,
    PROCESS,
    SHARE,
    WORTH,
    Definition,
    Measure,
    by_unit,
    failures,
    measures,
    named,
)
from sim.web.pairs import said
from sim.web.texts import texts
from sim.web.wording import row
from tests.cli.conftest import SMALL, Command, few_figures  # noqa: F401
from tests.cli.conftest import sim as command  # noqa: F401

LABEL, TITLE = "settled in 20 weeks", "share that settles in 20 weeks"


def quick(outcomes: pd.DataFrame) -> pd.Series[bool]:
    return outcomes["settled_week"] < 20


def gap(outcomes: pd.DataFrame) -> pd.Series[float]:
    return outcomes["utility.Upstream"] - outcomes["utility.Downstream"]


ADDED = (
    Definition("quick", SHARE, PROCESS, LABEL, TITLE, better=1, cells=True, panel="Quick or not", values=quick),
    Definition("gap", WORTH, GROUPS, "gap between the two", "mean gap between the two", panel="The gap", values=gap),
)


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    for definition in ADDED:
        monkeypatch.setitem(DEFINITIONS, definition.name, definition)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sim.Scenario:
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL, encoding="utf-8")
    return sim.load("small.yaml")


# ---- in every output -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("few_figures")
def test_run_prints_it_and_writes_it(command: Command) -> None:
    printed = command("run", "small.yaml", "--jobs", 1)
    assert LABEL in printed.out
    assert "gap between the two" in printed.out
    found = json.loads(command("run", "small.yaml", "--jobs", 1, "--json").out)
    assert set(found["quick"]) == {"share", "low", "high"}
    assert set(found["gap"]) == {"mean", "low", "high"}
    folder = Path(found["results"])
    assert f">{LABEL}<" in (folder / "report.html").read_text(encoding="utf-8")
    table = pd.read_parquet(folder / "outcomes.parquet")
    assert table["quick"].mean() == found["quick"]["share"]
    assert {"quick", "gap"} <= set(table)


@pytest.mark.usefixtures("few_figures")
def test_compare_has_its_values_and_differences(command: Command) -> None:
    Path("other.yaml").write_text(SMALL.replace("effort: 0.5", "effort: 0.1"), encoding="utf-8")
    printed = command("compare", "small.yaml", "other.yaml", "--jobs", 1).out
    assert printed.count(f"  {LABEL}"[:25]) == 2, printed
    found = json.loads(command("compare", "small.yaml", "other.yaml", "--jobs", 1, "--json").out)
    assert {"quick", "gap"} <= {each["measure"] for each in found["differences"]}
    assert all("quick" in each for each in found["scenarios"])
    page = (Path(found["results"]) / "report.html").read_text(encoding="utf-8")
    assert page.count(f">{LABEL}<") == 2
    drawn = pd.read_csv(next(Path(found["results"]).rglob("compare.csv")))
    assert {"quick", "gap"} <= set(drawn["measure"])


def test_a_sweep_has_it_in_its_cells_and_figures(here: sim.Scenario) -> None:
    found = sim.sweep(here, {"incidents.per_year": [0, 4]}, replications=30)
    assert {"quick", "quick.low", "quick.high", "quick.difference", "gap"} <= set(found.cells)
    assert "quick" in found.apart
    assert str(found).count(", %") == 3  # settles, lasts, and this one
    assert found.plot("sweep-lines", measure="quick").png


def test_the_page_of_a_sweep_has_it(command: Command) -> None:
    asked = ("sweep", "small.yaml", "--vary", "incidents.per_year=0:4:2", "--jobs", 1)
    found = json.loads(command(*asked, "--json").out)
    assert "quick" in found["cells"][0]
    assert f"{LABEL}, %" in (Path(found["results"]) / "report.html").read_text(encoding="utf-8")


def test_sensitivity_may_be_asked_of_it(here: sim.Scenario) -> None:
    results = sim.run(uncertain(here), replications=150)
    assert "gap between the two" in str(sim.sensitivity(results, "gap"))
    assert TITLE in str(sim.sensitivity(results, "quick"))


def test_explain_may_be_asked_of_it(here: sim.Scenario) -> None:
    results = sim.run(uncertain(here), replications=300)
    found = sim.explain(results, "unquick")
    assert found.failed == (~results.outcomes["quick"]).sum()
    assert LABEL in str(found).replace("\n", " ")


def test_the_figures_of_a_run_have_a_panel_for_it(here: sim.Scenario) -> None:
    results = sim.run(here, replications=30)
    assert [each.title for each in panels(results) if each.name in ("quick", "gap")] == ["Quick or not", "The gap"]
    assert {"quick", "gap"} <= set(results.plot("outcomes").data["measure"])


def test_a_page_without_a_text_for_it_has_its_label(here: sim.Scenario) -> None:
    added = named(here, "quick")
    numbers = {"a": 0.5, "b": 0.25, "difference": -0.25, "low": -0.5, "high": 0.0}
    assert row(texts("ru"), {**said(added), **numbers})["name"] == LABEL


def uncertain(scenario: sim.Scenario) -> sim.Scenario:
    return sim.load(scenario, ["parties.Upstream.reservation={mean: 0.4, sd: 0.08}"])


def test_a_run_that_was_kept_before_is_not_taken_for_one_with_it(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ("run", "small.yaml", "--jobs", 1, "--no-plots", "--json")
    with monkeypatch.context() as before:
        before.delitem(DEFINITIONS, "quick")
        old = json.loads(command(*asked).out)["results"]
    assert command("sensitivity", old, "--measure", "quick").code == 2  # forty histories are too few, but all have it
    assert "quick" in pd.read_parquet(Path(old) / "outcomes.parquet")
    assert json.loads(command(*asked).out)["results"] != old


# ---- laws of the table -----------------------------------------------------------------------------------------------


def test_each_has_one_place_in_the_summary_and_one_unit(here: sim.Scenario) -> None:
    every = measures(here)
    assert len({each.column for each in every}) == len({each.place for each in every}) == len(every)
    assert sorted(each.column for unit in by_unit(every).values() for each in unit) == sorted(e.column for e in every)


def test_a_failure_is_a_share_that_is_better_one_way(here: sim.Scenario) -> None:
    for each in failures(here).values():
        assert each.kind == "share"
        assert each.definition.better
        assert not each.among or each.among in {measure.column for measure in measures(here)}


def test_every_text_names_its_owner_or_has_none() -> None:
    for each in DEFINITIONS.values():
        texts = (each.label, each.title, each.panel, each.each)
        assert all(text.count("{}") == bool(each.of) for text in texts if text), each.name


def test_an_unknown_one_is_refused_with_those_that_there_are(here: sim.Scenario) -> None:
    with pytest.raises(KeyError, match=r"unknown measure 'x': write one of settled, .*agreed\.wells"):
        named(here, "x")
    assert named(here, "agreed.wells") == Measure(DEFINITIONS["agreed"], "wells")
