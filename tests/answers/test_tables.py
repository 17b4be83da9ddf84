"""A table for a terminal: within its width, nothing lost but the ends of names, columns aligned."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sim.answers.tables import WIDTH, Table, as_text

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


@pytest.mark.parametrize("place", [lambda text: Table(text, ("", "a"), [("b", "1")]), str])
def test_nothing_steers_the_terminal(place: Callable[[str], str | Table]) -> None:
    assert "\x1b" not in as_text("Talks \x1b[31m", place("in red \x1b[31m"))
