"""`sim blame`: what it prints, keeps and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from .conftest import Command

OFF = ("--off", "incidents", "--off", "doubt")
QUICK = ("--no-plots", "--jobs", 1)


def test_json_has_the_gap_and_shares_that_add_up(sim: Command) -> None:
    answered = sim("blame", "small.yaml", *OFF, "--json", "--set", "incidents.per_year=8", *QUICK)
    assert answered.code == 0, answered.err
    found = json.loads(answered.out)
    assert set(found["gap"]) == {"difference", "low", "high"}
    assert {"mechanism", "share", "low", "high", "alone", "words"} == set(found["shares"][0])
    assert {row["mechanism"] for row in found["shares"]} == {"incidents", "doubt"}
    assert sum(row["share"] for row in found["shares"]) == pytest.approx(found["gap"]["difference"], abs=1e-12)
    assert found["all_off"] - found["as_is"] == pytest.approx(found["gap"]["difference"])
    assert found["shares"][0]["words"].keys() == {"en", "ru"}
    folder = Path(found["results"])
    assert {path.name for path in folder.iterdir()} == {
        "shares.parquet",
        "histories.parquet",
        "scenario.yaml",
        "run.json",
    }
    assert len(pd.read_parquet(folder / "histories.parquet")) == found["replications"] == 40
    assert not list(folder.parent.glob(".*chunks")), "chunks are gone once all is written"


def test_it_prints_answer_table_and_place_within_80_columns_and_finds_it_again(
    sim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sim("blame", "small.yaml", "-n", 12, "--jobs", 1)
    assert first.code == 0, first.err
    assert "The share that settles is" in first.out
    assert "they accuse nobody" in " ".join(first.out.split())
    assert all(len(line) <= 80 for line in first.out.splitlines())
    [report] = Path("results").rglob("report.html")
    assert {"blame.png", "blame.svg", "blame.csv"} <= {path.name for path in report.parent.iterdir()}
    monkeypatch.setattr("sim.experiments.coalitions.each_of", None)
    again = sim("blame", "small.yaml", "-n", 12, "--jobs", 1)
    assert "Computed before" in again.out
    assert again.out.split("\n\nReport")[0] == first.out.split("\n\nReport")[0]


def test_a_history_and_orders_have_results_of_their_own(sim: Command) -> None:
    asked: list[tuple[Any, ...]] = [(), ("--replication", 3), ("--orders", 4), ("--of", "joint_utility")]
    answers = [json.loads(sim("blame", "small.yaml", *OFF, *more, *QUICK, "--json").out) for more in asked]
    assert len({found["results"] for found in answers}) == len(asked)
    one = answers[1]
    assert (one["replication"], one["replications"], one["gap"]["low"]) == (3, 1, None)
    assert all(row["low"] == row["share"] for row in one["shares"])
    assert "In history 3, “settled” is" in one["answer"]


def test_what_was_stopped_goes_on(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiments import coalitions

    each_of, done = coalitions.each_of, []

    def stopping(variants: Any, first: int, count: int) -> Any:
        for number, table in each_of(variants, first, count):
            if len(done) == 2:
                raise SystemExit(9)
            done.append(number)
            yield number, table

    with monkeypatch.context() as stopped:
        stopped.setattr(coalitions, "each_of", stopping)
        assert sim("blame", "small.yaml", *OFF, *QUICK).code != 0
    assert "unfinished" in sim("results").out

    heard: list[int] = []

    def listening(variants: Any, first: int, count: int) -> Any:
        heard.extend(range(len(variants)))
        return each_of(variants, first, count)

    monkeypatch.setattr(coalitions, "each_of", listening)
    assert sim("blame", "small.yaml", *OFF, *QUICK).code == 0
    assert len(heard) == 2, "two of four were there"


def test_what_cannot_be_asked_is_refused_in_a_sentence(sim: Command) -> None:
    refused = {
        ("--off", "war"): "sim: unknown mechanism 'war': write one of incidents, doubt, ",
        ("--off", "freezes"): "none of these mechanisms acts in Two wells: freezes (one acts where",
        ("--of", "peace"): "unknown measure 'peace': write one of settled, ",
        (
            "--orders",
            5,
        ): "5 orders cannot be drawn (orders are drawn in pairs, each with its reverse, 4 to 2,000 in all)",
        ("--replication", -1): "x>=0",
        ("--set", "incidents.per_year=x"): "--set:1:20: incidents.per_year",
    }
    for words, said in refused.items():
        answered = sim("blame", "small.yaml", *words)
        assert (answered.code, answered.out) == (2, ""), words
        assert said in answered.err, (words, answered.err)
        assert "Traceback" not in answered.err
    assert not Path("results").exists()
