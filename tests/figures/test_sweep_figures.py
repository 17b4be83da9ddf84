"""Figures and page of a sweep and of a sensitivity analysis: readable words, true numbers, honest sentences."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import sim
from sim.answers import sweep_slices
from sim.answers.sweep_answer import answer
from sim.experiments.apart import Layout
from sim.figures import registry
from sim.figures.canvas import Figure
from sim.figures.colour_bar import Cells, Scale, readable, scale_for
from sim.figures.heatmap import heatmap
from sim.figures.samples import smooth
from sim.figures.sensitivity import MOST, sensitivity
from sim.figures.style import COLOUR
from sim.figures.sweep_lines import sweep_lines
from sim.report import write_sensitivity, write_sweep
from sim.report.page import sensitivity_report, sweep_report
from sim.words import paths
from sim.words.readings import reading
from tests.figures import sweeps, synthetic
from tests.figures.boxes import faults
from tests.figures.drawing import draw_sweep
from tests.report.test_page import Page
from tests.seldom import examples, seldom

EFFORT, INCIDENTS, LINKAGE = "mediators.Russia.effort", "incidents.per_year", "linkage"
TACTIC = "parties.Armenia.tactic"
LINKAGES = ["independent", "sequence", "single_undertaking"]
HALF = (f"{EFFORT}=0.5",)


def steps(count: int, most: float = 1.0) -> list[float]:
    return [round(float(level), 4) for level in np.linspace(0, most, count)]


LARGE = "21 by 21"
CASES: dict[str, Callable[[], sweeps.Sweep]] = {
    "2 by 2": lambda: sweeps.grid({EFFORT: [0, 1], INCIDENTS: [0, 2]}),
    "11 by 11": lambda: sweeps.grid({EFFORT: steps(11), INCIDENTS: steps(11, 4)}, settings=HALF),
    LARGE: lambda: sweeps.grid({EFFORT: steps(21), "incidents.severity": steps(21, 0.9)}),
    "one path": lambda: sweeps.grid({EFFORT: steps(6)}),
    "three paths": lambda: sweeps.grid({EFFORT: steps(5), INCIDENTS: [0, 2, 4], LINKAGE: LINKAGES}, settings=HALF),
    "names": lambda: sweeps.grid(
        {LINKAGE: LINKAGES, TACTIC: [{"kind": "mirror"}, {"kind": "time", "beta": 0.4}, None]}
    ),
    "mixed": lambda: sweeps.grid({LINKAGE: LINKAGES, "freezes[0].groups": [["transport"] * 5, ["border"], "x" * 90]}),
    "nasty": lambda: sweeps.grid(
        {
            f"mediators.{sweeps.NASTY[2][0]}.effort": steps(4),
            f"working_groups.{sweeps.NASTY[1][2]}.meets_every": [2, 4, 9],
        },
        talks=sweeps.NASTY,
    ),
    "flat": lambda: sweeps.grid({EFFORT: steps(3), INCIDENTS: [0, 1, 2]}, share=lambda row: 0.4),
    "sample of two": lambda: sweeps.sample({EFFORT: (0, 1), INCIDENTS: (0, 4)}),
    "sample of four": lambda: sweeps.sample(
        {LINKAGE: LINKAGES, EFFORT: (0, 1), INCIDENTS: (0, 4), "contacts.intensity": (0, 1)}
    ),
}
DRAW: dict[str, Callable[..., Figure]] = {"heatmap": heatmap, "sweep-lines": sweep_lines}
PLANS = [
    *(seldom(LARGE, name, "settled") for name in DRAW),
    *((case, name, "settled") for case in CASES if case != LARGE for name in DRAW),
    *(
        (case, name, measure) if case == "three paths" and name == "heatmap" else seldom(case, name, measure)
        for case in ("three paths", "flat", "sample of four")
        for name in DRAW
        for measure in ("settled_week", "mediator_weeks.Russia")
    ),
]
NULLS = 150
INPUTS = [
    f"working_groups.{group}.issues.issue_{k}.weights.{party}"
    for group in ("transport", "border", "treaty")
    for k in range(4)
    for party in ("Armenia", "Azerbaijan")
]
RANKED = {
    "two": lambda: sweeps.sensitivity(["parties.Armenia.reservation", "parties.Azerbaijan.reservation"]),
    "Sobol": lambda: sweeps.sensitivity(INPUTS[:7], "Sobol"),
    "many": lambda: sweeps.sensitivity(INPUTS, "Sobol"),
    "nasty": lambda: sweeps.sensitivity([f"parties.{n}.reservation" for n in sweeps.NASTY[0]], talks=sweeps.NASTY),
}


@functools.cache
def sweep(case: str) -> sweeps.Sweep:
    return CASES[case]()


@functools.cache
def figure(case: str, name: str, measure: str = "settled") -> Figure:
    return DRAW[name](sweep(case), measure=measure)


def words_of(drawn: Figure) -> str:
    return " ".join(text.get_text() for text in drawn.drawing.texts).replace("\n", " ")


def smallest(drawn: Figure) -> float:
    """The size of the smallest letters."""
    texts = [text for text in drawn.drawing.findobj(Text) if isinstance(text, Text) and text.get_text().strip()]
    return min(float(text.get_fontsize()) for text in texts)


# ---- words on the figures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "name", "measure"), PLANS)
def test_words_can_be_read(case: str, name: str, measure: str) -> None:
    drawn = figure(case, name, measure)
    assert faults(drawn.drawing) == []
    assert smallest(drawn) >= 18


@pytest.mark.parametrize(("case", "name", "measure"), PLANS)
def test_subtitle_and_alt_text_say_what_it_is(case: str, name: str, measure: str) -> None:
    drawn = figure(case, name, measure)
    for part in ("Made-up talks", "250 replications", "seed 7"):
        assert part in words_of(drawn)
    assert re.search(r"\d", drawn.alt)
    assert drawn.alt.endswith(".")
    assert drawn.name == name


@pytest.mark.parametrize("case", RANKED)
def test_ranked_inputs_can_be_read(case: str) -> None:
    found = RANKED[case]()
    drawn = sensitivity(found)
    assert faults(drawn.drawing) == []
    assert smallest(drawn) >= 18
    for part in ("Made-up talks", "250 replications", "seed 7", found.method, "for this scenario, not for the world"):
        assert part in words_of(drawn)
    assert re.search(r"\d.*\.$", drawn.alt)
    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(drawn.csv)), found.indices, check_dtype=False, rtol=1e-4)


def test_weeks_at_both_ends_of_an_input_find_room() -> None:
    found = sweeps.sensitivity(["parties.Armenia.reservation"], measure="settled_week")
    table = found.indices.assign(lowest=126.4, highest=341.2)
    assert "week 126 → 341" in words_of(sensitivity(replace(found, indices=table)))


def test_the_largest_index_stands_on_top_and_the_smallest_are_counted() -> None:
    drawn = sensitivity(RANKED["many"]())
    [axes] = drawn.drawing.axes
    bars = [bar for bar in axes.patches if isinstance(bar, Rectangle)]
    first = [bar.get_width() for bar in bars[:MOST]]
    assert first == sorted(first, reverse=True)
    tops = [axes.transData.transform((0, bar.get_y()))[1] for bar in bars[:MOST]]
    assert tops == sorted(tops, reverse=True)
    assert len(bars) == 2 * MOST
    assert "And four smaller ones." in words_of(drawn)


# ---- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "name", "measure"), PLANS)
def test_csv_holds_the_cells_that_are_shown(case: str, name: str, measure: str) -> None:
    drawn, cells = figure(case, name, measure), sweep(case).cells
    read = pd.read_csv(io.BytesIO(drawn.csv))
    assert list(read.columns[-4:]) == ["n", measure, f"{measure}.low", f"{measure}.high"]
    known = cells[[measure, f"{measure}.low", f"{measure}.high"]].to_numpy(float)
    shown = read.iloc[:, -3:].to_numpy(float)
    for row in shown:
        assert np.isclose(known, row, rtol=1e-4, equal_nan=True).all(axis=1).any()
    if len(sweep(case).paths) <= 2 and name == "heatmap":
        assert len(shown) == len(cells)


@examples(0.3)
@given(st.permutations([0, 1, 2, 3.5]), st.permutations(LINKAGES))
def test_a_cell_keeps_its_value_in_whatever_order_levels_are_given(numbers: list[float], names: list[str]) -> None:
    made = sweeps.grid(
        {INCIDENTS: numbers, LINKAGE: names}, share=lambda row: row[INCIDENTS] / 8 + len(row[LINKAGE]) / 99
    )
    part = sweep_slices.across(made, (LINKAGE, INCIDENTS), "settled")
    assert part.settings[1].levels == (0, 1, 2, 3.5)
    assert part.settings[0].levels == tuple(names)
    for row, name in enumerate(names):
        expected = [number / 8 + len(name) / 99 for number in (0, 1, 2, 3.5)]
        assert part.value[row] == pytest.approx(expected)


def test_other_settings_are_held_at_the_scenarios_own_values() -> None:
    made = sweep("three paths")
    part = sweep_slices.across(made, (INCIDENTS, LINKAGE), "settled")
    own = made.cells[made.cells[EFFORT] == 0.5].sort_values([INCIDENTS, LINKAGE])
    assert part.value.ravel() == pytest.approx(own["settled"].to_numpy())
    assert "held: linkage of the chapters “independent” (as in the file)" in words_of(figure("three paths", "heatmap"))


@pytest.mark.validate
def test_cells_with_a_wide_interval_are_hatched_and_the_own_cell_is_framed() -> None:
    made = sweep("11 by 11")
    drawn = figure("11 by 11", "heatmap")
    patches = [patch for patch in drawn.drawing.axes[0].patches if isinstance(patch, Rectangle)]
    half = (made.cells["settled.high"] - made.cells["settled.low"]) / 2
    assert 0 < sum(half > 0.05) < len(half)
    assert sum(patch.get_hatch() is not None for patch in patches) == sum(half > 0.05)
    framed = {patch.get_xy() for patch in patches if patch.get_linewidth() == 4.5}
    assert framed == {(5, 5)}  # effort 0.5, 2 incidents a year
    assert "the scenario as its file has it" in words_of(drawn)
    assert "No cell has the values" in words_of(figure("21 by 21", "heatmap"))


def test_all_numbers_of_21_by_21_cells_are_written() -> None:
    texts = [text.get_text() for text in figure("21 by 21", "heatmap").drawing.axes[0].texts]
    shown = [f"{round(100 * value)}" for value in sweep("21 by 21").cells["settled"]]
    assert sorted(texts) == sorted(shown)


def test_numbers_without_room_are_left_out_and_this_is_said() -> None:
    made = sweeps.grid({EFFORT: steps(60), INCIDENTS: steps(2)})
    drawn = heatmap(made)
    assert not drawn.drawing.axes[0].texts
    assert "too small for numbers" in words_of(drawn)


def test_a_number_is_written_in_the_colour_that_is_read_best() -> None:
    def contrast(one: str, other: str) -> float:
        lights = []
        for colour in (one, other):
            parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
            lights.append(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05)
        return max(lights) / min(lights)

    for value in np.linspace(0, 1, 101):
        colour = Scale(0, 1).colour(float(value))
        chosen = contrast(readable(colour), colour)
        assert chosen > 3.5
        assert chosen >= 0.98 * max(contrast(COLOUR[name], colour) for name in ("ink", "paper"))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_colours_of_shares_enclose_all_of_them_and_never_a_small_span(values: list[float]) -> None:
    made = scale_for(reading(synthetic.scenario(*sweeps.TALKS), "settled"), np.array(values))
    assert 0 <= made.low <= min(values) + 1e-9
    assert max(values) - 1e-9 <= made.high <= 1
    assert made.high - made.low >= 0.2 - 1e-9


def test_a_week_that_fewer_than_half_reach_is_a_dash() -> None:
    drawn = figure("three paths", "heatmap", "settled_week")
    missing = drawn.data["settled_week"].isna().sum()
    texts = [text.get_text() for text in drawn.drawing.axes[0].texts]
    assert texts.count("–") == missing > 0
    assert "fewer than half" in words_of(drawn)
    assert "never reached" in figure("flat", "heatmap", "settled_week").alt


def test_many_levels_have_seven_lines_with_the_ends_and_the_own_value() -> None:
    made = sweeps.grid({EFFORT: [0, 1], INCIDENTS: [0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]})
    shown = sweep_lines(made, EFFORT).data[INCIDENTS].unique()
    assert len(shown) == 7
    assert {0, 2, 10} <= set(shown)


@given(st.floats(-3, 3), st.floats(-5, 5), st.integers(4, 30))
def test_the_smooth_line_through_a_straight_one_is_itself(slope: float, start: float, count: int) -> None:
    at = np.random.default_rng(count).uniform(0, 2, count)
    grid, line = smooth(at, start + slope * at)
    assert line == pytest.approx(start + slope * grid, abs=1e-6)


def test_cells_know_what_fits() -> None:
    part = sweep_slices.across(sweep("2 by 2"), (INCIDENTS, EFFORT), "settled")
    wide, narrow, tiny = (Cells(part, Scale(0, 1), *size) for size in ((400, 300), (60, 36), (12, 10)))
    assert wide.letters == 32
    assert wide.below((0, 0)) == ["15–25"]
    assert narrow.letters == 18.5  # 18 pixels where the page shows a figure at 98 % of its width
    assert narrow.below((0, 0)) == []
    assert tiny.letters is None


# ---- paths in words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "phrase"),
    [
        ("mediators.Russia.effort", "effort of Russia"),
        ("incidents.per_year", "incidents a year"),
        ("freezes[0].weeks", "weeks of the first freeze"),
        ("parties.Armenia.tactic.beta", "concession speed (beta) of Armenia"),
        ("mediators.Russia.activities.shuttle", "effort for shuttling of Russia"),
        ("working_groups.border.stakes.Armenia", "stakes of Armenia (border)"),
        ("mediators", "mediators"),
        ("mediators.Russia", "presence of Russia"),
        ("mediators.United Nations.leverage", "leverage of United Nations"),
    ],
)
def test_paths_in_words(path: str, phrase: str) -> None:
    assert paths.phrase(synthetic.scenario(*sweeps.TALKS), path) == phrase


def test_own_values_are_found_where_the_file_has_them() -> None:
    scenario = sim.load(Path(__file__).parents[2] / "scenarios" / "baseline.yaml")
    assert paths.own(scenario, EFFORT) == 0.5
    assert paths.own(scenario, "working_groups.border.issues.maps.options.one set of late Soviet maps.Armenia") == 1.0
    assert paths.said(paths.own(scenario, "parties.Armenia.reservation")) == "{mean: 0.44, sd: 0.08}"
    assert paths.said(paths.own(scenario, TACTIC)) == "{kind: time, beta: 0.6, calendar: 0.5}"
    assert paths.own(scenario, "mediators.Nobody.effort") is paths.ABSENT


@pytest.mark.parametrize(
    ("path", "level", "same"),
    [
        (EFFORT, 0.5, True),
        (EFFORT, np.float64(0.5), True),
        (EFFORT, "0.5", False),
        (LINKAGE, "independent", True),
        (LINKAGE, "sequence", False),
        (TACTIC, {"kind": "time", "beta": 0.6}, True),
        (TACTIC, {"kind": "time"}, True),
        (TACTIC, {"kind": "mirror"}, False),
        ("parties.Armenia.reservation", {"mean": 0.44, "sd": 0.08}, True),
        ("parties.Armenia.reservation", {"low": 0.3, "high": 0.5}, False),
        ("parties.Armenia.reservation", 0.44, False),
        ("freezes", [], True),
        ("mediators.Nobody", None, True),
        ("mediators.Russia", None, False),
    ],
)
def test_a_level_is_known_as_the_own_value(path: str, level: object, same: bool) -> None:
    scenario = sim.load(Path(__file__).parents[2] / "scenarios" / "baseline.yaml")
    assert paths.same(level, paths.own(scenario, path)) is same


# ---- sentences -------------------------------------------------------------------------------------------------------


def test_one_number_that_rises_or_falls() -> None:
    falling = sweeps.grid({EFFORT: [0, 1]}, share=lambda row: 0.9 - row[EFFORT] / 2)
    assert answer(falling).startswith(
        "The share that settles falls from 90 % (95 % interval 86 to 94 %) with effort of"
    )
    assert answer(falling).endswith("with effort of Russia at 1: 50.0 points fewer, 43.8 to 56.2.")
    rising = sweeps.grid({EFFORT: [0, 0.5, 1]}, share=lambda row: 0.2 + row[EFFORT] / 2)
    assert "rises from 20 %" in answer(rising)
    assert "to 70 % (95 % interval 64 to 76 %) with effort of Russia at 1: 50.0 points more" in answer(rising)


def test_one_number_that_does_neither_has_a_lowest_and_a_highest_cell() -> None:
    said = answer(sweeps.grid({EFFORT: [0, 0.5, 1]}, share=lambda row: 0.8 - abs(row[EFFORT] - 0.5)))
    assert "; the difference is within chance: 0.0 points, 1.5 fewer to 1.5 more." in said
    assert "It is lowest, 30 %" in said
    assert "highest, 80 % (95 % interval 75 to 85 %), with effort of Russia at 0.5: 50.0 points more" in said
    assert said.endswith(
        "(for any two of three cells at once). Not told apart by more than chance: one other cell from the lowest."
    )


def test_what_moves_it_most_is_named() -> None:
    share = lambda row: 0.1 + 0.1 * row[EFFORT] + 0.15 * row[INCIDENTS]  # noqa: E731
    said = answer(sweeps.grid({EFFORT: [0, 1], INCIDENTS: [0, 2, 4]}, share=share))
    assert (
        "On average over the other settings, it is moved most by incidents a year (from 15 % at 0 to 75 % at 4: "
        in said
    )
    assert "; less, but by more than chance, by effort of Russia (from 40 % at 0 to 50 % at 1: 10.0 points more" in said


def test_what_chance_alone_may_have_done_is_no_change() -> None:
    said = answer(sweeps.grid({EFFORT: [0, 1]}, share=lambda row: 0.4 + 0.008 * row[EFFORT]))
    assert said.endswith("; the difference is within chance: 0.8 points more, 0.7 fewer to 2.9 more.")
    assert "rises" not in said


def test_intervals_that_overlap_are_no_verdict() -> None:
    """Four points that only five histories in a hundred are about are sure where the histories are the same."""
    said = answer(sweeps.grid({EFFORT: [0, 1]}, share=lambda row: 0.4 + 0.04 * row[EFFORT]))
    assert "rises from 40 % (95 % interval 34 to 46 %)" in said


CLAIMS = re.compile(r"rises|falls|lowest|highest|is moved")


@pytest.mark.validate
@pytest.mark.parametrize(
    ("vary", "paired"),
    [
        ({EFFORT: [0, 1]}, 0.5),
        ({EFFORT: steps(4)}, 0.8),
        ({"seed": list(range(60))}, 0.0),
        ({LINKAGE: LINKAGES}, 0.3),
        ({EFFORT: [0, 1], INCIDENTS: [0, 2, 4]}, 0.5),
    ],
)
def test_of_cells_that_chance_alone_spreads_hardly_ever_anything_is_claimed(
    vary: dict[str, list[Any]], paired: float
) -> None:
    """paired: of the histories, those that are the same in every cell."""
    made = sweeps.grid(vary)
    design = SimpleNamespace(paths=made.paths, levels=made.levels, size=len(made.cells), scenario=made.scenario)
    layout, claimed, rng = Layout.of(design), 0, np.random.default_rng(8)
    for _ in range(NULLS):
        luck = np.where(rng.random(200) < paired, rng.random(200), rng.random((len(made.cells), 200)))
        came = [each < 0.4 for each in luck]
        shares = [each.mean() for each in came]
        cells = made.cells.assign(**{f"settled{edge}": shares for edge in ("", ".low", ".high")})
        found = sweeps.apart(layout, came)
        claimed += bool(CLAIMS.search(answer(replace(made, cells=cells, apart={"settled": found}))))
    assert claimed / NULLS <= 0.09  # 5 % and what chance adds to it in so many sweeps


def test_what_changes_nothing_is_said() -> None:
    said = answer(replace(sweep("flat"), idle=(INCIDENTS,)))
    assert said.startswith("The share that settles is 40 % (95 % interval 34 to 46 %) in each of nine cells.")
    assert said.endswith("Incidents a year changes nothing: every history is the same whatever its value.")


# ---- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["nasty", "sample of four", seldom("one path")])
def test_the_page_is_whole_safe_and_honest(case: str) -> None:
    figures = [figure(case, name) for name in DRAW]
    text = sweep_report(sweep(case), figures)
    page = Page(text)
    assert page.open == []
    assert not page.tags.keys() & {"script", "link", "iframe", "object"}
    assert sorted(image["alt"] for image in page.images) == sorted(drawn.alt for drawn in figures)
    assert all(page.anchors[link[1:]] == 1 for link in page.links)
    assert page.tags["tr"] >= len(sweep(case).cells)
    assert text.count("An illustration for teaching, not a forecast.") == 2
    assert "sim sweep sweep.yaml -n 250 --seed 7" in text
    assert answer(sweep(case)).partition("“")[0].partition("<")[0] in text


def test_the_page_of_a_sensitivity_analysis_names_the_first_input() -> None:
    found = RANKED["Sobol"]()
    text = sensitivity_report(found, [sensitivity(found)])
    assert Page(text).open == []
    assert "The share that settles is moved most by the weights of Armenia (issue 0, transport)" in text
    assert Page(text).tags["tr"] == 1 + 7
    assert "sim sensitivity scenario.yaml --measure settled --design sobol --points 64 -n 250 --seed 7" in text


def test_every_registered_figure_is_drawn_once() -> None:
    for case in ("three paths", "one path"):
        names = [drawn.name for drawn in draw_sweep(sweep(case))]
        assert len(set(names)) == len(names)
        assert {name.split(".")[0] for name in names} == set(registry.SWEEP) - (
            {"heatmap"} if case == "one path" else set()
        )


@pytest.mark.validate
def test_the_same_sweep_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        write_sweep(
            sweeps.grid({EFFORT: [0, 1], INCIDENTS: [0, 2]}, settings=("clock.hold_weeks=0",)), tmp_path / folder
        )
        write_sensitivity(RANKED["two"](), tmp_path / folder)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"report.html", "heatmap.png", "sweep-lines.svg", "sensitivity.csv"} <= set(names)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes(), name
