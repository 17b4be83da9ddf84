"""The law of the import: whatever the format, every outcome, and no agreement, keeps its worth to every side."""

from __future__ import annotations

import math
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.domains import import_domain
from sim.scenario import load_text
from tests.seldom import examples

from .written import Outcome, Side, Write, genius, geniusweb, negmas, negmas_json, reservations, utilities

EXACT = 1e-12
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
TRAPS = ["No", "no", "null", "1e3", "0.50", "Ünder", "U\u0308nder", "a.b", "x=/y", "low", "$4", "50 %", "-", "a: b"]
SHARES = st.floats(0, 1, allow_subnormal=False).map(lambda number: round(number, 9))


@st.composite
def domains(draw: st.DrawFn, *, whole: bool = False) -> list[Side]:
    """Two or three sides; a few issues with a few options; weights that sum to 1 or less.

    whole: the best option of each issue is worth 1, and the weights sum to 1, as in GENIUS.
    """
    names = st.lists(NAMES | st.sampled_from(TRAPS), min_size=1, max_size=4, unique_by=_look)
    issues = draw(names)
    options = [draw(st.lists(NAMES | st.sampled_from(TRAPS), min_size=2, max_size=4, unique_by=_look)) for _ in issues]
    return [_side(draw, issues, options, whole) for _ in range(draw(st.integers(2, 3)))]


def _look(name: str) -> str:
    """Names that are one name to a reader of files are drawn once; those that only look alike, both."""
    return unicodedata.normalize("NFC", name)


def _side(draw: st.DrawFn, issues: list[str], options: list[list[str]], whole: bool) -> Side:
    worths = {
        issue: dict(zip(of_issue, draw(st.lists(SHARES, min_size=len(of_issue), max_size=len(of_issue))), strict=True))
        for issue, of_issue in zip(issues, options, strict=True)
    }
    drawn = np.array(draw(st.lists(st.integers(1, 1000), min_size=len(issues), max_size=len(issues))), dtype=float)
    weights = dict(zip(issues, (drawn / drawn.sum()).tolist(), strict=True))
    if whole:
        for of_issue in worths.values():
            of_issue[next(iter(of_issue))] = 1.0
        return Side(weights, worths, draw(SHARES))
    shrunk = draw(st.floats(0.01, 1))
    best = sum(weights[issue] * shrunk * max(of_issue.values()) for issue, of_issue in worths.items())
    constant = draw(st.floats(0, 1)) * (1 - best)
    return Side({issue: weight * shrunk for issue, weight in weights.items()}, worths, draw(SHARES), constant)


def keeps_its_worth(write: Write, sides: list[Side]) -> None:
    with TemporaryDirectory() as folder:
        imported = import_domain(write(Path(folder), sides))
    outcomes: list[Outcome] = sides[0].outcomes
    for found, side in zip(utilities(imported.text, outcomes), sides, strict=True):
        assert found == pytest.approx([side.utility(outcome) for outcome in outcomes], abs=EXACT, rel=0)
    assert reservations(imported.text) == pytest.approx([side.reservation for side in sides], abs=EXACT, rel=0)


@given(domains(whole=True))
@examples(0.5)
def test_genius(sides: list[Side]) -> None:
    keeps_its_worth(genius, sides)


@pytest.mark.parametrize("write", [negmas, negmas_json])
@given(domains())
@examples(0.5)
def test_negmas(write: Write, sides: list[Side]) -> None:
    keeps_its_worth(write, sides)


@given(domains(whole=True), st.integers(0, 1000))
@examples(0.5)
def test_geniusweb(sides: list[Side], number: int) -> None:
    """No agreement is worth what some outcome is worth."""
    with_bids = []
    for side in sides:
        outcomes = side.outcomes
        bid = side.utility(outcomes[number % len(outcomes)])
        with_bids.append(Side(side.weights, side.worths, bid))
    keeps_its_worth(geniusweb, with_bids)


@given(domains(), st.floats(0.5, 50), st.floats(-20, 20))
@examples(0.5)
def test_rescaled_utilities_keep_every_preference(sides: list[Side], factor: float, offset: float) -> None:
    """u' = (u - least) / (most - least), for outcomes and no agreement alike; sides in range stay as they are."""
    stretched = [
        Side(
            {issue: weight * factor for issue, weight in side.weights.items()},
            side.worths,
            side.reservation * factor + offset,
            side.constant * factor + offset,
        )
        for side in sides
    ]
    outcomes = sides[0].outcomes
    with TemporaryDirectory() as folder:
        imported = import_domain(negmas(Path(folder), stretched), rescale=True)
    found = utilities(imported.text, outcomes)
    for mine, no_agreement, side in zip(found, reservations(imported.text), stretched, strict=True):
        worths = [*(side.utility(outcome) for outcome in outcomes), side.reservation]
        low, high = min(worths), max(worths)
        if low < -EXACT or high > 1 + EXACT:
            worths = [(worth - low) / ((high - low) or 1) for worth in worths]
        assert [*mine, no_agreement] == pytest.approx(worths, abs=1e-9, rel=0)


# ---- whole numbers ---------------------------------------------------------------------------------------------------

INTEGERS = """\
<utility_space><objective index="1" name="root" type="objective" etype="objective">
<issue index="2" name="Speed" type="integer" etype="integer" vtype="integer" lowerbound="1" upperbound="17">
<evaluator ftype="linear" offset="{offset}" slope="{slope}"></evaluator></issue>
<issue index="3" name="Colour" type="discrete" etype="discrete"><item index="1" value="red" evaluation="{red}"/>
<item index="2" value="blue" evaluation="2"/></issue>
<weight index="2" value="0.75"></weight><weight index="3" value="0.25"></weight></objective></utility_space>
"""


@pytest.mark.parametrize(("offset", "slope"), [(0.4, 0.0375), (1.0, -0.0625), (0.9, 0.1), (0.5, 0.0)])
def test_whole_numbers_of_genius_are_worth_a_line_cut_to_a_share(tmp_path: Path, offset: float, slope: float) -> None:
    """EvaluatorInteger: offset + slope * (value - lowerbound), from 0 to 1; the worst may be worth something."""
    files = [tmp_path / "one.xml", tmp_path / "two.xml"]
    files[0].write_text(INTEGERS.format(offset=offset, slope=slope, red=1), encoding="utf-8")
    files[1].write_text(INTEGERS.format(offset=0.0, slope=0.0625, red=4), encoding="utf-8")
    outcomes = [{"Speed": str(speed), "Colour": colour} for speed in range(1, 18) for colour in ("red", "blue")]
    mine, theirs = utilities(import_domain(files).text, outcomes)
    for outcome, found, other in zip(outcomes, mine, theirs, strict=True):
        line = min(max(offset + slope * (int(outcome["Speed"]) - 1), 0), 1)
        assert found == pytest.approx(0.75 * line + 0.25 * (0.5 if outcome["Colour"] == "red" else 1), abs=EXACT)
        assert other == pytest.approx(
            0.75 * (int(outcome["Speed"]) - 1) / 16 + 0.25 * (1 if outcome["Colour"] == "red" else 0.5), abs=EXACT
        )


def test_numbers_with_steps_of_geniusweb_are_worth_a_line(tmp_path: Path) -> None:
    space = """{"LinearAdditiveUtilitySpace": {"name": "%s", "domain": {"name": "d", "issuesValues":
    {"price": {"range": ["0.1", "0.5", "0.1"]}}}, "issueUtilities": {"price": {"numberutils":
    {"lowValue": 0.1, "highValue": 0.5, "lowUtility": %s, "highUtility": %s}}}, "issueWeights": {"price": 1}}}"""
    for name, low, high in (("a", 0.2, 1), ("b", 1, 0)):
        (tmp_path / f"{name}.json").write_text(space % (name, low, high), encoding="utf-8")
    outcomes = [{"price": f"0.{n}"} for n in range(1, 6)]
    mine, theirs = utilities(import_domain([tmp_path / "a.json", tmp_path / "b.json"]).text, outcomes)
    assert mine == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0], abs=EXACT)
    assert theirs == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0], abs=EXACT)


def test_an_issue_with_one_value_is_no_issue_and_keeps_its_worth(tmp_path: Path) -> None:
    sides = [
        Side({"place": 0.5, "time": 0.5}, {"place": {"here": 0.4}, "time": {"now": 0.0, "later": 1.0}}, 0.1),
        Side({"place": 0.2, "time": 0.8}, {"place": {"here": 1.0}, "time": {"now": 1.0, "later": 0.0}}, 0.3),
    ]
    imported = import_domain(negmas(tmp_path, sides))
    assert list(load_text(imported.text).working_groups["table"].issues) == ["time"]
    assert utilities(imported.text, sides[0].outcomes) == [pytest.approx([0.2, 0.7]), pytest.approx([1.0, 0.2])]
    assert any("place has one value" in note for note in imported.notes)


def test_what_has_to_be_called_otherwise_is_said(tmp_path: Path) -> None:
    sides = [Side({"a.b": 1.0}, {"a.b": {"No": worth, "no": 1 - worth}}, 0.0) for worth in (0.0, 1.0)]
    imported = import_domain(negmas(tmp_path, sides))
    issue = load_text(imported.text).working_groups["table"].issues["a-b"]
    assert issue.title == "a.b"
    assert list(issue.options or {}) == ["No", "no (2)"]
    assert {"a.b is called a-b", "no is called no (2)"} <= set(imported.notes)
    assert {"a.b is called a-b", "no is called no (2)"} <= set(load_text(imported.text).sources)


def test_no_reserved_value_is_none_that_binds(tmp_path: Path) -> None:
    """NegMAS means minus infinity; here no agreement is worth 0, and nothing that can be agreed on is worth less."""
    sides = [
        Side({"x": 0.8}, {"x": {"a": 0.2, "b": 1.0}}, -math.inf),
        Side({"x": 1.0}, {"x": {"a": 1.0, "b": 0.0}}, 0.5),
    ]
    for write in (negmas, negmas_json):
        imported = import_domain(write(tmp_path, sides))
        assert reservations(imported.text) == [0.0, 0.5]
        assert any("no reserved value" in note for note in imported.notes)
