"""What varies and how it is said; grids in order, Latin hypercubes, and every bad cell found before any is run."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.design import Design, good_cells, of_file, of_scenario, try_cells
from sim.experiments.sweep import sweep
from sim.scenario import ScenarioError, as_yaml, load, load_text
from sim.scenario.dump import one_line
from sim.scenario.levels import from_options, split, takes_whole_numbers
from sim.scenario.problems import Report
from sim.scenario.tree import node_of, plain
from sim.scenario.yaml_reader import read, read_bytes

from .small import EFFORT, INCIDENTS, LINKAGE, TEXT, wells


def levels(option: str) -> list[Any]:
    report = Report()
    [varied] = from_options([f"x={option}"], report)
    report.close()
    return [level.value for level in varied.levels]


def unheard(share: float) -> None: ...


# ---- how levels are said ---------------------------------------------------------------------------------------------


def test_a_range_has_both_ends_and_the_nearest_numbers_between() -> None:
    assert levels("0:1:11") == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert levels("4:0:5") == [4, 3, 2, 1, 0]
    assert levels("-1e-1:0.2:4") == [-0.1, 0.0, 0.1, 0.2]


@given(st.decimals(-99, 99, places=3), st.decimals(-99, 99, places=3), st.integers(2, 40))
def test_a_range_is_even(start: Any, stop: Any, count: int) -> None:
    if start == stop:
        return
    found = levels(f"{start:f}:{stop:f}:{count}")
    even = [Fraction(start) + (Fraction(stop) - Fraction(start)) * n / (count - 1) for n in range(count)]
    assert found == [float(number) for number in even]


def test_a_list_is_divided_by_commas_outside_of_brackets_and_quotes() -> None:
    assert levels("independent,sequence") == ["independent", "sequence"]
    assert levels("0, 0.5 ,null") == [0, 0.5, None]
    assert levels("{kind: mix, parts: [a, b]},[1, 2],'a, b',Côte d'Or") == [
        {"kind": "mix", "parts": ["a", "b"]},
        [1, 2],
        "a, b",
        "Côte d'Or",
    ]
    assert levels("2023-01-02,2023-02-06") == ["2023-01-02", "2023-02-06"]


@given(st.lists(st.sampled_from(["1", "ab", "{a: 1, b: [2, 3]}", "'x, y'", '"]"', "[]"]), min_size=1))
def test_pieces_come_apart_as_they_were_joined(pieces: list[str]) -> None:
    found = split(", ".join(pieces))
    assert [piece for _, piece in found] == pieces
    assert all(", ".join(pieces)[at:].startswith(piece) for at, piece in found)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(-1e6, 1e6)
    | st.sampled_from(["a", "0x1", "a, b", "no"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["a", "b c", "1"]), below, max_size=3),
)


@given(values)
def test_any_value_comes_back_from_one_line(value: Any) -> None:
    """So that a cell's setting says what the level says."""
    line = one_line(value)
    document = read(line, "line")
    assert "\n" not in line
    assert document.problems == ()
    assert document.root is not None
    assert plain(document.root) == value
    made = node_of(value, document.root.place)
    assert plain(made) == value
    assert list(made.entries) == list(document.root.entries)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("x", "varies nothing"),
        ("x=", "varies nothing"),
        ("x=0:1:1", "no count"),
        ("x=0:1:2.5", "no count"),
        ("x=0:1:100000", "no count"),
        ("x=1:1:3", "goes nowhere"),
        ("x=2023-01-02:2023-02-03:3", "no number"),
        ("x=1,,2", "empty value"),
        ("x=1,1.0", "stands twice"),
        ("x=060", "octal"),
        ("x={a: 1", "not closed"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_place(option: str, said: str) -> None:
    report = Report()
    from_options(["y=1,2", option], report)
    with pytest.raises(ScenarioError, match=said) as caught:
        report.close()
    assert all(problem.file == "--vary" and problem.line == 2 for problem in caught.value.problems)


# ---- grids -----------------------------------------------------------------------------------------------------------


def test_a_grid_goes_through_the_last_path_fastest() -> None:
    made = of_scenario(wells(), {LINKAGE: ["sequence", "independent"], EFFORT: "0:1:3"}, None)
    assert [cell.values for cell in good_cells(made, unheard)] == [
        (linkage, effort) for linkage in ("sequence", "independent") for effort in (0, 0.5, 1)
    ]
    assert made.size == 6
    assert made.levels == {LINKAGE: ["sequence", "independent"], EFFORT: [0, 0.5, 1]}


def test_a_cell_is_the_scenario_with_its_settings_and_no_sweep() -> None:
    made = of_scenario(load_text(TEXT + "sweep: {vary: {linkage: [sequence, independent]}}\n"), None, None)
    cell, _ = good_cells(made, unheard)
    found = pickle.loads(pickle.dumps(made.base)).scenario(cell.values)
    assert found == load_text(TEXT, settings=["linkage=sequence"])


LEVELS: dict[str, list[Any]] = {
    EFFORT: [0.25, 1, {"mean": 0.5, "sd": 0.1}, None],
    "mediators.Envoy.activities.shuttle": [0.7, 1],  # the other shares keep their defaults
    "parties.Upstream.tactic": [{"kind": "mirror"}, {"kind": "time", "beta": 0.5}],
    "freezes": [[], [{"groups": ["wells"], "start": "2023-02-06", "weeks": 2}]],
    "clock.weeks": [31, 32],
    "working_groups.wells.title": ["Côte d'Or: 1", "2", "null"],
}


@given(st.data())
def test_values_make_the_scenario_that_their_settings_make(data: st.DataObject) -> None:
    paths = data.draw(st.lists(st.sampled_from(list(LEVELS)), unique=True, min_size=1))
    made = of_scenario(wells(), {path: LEVELS[path] for path in paths}, None)
    point = data.draw(st.sampled_from(list(made.points())))
    found = made.base.scenario([level.value for level in point])
    assert found == load_text(TEXT, settings=made.settings(point))
    assert as_yaml(found) == as_yaml(load_text(TEXT, settings=made.settings(point)))


def test_scenarios_that_differ_have_other_keys() -> None:
    made = of_scenario(wells(), {path: values for path, values in LEVELS.items() if path != EFFORT}, None)
    cells = good_cells(made, unheard)
    assert len({cell.key for cell in cells}) == len(cells) == made.size


@pytest.mark.validate
def test_yaml_is_read_and_written_once_and_not_for_each_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """As often for 25 cells as for 16 with as many levels, and for 90 of a sample as for 9."""
    heard: Counter[str] = Counter()

    def listening(name: str) -> Callable[..., Any]:
        real = getattr(yaml, name)

        def listens(*args: Any, **more: Any) -> Any:
            heard[name] += 1
            return real(*args, **more)

        return listens

    for name in ("parse", "serialize"):
        monkeypatch.setattr(yaml, name, listening(name))

    def calls(one: str, other: str, sample: int | None = None) -> Counter[str]:
        heard.clear()
        read_bytes.cache_clear()
        sweep(wells(), {EFFORT: one, INCIDENTS: other, LINKAGE: ["independent", "sequence"]}, sample, replications=1)
        return Counter(heard)

    assert calls("0:1:2", "0:1:8") == calls("0:1:5", "0:1:5")
    assert calls("0:1", "0:1", 9) == calls("0:1", "0:1", 90)
    assert heard["parse"] < 9


def test_the_definition_gives_the_same_sweep_again(tmp_path: Path) -> None:
    vary = {EFFORT: "0:1:4", "parties.Upstream.tactic": [{"kind": "mirror"}, {"kind": "time", "beta": 0.5}]}
    for sample in (None, 9):
        made = of_scenario(wells(), vary, sample)
        path = tmp_path / f"{sample}.yaml"
        path.write_text(made.text, encoding="utf-8")
        again = of_file(path)
        assert again.text == made.text
        assert again.scenario == made.scenario
        assert good_cells(again, unheard) == good_cells(made, unheard)


# ---- Latin hypercubes ------------------------------------------------------------------------------------------------

N = 24


def sample(seed: int = 7) -> Design:
    vary = {EFFORT: "0:1", INCIDENTS: "4:2:3", "clock.weeks": "30:41", LINKAGE: ["independent", "sequence"]}
    return of_scenario(load_text(TEXT, settings=[f"seed={seed}"]), vary, N)


def test_a_sample_takes_one_number_from_each_stratum() -> None:
    cells = good_cells(sample(), unheard)
    effort, incidents, weeks, linkage = zip(*(cell.values for cell in cells), strict=True)
    assert sorted(int(value * N) for value in effort) == list(range(N))
    assert sorted(int((4 - value) / 2 * N) for value in incidents) == list(range(N))
    assert Counter(weeks) == dict.fromkeys(range(30, 42), 2)
    assert Counter(linkage) == {"independent": 12, "sequence": 12}
    assert all(type(value) is int for value in weeks)


def test_a_sample_is_the_same_for_the_same_seed_only() -> None:
    first, again, other = ([cell.values for cell in good_cells(sample(seed), unheard)] for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert abs(np.corrcoef([v[0] for v in first], [v[1] for v in first])[0, 1]) < 0.7


def test_whole_numbers_are_told_from_others() -> None:
    assert takes_whole_numbers(wells(), "clock.weeks")
    assert takes_whole_numbers(wells(), "working_groups.wells.exchanges")
    assert not takes_whole_numbers(wells(), EFFORT)
    assert not takes_whole_numbers(wells(), "no.such.path")


# ---- bad cells -------------------------------------------------------------------------------------------------------

EVENTS = """\
events:
  - {date: 2023-02-06, kind: shuttle, mediator: Envoy, to: [Upstream]}
  - {date: 2023-05-01, kind: statement, what: hello}
"""


def refused(tmp_path: Path, *vary: str, text: str = TEXT) -> ScenarioError:
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        good_cells(of_file(file, (), vary), unheard)
    return caught.value


def test_a_bad_value_is_said_once_where_it_stands(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, f"{LINKAGE}=independent,sequence", f"{EFFORT}=0,0.5,1.4").problems
    assert (problem.file, problem.line, problem.column) == ("--vary", 2, len(f"{EFFORT}=0,0.5,") + 1)
    assert problem.path == EFFORT
    assert "1.4 is above 1" in problem.message


def test_a_path_that_names_nothing_is_said_once_with_the_nearest(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, "mediators.Envoy.efort=0:1:5", f"{LINKAGE}=independent,sequence").problems
    assert problem.column == len("mediators.Envoy.") + 1
    assert "did you mean effort?" in problem.message


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ("clock.weeks=30,10", ("clock.weeks=10", "events[1].date")),
        ("mediators=null", ("mediators=null", "events[0].mediator")),
    ],
)
def test_entries_that_stand_in_the_way_are_named(tmp_path: Path, option: str, named: tuple[str, ...]) -> None:
    error = refused(tmp_path, f"{INCIDENTS}=0,1,2", option, text=TEXT + EVENTS)
    [problem] = error.problems
    assert all(name in problem.message for name in named)
    assert INCIDENTS not in problem.message
    assert (problem.file, problem.line) == ("--vary", 2)


def test_only_a_handful_of_mistakes_is_shown(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{EFFORT}={','.join(str(n) for n in range(2, 22))}")
    assert len(error.problems) == 7
    assert "14 more mistakes" in error.problems[-1].message


def test_a_grid_without_counts_or_with_too_many_cells_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no count"):
        of_scenario(wells(), {EFFORT: "0:1"}, None)
    with pytest.raises(ScenarioError, match="1,000,000 cells"):
        of_scenario(wells(), {EFFORT: "0:1:1000", INCIDENTS: "0:1:1000"}, None)
    with pytest.raises(ValueError, match="nothing varies"):
        of_scenario(wells(), None, None)


def test_the_sweep_of_a_file_is_checked_at_the_values_themselves(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(TEXT + f"sweep:\n  vary:\n    {EFFORT}: [0, 3]\n    linkage: [sequence]\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        try_cells(of_file(file))
    [problem] = caught.value.problems
    assert (problem.file, problem.text, problem.column) == (str(file), f"    {EFFORT}: [0, 3]", len(EFFORT) + 11)
    file.write_text(TEXT + f'sweep:\n  vary: {{{EFFORT}: "0:1"}}\n  sample: 5\n', encoding="utf-8")
    try_cells(of_file(file))
    assert load(file).sweep is not None
