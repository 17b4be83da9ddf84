"""Laws that every figure keeps: words that can be read, numbers behind it, the same bytes for the same input."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image

from sim import figures
from sim.experiments.run import run
from sim.figures import registry
from sim.figures.agreement import agreement
from sim.figures.canvas import drawn
from sim.figures.trust import trust
from sim.report import readers
from tests.figures import synthetic
from tests.figures.boxes import faults
from tests.figures.cases import CASES, SIZES, case
from tests.figures.drawing import draw_all


@pytest.mark.parametrize("size", SIZES)
def test_words_neither_overlap_nor_leave_the_page(size: str) -> None:
    for figure in case(size).figures:
        assert faults(figure.drawing) == [], figure.name


@pytest.mark.parametrize("size", SIZES)
def test_words_are_large_enough_for_the_back_row(size: str) -> None:
    for figure in case(size).figures:
        small = [t.get_text() for t in figure.drawing.findobj(Text) if t.get_text().strip() and t.get_fontsize() < 18]
        assert small == [], figure.name


@pytest.mark.parametrize("size", SIZES)
def test_every_registered_figure_is_drawn(size: str) -> None:
    names = [figure.name for figure in case(size).figures]
    assert len(set(names)) == len(names)
    assert {name.split(".")[0] for name in names} == set(registry.RUN)
    assert all(re.fullmatch(r"[\w.-]+", name, re.ASCII) for name in names), names


def test_a_figure_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module in the folder of figures is enough: the report draws it, and whoever asks by name gets it."""
    (tmp_path / "incomes.py").write_text(
        "from dataclasses import replace\n\nfrom sim.figures import registry\nfrom sim.figures.trust import trust\n\n\n"
        '@registry.of_run("incomes", place=9)\ndef incomes(results):\n'
        '    return replace(trust(results), name="incomes")\n',
        encoding="utf-8",
    )
    monkeypatch.setattr("sim.figures.__path__", [*figures.__path__, str(tmp_path)])
    registry.opened.cache_clear()
    monkeypatch.setitem(registry.RUN, "incomes", registry.RUN["trust"])  # the test takes it out again
    results = case("two").results
    assert [figure.name for figure in draw_all(results)][-1] == "incomes"
    assert (
        readers.figure(run(Path(__file__).parents[1] / "web" / "tiny.yaml", replications=3), "incomes").name
        == "incomes"
    )


@pytest.mark.parametrize("size", SIZES)
def test_subtitles_say_scenario_number_and_seed(size: str) -> None:
    for figure in case(size).figures:
        said = " ".join(text.get_text() for text in figure.drawing.texts)
        for part in ("Made-up talks", "250 replications", "seed 7"):
            assert part in said, figure.name


@pytest.mark.parametrize("size", SIZES)
def test_alt_text_is_one_sentence_with_a_number(size: str) -> None:
    for figure in case(size).figures:
        assert re.search(r"\d", figure.alt), figure.name
        assert figure.alt.endswith(".")
        assert "\n" not in figure.alt


def test_alt_texts_carry_the_result() -> None:
    found = {figure.name: figure.alt for figure in case("two").figures}
    results = case("two").results
    settled = f"{round(100 * results.outcomes['settled'].mean())} %"
    assert settled in found["agreement"]
    assert settled in found["outcomes"]
    rounds = results.events.query("kind == 'round'").groupby("replication").size()
    number = int(re.search(r"replication (\d+)", found["timeline"])[1])
    assert f"{rounds[number]} rounds" in found["timeline"]


def test_csv_holds_the_plotted_numbers() -> None:
    for figure in case("two").figures:
        read = pd.read_csv(io.BytesIO(figure.csv))
        assert list(read.columns) == list(figure.data.columns), figure.name
        assert len(read) == len(figure.data) > 0
        numbers = figure.data.select_dtypes("number").columns
        pd.testing.assert_frame_equal(
            read[numbers].astype(float), figure.data[numbers].astype(float).reset_index(drop=True), rtol=1e-4
        )


def test_drawing_ignores_the_users_own_settings() -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 31, "axes.facecolor": "red", "lines.linewidth": 9}):
        loud = trust(case("two").results).png
    assert loud == next(figure for figure in case("two").figures if figure.name == "trust").png


def test_a_party_has_one_colour_everywhere() -> None:
    from sim.figures.style import cues

    colour = cues(case("two").results.scenario).parties["Armenia"].colour.lower()
    for name in ("trust", "outcomes", "utility-space.border"):
        figure = next(figure for figure in case("two").figures if figure.name == name)
        assert colour in figure.svg.decode().lower(), name


def test_frozen_weeks_and_observed_dates_are_marked() -> None:
    quiet = synthetic.scenario(*CASES["two"], freezes=[], observed={"agreed": {}})
    without = synthetic.results(quiet, 250)
    for draw in (agreement, trust):
        marked = next(figure for figure in case("two").figures if figure.name == draw.__name__)
        said = " ".join(text.get_text() for text in marked.drawing.texts)
        assert "Grey: weeks in which the scenario freezes transport" in said
        assert "in fact" in said
        assert "Grey" not in " ".join(text.get_text() for text in draw(without).drawing.texts)


def test_one_replication_can_be_drawn() -> None:
    results = synthetic.results(synthetic.scenario(*CASES["two"]), 1)
    for figure in draw_all(results):
        assert faults(figure.drawing) == []


def test_a_run_without_events_has_the_figures_of_the_whole_run() -> None:
    results = case("two").results
    silent = synthetic.Results(**{**results.__dict__, "events": results.events.iloc[:0]})
    assert [figure.name for figure in draw_all(silent)] == ["agreement", "outcomes", "trust"]


def test_the_overlap_test_sees_overlaps() -> None:
    from sim.figures.canvas import Canvas

    canvas = Canvas("A title", "a subtitle")
    canvas.text(400, 400, "one word")
    canvas.text(420, 404, "another")
    canvas.text(1880, 600, "beyond the edge")
    assert faults(canvas.drawing) == ["'one word' over 'another'", "'beyond the edge' is cut"]


@pytest.mark.validate
def test_few_colours_look_like_all_of_them() -> None:
    """The palette of a PNG moves no shade by more than the eye sees, and leaves the paper white."""
    for figure in case("two").figures:
        drawn_pixels = drawn(figure.drawing).astype(int)
        kept = np.asarray(Image.open(io.BytesIO(figure.png)).convert("RGB")).astype(int)
        assert np.abs(kept - drawn_pixels).max() <= 16, figure.name
        assert (kept[5, 5] == 255).all()
