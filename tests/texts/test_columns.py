"""`sim/COLUMNS.md` explains every column that a real run writes, with its type, and no other."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest

import sim
from sim.__main__ import answer
from sim.kinds import KINDS
from sim.measures import measures
from sim.scenario.plausible import constants

from .reading import head_of, rows, section, text

pytestmark = pytest.mark.validate  # every verb is run for its tables
COLUMNS = text("sim/COLUMNS.md")
FIGURES = {head: row[1] for row in rows(section(COLUMNS, "Figures")) for head in head_of(row[0])}
TABLES = (
    "outcomes",
    "weekly",
    "events",
    "paths",
    "differences",
    "transitions",
    "models",
    "constants",
    "cells",
    "indices",
    "shares",
    "histories",
)


SHORT = ["clock.hold_weeks=4"]
"""What comes after the talks has no columns of its own."""


@lru_cache
def results() -> sim.Results:
    return sim.run(sim.load("seminar", SHORT), replications=100)


@lru_cache
def compared() -> sim.Comparison:
    calm = sim.load("seminar", [*SHORT, "incidents.per_year=0"])
    return sim.compare(results().scenario, calm, replications=8, models=2)


@lru_cache
def tables() -> dict[str, list[pd.DataFrame]]:
    """Real tables by the name of their files, from every verb that writes some."""
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    asked = sim.whatif(results().scenario, without=["incidents"], replications=20)
    divided = sim.blame(results().scenario, off=["doubt", "absence"], replications=20)
    for each in (results(), compared(), asked, sim.sensitivity(results()), divided):
        for name, table in each.tables.items():
            found[name].append(table)
    with TemporaryDirectory() as folder:
        vary = [
            "--vary",
            "incidents.per_year=0,2",
            "--set",
            *SHORT,
            "-n",
            "20",
            "--keep-outcomes",
            "--no-plots",
            "--out",
            folder,
        ]
        assert answer(["sweep", "seminar", *vary]) == 0
        for name in ("outcomes", "cells"):
            found[name].append(pd.read_parquet(next(Path(folder).rglob(f"{name}.parquet"))))
    return found


def explained(name: str) -> dict[str, str]:
    """The columns of a table that the text explains, each with its type."""
    return {head_of(row[0])[0]: row[1] for row in rows(section(COLUMNS, name)) if len(row) == 4}


@cache
def pattern(column: str) -> re.Pattern[str]:
    """What a column of the text stands for: `utility.<party>` for every party."""
    spec = results().scenario
    every = {measure.column: measure.kind for measure in measures(spec)}
    names = {
        "<group>": list(spec.working_groups),
        "<party>": list(spec.parties),
        "<mediator>": list(spec.mediators),
        "<mechanism>": ["doubt", "absence"],
        "<measure>": list(every),
        "<share>": [name for name, kind in every.items() if kind == "share"],
        "<constant>": [constant.path for constant in constants(spec)],
        "<path>": ["incidents.per_year", *(f"parties.{party}.reservation" for party in spec.parties)],
    }
    written = re.escape(column)
    for word, choices in names.items():
        written = written.replace(word, f"(?:{'|'.join(map(re.escape, choices))})")
    return re.compile(written)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_explained(name: str) -> None:
    known = [(pattern(column), kind) for column, kind in explained(name).items()]
    for table in tables()[name]:
        for column, kind in table.dtypes.items():
            kinds = [said for each, said in known if each.fullmatch(str(column))]
            real = str(kind).replace("object", "str")  # as older versions of pandas call texts
            assert kinds in ([real], ["as given"]), (name, column, kind)


@pytest.mark.parametrize("name", TABLES)
def test_no_column_is_explained_that_nothing_writes(name: str) -> None:
    written = [str(column) for table in tables()[name] for column in table]
    assert [each for each in explained(name) if not any(pattern(each).fullmatch(name) for name in written)] == []


def test_no_table_is_left_out() -> None:
    assert set(tables()) == set(TABLES)
    assert all(tables().values())


def test_every_kind_of_event_is_explained_and_no_other() -> None:
    told = set(KINDS)
    assert {head_of(row[0])[0] for row in rows(section(COLUMNS, "events")) if len(row) == 3} == told
    assert set(results().events["kind"]) <= told


def test_the_weekly_measures_are_named() -> None:
    words = head_of(section(COLUMNS, "weekly").partition("|")[0])
    assert set(results().weekly["measure"]) <= set(words)


@pytest.mark.parametrize("name", ["agreement", "outcomes", "trust", "timeline"])
def test_the_numbers_of_figures_are_named(name: str) -> None:
    drawn = results().plot(name)
    assert head_of(FIGURES[name]) == [*drawn.data] or "as in" in FIGURES[name]
    assert {*drawn.data} <= {*head_of(FIGURES[name])}


def test_the_numbers_of_comparisons_are_named() -> None:
    assert head_of(FIGURES["compare-agreement"]) == [*compared().plot("compare-agreement").data]
    assert [*compared().plot("compare").data] == [*explained("differences")]
    assert [*compared().plot("saved-and-lost").data] == [*explained("transitions")]
    assert head_of(FIGURES["models"]) == [*compared().plot("models").data]


def test_names_csv_is_explained(tmp_path: Path) -> None:
    results().to_csv(tmp_path)
    written = pd.read_csv(tmp_path / "names.csv")
    last = [head_of(row[0])[0] for row in rows(section(COLUMNS, "Figures")) if len(row) == 2]
    assert last[-3:] == [*written]
