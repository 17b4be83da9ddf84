"""A table for a terminal: within its width, nothing lost but the ends of names, columns aligned."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sim.answers.tables import LEFT_OUT, WIDTH, Table, as_text

NUMBERS = st.lists(st.lists(st.integers(1_000_000, 9_999_999), min_size=12, max_size=12), min_size=1, max_size=4)
LONG = "the group that is concerned with the delimitation of the border, "


@given(numbers=NUMBERS, columns=st.integers(1, 12), folded=st.booleans())
def test_every_number_is_printed_once_and_within_the_width(
    numbers: list[list[int]], columns: int, folded: bool
) -> None:
    rows = [(f"{LONG}zone {n}", *map(str, row[:columns])) for n, row in enumerate(numbers)]
    printed = as_text("", Table("All", ("", *["a head"] * columns), rows, folded=folded))
    assert max(map(cell_len, printed.splitlines())) <= WIDTH
    wanted = [str(number) for row in numbers for number in row[:columns]]
    assert sorted(re.findall(r"\d{7}", printed)) == sorted(wanted)


def test_names_that_are_cut_are_told_apart() -> None:
    rows = [(f"{LONG}zone {n}", "1.0", "38.1 to 46.2", "2.0", "38.1 to 46.2") for n in range(5)]
    lines = as_text("", Table("All", ("", "a", "b", "c", "d"), rows)).splitlines()[2:]
    assert len({line.split("  ")[0] for line in lines}) == len(lines) == 5


def test_what_is_folded_loses_no_word() -> None:
    words = f"{LONG} and again {LONG}".split()
    printed = as_text("", Table("", ("where", "share"), [(" ".join(words), "42 %")], folded=True))
    assert [word for word in printed.replace("42 %", "").split() if word not in ("where", "share")] == words


def test_scenarios_as_heads_are_told_apart() -> None:
    heads = [f"{LONG}variant {n}" for n in range(3)]
    cells = (("settled", "1.0", "2.0", "3.0"),)
    printed = as_text("", Table("", ("", *heads), cells))
    assert all(str(n) in printed.split("settled")[0] for n in range(3))


SETTLED = (("Shares",), ("settled", "61.8\n56.9 to 66.4", "67.0\n62.2 to 71.4"), ("agreed", "70.0", "75.8"))


def test_an_interval_stands_behind_its_number() -> None:
    lines = as_text("", Table("All", ("", "one", "two"), SETTLED)).splitlines()
    assert lines[2] == "Shares"
    assert lines[3].split("  ")[1:] == ["settled", "61.8 (56.9 to 66.4)", "67.0 (62.2 to 71.4)"]
    assert lines[4].split() == ["agreed", "70.0", "75.8"]
    assert lines[3].startswith("  settled")  # below its heading


@given(count=st.integers(2, 7), letters=st.integers(1, 40))
def test_columns_abreast_stay_in_one_part_and_say_what_they_leave_out(count: int, letters: int) -> None:
    heads = [f"{LONG[:letters]} {n}" for n in range(count)]
    row = ("settled", *(f"{n + 40}.5\n38.1 to 46.2" for n in range(count)))
    printed = as_text("", Table("All", ("", *heads), [row], abreast=True))
    [shown] = [line for line in printed.splitlines() if line.startswith("settled")]
    assert [float(number) for number in re.findall(r"\d+\.5\b", shown)] == [n + 40.5 for n in range(count)]
    assert ("38.1 to 46.2" in shown) == (LEFT_OUT not in printed)
    assert all(str(n) in printed.split("settled")[0] for n in range(count))
    assert max(map(cell_len, printed.splitlines())) <= WIDTH


@pytest.mark.parametrize("place", [lambda text: Table(text, ("", "a"), [("b", "1")]), str])
def test_nothing_steers_the_terminal(place: Callable[[str], str | Table]) -> None:
    assert "\x1b" not in as_text("Talks \x1b[31m", place("in red \x1b[31m"))
