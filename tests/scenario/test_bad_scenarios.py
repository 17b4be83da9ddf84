"""Promise 1: each bad file gets file, line, column, path, rule and remedy. The cases are files; two lists say what is
expected of them. `shared/` is a copy of the cases that come with the project's brief."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import Problem, ScenarioError, load

FOLDER = Path(__file__).parent.parent / "bad_scenarios"
SHARED = json.loads((FOLDER / "shared" / "index.json").read_text(encoding="utf-8"))["cases"]
OWN = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))["cases"]
GOOD = sorted((FOLDER / "shared").glob("00-*.yaml"))
REFUSED = [case for case in SHARED if case["exit"] == 2]
HARMLESS = [case for case in SHARED if case["exit"] == 0]


@cache
def problems_of(path: Path) -> tuple[list[Problem], str]:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return list(caught.value.problems), str(caught.value)


def named(case: dict[str, Any]) -> str:
    return str(case["file"])


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_a_shared_case_is_refused_for_its_reason(case: dict[str, Any]) -> None:
    problems, report = problems_of(FOLDER / "shared" / case["file"])
    fitting = [p for p in problems if p.kind in case["expect"].split("|") and p.path.startswith(case["path"] or "")]
    assert fitting, report
    assert case["path"] is None or case["path"] in report


@pytest.mark.parametrize("case", OWN, ids=named)
def test_an_own_case_is_refused_at_its_place(case: dict[str, Any]) -> None:
    problems, report = problems_of(FOLDER / case["file"])
    fitting = [p for p in problems if p.kind == case["expect"] and p.path.startswith(case["path"] or "")]
    if "line" in case:
        fitting = [p for p in fitting if (p.line, p.column) == (case["line"], case["column"])]
    assert fitting, report
    for words in case.get("says", ()):
        assert words in fitting[0].message
    for path in case.get("also", ()):
        assert any(p.path.startswith(path) and p is not fitting[0] for p in problems), report


@pytest.mark.parametrize(
    "case", [c for c in OWN if "also" not in c and c["file"] != "52-list-as-mapping.yaml"], ids=named
)
def test_one_mistake_is_one_problem(case: dict[str, Any]) -> None:
    problems, report = problems_of(FOLDER / case["file"])
    assert len(problems) == 1, report


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: path.name)
def test_every_problem_teaches(path: Path) -> None:
    """Where, what, and after the last semicolon or as a question what to do; no line that a terminal would obey."""
    if path in GOOD or path.name in {case["file"] for case in HARMLESS}:
        return
    problems, report = problems_of(path)
    for problem in problems:
        assert problem.file == str(path)
        assert problem.line >= 1
        assert problem.column >= 1
        assert ";" in problem.message
        assert len(problem.message.rpartition(";")[2].split()) >= 2, problem.message
        head = str(problem).splitlines()[0]
        assert head.startswith(f"{path}:{problem.line}:{problem.column}: ")
        assert max(map(len, str(problem).splitlines())) < 700
    assert not any(ord(sign) < 32 and sign != "\n" for sign in report)
    assert "Traceback" not in report


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_good_file_loads(path: Path) -> None:
    assert load(path).mediators["Envoy"].effort == 0.6


@pytest.mark.parametrize("case", HARMLESS, ids=named)
def test_signs_of_other_languages_are_only_text(case: dict[str, Any]) -> None:
    scenario = load(FOLDER / "shared" / case["file"])
    assert scenario.name in ("<img src=x onerror=alert(1)>", r"Cost $\frac{1}{ $")


def test_the_caret_stands_under_the_value() -> None:
    problems, _ = problems_of(FOLDER / "shared" / "23-effort-above-1.yaml")
    head, line, caret = str(problems[0]).splitlines()
    assert "mediators.Envoy.effort: 1.2 is above 1 (effort is a share of capacity, 0 to 1)" in head
    assert line[caret.index("^") :].startswith("1.2")


def test_the_caret_stands_under_the_value_of_a_long_line_with_wide_signs(tmp_path: Path) -> None:
    file = tmp_path / "wide.yaml"
    file.write_text(
        "name: x\n" + 'clock: {start: "' + "国" * 200 + '", weeks: 1.5, hold_weeks: 260}\n', encoding="utf-8"
    )
    problems, _ = problems_of(file)
    weeks = next(p for p in problems if p.path == "clock.weeks")
    _, line, caret = str(weeks).splitlines()
    assert weeks.column == 16 + 200 + 11
    assert len(line) < 120
    cut = line[: line.index("1.5")]
    assert caret.index("^") == len(cut) + cut.count("国")
