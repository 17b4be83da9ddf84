"""`--csv`: every table that is kept, for spreadsheets, R and Stata."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.test_spreadsheet import check_folder

from .conftest import SMALL, Command


@pytest.mark.parametrize(
    "line",
    [
        ["run", "small.yaml"],
        ["compare", "small.yaml", "other.yaml"],
        ["whatif", "small.yaml", "--without", "mediators.Envoy"],
        ["sweep", "small.yaml", "--vary", "mediators.Envoy.effort=0,1", "--keep-outcomes", "--jobs", 1],
        ["sensitivity", "small.yaml", "-n", 120],
        ["blame", "small.yaml", "--off", "doubt", "-n", 12],
    ],
)
def test_csv_beside_parquet(sim: Command, line: list[object]) -> None:
    Path("other.yaml").write_text(SMALL.replace("effort: 0.5", "effort: 0.9"), encoding="utf-8")
    once = sim(*line, "--no-plots", "--json", "--csv")
    assert once.code == 0
    folders = {path.parent for path in Path("results").rglob("*.parquet")}
    wanted = {path.parent.parent for path in Path("results").rglob("names.csv")}
    assert wanted == (folders if line[0] != "sensitivity" else wanted & folders)
    for folder in wanted:
        check_folder(folder / "csv", {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")})
    assert sim(*line, "--no-plots", "--json") == once, "what lies beside a run does not harm it"


def test_every_verb_that_writes_parquet_takes_csv() -> None:
    from sim.cli import verbs

    for verb in verbs.commands.values():
        names = {name for parameter in verb.params for name in parameter.opts}
        assert ("--csv" in names) == ("--no-plots" in names), verb.name
