"""Words: breaking, spreading, the scenario's own labels, dates."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from sim import words
from sim.figures.text import fit, fit_all, spread, text_width
from sim.scenario.schema import Issue
from sim.words import dates
from sim.words.names import in_cells
from tests.figures import synthetic


@given(st.text(max_size=120), st.sampled_from([60.0, 200.0, 500.0]), st.integers(1, 3))
def test_broken_words_fit(text: str, width: float, lines: int) -> None:
    broken = fit(text, width, 20, lines)
    assert broken.count("\n") < lines
    if len(broken) > 1:  # a single letter may be wider than the room
        assert text_width(broken, 20) <= max(width, text_width("…", 20) + 40)


@given(
    st.lists(st.text(st.sampled_from("ab 1é中مש_…"), min_size=1, max_size=40), min_size=2, max_size=9, unique=True),
    st.integers(4, 30),
)
def test_cut_names_are_told_apart(names: list[str], width: int) -> None:
    for shown in (in_cells(names, width), fit_all(names, 14.0 * width, 20, 1)):
        assert len(set(shown)) == len(names), shown


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["A border commission, zone 1", "A border commission, zone 2"], ["A border… zone 1", "A border… zone 2"]),
        (["Council of the Isle", "Council of the Capes"], ["Counci… the Isle", "Counc… the Capes"]),
        (["aaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaa"], ["1. aaaaaaaaaaaa…", "2. aaaaaaaaaaaa…"]),
        (["treaty", "border", "treaty"], ["treaty", "border", "treaty"]),
    ],
)
def test_names_show_where_they_differ(names: list[str], shown: list[str]) -> None:
    assert in_cells(names, 16) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("中国", "ZhongGuo"),
        ("한국", "HanGug"),
        ("🕊️ Peace", ":dove: Peace"),
        ("a\u202eb", "ab"),
        ("\ue000", "U+E000"),
        ("Հա", "Հա"),
    ],
)
def test_letters_that_the_font_lacks_are_written_in_latin_ones(written: str, shown: str) -> None:
    assert fit(written, 500, 20) == shown


@pytest.mark.parametrize("name", synthetic.NASTY)
def test_short_names_stay_as_they_are(name: str) -> None:
    assert fit(name, 2000, 20, 1) == name
    assert words.short(name) == name


def test_cut_words_end_in_an_ellipsis() -> None:
    assert fit("one two three four", 90, 20, 1).endswith("…")


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=12))
def test_spread_labels_keep_order_and_distance(wanted: list[float]) -> None:
    found = np.array(spread(wanted, [20.0] * len(wanted), 0, 1000))
    order = np.argsort(wanted, kind="stable")
    assert np.all(np.diff(found[order]) >= 20 - 1e-6)
    assert found.min() >= 10 - 1e-6
    assert found.max() <= 990 + 1e-6


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=24))
def test_labels_are_spread_by_isotonic_regression(wanted: list[float]) -> None:
    tall = np.full(len(wanted), 10.0)
    offset = np.cumsum(tall) - 5
    free = isotonic_regression(np.sort(wanted) - offset + 500).x
    expected = np.clip(free, 0, 1000 - tall.sum()) + offset - 500
    found = spread(wanted, list(tall), -500, 500)
    assert np.array(found)[np.argsort(wanted, kind="stable")] == pytest.approx(expected)


def test_labels_with_room_stay_where_they_are_wanted() -> None:
    assert spread([100.0, 300.0], [20, 20], 0, 1000) == pytest.approx([100, 300])


def test_settlements_speak_the_scenarios_words() -> None:
    scale = Issue(positions={"A": 0.0, "B": 1.0}, labels={0.0: "none", 0.5: "half", 1.0: "all"})
    assert words.settlement(scale, 0.04) == "none"
    assert words.settlement(scale, 0.3) == "between “half” and “none”"
    assert words.settlement(scale, 0.7) == "between “half” and “all”"
    assert words.settlement(Issue(positions={"A": 0.0, "B": 1.0}), 0.35) == "35 on a scale of 0 to 100"
    assert words.settlement(Issue(options={"x": {"A": 1.0}}), "x") == "x"


def test_file_parts_are_plain_and_differ() -> None:
    assert words.file_part("transport", 1) == "transport"
    assert words.file_part("two_words", 1) == "two-words"
    assert words.file_part("../../etc", 3) == "3-etc"
    assert words.file_part("$$$", 4) == "4"
    alike = ["two", "Two", "two_words", "two-words", "two__words", "con:", "con?", "国", "區"]
    assert len({words.file_part(name, number).lower() for number, name in enumerate(alike, 1)}) == len(alike)


def test_dates_are_written_alike_everywhere() -> None:
    assert dates.day(dt.date(2023, 2, 9)) == "9 February 2023"
    ticks = dates.ticks(dt.date(2022, 12, 5), 156, 8)
    assert [label for _, label in ticks][:2] == ["Jan 2023", "Jul 2023"]
    assert len(ticks) <= 8
    assert dates.ticks(dt.date(2022, 12, 5), 2, 8) == [(0.0, "Dec 2022")]


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0 %"), (1.0, "100 %"), (0.001, "under 1 %"), (0.999, "over 99 %"), (0.46, "46 %")]
)
def test_shares_never_look_like_none_or_all(share: float, said: str) -> None:
    assert words.percent(share) == said
