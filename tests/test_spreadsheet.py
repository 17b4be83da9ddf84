"""CSV that every spreadsheet and statistics program reads as it was meant."""

from __future__ import annotations

import ast
import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.scenario import load_text
from sim.spreadsheet import LONGEST, RESERVED, STARTS, as_csv, plain_names, table_as_csv
from tests.cli.conftest import SMALL

FORMULAS = SMALL.replace("Upstream", "'@SUM(1)'").replace("Downstream", "'+Россия'").replace("depth:", "'-1+1':")
BOM = b"\xef\xbb\xbf"


def read(content: str) -> list[list[str]]:
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")))


def test_numbers_stay_numbers_and_texts_are_no_formulas() -> None:
    rows = read(as_csv(["=a", "b"], [[-1.5, "-1.5"], [None, float("nan")], [True, "\t=1"], [np.float64(2.25), "ok"]]))
    assert rows == [["'=a", "b"], ["-1.5", "'-1.5"], ["", ""], ["1", "'\t=1"], ["2.25", "ok"]]


@given(st.lists(st.text(max_size=9), min_size=1, max_size=4))
def test_no_text_begins_a_formula_and_none_is_lost(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    for cell, text in zip(read(as_csv(texts, [texts]))[1], texts, strict=True):
        assert not cell.lstrip(" ").startswith(STARTS)
        assert cell in (text, f"'{text}")


def test_a_table_comes_back() -> None:
    table = pd.DataFrame({"whole": [1, -2], "part": [0.1, np.nan], "text": ["a,b", "c\nd"], "yes": [True, False]})
    again = pd.read_csv(io.BytesIO(table_as_csv(table).encode()))
    pd.testing.assert_frame_equal(again, table.assign(yes=[1, 0]))


# ---- names -----------------------------------------------------------------------------------------------------------


def can_hold(name: str) -> bool:
    """Can R and Stata?"""
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)) and len(name) <= LONGEST and not RESERVED.fullmatch(name)


def test_names_that_r_and_stata_can_hold() -> None:
    names = {
        "utility.treaty.Armenia": "utility_treaty_Armenia",
        "agreed.Zé & co": "agreed_Ze_co",
        "drawn.parties.Azerbaijan.reservation": "drawn_parties_Azerbaijan_reserva",
        "drawn.parties.Azerbaijan.reservation.by": "drawn_parties_Azerbaijan_reser_2",
        "utility.Россия": "utility",
        "utility.Грузия": "utility_2",
        "Utility": "Utility_3",
        "2023": "v_2023",
        "in": "v_in",
        "...": "column",
    }
    assert dict(zip(names, plain_names(names), strict=True)) == names


@given(st.lists(st.text(max_size=50), max_size=8))
def test_any_names_become_different_names(columns: list[str]) -> None:
    names = plain_names(columns)
    assert all(map(can_hold, names))
    assert len({name.casefold() for name in names}) == len(columns)


# ---- files -----------------------------------------------------------------------------------------------------------


def check_folder(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Every table is there, whole, under names that names.csv leads back."""
    assert {path.name for path in folder.iterdir()} == {*(f"{name}.csv" for name in tables), "names.csv"}
    assert all(path.read_bytes().startswith(BOM) for path in folder.iterdir())
    key = pd.read_csv(folder / "names.csv")
    for name, table in tables.items():
        here = key[key["file"] == f"{name}.csv"]
        found = pd.read_csv(folder / f"{name}.csv", keep_default_na=False)
        assert list(found.columns) == here["name"].to_list()
        assert all(map(can_hold, found.columns))
        said = [column.removeprefix("'") for column in here["column"]]
        assert said == [str(column) for column in table.columns]
        assert len(found) == len(table)
        for short, column in zip(found.columns, table.columns, strict=True):
            if table[column].dtype.kind == "f":
                np.testing.assert_array_equal(pd.to_numeric(found[short], errors="coerce"), table[column])
            elif table[column].dtype == object:
                assert not any(str(cell).startswith(STARTS) for cell in found[short])


def test_results_write_themselves(tmp_path: Path) -> None:
    spec = load_text(FORMULAS)
    results = sim.run(spec, replications=120)
    found: list[Any] = [
        results,
        sim.compare(spec, sim.load(spec, ["mediators.Envoy.effort=0"]), replications=20),
        sim.sweep(spec, {"mediators.Envoy.effort": [0, 1]}, replications=5, keep_outcomes=True),
        sim.sensitivity(results),
        sim.blame(spec, off=["doubt"], replications=5),
        sim.whatif(spec, ["mediators.Envoy"], replications=20),
    ]
    for result in found:
        folder = tmp_path / "new" / type(result).__name__
        result.to_csv(folder)
        check_folder(folder, result.tables)


def test_figures_carry_guarded_numbers() -> None:
    figure = sim.run(load_text(FORMULAS), replications=20).plot("trust")
    assert figure.csv.startswith(BOM)
    cells = [cell for row in read(figure.csv.decode()) for cell in row]
    assert "'@SUM(1)" in cells
    assert not any(cell.startswith(("=", "@")) for cell in cells)


def test_there_is_one_way_to_write_csv() -> None:
    """Whoever writes CSV has it guarded."""
    for path in Path(sim.__file__).parent.rglob("*.py"):
        calls = [
            node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)
        ]
        if path.name != "spreadsheet.py":
            assert not [call for call in calls if call.attr in ("to_csv", "writerow", "writerows")], path
