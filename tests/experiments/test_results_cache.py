"""What is kept is made once, and believed only while it is what was written: one turned bit, and it is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.experiments import results_cache
from sim.experiments.results_cache import Progress, Record, Work, keep, load, summary_of
from sim.experiments.works import plan_run
from tests.cli.conftest import Command, sim  # noqa: F401
from tests.seldom import seldom

from .small import wells

PLACES = 40  # bits turned in each file, all over it

VERBS = {
    "run": ("run", "small.yaml"),
    "compare": ("compare", "small.yaml", "other.yaml"),
    "sweep": ("sweep", "small.yaml", "--vary", "mediators.Envoy.effort=0,1", "--keep-outcomes", "--jobs", 1),
    "whatif": ("whatif", "small.yaml", "--without", "mediators.Envoy"),
    "sensitivity": ("sensitivity", "small.yaml", "-n", 120),
    "blame": ("blame", "small.yaml", "--off", "doubt", "-n", 12, "--jobs", 1),
}
SOME = ["run", "sweep", *map(seldom, ("compare", "whatif", "sensitivity", "blame"))]


@pytest.fixture(autouse=True)
def _first_word() -> None:
    """Each test hears the words on damage anew."""
    results_cache._say_damaged.cache_clear()


def folders() -> list[Path]:
    return sorted(record.parent for record in Path("results").rglob("run.json"))


def turned(content: bytes) -> Iterator[bytes]:
    """The content with one bit turned, at places all over it."""
    for place in {round(n * (len(content) - 1) / (PLACES - 1)) for n in range(PLACES)}:
        yield content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def wanted(folder: Path) -> tuple[str, ...]:
    """The tables of a folder: what numbers come from."""
    return tuple(path.name for path in folder.iterdir() if path.suffix in (".parquet", ".yaml") and path.name[0] != "0")


@pytest.mark.parametrize("verb", SOME)
def test_a_turned_bit_anywhere_is_noticed(sim: Command, verb: str) -> None:  # noqa: F811
    Path("other.yaml").write_text(
        Path("small.yaml").read_text(encoding="utf-8").replace("effort: 0.5", "effort: 0.9"), encoding="utf-8"
    )
    assert sim(*VERBS[verb], "--no-plots").code == 0
    for folder in folders():
        record = results_cache.opened(folder, wanted(folder))
        assert record is not None
        for path in [folder / name for name in (*wanted(folder), "run.json")]:
            good = path.read_bytes()
            for bad in turned(good):
                path.write_bytes(bad)
                assert results_cache.opened(folder, wanted(folder)) in (None, record), path
            path.write_bytes(good)
        assert results_cache.opened(folder, wanted(folder)) == record


@pytest.mark.parametrize("verb", SOME)
def test_what_is_damaged_is_made_again_with_a_word(sim: Command, verb: str) -> None:  # noqa: F811
    Path("other.yaml").write_text(
        Path("small.yaml").read_text(encoding="utf-8").replace("effort: 0.5", "effort: 0.9"), encoding="utf-8"
    )
    answer = sim(*VERBS[verb], "--no-plots", "--json").out
    for folder in folders():
        for path in [folder / name for name in (wanted(folder)[0], "run.json")]:
            good = path.read_bytes()
            path.write_bytes(good[:-9] + bytes([good[-9] ^ 4]) + good[-8:])
            answered = sim(*VERBS[verb], "--no-plots", "--json")
            assert (answered.code, answered.out) == (0, answer), path
            if answered.err:  # a run that its comparison does not ask for again is not looked at
                assert answered.err.count(f"{path.name} is damaged") == 1
                assert path.name == "run.json" or path.read_bytes() == good
            path.write_bytes(good)


def test_figures_that_are_damaged_are_drawn_again(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    def write_report(results: Any, folder: Path, *more: Any) -> None:
        for name in ("trust.png", "report.html"):
            (folder / name).write_bytes(b"drawn with care")

    monkeypatch.setattr("sim.report.write_report", write_report)
    sim("run", "small.yaml", "-n", 6)
    [folder] = folders()
    figure, table = folder / "trust.png", folder / "outcomes.parquet"
    good, when = figure.read_bytes(), table.read_bytes()
    figure.write_bytes(good[:-5])
    assert not sim("run", "small.yaml", "-n", 6, "--no-plots").err, "tables do not need figures"
    assert "trust.png is damaged" in sim("run", "small.yaml", "-n", 6).err
    assert (figure.read_bytes(), table.read_bytes()) == (good, when)


@pytest.mark.parametrize(
    "said",
    ["[]", '{"sha256": 3}', "\x00", *map(seldom, ("{}", "1", '{"files": {}, "summary": {}}', ""))],
)
def test_another_record_is_no_record(sim: Command, said: str) -> None:  # noqa: F811
    answer = sim("run", "small.yaml", "--no-plots", "--json").out
    [folder] = folders()
    (folder / "run.json").write_text(said, encoding="utf-8")
    answered = sim("run", "small.yaml", "--no-plots", "--json")
    assert (answered.code, answered.out) == (0, answer)
    assert "run.json is damaged" in answered.err


def test_a_number_changed_by_hand_is_noticed(sim: Command) -> None:  # noqa: F811
    answer = sim("run", "small.yaml", "--no-plots", "--json").out
    [folder] = folders()
    record: Any = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    record["summary"]["settled"]["share"] = 0.99
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert sim("run", "small.yaml", "--no-plots", "--json").out == answer


# ---- one way to keep -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Noted(Work[str]):
    """A text, kept in a file; `heard` is what was done for it."""

    heard: list[str] = field(default_factory=list)

    def load(self, record: Record) -> str:
        self.heard.append("load")
        return (self.folder / "text.txt").read_text(encoding="utf-8")

    def make(self, tell: Progress, force: bool) -> str:
        self.heard.append("make all anew" if force else "make")
        return "peace"

    def fill(self, result: str, folder: Path, seconds: float) -> Record:
        self.heard.append("fill")
        (folder / "text.txt").write_text(result, encoding="utf-8")
        return {"summary": {"length": len(result)}}

    def tidy(self, done: bool) -> None:
        self.heard.append("tidy" if done else "resume")


@pytest.fixture
def noted(tmp_path: Path) -> Noted:
    return Noted(tmp_path / "results" / "0123", ("text.txt",), "a text")


def unheard(share: float) -> None:
    """Nobody listens."""


def draws(work: Noted) -> Any:
    def draw(result: str, folder: Path) -> None:
        assert (work.folder / "run.json").is_file(), "what is drawn comes when the tables are safe"
        work.heard.append("draw")
        (folder / "report.html").write_text(result, encoding="utf-8")

    return draw


def done(work: Noted, **how: Any) -> list[str]:
    """What is done for a work that is to be kept."""
    work.heard.clear()
    assert keep(work, unheard, **how) == "peace"
    assert load(work, "draw" in how) == "peace"
    work.heard.pop()
    return list(work.heard)


def test_a_result_is_made_once_then_read_and_drawn_from_what_is_kept(noted: Noted) -> None:
    made, draw = ["resume", "make", "fill", "tidy"], draws(noted)
    assert done(noted) == made
    assert done(noted) == ["load"]
    assert done(noted, draw=draw) == ["load", "draw"]
    assert done(noted, draw=draw) == ["load"]
    assert done(noted) == ["load"], "whoever asks for tables has them, with a report or without"
    assert done(noted, draw=draw, force=True) == ["tidy", "make all anew", "fill", "tidy", "draw"]
    assert summary_of(noted) == {"length": 5, "results": noted.folder.as_posix()}


@pytest.mark.parametrize("harm", ["text.txt", "run.json", "report.html"])
def test_what_is_harmed_is_made_again_and_nothing_else(noted: Noted, harm: str) -> None:
    draw = draws(noted)
    done(noted, draw=draw)
    (noted.folder / harm).write_text("war", encoding="utf-8")
    wanted = ["load", "draw"] if harm == "report.html" else ["resume", "make", "fill", "tidy", "draw"]
    assert done(noted, draw=draw) == wanted


def test_what_fails_while_it_is_drawn_leaves_what_was_made(noted: Noted) -> None:
    def fails(result: str, folder: Path) -> None:
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError, match="no ink"):
        keep(noted, unheard, fails)
    assert load(noted) == "peace"
    assert {path.name for path in noted.folder.iterdir()} == {"text.txt", "run.json"}


def test_a_run_is_read_as_it_was_made(tmp_path: Path) -> None:
    """Table by table, types too: a comparison may be of one that was made just now and one that was kept."""
    work = plan_run(wells(), tmp_path, "wells", 1)
    made, read = keep(work, unheard), load(work)
    assert read is not None
    for name, table in made.tables.items():
        pd.testing.assert_frame_equal(read.tables[name], table, check_exact=True)
