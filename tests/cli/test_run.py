"""`sim run`: what it prints, what it writes, what it does not compute twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from .conftest import SMALL, Answered, Command

TABLES = {"outcomes.parquet", "weekly.parquet", "events.parquet", "paths.parquet", "scenario.yaml", "run.json"}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tables(found: dict[str, bytes]) -> dict[str, bytes]:
    """All but the record, which lists what lies beside it."""
    return {name: content for name, content in found.items() if name != "run.json"}


def said_of(found: dict[str, bytes]) -> dict[str, object]:
    """What the record says, but for its checksums."""
    return {key: value for key, value in json.loads(found["run.json"]).items() if key not in ("files", "sha256")}


def the_run(out: str = "results") -> Path:
    [record] = Path(out).rglob("run.json")
    return record.parent


@pytest.fixture
def never_simulate(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, simulating is a failure."""

    def no(*args: Any, **more: Any) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr("sim.experiments.run.simulate", no)


# ---- what it prints --------------------------------------------------------------------------------------------------


def test_json_is_one_object_on_standard_output_and_nothing_else(sim: Command) -> None:
    answered = sim("run", "small.yaml", "--no-plots", "--json", "-n", 30, "--seed", 9)
    found = json.loads(answered.out)
    assert answered.err == ""
    assert (found["scenario"], found["replications"], found["seed"]) == ("Two wells", 30, 9)
    assert Path(found["results"]) == the_run()
    outcomes = pd.read_parquet(the_run() / "outcomes.parquet")
    assert found["settled"]["share"] == outcomes["settled"].mean()
    assert list(outcomes["replication"]) == list(range(30))


def test_json_of_several_files_is_a_list_in_their_order(sim: Command) -> None:
    Path("other.yaml").write_text(SMALL.replace("Two wells", "Two other wells"), encoding="utf-8")
    answered = sim("run", "other.yaml", "small.yaml", "--no-plots", "--json")
    assert [found["scenario"] for found in json.loads(answered.out)] == ["Two other wells", "Two wells"]


def test_without_json_it_prints_a_table_the_place_and_the_time(sim: Command) -> None:
    answered = sim("run", "small.yaml", "--no-plots")
    share = pd.read_parquet(the_run() / "outcomes.parquet")["settled"].mean()
    assert f"{100 * share:.1f} %" in answered.out
    assert f"Results: {the_run()}" in answered.out
    assert "Computed in " in answered.out


def test_a_bad_file_among_good_ones_means_that_nothing_runs(sim: Command) -> None:
    answered = sim("run", "small.yaml", "nowhere.yaml", "--no-plots")
    assert (answered.code, answered.out) == (2, "")
    assert "nowhere.yaml" in answered.err
    assert not Path("results").exists()


def test_a_setting_that_names_nothing_is_refused(sim: Command) -> None:
    answered = sim("run", "small.yaml", "--set", "mediators.Envoy.efort=1", "--no-plots")
    assert answered.code == 2
    assert "effort" in answered.err


# ---- what it writes --------------------------------------------------------------------------------------------------


def test_the_folder_holds_the_tables_the_scenario_and_the_record(sim: Command) -> None:
    sim("run", "small.yaml", "--no-plots", "-n", 25)
    assert the_run().parent == Path("results/small")
    assert set(files(the_run())) == TABLES
    record = json.loads((the_run() / "run.json").read_text(encoding="utf-8"))
    assert (record["replications"], record["seed"]) == (25, 7)
    assert record["summary"]["results"] == the_run().as_posix()
    assert set(record["versions"]) >= {"python", "sim", "numpy", "mesa"}


def test_the_written_scenario_gives_the_same_run(sim: Command) -> None:
    first = sim("run", "small.yaml", "--no-plots", "-n", 25, "--seed", 3, "--set", "incidents.per_year=1", "--json")
    sim("run", the_run() / "scenario.yaml", "--no-plots", "--out", "again")
    again = files(the_run("again"))
    mine = files(the_run("results"))
    for name in TABLES - {"run.json"}:
        assert again[name] == mine[name], name
    assert the_run("again").name == the_run("results").name
    assert json.loads(first.out)["seed"] == 3


def test_a_run_with_figures_has_a_report_and_both_kinds_of_figure(sim: Command) -> None:
    answered = sim("run", "small.yaml", "-n", 20)
    written = set(files(the_run()))
    assert "report.html" in written
    assert f"Report: {the_run() / 'report.html'}" in answered.out
    assert any(name.endswith(".png") for name in written)
    assert any(name.endswith(".svg") for name in written)


# ---- what it does not do twice ---------------------------------------------------------------------------------------


def summary(answered: Answered) -> Any:
    assert answered.code == 0, answered.err
    return json.loads(answered.out)


def test_the_same_run_is_found_and_not_computed_again(sim: Command, request: pytest.FixtureRequest) -> None:
    first = summary(sim("run", "small.yaml", "--no-plots", "--json"))
    request.getfixturevalue("never_simulate")
    assert summary(sim("run", "small.yaml", "--no-plots", "--json")) == first
    assert "computed before" in sim("run", "small.yaml", "--no-plots").out.lower()
    assert sim("run", "small.yaml", "--no-plots", "--force").code == 1


def test_another_seed_number_or_setting_is_another_run(sim: Command) -> None:
    for more in ([], ["--seed", 8], ["-n", 41], ["--set", "contacts.intensity=0.5"]):
        sim("run", "small.yaml", "--no-plots", *more)
    assert len(list(Path("results/small").glob("*/run.json"))) == 4


def test_force_computes_again_and_writes_the_same_tables(sim: Command) -> None:
    sim("run", "small.yaml", "--no-plots")
    before = files(the_run())
    sim("run", "small.yaml", "--no-plots", "--force")
    after = files(the_run())
    for name in TABLES - {"run.json"}:
        assert after[name] == before[name], name


@pytest.mark.usefixtures("few_figures")
def test_figures_are_added_to_a_run_without_computing_it_again(sim: Command, request: pytest.FixtureRequest) -> None:
    sim("run", "small.yaml", "--no-plots")
    before = files(the_run())
    request.getfixturevalue("never_simulate")
    assert sim("run", "small.yaml").code == 0
    after = files(the_run())
    assert "report.html" in after
    assert {name: after[name] for name in tables(before)} == tables(before)
    assert said_of(after) == said_of(before)


@pytest.mark.validate
def test_a_run_with_figures_serves_a_request_for_tables(sim: Command, request: pytest.FixtureRequest) -> None:
    sim("run", "small.yaml")
    request.getfixturevalue("never_simulate")
    assert sim("run", "small.yaml", "--no-plots").code == 0
    assert (the_run() / "report.html").is_file()


def test_a_damaged_record_means_that_the_run_is_computed_again(sim: Command) -> None:
    sim("run", "small.yaml", "--no-plots")
    before = files(the_run())
    (the_run() / "run.json").write_text("{", encoding="utf-8")
    assert sim("run", "small.yaml", "--no-plots").code == 0
    assert set(files(the_run())) == set(before)
    assert json.loads((the_run() / "run.json").read_text(encoding="utf-8"))["replications"] == 40
