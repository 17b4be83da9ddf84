"""`sim sweep`: what it prints and writes; what it refuses; what a killed one leaves behind."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim import store
from sim.scenario import load
from tests.experiments.small import counting

from .conftest import SMALL, Answered, Command

VARY = ("--vary", "mediators.Envoy.effort=0:1:3", "--vary", "linkage=independent,sequence")
QUICK = ("-n", 12, "--jobs", 1, "--no-plots")
TABLES = {"cells.parquet", "sweep.yaml", "run.json"}


def the_sweep(out: str = "results") -> Path:
    [record] = Path(out).rglob("run.json")
    return record.parent


def answered(sim: Command, *args: object) -> Any:
    found: Answered = sim("sweep", "small.yaml", *args, "--json")
    assert found.code == 0, found.err
    return json.loads(found.out)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# ---- what it prints and writes ---------------------------------------------------------------------------------------


def test_json_is_one_object_and_says_what_the_table_holds(sim: Command) -> None:
    found = sim("sweep", "small.yaml", *VARY, *QUICK, "--json")
    said = json.loads(found.out)
    assert (found.code, found.err) == (0, "")
    assert Path(said["results"]) == the_sweep()
    assert said["idle"] == ["linkage"]
    cells = pd.read_parquet(the_sweep() / "cells.parquet")
    assert [cell["settled"] for cell in said["cells"]] == cells["settled"].tolist()
    assert [cell["mediators.Envoy.effort"] for cell in said["cells"]] == [0, 0, 0.5, 0.5, 1, 1]
    assert {cell["n"] for cell in said["cells"]} == {12}
    assert [set(cell) for cell in said["cells"]] == [set(cells.columns)] * 6


def test_the_folder_holds_table_definition_and_record_and_nothing_is_left_beside_it(sim: Command) -> None:
    said = answered(sim, *VARY, *QUICK)
    assert names(the_sweep()) == TABLES
    assert {name for name in names(the_sweep().parent) if not name.endswith(".lock")} == {the_sweep().name}
    record = json.loads((the_sweep() / "run.json").read_text(encoding="utf-8"))
    assert record["summary"] == said
    assert (record["replications"], record["seed"]) == (12, 7)
    plan = load(the_sweep() / "sweep.yaml").sweep
    assert plan is not None
    assert plan.vary == {"mediators.Envoy.effort": "0:1:3", "linkage": ["independent", "sequence"]}


def test_the_written_definition_gives_the_same_sweep(sim: Command) -> None:
    answered(sim, *VARY, *QUICK, "--seed", 3, "--set", "incidents.per_year=1")
    again = sim("sweep", the_sweep() / "sweep.yaml", "--jobs", 1, "--no-plots", "--out", "again")
    assert again.code == 0, again.err
    assert the_sweep("again").name == the_sweep().name
    for name in ("cells.parquet", "sweep.yaml"):
        assert (the_sweep("again") / name).read_bytes() == (the_sweep() / name).read_bytes()


def rows_of_each_part(printed: str) -> set[int]:
    """How many cells each part of the printed table has."""
    counts = set()
    for part in printed.split("\n\n"):
        rows = [line for line in part.splitlines() if line.split()[1:2] in (["independent"], ["sequence"])]
        counts.add(len(rows))
    return counts - {0}


def test_a_table_of_all_cells_is_printed_at_80_columns(sim: Command) -> None:
    found = sim("sweep", "small.yaml", *VARY, *QUICK)
    lines = found.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "6 cells of 12 replications each, seed 7" in found.out
    assert rows_of_each_part(found.out) == {6}
    assert "changes nothing" in found.out
    assert f"Results: {the_sweep()}" in found.out


def test_of_many_cells_some_are_printed_and_the_rest_is_counted(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.answers.sweep_answer.MOST", 4)
    found = sim("sweep", "small.yaml", *VARY, *QUICK)
    assert rows_of_each_part(found.out) == {4}
    assert f"... and 2 more cells: {the_sweep() / 'cells.parquet'}" in " ".join(found.out.split())


def test_every_outcome_is_kept_if_asked_for(sim: Command) -> None:
    answered(sim, *VARY, *QUICK)
    said = answered(sim, *VARY, *QUICK, "--keep-outcomes")
    assert names(the_sweep()) == TABLES | {"outcomes.parquet"}
    outcomes = pd.read_parquet(the_sweep() / "outcomes.parquet")
    assert outcomes["cell"].tolist() == [cell for cell in range(6) for _ in range(12)]
    assert outcomes.groupby("cell")["settled"].mean().tolist() == [cell["settled"] for cell in said["cells"]]


def test_the_same_sweep_is_found_and_not_computed_again(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answered(sim, *VARY, *QUICK)

    def no(*args: Any, **more: Any) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr("sim.experiments.sweep_work.each_of", no)
    assert answered(sim, *VARY, *QUICK) == first
    assert "computed before" in sim("sweep", "small.yaml", *VARY, *QUICK).out.lower()
    assert sim("sweep", "small.yaml", *VARY, *QUICK, "--force").code == 1


def test_figures_are_added_without_computing_again(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    before = answered(sim, *VARY, *QUICK, "--keep-outcomes")
    heard: list[Any] = []

    def write_sweep(sweep: Any, folder: Path) -> None:
        heard.append(sweep)
        (folder / "report.html").write_text("drawn", encoding="utf-8")

    monkeypatch.setattr("sim.report.write_sweep", write_sweep)
    simulated = counting(monkeypatch)
    found = sim("sweep", "small.yaml", *VARY, *QUICK[:-1], "--keep-outcomes")
    assert simulated == []
    assert f"Report: {the_sweep() / 'report.html'}" in found.out
    assert names(the_sweep()) == TABLES | {"report.html", "outcomes.parquet"}
    assert (heard[0].idle, heard[0].levels["linkage"]) == (("linkage",), ["independent", "sequence"])
    assert heard[0].cells["settled"].tolist() == [cell["settled"] for cell in before["cells"]]


def test_a_file_says_what_varies_and_the_command_line_wins(sim: Command) -> None:
    Path("small.yaml").write_text(
        SMALL + "sweep:\n  vary: {incidents.per_year: [0, 1]}\n  sample: 3\n", encoding="utf-8"
    )
    assert len(answered(sim, *QUICK)["cells"]) == 3
    assert len(answered(sim, *QUICK, "--sample", 4)["cells"]) == 4
    assert [
        cell["incidents.per_year"] for cell in answered(sim, *QUICK, "--vary", "incidents.per_year=2,3")["cells"]
    ] == [2, 3]
    assert sim("check", "small.yaml").code == 0
    assert sim("run", "small.yaml", "-n", 2, "--no-plots").code == 0


# ---- what it refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "nothing varies"),
        (("--vary", "mediators.Envoy.effort=0,2"), "2 is above 1"),
        (("--vary", "mediators.Envoy.efort=0,1"), "did you mean effort?"),
        (("--vary", "mediators.Envoy.effort=0:1"), "no count"),
        (("--vary", "linkage=independent,loose"), "'loose' is none of"),
        (("--vary", "linkage=independent", "--set", "clock.weeks=0"), "0 is below 1"),
        (("--vary", "linkage=independent", "--cluster", "tcp://127.0.0.1:9"), "no scheduler answers"),
        (("--vary", "linkage=independent", "--cluster", "nowhere"), "no address of a scheduler"),
    ],
)
def test_what_cannot_be_done_is_refused(sim: Command, args: tuple[str, ...], said: str) -> None:
    found = sim("sweep", "small.yaml", *args)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert "Traceback" not in found.err
    assert list(Path("results").rglob("cells.parquet")) == []
    if "--cluster" not in args:
        assert not Path("results").exists()


def test_a_bad_sweep_in_a_file_is_found_by_check(sim: Command) -> None:
    Path("small.yaml").write_text(SMALL + "sweep:\n  vary: {mediators.Envoy.effort: [0, 2]}\n", encoding="utf-8")
    found = sim("check", "small.yaml")
    assert found.code == 2
    assert f"small.yaml:{SMALL.count(chr(10)) + 2}:38: mediators.Envoy.effort: 2 is above 1" in found.err
    for bad in (
        "sweep: {vary: {}}",
        "sweep: {vary: {linkage: 3}}",
        "sweep: {sample: 3}",
        "sweep: {vary: {linkage: [sequence]}, sample: 0}",
    ):
        Path("small.yaml").write_text(f"{SMALL}{bad}\n", encoding="utf-8")
        assert sim("check", "small.yaml").code == 2, bad


# ---- two at once, and killed ones ------------------------------------------------------------------------------------


def test_of_two_writers_one_waits_or_is_told(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(answered(sim, *VARY, *QUICK)["results"])
    before = (folder / "cells.parquet").read_bytes()
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    with store.claim(folder):
        found = sim("sweep", "small.yaml", *VARY, *QUICK, "--force")
    assert (found.code, found.out) == (75, "")
    assert "another process is writing" in found.err
    monkeypatch.setattr(store, "PATIENCE", 30)
    claimed, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with store.claim(folder):
            claimed.set()
            let_go.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    claimed.wait(20)
    threading.Timer(0.3, let_go.set).start()
    assert sim("sweep", "small.yaml", *VARY, *QUICK, "--force").code == 0
    assert let_go.is_set()
    holder.join()
    assert (folder / "cells.parquet").read_bytes() == before


MANY = (
    "--vary",
    "seed=1:12:12",
    "-n",
    "25",
    "--no-plots",
    "--jobs",
    "1",
)
"""Cells that are no variants of one another in numbers only, so that each is stored by itself."""


def stored(folder: Path) -> dict[str, int]:
    """Finished chunks, and when each was written."""
    found = {}
    for path in folder.rglob(".*.chunks/*"):
        if not path.name.endswith(".part"):
            found[path.name] = path.stat().st_mtime_ns
    return found


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.validate
def test_a_sweep_that_is_killed_time_and_again_goes_on_and_ends_the_same(
    sim: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, finished = random.Random(5), {}
    for kill in range(2):
        with subprocess.Popen(
            [sys.executable, "-m", "sim", "sweep", "small.yaml", *MANY], stderr=subprocess.PIPE
        ) as process:
            wanted = len(finished) + chance.randint(1, 4)
            until = time.monotonic() + 60
            while len(stored(tmp_path)) < wanted and process.poll() is None and time.monotonic() < until:
                time.sleep(chance.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
        now = stored(tmp_path)
        assert len(now) >= wanted, kill
        assert {name: now[name] for name in finished} == finished
        assert list(tmp_path.rglob("cells.parquet")) == []
        finished = now
    simulated = counting(monkeypatch)
    assert sim("sweep", "small.yaml", *MANY).code == 0
    assert len(simulated) == 12 - len(finished)
    assert stored(tmp_path) == {}
    assert sim("sweep", "small.yaml", *MANY, "--out", "whole").code == 0
    for name in ("cells.parquet", "sweep.yaml"):
        assert (the_sweep() / name).read_bytes() == (the_sweep("whole") / name).read_bytes()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="a folder that cannot be written")
def test_a_folder_that_takes_no_chunk_is_said(sim: Command) -> None:
    Path("results").mkdir(mode=0o500)
    assert sim("sweep", "small.yaml", *VARY, *QUICK).code == 74


def test_a_disk_that_fills_up_is_said_and_what_is_finished_stays(
    sim: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fills_up(path: Path, content: bytes) -> None:
        if path.name.endswith(".part") and len(stored(tmp_path)) == 2:
            raise OSError(28, "No space left on device", str(path))
        path.write_bytes(content)

    monkeypatch.setattr(store, "write_flushed", fills_up)
    found = sim("sweep", "small.yaml", *VARY, *QUICK)
    assert (found.code, found.out) == (74, "")
    assert "No space left" in found.err
    monkeypatch.undo()
    os.chdir(tmp_path)
    assert len(stored(tmp_path)) == 2
    simulated = counting(monkeypatch)
    assert sim("sweep", "small.yaml", *VARY, *QUICK).code == 0
    assert len(simulated) == 4
