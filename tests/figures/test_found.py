"""Small scenarios whose names once were cut alike, drawn over each other, or not drawn at all."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from unicodedata import bidirectional

import pytest
from matplotlib.text import Text

from sim.answers.summary import summary_table
from sim.experiments.compare import beside
from sim.experiments.frontier import frontier
from sim.experiments.run import Results, run
from sim.figures.canvas import Figure
from sim.figures.compare import compare
from sim.figures.compare_agreement import compare_agreement
from sim.figures.saved_and_lost import saved_and_lost
from sim.figures.text import _letters
from sim.scenario.load import load
from sim.words.names import ELLIPSIS, MARKS
from tests.figures.boxes import faults
from tests.figures.drawing import draw_all
from tests.seldom import seldom

FOUND = Path(__file__).parents[1] / "found"
NAMES = (
    "hebrew-arabic-chinese", "party-called-value", "long-names", "group-called-all",
    "names-of-all-kinds", "four-parties-dates", "long-emoji-group", "unicode",
)  # fmt: skip
OFTEN = 2


@pytest.fixture(
    scope="module", params=[*NAMES[:OFTEN], *map(seldom, NAMES[OFTEN:])]
)  # whatever is tested of one name is tested in a row
def name(request: pytest.FixtureRequest) -> str:
    """Of a whole module, so that whatever is tested of one name is tested in a row."""
    return str(request.param)


@functools.cache
def histories(name: str) -> Results:
    return run(load(FOUND / f"{name}.yaml"), replications=20)


@functools.cache
def figures(name: str) -> list[Figure]:
    """Those of a run, and of a comparison with itself under a name that differs only at its end."""
    results = histories(name)
    other = replace(results, scenario=results.scenario.model_copy(update={"name": f"{results.scenario.name} again"}))
    pair = beside([results, other], [f"{results.scenario.name} which is the reference and is long {n}" for n in "AB"])
    whole = (compare(pair), saved_and_lost(pair), compare_agreement(pair))
    return [*draw_all(results, frontier(results.scenario)["groups"]), *whole]


def said(figure: Figure) -> list[Text]:
    return [text for text in figure.drawing.findobj(Text) if text.get_text().strip()]


def test_words_can_be_read(name: str) -> None:
    for figure in figures(name):
        assert faults(figure.drawing) == [], figure.name
        assert [text.get_text() for text in said(figure) if text.get_fontsize() < 18] == []


def test_every_letter_can_be_drawn(name: str) -> None:
    for figure in figures(name):
        letters = {letter for text in said(figure) for letter in text.get_text()} - {"\n", *MARKS}
        assert [letter for letter in letters if ord(letter) not in _letters()] == [], figure.name


def test_no_two_rows_have_one_label(name: str) -> None:
    """What is cut is told apart: no two texts with an ellipsis are the same in one column of a figure."""
    for figure in figures(name):
        rows = Counter((text.get_text(), round(text.get_position()[0], 3)) for text in figure.drawing.texts)
        assert [row for row, count in rows.items() if count > 1 and ELLIPSIS in row[0]] == [], figure.name
    results = histories(name)
    table = summary_table(results.scenario, results.summary).splitlines()
    cut = [line.strip().split("  ")[0] for line in table if ELLIPSIS in line]
    assert len(set(cut)) == len(cut)


def test_words_from_right_to_left_are_set_apart() -> None:
    """`ISRAEL is visited`, not `is visited ISRAEL`: their words are isolated, and the line runs from the left."""
    mark, begin, end = tuple(MARKS)
    lines = [line for f in figures("hebrew-arabic-chinese") for text in said(f) for line in text.get_text().split("\n")]
    leftwards = [line for line in lines if any(bidirectional(letter) in ("R", "AL") for letter in line)]
    assert len(leftwards) > 20
    for line in leftwards:
        assert line.startswith(mark)
        outside = re.sub(f"{begin}[^{end}]*{end}", "", line)
        assert not any(bidirectional(letter) in ("R", "AL") for letter in outside), ascii(line)
