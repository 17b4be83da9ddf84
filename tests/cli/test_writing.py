"""Places that take no files: exit 74 (75 when busy), one sentence, nothing half-written, what was there stays."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim import store

from .conftest import Command

NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def kept(folder: Path = Path("results")) -> set[str]:
    """Names of all files but the hidden ones of the store."""
    return {path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}


def fails_at(call: int, error: BaseException) -> Any:
    """`store.write_table`, but for one call, counted from 1, that fails."""
    write, calls = store.write_table, iter(range(1, 10**6))

    def write_table(*args: Any) -> None:
        if next(calls) == call:
            raise error
        write(*args)

    return write_table


@pytest.mark.parametrize("place", ["results", "results/small"])
def test_a_file_where_a_folder_is_needed(sim: Command, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(place).parent.mkdir(exist_ok=True)
    Path(place).write_text("mine", encoding="utf-8")
    monkeypatch.setattr("sim.experiments.run.simulate", None)  # it fails before anything is simulated
    answered = sim("run", "small.yaml", "--no-plots")
    assert (answered.code, answered.out) == (74, "")
    assert answered.err.startswith(f"sim: cannot write {place}")
    assert answered.err.count("\n") == 1
    assert Path(place).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_folder_that_cannot_be_made(sim: Command, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def mkdir(self: Path, *args: Any, **more: Any) -> None:
        raise OSError(number, os.strerror(number), str(self))

    monkeypatch.setattr(Path, "mkdir", mkdir)
    answered = sim("run", "small.yaml", "--no-plots")
    assert answered.code == 74
    assert os.strerror(number) in answered.err
    assert store.REMEDIES[number] in answered.err


@pytest.mark.parametrize("call", [1, 2, 4])
def test_a_disk_that_fills_up_leaves_nothing_half_written(
    sim: Command, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "write_table", fails_at(call, NO_SPACE))
    answered = sim("run", "small.yaml", "--no-plots")
    assert (answered.code, answered.out) == (74, "")
    assert "No space left" in answered.err
    assert kept() == set()
    monkeypatch.undo()


def test_a_disk_that_fills_up_leaves_the_older_run(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    sim("run", "small.yaml", "--no-plots")
    [record] = Path("results").rglob("run.json")
    before = record.read_bytes()
    with monkeypatch.context() as full:
        full.setattr(store, "write_table", fails_at(3, NO_SPACE))
        assert sim("run", "small.yaml", "--no-plots", "--force").code == 74
    assert record.read_bytes() == before
    assert sim("run", "small.yaml", "--no-plots").code == 0


@pytest.mark.validate
@pytest.mark.usefixtures("few_figures")
@pytest.mark.parametrize("error", [RuntimeError("no ink"), FileNotFoundError(2, "No such file", "/fonts/none.ttf")])
def test_a_figure_that_fails_takes_nothing_with_it(
    sim: Command, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.figures import registry

    def fails(shown: Any) -> Any:
        raise error

    registry.figures_of(registry.RUN)
    with monkeypatch.context() as broken:
        broken.setitem(registry.RUN, "trust", replace(registry.RUN["trust"], reported=fails))
        for _ in range(2):  # asked again, it tries again, from the tables
            answered = sim("run", "small.yaml")
            assert answered.code == 1
            assert "Two wells" in answered.out
            assert answered.err.startswith("sim: not all could be drawn: the figure trust (")
            assert answered.err.count("\n") == 1
            assert {"outcomes.parquet", "run.json", "agreement.png", "report-partial.html", "undrawn.txt"} <= kept()
            assert not {"report.html", "trust.png"} & kept()
    assert sim("run", "small.yaml").code == 0
    assert {"report.html", "trust.png"} <= kept()
    assert not {"report-partial.html", "undrawn.txt"} & kept()


@pytest.mark.parametrize(
    ("verb", "what"),
    [
        (("run", "small.yaml"), "write_report"),
        (("compare", "small.yaml", "small.yaml"), "write_comparison"),
        (("whatif", "small.yaml", "--without", "mediators.Envoy"), "write_comparison"),
        (("sensitivity", "small.yaml"), "write_sensitivity"),
        (("blame", "small.yaml", "--off", "doubt", "--jobs", "1"), "write_blame"),
        (("sweep", "small.yaml", "--vary", "mediators.Envoy.effort=0,1"), "write_sweep"),
    ],
)
def test_tables_are_safe_before_anything_is_drawn(
    sim: Command, verb: tuple[str, ...], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens while figures are drawn, even the end of the process."""

    def killed(*args: Any) -> None:
        raise SystemExit(9)

    monkeypatch.setattr(f"sim.report.{what}", killed)
    assert sim(*verb, "-n", "120").code != 0
    monkeypatch.setattr("sim.experiments.run.simulate", None)  # nothing is simulated again
    monkeypatch.setattr("sim.experiments.sweep_work.each_of", None)
    monkeypatch.setattr("sim.experiments.coalitions.each_of", None)
    assert sim(*verb, "-n", "120", "--no-plots").code == 0


def test_what_a_killed_process_left_is_cleared_away(sim: Command) -> None:
    sim("run", "small.yaml", "--no-plots")
    [record] = Path("results").rglob("run.json")
    left = record.parent.parent / f".{record.parent.name}.part"
    left.mkdir()
    (left / "outcomes.parquet").write_bytes(b"half")
    assert sim("run", "small.yaml", "--no-plots", "--force").code == 0
    assert not left.exists()
    assert kept() == {*(f"{table}.parquet" for table in store.TABLES), "scenario.yaml", "run.json"}


def test_a_folder_that_another_process_writes_is_busy(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    sim("run", "small.yaml", "--no-plots")
    [record] = Path("results").rglob("run.json")
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    with store.claim(record.parent):
        answered = sim("run", "small.yaml", "--no-plots", "--force")
    assert answered.code == 75
    assert answered.err.count("\n") == 1
    assert sim("run", "small.yaml", "--no-plots", "--force").code == 0


def test_new_in_a_folder_that_is_not_there(sim: Command) -> None:
    answered = sim("new", "nowhere/mine")
    assert answered.code == 74
    assert "nowhere" in answered.err
    assert not Path("nowhere").exists()
