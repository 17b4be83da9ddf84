"""`sim sensitivity` and `sim explain`: what they print, keep and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.installed import adding
from sim.measures import DEFINITIONS, PROCESS, SHARE, Definition

from .conftest import SMALL, Command

PLAIN = SMALL.replace("{mean: 0.3, sd: 0.05}", "0.3")
UPSTREAM = "parties.Upstream.reservation"


@pytest.fixture
def never_simulate(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From the call on, simulating is a failure."""

    def no(*args: Any, **more: Any) -> None:
        raise AssertionError("simulated")

    return lambda: monkeypatch.setattr("sim.experiments.run.simulate", no)


def a_run(sim: Command, *more: object) -> Path:
    return Path(json.loads(sim("run", "small.yaml", "-n", 400, "--no-plots", "--json", *more).out)["results"])


# ---- sensitivity -----------------------------------------------------------------------------------------------------


def test_a_run_is_read_and_nothing_simulated(sim: Command, never_simulate: Any) -> None:
    folder = a_run(sim)
    never_simulate()
    by_folder = sim("sensitivity", folder, "--no-plots", "--json", "--measure", "joint_utility")
    by_file = sim("sensitivity", "small.yaml", "-n", 400, "--no-plots", "--json", "--measure", "joint_utility")
    assert by_folder.code == by_file.code == 0
    assert by_folder.out == by_file.out
    found = json.loads(by_folder.out)
    assert {row["input"] for row in found["indices"]} == {UPSTREAM, "parties.Downstream.reservation"}
    assert (found["method"], found["replications"], found["points"]) == ("PAWN", 400, 0)
    table = pd.read_parquet(Path(found["results"]) / "indices.parquet")
    assert list(table["index"]) == [row["index"] for row in found["indices"]]
    assert "Computed before" in sim("sensitivity", folder, "--no-plots", "--measure", "joint_utility").out


def test_it_prints_answer_table_and_place_within_80_columns(sim: Command) -> None:
    answered = sim("sensitivity", "small.yaml", "-n", 300)
    assert answered.code == 0
    assert "chance alone reaches" in answered.out
    [report] = Path("results").rglob("report.html")
    assert f"Report: {report}" in answered.out
    assert {"sensitivity.png", "indices.parquet", "run.json", "scenario.yaml"} <= {
        p.name for p in report.parent.iterdir()
    }
    assert all(len(line) <= 80 for line in answered.out.splitlines())


def test_a_design_is_simulated_once_and_found_again(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (
        "sensitivity",
        "small.yaml",
        "--design",
        "sobol",
        "--points",
        4,
        "-n",
        2,
        "--no-plots",
        "--jobs",
        1,
        "--json",
    )
    first = sim(*words)
    found = json.loads(first.out)
    assert (found["method"], found["replications"], found["points"]) == ("Sobol", 2, 16)
    monkeypatch.setattr("sim.experiments.sobol._simulated", None)
    assert sim(*words).out == first.out


def test_what_cannot_be_asked_is_refused_in_a_sentence(sim: Command, never_simulate: Any) -> None:
    folder = a_run(sim)
    never_simulate()
    Path("plain.yaml").write_text(PLAIN, encoding="utf-8")
    refused = {
        ("plain.yaml",): '--set "parties.Upstream.reservation={mean',
        ("small.yaml", "--measure", "peace"): "unknown measure 'peace': write one of settled, ",
        ("small.yaml", "--design", "sobol", "--points", 5): "power of two",
        ("small.yaml", "--design", "sobol", "--method", "delta"): "Leave out --method",
        ("small.yaml", "--points", 4): "Add --design sobol",
        (folder, "-n", 5): "come too late",
        ("results",): "is no folder of a run",
        ("nowhere.yaml",): "nowhere.yaml",
    }
    for words, said in refused.items():
        answered = sim("sensitivity", *words)
        assert (answered.code, answered.out) == (2, ""), words
        assert said in answered.err
        assert "Traceback" not in answered.err
    assert {path.parent for path in Path("results").rglob("run.json")} == {folder}


def test_without_salib_it_says_what_to_install(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample", None)
    answered = sim("sensitivity", "small.yaml", "--design", "sobol")
    assert answered.code == 2
    assert adding("analysis") in answered.err


# ---- explain ---------------------------------------------------------------------------------------------------------


def test_explain_answers_for_a_run_and_for_its_file(sim: Command, never_simulate: Any) -> None:
    folder = a_run(sim, "--set", f"{UPSTREAM}={{low: 0.1, high: 0.9}}")
    never_simulate()
    answered = sim("explain", folder)
    assert answered.code == 0
    assert "lie where the reservation value of Upstream is above" in " ".join(answered.out.split())
    found = json.loads(sim("explain", folder, "--json").out)
    [limit] = found["region"]["limits"]
    assert (limit["input"], limit["up_to"]) == (UPSTREAM, None)
    assert 0.1 < limit["above"] < 0.9
    assert found["answer"].startswith("Of the ")
    by_file = sim("explain", "small.yaml", "-n", 400, "--set", f"{UPSTREAM}={{low: 0.1, high: 0.9}}", "--json")
    assert json.loads(by_file.out) == found


def test_a_run_without_a_measure_that_was_added_since_is_run_again_and_that_is_said(
    sim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = a_run(sim, "--set", f"{UPSTREAM}={{low: 0.1, high: 0.9}}")
    quick = Definition("quick", SHARE, PROCESS, "quick", "share that is quick", values=lambda o: o["settled_week"] < 9)
    monkeypatch.setitem(DEFINITIONS, "quick", quick)
    answered = sim("explain", folder)
    assert answered.code == 0
    assert f"{folder} cannot be read as it is: a measure was added since" in answered.err
    assert "quick" in pd.read_parquet(folder / "outcomes.parquet")
    assert "cannot be read" not in sim("explain", folder).err


def test_explain_refuses_what_it_does_not_know(sim: Command) -> None:
    Path("plain.yaml").write_text(PLAIN, encoding="utf-8")
    assert "write one of unsettled, unlasting, unagreed.wells" in sim("explain", "small.yaml", "--failures", "x").err
    assert "is uncertain" in sim("explain", "plain.yaml").err
    too_few = sim("explain", "small.yaml", "-n", 30)
    assert (too_few.code, too_few.out) == (2, "")
    assert "-n 1000" in too_few.err
