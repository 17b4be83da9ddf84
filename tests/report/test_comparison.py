"""A comparison drawn and told: the laws of every figure, the numbers behind the bars, a page that is whole and safe."""

from __future__ import annotations

import functools
import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from sim.experiments.compare import Comparison
from sim.figures import registry, style
from sim.figures.agreement import agreed_by
from sim.figures.canvas import Figure
from sim.figures.compare import compare
from sim.figures.compare_agreement import compare_agreement
from sim.figures.registry import cues
from sim.figures.saved_and_lost import saved_and_lost
from sim.measures import measures
from sim.report import write_comparison
from sim.report.comparison import comparison_page
from sim.scenario import load
from sim.stories.side_by_side import chosen, side_by_side
from sim.stories.story import Paragraph
from sim.words.changes import changes
from sim.words.language import ENGLISH, MINUS
from sim.words.readings import measured, units
from sim.words.verdict import between, probability
from tests.figures import synthetic
from tests.figures.boxes import faults, words_on
from tests.figures.cases import CASES, case
from tests.figures.drawing import draw_comparison
from tests.report.test_page import Page
from tests.seldom import seldom

OTHERS = (1, seldom(3), seldom(5))
WHOLE = (compare, saved_and_lost, compare_agreement)
NAMES = ["Half a year without treaty talks", *synthetic.NASTY]


@functools.cache
def comparison(others: int, size: str = "two", replications: int = 60) -> Comparison:
    """The reference, and scenarios that differ in seed and name; the second has a freeze of its own."""
    base = synthetic.scenario(*CASES[size])
    more = [
        base.model_copy(update={"name": name, "freezes": [] if n == 1 else base.freezes})
        for n, name in enumerate(NAMES[:others])
    ]
    reference = synthetic.results(base, replications)
    if size == "eight":  # telling so many sides' histories takes seconds
        runs = [synthetic.shuffled(reference, scenario, n) for n, scenario in enumerate(more)]
    else:
        runs = [synthetic.results(scenario, replications, seed=n + 8) for n, scenario in enumerate(more)]
    return synthetic.comparison(reference, runs)


@functools.cache
def whole(others: int, size: str = "two") -> list[Figure]:
    """The figures of all scenarios together, without those of each alone."""
    return [draw(comparison(others, size)) for draw in WHOLE]


@functools.cache
def figures(others: int) -> list[Figure]:
    """Those of all scenarios together, and each one's own."""
    return draw_comparison(comparison(others))


# ---- every figure ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("others", "size"), [seldom(1, "two"), (3, "two"), seldom(5, "two"), seldom(5, "eight")])
def test_words_can_be_read(others: int, size: str) -> None:
    for figure in whole(others, size):
        assert faults(figure.drawing) == [], figure.name
        small = [t.get_text() for t in figure.drawing.findobj(Text) if t.get_text().strip() and t.get_fontsize() < 18]
        assert small == [], figure.name


@pytest.mark.parametrize("others", OTHERS)
def test_every_registered_figure_is_drawn_under_a_name_of_its_own(others: int) -> None:
    names = [figure.name for figure in figures(others)]
    assert len(set(names)) == len(names) == 3 + 3 * (others + 1)
    assert {name.split(".")[0] for name in names} == set(registry.COMPARISON) - {"models"}  # which were not asked
    assert all(re.fullmatch(r"[\w.-]+", name, re.ASCII) for name in names), names
    assert "outcomes.0-Made-up-talks" in names


@pytest.mark.parametrize("others", OTHERS)
def test_alt_text_is_one_sentence_with_a_number(others: int) -> None:
    for figure in figures(others):
        assert re.search(r"\d", figure.alt)
        assert figure.alt.endswith(".")
        assert "\n" not in figure.alt


def test_csv_holds_the_plotted_numbers() -> None:
    for figure in figures(1):
        read = pd.read_csv(io.BytesIO(figure.csv))
        assert list(read.columns) == list(figure.data.columns)
        assert len(read) == len(figure.data) > 0
    compared, turned, curves = whole(3)
    assert compared.data.equals(comparison(3).differences)
    assert list(turned.data["saved"]) == list(comparison(3).transitions.query("group == ''")["saved"])
    assert set(curves.data["scenario"]) == set(comparison(3).names)


def test_subtitles_say_what_is_compared_and_how_often() -> None:
    for others in (1, 3):
        for figure in whole(others):
            said = " ".join(text.get_text() for text in figure.drawing.texts).replace("\n", " ")
            assert "Made-up talks" in said
            assert "60 pairs of histories" in said
            assert "seed 7" in said


# ---- each figure -----------------------------------------------------------------------------------------------------


def test_dots_stand_at_the_differences_and_whiskers_span_their_intervals() -> None:
    drawn = whole(1)[0].drawing
    settled = comparison(1).differences.query("measure == 'settled'").iloc[0]
    lines = [line.get_xdata() for line in drawn.axes[0].lines]
    assert any(np.allclose(line, [100 * settled["low"], 100 * settled["high"]]) for line in lines if len(line) == 2)
    assert any(np.allclose(line, [100 * settled["difference"]]) for line in lines if len(line) == 1)
    shown = (
        f"{ENGLISH.signed(100 * settled['difference'], 1)} ({between(100 * settled['low'], 100 * settled['high'], 1)})"
    )
    assert shown in [text for text, _ in words_on(drawn)]


def test_every_plot_of_differences_shows_the_line_at_none() -> None:
    for axes in whole(3)[0].drawing.axes:
        low, high = axes.get_xlim()
        assert low < 0 < high
        assert any(list(line.get_xdata()) == [0, 0] for line in axes.lines)


def test_every_measure_of_a_summary_has_a_row() -> None:
    known = {each.name for each in measures(comparison(1).reference.scenario)}
    assert known == {name for names in units({}).values() for name in names}
    here = measured(comparison(1).differences)
    assert list(here["column"]) == [each.column for each in measures(comparison(1).reference.scenario)]


def test_a_scenario_compared_with_itself_lies_on_the_line() -> None:
    same = synthetic.comparison(case("two").results, [case("two").results], ["one", "the same"])
    differences, turned, curves = (draw(same) for draw in WHOLE)
    for figure in (differences, turned, curves):
        assert faults(figure.drawing) == [], figure.name
    assert "no history ends differently" in " ".join(text for text, _ in words_on(turned.drawing))
    assert "under the same there is no difference" in differences.alt


def test_bars_add_up_to_all_histories() -> None:
    for others, bars in ((1, 4), (3, 3)):  # the whole and three groups; three scenarios
        drawn = whole(others)[1].drawing
        assert len(drawn.axes) == bars
        rows = comparison(others).transitions.to_dict("records")
        rows = [row for row in rows if others == 1 or not row["group"]]
        for axes, row in zip(drawn.axes, rows, strict=True):
            parts = [bar.get_width() for bar in axes.patches]
            assert parts == [row["saved"], row["both"], row["lost"], row["neither"]]
            assert sum(parts) == 60


def test_saved_and_lost_are_told_apart_without_colours() -> None:
    bars = whole(1)[1].drawing.axes[0].patches
    assert len({bar.get_hatch() for bar in bars}) == 3  # saved, lost, and two greys without


@pytest.mark.validate
def test_curves_are_those_of_the_single_run() -> None:
    shown = comparison(3)
    data = whole(3)[2].data
    for name, run in zip(shown.names, (shown.reference, *shown.others), strict=True):
        mine = data[(data["scenario"] == name) & (data["group"] == "border")]
        agreed, low, high = agreed_by(run.outcomes["week.border"].to_numpy(float), run.scenario.clock.weeks)
        assert np.allclose(mine[["agreed", "low", "high"]], np.column_stack([agreed, low, high]))


def test_a_freeze_that_only_some_have_is_a_bar_in_their_colour() -> None:
    def bars(others: int) -> list[str]:
        axes = whole(others)[2].drawing.axes[0]
        return [c.get_facecolor() for c in axes.collections if c.get_alpha() is None]

    assert bars(1) == []  # both freeze the same weeks: a grey band
    assert len(bars(3)) == 3  # the reference and two scenarios have what one lacks


def test_a_group_that_one_scenario_lacks_is_drawn_where_it_is() -> None:
    fewer = synthetic.results(synthetic.scenario(["Armenia", "Azerbaijan"], ["border"], []), 60)
    mixed = synthetic.comparison(synthetic.results(synthetic.scenario(*CASES["two"]), 60), [fewer], ["all", "one"])
    data = compare_agreement(mixed).data
    assert set(data.loc[data["group"] == "treaty", "scenario"]) == {"all"}
    assert set(data.loc[data["group"] == "border", "scenario"]) == {"all", "one"}
    text = comparison_page(mixed, [], ["a.yaml", "b.yaml"])
    assert "one: not compared, because only one of the two scenarios has it: transport, treaty and Russia." in text


@pytest.mark.validate
def test_own_figures_share_their_axes() -> None:
    longer = synthetic.scenario(*CASES["two"], clock={"start": "2022-12-05", "weeks": 400, "hold_weeks": 52})
    other = synthetic.results(longer, 250)
    busier = {column: 9 * other.outcomes[column] for column in other.outcomes if column.startswith("rounds.")}
    other = replace(other, outcomes=other.outcomes.assign(**busier))
    pair = synthetic.comparison(case("two").results, [other], ["short", "long"])
    drawn = {figure.name: figure.drawing for figure in draw_comparison(pair)}
    for name in ("outcomes", "agreement", "trust"):
        short, long = drawn[f"{name}.0-short"], drawn[f"{name}.1-long"]
        assert [axes.get_xlim() for axes in short.axes] == [axes.get_xlim() for axes in long.axes], name
        assert faults(short) == faults(long) == [], name


def test_a_colour_means_one_thing() -> None:
    """None of a scenario is one of a party, a working group or a mediator; what is saved has the scenario's own."""
    shown = comparison(3)
    looks, own = cues(shown), style.cues(shown.reference.scenario)
    dealt = [cue.colour for kind in (own.parties, own.groups, own.mediators) for cue in kind.values()]
    everything = [*dealt, *(look.colour for look in looks)]
    assert len(set(everything)) == len(everything) == 6 + 4
    for n, axes in enumerate(whole(3)[1].drawing.axes):
        saved, _, lost, _ = (to_hex(bar.get_facecolor()).upper() for bar in axes.patches)
        assert (saved, lost) == (looks[n + 1].colour, looks[0].colour)


@pytest.mark.validate
def test_scenarios_have_cues_of_their_own() -> None:
    looks = cues(comparison(5))
    for cue in ("colour", "dash", "marker"):
        assert len({getattr(look, cue) for look in looks}) == 6


def test_an_interval_may_be_open_at_one_end() -> None:
    assert between(-1.0, np.nan, 1) == f"{MINUS}1.0 or more"
    assert between(np.nan, 2.0, 1) == "+2.0 or less"
    assert between(np.nan, np.nan, 1) == ""
    open_ended = comparison(1).differences.assign(low=np.nan)
    drawn = compare(replace(comparison(1), differences=open_ended)).drawing
    assert faults(drawn) == []
    left = [line for axes in drawn.axes for line in axes.lines if line.get_marker() == "<"]
    assert all(line.get_xdata()[0] == line.axes.get_xlim()[0] for line in left)
    assert len(left) == open_ended["high"].notna().sum()


@pytest.mark.parametrize(
    ("p", "shown"), [(0.0002, "p < 0.001"), (0.0312, "p = 0.031"), (0.4, "p = 0.40"), (1, "p = 1.00")]
)
def test_probabilities(p: float, shown: str) -> None:
    assert probability(p) == shown


# ---- a history told twice --------------------------------------------------------------------------------------------


def test_the_history_told_twice_turned_and_is_of_the_commoner_kind() -> None:
    shown = chosen(comparison(1))
    old, new = (
        run.outcomes.set_index("replication")["settled"] for run in (comparison(1).reference, comparison(1).others[0])
    )
    lost, saved = (old & ~new).sum(), (~old & new).sum()
    assert old[shown.replication] == (lost >= saved)
    assert old[shown.replication] != new[shown.replication]
    turns = list(zip(old, new, strict=True))
    assert turns.index(turns[shown.replication]) == shown.replication


def test_what_both_stories_begin_with_is_told_once() -> None:
    reference, other = comparison(1).reference, comparison(1).others[0]
    told = side_by_side(reference, other, 3, ("with", "without"))
    assert told.names == ("with", "without")
    assert all(isinstance(paragraph, Paragraph) for paragraph in told.alike)
    assert told.left[0] != told.right[0]
    assert told.html.count("<h3>") == 2
    same = side_by_side(reference, reference, 3)
    assert same.same
    assert "beside" not in same.html


def test_without_told_histories_there_is_no_story() -> None:
    one = comparison(1)
    silent = [replace(run, events=run.events.iloc[:0]) for run in (one.reference, *one.others)]
    quiet = synthetic.comparison(silent[0], silent[1:])
    assert chosen(quiet) is None
    assert "told twice" not in comparison_page(quiet, [], ["a.yaml", "b.yaml"])


# ---- what differs ----------------------------------------------------------------------------------------------------


def test_changes_name_paths_and_both_values() -> None:
    base = synthetic.scenario(*CASES["two"])
    other = synthetic.scenario(
        *CASES["two"], freezes=[], clock={"start": "2022-12-05", "weeks": 100, "hold_weeks": 52}, events=base.events[1:]
    )
    found = {change.path: (change.before, change.after) for change in changes(base, other)}
    assert found["clock.weeks"] == ("156", "100")
    assert found["freezes[0]"][0].startswith("{groups: [transport], start: 2023-06-05, weeks: 18")
    assert found["freezes[0]"][1] == "–"
    assert [path for path in found if path.startswith("events")] == ["events[0]"]  # the others moved up: no change
    assert changes(base, base) == []
    assert [(c.path, c.after, c.before) for c in changes(other, base)] == [(p, a, b) for p, (a, b) in found.items()]


# ---- the page --------------------------------------------------------------------------------------------------------


@functools.cache
def page(others: int) -> tuple[str, list[Figure]]:
    """The page, and what it shows: every figure of one scenario; of more, only those of the whole."""
    shown = figures(others) if others == 1 else whole(others)
    return comparison_page(comparison(others), shown, [f"{n}.yaml" for n in range(others + 1)]), shown


@pytest.mark.parametrize("others", OTHERS)
def test_the_page_is_one_file_without_network_or_script(others: int) -> None:
    text, shown = page(others)
    read = Page(text)
    assert read.open == []
    assert not read.tags.keys() & {"script", "link", "iframe", "object"}
    assert all(link.startswith("#") and read.anchors[link[1:]] == 1 for link in read.links)
    assert all(image["src"].startswith("data:image/") for image in read.images)
    assert Counter(image["alt"] for image in read.images) == Counter(figure.alt for figure in shown)
    assert read.tags["caption"] == read.tags["table"]


def test_names_are_escaped() -> None:
    text = comparison_page(comparison(5), whole(5)[:1], [f"{n}.yaml" for n in range(6)])
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ braces }}" in text


def test_the_page_says_what_came_out_how_sure_and_how_to_repeat_it() -> None:
    text = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", page(1)[0]))
    row = comparison(1).transitions.iloc[0]
    assert comparison(1).sentences[0] in text
    assert between(100 * row["low"], 100 * row["high"], 1) in text
    assert text.count("An illustration for teaching, not a forecast.") == 2
    assert "sim compare 0.yaml 1.yaml -n 60 --seed 7" in text
    assert "common random numbers" in text
    narrowed = comparison(1).differences.query("measure == 'settled'").iloc[0]["narrowed"]
    assert f"{1 / narrowed**2:.1f} times as many histories" in text
    assert "chosen by rule: the first history that is" in text


@pytest.mark.validate
def test_the_same_comparison_is_written_as_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("outcomes", "agreement"):
        monkeypatch.delitem(registry.COMPARISON, name)  # one figure of each scenario's own is enough, and costs less

    def again() -> Comparison:
        scenario = synthetic.scenario(["A", "B"], ["g"], [])
        runs = [synthetic.results(scenario, 20, seed) for seed in (7, 8)]
        return synthetic.comparison(runs[0], runs[1:], ["A $", "B <"])

    write_comparison(again(), tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"report.html", "0-A.yaml", "1-B.yaml", "compare.csv", "saved-and-lost.svg", "trust.1-B.png"} <= names
    assert load(tmp_path / "1-B.yaml") == again().others[0].scenario
    for draw in WHOLE:
        figure = draw(again())
        for kind in ("png", "svg", "csv"):
            assert (tmp_path / f"{figure.name}.{kind}").read_bytes() == getattr(figure, kind), figure.name
