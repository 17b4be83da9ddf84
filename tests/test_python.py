"""The package as Python knows it: what `dir` shows, what a scenario may be, what is said when something is wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.installed import VERSION
from sim.scenario import shipped
from tests.cli.conftest import SMALL

VERBS = ["blame", "check", "compare", "explain", "frontier", "load", "run", "sensitivity", "story", "sweep", "whatif"]
FEW = {"replications": 6}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def test_dir_shows_the_verbs_and_what_they_give() -> None:
    shown = dir(sim)
    assert set(VERBS) <= set(shown)
    assert {"NegotiationModel", "Results", "Comparison", "Sweep", "WhatIf", "Sensitivity", "Scenario"} <= set(shown)
    assert "Blame" in shown
    for name in shown:
        assert getattr(sim, name).__doc__, name
    assert sim.__version__ == VERSION
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'rum'"):
        sim.rum  # noqa: B018


def test_every_verb_that_computes_is_a_verb_of_python() -> None:
    """But for those that write files, print files, check texts or serve pages."""
    from sim.cli import verbs

    assert set(verbs.commands) - set(VERBS) == {
        *("show", "schema", "new", "list", "import"),
        *("results", "claims", "serve", "export"),
    }


def test_a_type_checker_finds_the_types() -> None:
    assert Path(sim.__file__).with_name("py.typed").is_file()


def test_nothing_is_imported_before_it_is_used() -> None:
    code = "import sys, sim; dir(sim); print([name for name in sys.modules if name.startswith('sim.')])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['sim.readers']"  # empty, but for the names of rooms


# ---- a scenario, wherever one goes -----------------------------------------------------------------------------------

ASKED: dict[str, Callable[[Any], Any]] = {
    "load": lambda given: sim.load(given).parties,
    "check": sim.check,
    "run": lambda given: sim.run(given, **FEW).summary,
    "compare": lambda given: sim.compare(given, given, **FEW).sentences,
    "sweep": lambda given: sim.sweep(given, {"mediators.Envoy.effort": [0, 1]}, **FEW).cells.to_csv(),
    "whatif": lambda given: sim.whatif(given, ["mediators.Envoy"], **FEW).sentences,
    "sensitivity": lambda given: sim.sensitivity(given, replications=120).indices.to_csv(),
    "explain": lambda given: sim.explain(given, replications=240).p,
    "blame": lambda given: sim.blame(given, off=["doubt"], **FEW).shares.to_csv(),
    "frontier": sim.frontier,
    "story": lambda given: sim.story(given, 3).text,
    "model": lambda given: sim.NegotiationModel(given).spec.parties,
}


@pytest.mark.parametrize("verb", ASKED)
def test_a_scenario_is_given_as_itself_or_as_a_path(small: Path, verb: str) -> None:
    ask = ASKED[verb]
    found = ask(sim.load(small))
    assert ask(small) == found
    assert ask(str(small)) == found


def test_every_verb_is_asked() -> None:
    assert set(VERBS) <= set(ASKED)


@pytest.mark.parametrize("verb", ASKED)
def test_what_is_no_scenario_is_refused(verb: str) -> None:
    with pytest.raises(TypeError, match="int is no scenario: give a Scenario, a path, or a name that ships"):
        ASKED[verb](3)


def test_a_scenario_at_hand_can_be_changed(small: Path) -> None:
    scenario = sim.load(small)
    assert sim.load(scenario, ["seed=9"]) == sim.load(small, ["seed=9"])
    assert sim.load(scenario, without=["mediators.Envoy"]).mediators == {}
    for each in shipped()[:4]:
        assert sim.load(sim.load(each.path)) == sim.load(each.path)


def test_questions_are_put_to_a_run_that_is_there(small: Path) -> None:
    results = sim.run(small, replications=240)
    assert sim.sensitivity(results).indices.equals(sim.sensitivity(small, replications=240).indices)
    assert sim.explain(results) == sim.explain(small, replications=240)
    assert str(sim.story(results, 3)).splitlines()[0] == "Two wells: replication 3"
    for verb in (sim.sensitivity, sim.explain):
        with pytest.raises(ValueError, match="too late for a run that is there"):
            verb(results, seed=3)
    assert sim.sensitivity(small, method="sobol", replications=2).method == "Sobol"


# ---- what is said ----------------------------------------------------------------------------------------------------

EFFORT = "mediators.Envoy.effort"
WRONG: dict[str, Callable[[Path], Any]] = {
    rf"settings[1]: {EFFORT}: 2 is above 1": lambda file: sim.load(file, ["seed=3", f"{EFFORT}=2"]),
    "settings[0]: 'nonsense' is no setting": lambda file: sim.load(file, ["nonsense"]),
    "without[0]: the file has no freezes": lambda file: sim.load(file, without=["freezes[0]"]),
    f"settings[0]: {EFFORT}: 3 is above 1": lambda file: sim.whatif(file, settings=[f"{EFFORT}=3"]),
    "without[0]: the file has no events": lambda file: sim.whatif(file, ["events[0]"]),
    f"vary: {EFFORT}: 2 is above 1": lambda file: sim.sweep(file, {EFFORT: [0, 2]}),
    "write 0:1:11, or sample=200": lambda file: sim.sweep(file, {EFFORT: "0:1"}),
    "write settings=['seed=3']": lambda file: sim.load(file, "seed=3"),
    "unknown method 'guess': write one of pawn, delta, sobol": lambda file: sim.sensitivity(file, method="guess"),
    "unknown mechanism 'war': write one of incidents, doubt, ": lambda file: sim.blame(file, off=["war"]),
    "5 orders cannot be drawn (orders are drawn in pairs": lambda file: sim.blame(file, orders=5),
    "none of these mechanisms acts in Two wells: freezes": lambda file: sim.blame(file, off=["freezes"]),
    "replication is -1, but histories are counted from 0": lambda file: sim.story(file, -1),
    "replications is 0, but at least 1": lambda file: sim.run(file, replications=0),
}


@pytest.mark.parametrize("said", WRONG)
def test_errors_are_said_in_pythons_words(small: Path, said: str) -> None:
    with pytest.raises((sim.ScenarioError, ValueError, TypeError)) as error:
        WRONG[said](small)
    assert said in str(error.value)
    assert "--" not in str(error.value), "options are the command line's"


def test_check_lists_all_that_is_wrong(small: Path) -> None:
    assert sim.check(small) == []
    small.write_text(SMALL.replace("effort: 0.5", "effort: 5").replace("seed: 7", "seed: x"), encoding="utf-8")
    assert sorted(problem.path for problem in sim.check(small)) == [EFFORT, "seed"]
    small.write_text(SMALL + f"sweep: {{vary: {{{EFFORT}: [0, 7]}}}}\n", encoding="utf-8")
    assert [problem.path for problem in sim.check(small)] == [EFFORT]


# ---- what is seen ----------------------------------------------------------------------------------------------------

RESULTS: dict[str, tuple[Callable[[Path], Any], list[object]]] = {
    "run": (lambda file: sim.run(file, replications=120), ["run", "-n", 120]),
    "compare": (lambda file: sim.compare(file, file, replications=20), ["compare", "small.yaml", "-n", 20]),
    "sweep": (lambda file: sim.sweep(file, {EFFORT: [0, 1]}), ["sweep", "--vary", f"{EFFORT}=0,1", "--jobs", 1]),
    "whatif": (
        lambda file: sim.whatif(file, ["mediators.Envoy"], replications=20),
        ["whatif", "--without", "mediators.Envoy", "-n", 20],
    ),
    "sensitivity": (lambda file: sim.sensitivity(file, replications=120), ["sensitivity", "-n", 120]),
    "explain": (lambda file: sim.explain(file, replications=240), ["explain", "-n", 240]),
    "blame": (lambda file: sim.blame(file, off=["doubt"]), ["blame", "--off", "doubt"]),
    "story": (lambda file: sim.story(file, 3), ["story", "--replication", 3]),
}


@pytest.mark.parametrize("verb", RESULTS)
def test_a_result_prints_what_the_command_line_prints(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.__main__ import answer

    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL.replace("Two wells", "Two <wells>"), encoding="utf-8")
    ask, (name, *options) = RESULTS[verb]
    found = ask(Path("small.yaml"))
    plots = [] if verb in ("explain", "story") else ["--no-plots"]
    assert answer([str(word) for word in (name, "small.yaml", *options, *plots)]) == 0
    printed = capsys.readouterr().out
    said = str(found) if verb != "compare" else str(found).partition("\n\n")[2].replace(" (2)", " (small)")
    assert said.splitlines()[0] in printed
    assert said.splitlines()[-1] in printed
    if verb not in ("sweep", "story", "compare"):
        assert printed.startswith(str(found).rstrip())
    html = found._repr_html_()
    assert "<wells>" not in html
    assert html.startswith(("<pre>", "<h4>"))
    assert verb == "story" or repr(found) == str(found)
