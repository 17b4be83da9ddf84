"""`sim compare --models`: what it prints and keeps, what it does not compute twice, and what a kill leaves behind."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pandas as pd
import pytest

from .conftest import SMALL, Command
from .test_run import never_simulate
from .test_signals import eventually, started

__all__ = ["never_simulate"]

FROZEN = SMALL.replace("Two wells", "Frozen wells") + (
    "freezes: [{groups: [wells], after: incident, severity: 0.05, weeks: 6}]\n"
)
ASKED = ["compare", "small.yaml", "frozen.yaml", "--models", "5", "-n", "10", "--no-plots"]


@pytest.fixture
def two(sim: Command) -> Command:
    """`sim` in a folder that holds small.yaml and frozen.yaml."""
    Path("frozen.yaml").write_text(FROZEN, encoding="utf-8")
    return sim


def test_json_has_models_for_each_measure(two: Command) -> None:
    answered = two(*ASKED, "--json")
    assert (answered.code, answered.err) == (0, "")
    found = json.loads(answered.out)
    assert all(row["models"]["n"] == 5 for row in found["differences"])
    assert {"path", "low", "high"} == set(found["drawn"][0])
    assert json.loads(two(*ASKED, "--json", "--jobs", 2, "--out", "other").out)["differences"] == found["differences"]


def test_it_is_told_in_words_and_a_table(two: Command) -> None:
    out = two(*ASKED).out
    assert "of 5 plausible models" in out
    assert "Frozen wells, in 5 plausible models" in out
    assert len(max(out.splitlines(), key=len)) <= 100


def test_models_are_not_computed_twice(two: Command, request: pytest.FixtureRequest) -> None:
    first, told = two(*ASKED, "--json").out, two(*ASKED).out
    request.getfixturevalue("never_simulate")
    assert two(*ASKED, "--json").out == first
    assert two("results", "compare").out.splitlines()[:8] == told.splitlines()[:8]
    assert "computed before" in two(*ASKED).out.lower()


def test_other_ranges_are_other_models(two: Command) -> None:
    two(*ASKED)
    two(*ASKED, "--set", "plausible={incidents.fading: [0.01, 0.02]}")
    tables = [pd.read_parquet(path) for path in Path("results/compare").glob("*/constants.parquet")]
    assert len(tables) == 2
    assert sorted(table["incidents.fading"].max() > 0.02 for table in tables) == [False, True]


def test_a_cluster_without_models_is_refused(two: Command) -> None:
    answered = two("compare", "small.yaml", "frozen.yaml", "--cluster", "tcp://127.0.0.1:1")
    assert answered.code == 2
    assert "Add --models" in answered.err


@pytest.mark.validate
def test_the_numbers_that_a_difference_hangs_on_are_ranked(two: Command) -> None:
    words = ["sensitivity", "frozen.yaml", "small.yaml", "--of", "difference", "-n", 4, "--jobs", 1]
    found = json.loads(two(*words, "--json").out)
    assert found["replications"] == 4
    assert found["scenario"] == "Frozen wells"
    assert set(found["constants"][0]) == {"path", "from", "to", "lowest", "highest", "moved", "turns"}


def test_a_difference_needs_two_files(two: Command) -> None:
    for words in (["frozen.yaml", "small.yaml"], ["frozen.yaml", "--of", "difference"]):
        answered = two("sensitivity", *words)
        assert answered.code == 2
        assert "--of difference" in answered.err


@pytest.mark.validate  # `test_sweep.py` kills each time
def test_models_that_are_killed_go_on_and_end_the_same(two: Command, tmp_path: Path) -> None:
    asked = ["compare", "small.yaml", "frozen.yaml", "--models", "75", "--no-plots", "--jobs", "1"]
    assert two(*asked, "--out", "whole").code == 0
    (tmp_path / "frozen.yaml").write_text(FROZEN, encoding="utf-8")
    with started(tmp_path, *asked) as process:
        assert eventually(lambda: list(tmp_path.glob("results/compare/.*.chunks/0*-25")))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not list(tmp_path.glob("results/compare/*/models.parquet"))
    assert two(*asked, "--out", str(tmp_path / "results")).code == 0
    tables = [next(Path(place).glob("compare/*/models.parquet")) for place in ("whole", tmp_path / "results")]
    first, second = map(pd.read_parquet, tables)
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert not list(tmp_path.glob("results/compare/.*.chunks"))
