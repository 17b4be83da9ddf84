"""`sim compare`: what it prints, what it keeps, what it does not compute twice, and how it fails."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim import store

from .conftest import SMALL, Answered, Command
from .test_run import files, never_simulate, tables
from .test_signals import eventually, finished, started
from .test_writing import NO_SPACE, fails_at, kept

__all__ = ["never_simulate"]

WITHOUT = SMALL.replace("Two wells", "Two wells, no envoy").replace("mediators:\n  Envoy: {effort: 0.5}\n", "")
KEYS = ["reference", "scenarios", "differences", "transitions", "sentences", "results"]


@pytest.fixture
def two(sim: Command) -> Command:
    """`sim` in a folder that holds small.yaml and without.yaml, the same without a mediator and with another seed."""
    Path("without.yaml").write_text(WITHOUT.replace("seed: 7", "seed: 8"), encoding="utf-8")
    return sim


def found(answered: Answered) -> Any:
    assert (answered.code, answered.err) == (0, "")
    return json.loads(answered.out)


def the_comparison() -> Path:
    [record] = Path("results/compare").glob("*/run.json")
    return record.parent


# ---- what it prints --------------------------------------------------------------------------------------------------


def test_json_is_one_object_on_standard_output_and_nothing_else(two: Command) -> None:
    answer = found(two("compare", "small.yaml", "without.yaml", "--no-plots", "--json", "-n", 30))
    assert list(answer) == KEYS
    assert answer["reference"] == "Two wells"
    assert [run["scenario"] for run in answer["scenarios"]] == ["Two wells", "Two wells, no envoy"]
    assert {(run["replications"], run["seed"]) for run in answer["scenarios"]} == {(30, 7)}
    assert Path(answer["results"]) == the_comparison()
    outcomes = [pd.read_parquet(Path(run["results"]) / "outcomes.parquet") for run in answer["scenarios"]]
    row = next(row for row in answer["differences"] if row["measure"] == "agreed.wells")
    assert row["difference"] == pytest.approx(outcomes[1]["agreed.wells"].mean() - outcomes[0]["agreed.wells"].mean())
    assert (row["scenario"], row["group"], row["party"], row["n"]) == ("Two wells, no envoy", "wells", "", 30)
    whole = answer["transitions"][0]
    assert sum(whole[part] for part in ("both", "saved", "lost", "neither")) == 30


def test_at_80_columns_it_prints_sentence_tables_and_place(two: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    printed = two("compare", "small.yaml", "without.yaml", "--no-plots").out
    assert max(map(len, printed.splitlines())) <= 80
    summary = json.loads((the_comparison() / "run.json").read_text(encoding="utf-8"))["summary"]
    assert " ".join(printed.split()).startswith(summary["sentences"][0])
    assert "40 replications, seed 7" in printed
    for words in ("agreed: wells", "utility of Upstream", "95 % interval", "saved and lost", "exact p"):
        assert words in printed
    assert "only one of the two scenarios has it: Envoy." in " ".join(printed.split())
    assert f"Results: {the_comparison()}" in printed
    assert "Computed in " in printed


def test_a_scenario_beside_itself_changes_nothing(two: Command) -> None:
    answer = found(two("compare", "small.yaml", "small.yaml", "--no-plots", "--json"))
    assert answer["sentences"] == ["Two wells (small) changes nothing: the same 40 histories, every number equal."]
    for row in answer["differences"]:
        assert (row["difference"], row["low"], row["high"]) in {(0, 0, 0), (None, None, None)}, row
    assert len(list(Path("results").rglob("outcomes.parquet"))) == 1


def test_settings_are_made_in_every_file(two: Command) -> None:
    answer = found(two("compare", "small.yaml", "without.yaml", "--no-plots", "--json", "--set", "clock.weeks=3"))
    assert [run["settled"]["share"] for run in answer["scenarios"]] == [0, 0]
    assert "neither loses nor saves any of 40 histories" in answer["sentences"][0]


def test_one_file_is_nothing_to_compare(two: Command) -> None:
    answered = two("compare", "small.yaml")
    assert (answered.code, answered.out) == (2, "")
    assert answered.err == (
        "sim: there is nothing to compare small.yaml with. Name the reference and at least one other file: "
        "sim compare small.yaml OTHER.yaml\n"
    )
    assert two("compare").code == 2
    assert two("compare", "small.yaml", "nowhere.yaml").code == 2
    assert not Path("results").exists()


# ---- what it keeps ---------------------------------------------------------------------------------------------------


def test_it_keeps_the_tables_and_each_run_where_sim_run_finds_it(two: Command, request: pytest.FixtureRequest) -> None:
    answer = found(two("compare", "small.yaml", "without.yaml", "--no-plots", "--json"))
    assert set(files(the_comparison())) == {"differences.parquet", "transitions.parquet", "run.json"}
    table = pd.read_parquet(the_comparison() / "differences.parquet")
    assert list(table) == ["scenario", "measure", "group", "party", "difference", "low", "high", "n", "narrowed"]
    assert len(table) == len(answer["differences"])
    turned = pd.read_parquet(the_comparison() / "transitions.parquet")
    assert list(turned) == ["scenario", "group", "both", "saved", "lost", "neither", "difference", "low", "high", "p"]
    request.getfixturevalue("never_simulate")
    assert found(two("run", "small.yaml", "--no-plots", "--json")) == answer["scenarios"][0]
    assert found(two("run", "without.yaml", "--seed", 7, "--no-plots", "--json")) == answer["scenarios"][1]


def test_it_is_found_and_not_computed_again(two: Command, request: pytest.FixtureRequest) -> None:
    asked = ("compare", "small.yaml", "without.yaml", "--no-plots")
    first = found(two(*asked, "--json"))
    before = files(the_comparison())
    request.getfixturevalue("never_simulate")
    assert found(two(*asked, "--json")) == first
    assert "Computed before" in two(*asked).out
    assert files(the_comparison()) == before
    assert two(*asked, "--force").code == 1


def test_runs_that_are_there_are_not_computed_for_it(two: Command, request: pytest.FixtureRequest) -> None:
    two("run", "small.yaml", "without.yaml", "--seed", 7, "--no-plots")
    request.getfixturevalue("never_simulate")
    assert len(found(two("compare", "small.yaml", "without.yaml", "--no-plots", "--json"))["scenarios"]) == 2


def test_the_same_bytes_again_whatever_the_jobs(two: Command) -> None:
    asked = ("compare", "small.yaml", "without.yaml", "--no-plots")
    two(*asked, "--jobs", 1)
    before = files(the_comparison())
    two(*asked, "--force", "--jobs", 2)
    assert files(the_comparison()) == before


def test_another_order_or_number_is_another_comparison(two: Command) -> None:
    for asked in (
        ["small.yaml", "without.yaml"],
        ["without.yaml", "small.yaml"],
        ["small.yaml", "without.yaml", "-n", 9],
    ):
        assert two("compare", *asked, "--no-plots").code == 0
    assert len(list(Path("results/compare").glob("*/run.json"))) == 3


def test_a_damaged_table_of_a_run_is_computed_again(two: Command) -> None:
    answer = found(two("compare", "small.yaml", "without.yaml", "--no-plots", "--json"))
    damaged = Path(answer["scenarios"][0]["results"]) / "outcomes.parquet"
    good = damaged.read_bytes()
    damaged.write_bytes(good[:100])
    (the_comparison() / "run.json").unlink()
    answered = two("compare", "small.yaml", "without.yaml", "--no-plots", "--json")
    assert json.loads(answered.out) == answer
    assert answered.err.count("outcomes.parquet is damaged") == 1
    assert damaged.read_bytes() == good


@pytest.mark.usefixtures("few_figures")
def test_figures_and_report_are_added_without_computing_again(two: Command, request: pytest.FixtureRequest) -> None:
    two("compare", "small.yaml", "without.yaml", "--no-plots")
    before = files(the_comparison())
    request.getfixturevalue("never_simulate")
    answered = two("compare", "small.yaml", "without.yaml")
    assert f"Report: {the_comparison() / 'report.html'}" in answered.out
    after = files(the_comparison())
    assert {"report.html", "compare.png", "compare.svg", "saved-and-lost.csv"} <= set(after)
    assert {name: after[name] for name in tables(before)} == tables(before)


# ---- how it fails ----------------------------------------------------------------------------------------------------


def test_a_place_that_takes_no_files(two: Command) -> None:
    Path("results").mkdir()
    Path("results/compare").write_text("mine", encoding="utf-8")
    answered = two("compare", "small.yaml", "without.yaml", "--no-plots")
    assert (answered.code, answered.out) == (74, "")
    assert answered.err.startswith("sim: cannot write results/compare")
    assert kept() == {"compare"}


def test_a_disk_that_fills_up_leaves_the_runs_and_no_half_comparison(
    two: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "write_table", fails_at(2 * len(store.TABLES) + 2, NO_SPACE))
    answered = two("compare", "small.yaml", "without.yaml", "--no-plots")
    assert (answered.code, answered.out) == (74, "")
    assert len(list(Path("results").glob("[!c]*/*/run.json"))) == 2
    assert kept(Path("results/compare")) == set()


def test_a_comparison_that_another_process_writes_is_busy(two: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    two("compare", "small.yaml", "without.yaml", "--no-plots")
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    with store.claim(the_comparison()):
        answered = two("compare", "small.yaml", "without.yaml", "--no-plots", "--force")
    assert answered.code == 75
    assert answered.err.count("\n") == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_an_interrupted_comparison_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "without.yaml").write_text(WITHOUT, encoding="utf-8")
    asked = ["compare", "small.yaml", "without.yaml", "--no-plots", "-n", "1000000", "--jobs", "1"]
    with started(tmp_path, *asked) as process:
        assert eventually(lambda: list((tmp_path / "results" / "small").glob(".*.lock")))
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    assert out == ""
    assert err.splitlines()[1:] == ["sim: interrupted; nothing half-written was kept."]  # after what it would take
    assert finished(tmp_path) == []
    assert list((tmp_path / "results").rglob(".*.part")) == []
