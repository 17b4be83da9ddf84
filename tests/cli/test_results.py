"""`sim results`: every folder is listed with what it holds, and each is printed again as its verb printed it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.seldom import seldom

from .conftest import SMALL, Command

QUICK = ("--no-plots", "--jobs", 1)
LINES: dict[str, tuple[object, ...]] = {
    "run": ("run", "small.yaml", "-n", 12),
    "compare": ("compare", "small.yaml", "other.yaml", "-n", 12),
    "sweep": ("sweep", "small.yaml", "--vary", "mediators.Envoy.effort=0,1", "-n", 12),
    "sensitivity": ("sensitivity", "small.yaml", "-n", 120),
    "blame": ("blame", "small.yaml", "--off", "doubt", "--off", "absence", "-n", 12),
    "whatif": ("whatif", "small.yaml", "--without", "mediators.Envoy", "-n", 12),
}


def listed(sim: Command, *more: object) -> list[dict[str, Any]]:
    answered = sim("results", "--json", *more)
    assert (answered.code, answered.err) == (0, "")
    return json.loads(answered.out)["results"]  # type: ignore[no-any-return]


@pytest.fixture
def aged(sim: Command) -> Command:
    """`sim`, after which each folder that it wrote is a minute younger than all that were there."""
    Path("other.yaml").write_text(SMALL.replace("effort: 0.5", "effort: 0.9"), encoding="utf-8")
    minutes = iter(range(60, 6000, 60))

    def run(*args: object) -> Any:
        before = set(Path("results").rglob("run.json"))
        answered = sim(*args)
        now = next(minutes)
        for record in set(Path("results").rglob("run.json")) - before:
            os.utime(record, (now, now))
        return answered

    return run


@pytest.mark.parametrize("verb", [name if name in ("run", "sweep") else seldom(name) for name in LINES])
def test_what_a_verb_printed_is_printed_again(aged: Command, verb: str) -> None:
    first = aged(*LINES[verb], *QUICK)
    assert first.code == 0, first.err
    told = first.out.split("\n\nResults: ")[0]
    row = next(row for row in listed(aged) if row["verb"] == verb)
    again = aged("results", row["number"])
    assert (again.code, again.err) == (0, "")
    if verb == "whatif":
        told = "\n".join(
            json.loads(Path(row["results"], "run.json").read_text(encoding="utf-8"))["summary"]["sentences"]
        )
    assert again.out == f"{told}\n\nResults: {Path(row['results'])}\n"
    as_json = aged(*LINES[verb], *QUICK, "--json")
    assert aged("results", row["number"], "--json").out == as_json.out


def test_the_list_says_of_each_what_it_is_newest_first(aged: Command) -> None:
    for seed in (1, 2):
        aged("run", "small.yaml", "-n", 10 + seed, "--seed", seed, *QUICK)
    aged("run", "other.yaml", "-n", 3, *QUICK)
    rows = listed(aged)
    assert [(row["number"], row["replications"], row["seed"]) for row in rows] == [(1, 3, 7), (2, 12, 2), (3, 11, 1)]
    assert {(row["verb"], row["scenario"], row["state"], row["report"]) for row in rows} == {
        ("run", "Two wells", "whole", None)
    }
    assert [row["written"] for row in rows] == sorted((row["written"] for row in rows), reverse=True)
    text = aged("results").out
    for row in rows:
        assert str(Path(row["results"])) in text
        assert f"{row['replications']} histories, seed {row['seed']}" in text


def test_it_is_found_by_file_number_scenario_and_the_beginning_of_its_id(aged: Command) -> None:
    for count in (5, 6):
        aged("run", "small.yaml", "-n", count, *QUICK)
    newer, older = listed(aged)
    for name, row in (("small", newer), ("Two wells", newer), ("run", newer), ("2", older)):
        assert f"Results: {Path(row['results'])}" in aged("results", name).out
    for row in (newer, older):
        assert f"Results: {Path(row['results'])}" in aged("results", Path(row["results"]).name[:6]).out


def test_what_is_not_there_is_refused(aged: Command) -> None:
    assert listed(aged) == []
    assert "sim run baseline" in aged("results").out
    aged("run", "small.yaml", "-n", 5, *QUICK)
    for name in ("nowhere", "2", "0", "-1", "a", ""):
        answered = aged("results", "--", name)
        assert (answered.code, answered.out) == (2, ""), name
        assert "holds no results of" in answered.err
    refused = aged("results", "small", "--open")
    assert refused.code == 2
    assert "has no report" in refused.err


def test_the_folder_may_be_another_one_and_may_have_been_moved(aged: Command) -> None:
    aged("compare", "small.yaml", "other.yaml", "-n", 5, *QUICK)
    told = aged("results", "compare").out
    Path("results").rename("kept")
    assert listed(aged) == []
    assert len(listed(aged, "--out", "kept")) == 3
    assert aged("results", "compare", "--out", "kept").out == told.replace("Results: results", "Results: kept")


def test_broken_and_unfinished_folders_are_said_and_the_others_listed(aged: Command) -> None:
    for seed in (1, 2, 3):
        aged("run", "small.yaml", "-n", 5, "--seed", seed, *QUICK)
    third, second, first = (Path(row["results"]) for row in listed(aged))
    (third / "run.json").write_text("{", encoding="utf-8")
    (second / "weekly.parquet").unlink()
    (Path("results/small") / f".{'0' * 12}.chunks").mkdir()
    (Path("results/small") / f".{first.name}.part").mkdir()  # of a folder that is there: being written anew
    states = {row["results"]: row["state"] for row in listed(aged)}
    assert states == {
        third.as_posix(): "damaged",
        second.as_posix(): "damaged",
        first.as_posix(): "whole",
        f"results/small/.{'0' * 12}.chunks": "unfinished",
    }
    assert aged("results").code == 0
    for path, state in ((third, "damaged"), (Path("0" * 12), "unfinished")):
        answered = aged("results", path.name)
        assert (answered.code, answered.out) == (1, "")
        assert f"is {state}." in answered.err
        assert answered.err.count("\n") == 1


def test_a_table_that_was_changed_is_not_printed_again(aged: Command) -> None:
    aged("run", "small.yaml", "-n", 5, *QUICK)
    [row] = listed(aged)
    path = Path(row["results"], "outcomes.parquet")
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 4]) + content[-8:])
    answered = aged("results", "small")
    assert (answered.code, answered.out) == (1, "")
    assert "outcomes.parquet is damaged" in answered.err


def test_the_report_is_opened(aged: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_report(results: Any, folder: Path, *more: Any) -> None:
        (folder / "report.html").write_bytes(b"drawn with care")

    heard: list[str] = []

    def browse(address: str) -> bool:
        heard.append(address)
        return len(heard) == 1

    monkeypatch.setattr("sim.report.write_report", write_report)
    monkeypatch.setattr("webbrowser.open", browse)
    aged("run", "small.yaml", "-n", 5)
    [row] = listed(aged)
    answered = aged("results", "--open")
    assert answered.code == 0
    assert f"Report: {Path(row['report'])}" in answered.out
    assert heard == [Path(row["report"]).resolve().as_uri()]
    without = aged("results", "small", "--open")
    assert without.code == 1
    assert "no browser could be opened" in without.err
