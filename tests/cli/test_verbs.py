"""What each verb prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from .conftest import SMALL, Command

VERBS = (
    "run",
    "compare",
    "sensitivity",
    "explain",
    "blame",
    "claims",
    "frontier",
    "story",
    "check",
    "show",
    "schema",
    "new",
    "list",
    "import",
    "results",
)


# ---- help and usage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_two_examples(sim: Command, verb: str) -> None:
    answered = sim(verb, "--help")
    assert answered.code == 0
    examples = answered.out.partition("Examples:")[2].partition("Options:")[0]
    assert len([line for line in examples.splitlines() if line.strip().startswith(f"sim {verb}")]) == 2


def test_without_arguments_it_helps(sim: Command) -> None:
    answered = sim()
    assert answered.code == 0
    assert all(f"  {verb} " in answered.out for verb in VERBS)


def test_an_unknown_verb_or_option_is_bad_usage_with_the_nearest_name(sim: Command) -> None:
    for words, nearest in (("rnu", "run"), ("show --st small.yaml", "--set"), ("run small.yaml -n 0", "x>=1")):
        answered = sim(*words.split())
        assert (answered.code, answered.out) == (2, "")
        assert nearest in answered.err


def test_the_version_is_the_packages(sim: Command) -> None:
    assert sim("--version").out.startswith("sim, version ")


# ---- scenario files --------------------------------------------------------------------------------------------------


def test_check_says_that_a_file_is_good(sim: Command) -> None:
    answered = sim("check", "small.yaml")
    assert answered.code == 0
    assert answered.out == "small.yaml: good (2 parties, 1 working group, 1 mediator, 24 weeks)\n"


def test_check_reports_all_errors_of_all_files(sim: Command) -> None:
    Path("effort.yaml").write_text(SMALL.replace("effort: 0.5", "effort: 1.5"), encoding="utf-8")
    Path("two.yaml").write_text(
        SMALL.replace("meets_every", "meets_evry").replace("seed: 7", "seed: x"), encoding="utf-8"
    )
    answered = sim("check", "effort.yaml", "small.yaml", "two.yaml", "nowhere.yaml")
    assert answered.code == 2
    assert answered.out.startswith("small.yaml: good")
    for part in ("effort.yaml:", "mediators.Envoy.effort", "meets_evry", "seed", "nowhere.yaml"):
        assert part in answered.err
    assert "Traceback" not in answered.err


def test_show_prints_a_complete_file_that_is_the_same_scenario(sim: Command) -> None:
    shown = sim("show", "small.yaml", "--set", "parties.Upstream.trust=0.35")
    assert shown.code == 0
    assert "face_saving" in shown.out
    Path("shown.yaml").write_text(shown.out, encoding="utf-8")
    assert sim("show", "shown.yaml").out == shown.out
    assert "0.35" in shown.out


def test_show_explains_each_key_in_a_comment(sim: Command) -> None:
    explained = sim("show", "--explain", "small.yaml", "--set", "seed=8")
    assert explained.code == 0
    assert "# meets_every: weeks between rounds. Unit: weeks. Range: 1 to 260. Plausible: 3 to 14." in explained.out
    Path("explained.yaml").write_text(explained.out, encoding="utf-8")
    assert sim("show", "explained.yaml").out == sim("show", "small.yaml", "--set", "seed=8").out


def test_schema_is_a_json_schema(sim: Command) -> None:
    answered = sim("schema")
    Draft202012Validator.check_schema(json.loads(answered.out))
    assert answered.err == ""


def test_new_writes_a_good_file_and_never_over_another(sim: Command) -> None:
    assert sim("new", "mine").code == 0
    text = Path("mine.yaml").read_text(encoding="utf-8")
    assert sim("check", "mine.yaml").code == 0
    again = sim("new", "mine.yaml")
    assert (again.code, again.out) == (2, "")
    assert "mine.yaml" in again.err
    assert Path("mine.yaml").read_text(encoding="utf-8") == text


def test_new_refuses_a_name_that_no_scenario_can_have(sim: Command) -> None:
    answered = sim("new", "a\x1bb")
    assert (answered.code, answered.out) == (2, "")
    assert "\x1b" not in answered.err
    assert sorted(path.name for path in Path().iterdir()) == ["small.yaml"]


def test_list_names_scenarios_that_are_there_and_good(sim: Command) -> None:
    answered = sim("list")
    stems = [line.split()[0] for line in answered.out.splitlines()]
    assert "baseline" in stems
    folder = Path(answered.err.partition("Their files lie in ")[2].strip())
    assert sim("check", *(folder / f"{stem}.yaml" for stem in stems)).code == 0
    assert sim("check", *stems).code == 0


# ---- one scenario ----------------------------------------------------------------------------------------------------


def test_frontier_prints_json_and_a_table_of_the_same_numbers(sim: Command) -> None:
    answered = sim("frontier", "small.yaml", "--json")
    found = json.loads(answered.out)["groups"]["wells"]
    solutions = {"nash", "kalai_smorodinsky", "egalitarian", "utilitarian"}
    assert set(found) >= {"no_agreement", "packages", "pareto", *solutions}
    text = sim("frontier", "small.yaml").out
    for number in found["nash"]["utilities"].values():
        assert f"{number:.3f}" in text
    assert "guarded" in text or "open" in text


def test_frontier_says_that_there_is_no_zone_of_agreement(sim: Command) -> None:
    settings = [f"--set=parties.{party}.reservation=0.95" for party in ("Upstream", "Downstream")]
    answered = sim("frontier", "small.yaml", *settings)
    assert answered.code == 0
    assert "no zone of agreement" in answered.out


def test_story_tells_one_history_the_same_way_each_time(sim: Command) -> None:
    told = sim("story", "small.yaml", "--replication", 3)
    assert told.code == 0
    assert "2023-" in told.out or "2023" in told.out
    assert sim("story", "small.yaml", "--replication", 3).out == told.out
    assert sim("story", "small.yaml", "--replication", 4).out != told.out
    assert sim("story", "small.yaml", "--replication", 3, "--seed", 8).out != told.out


def test_story_tells_any_replication(sim: Command) -> None:
    answered = sim("story", "small.yaml", "--replication", 12345)
    assert answered.code == 0
    assert "replication 12345" in answered.out


# ---- the process around them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["schema", "list", "--help", "list 2>&1"])
def test_a_reader_that_leaves_early_is_no_failure(verb: str) -> None:
    command = f"{sys.executable} -m sim {verb} | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("args", [["schema"], ["--help"], ["run", "--help"]])
def test_output_that_cannot_be_written_is_code_74(args: list[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-m", "sim", *args], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 74
    assert done.stderr.count("\n") == 1
    assert "standard output" in done.stderr


def test_an_error_that_nobody_foresaw_is_a_sentence(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("sim.scenario.shipped", broken)
    answered = sim("list")
    assert answered.code == 1
    assert answered.err.count("\n") == 1
    assert "ZeroDivisionError: division by zero" in answered.err
    details = Path(answered.err.split()[-1])
    assert "raise ZeroDivisionError" in details.read_text(encoding="utf-8")
    details.unlink()


# ---- what costs much -------------------------------------------------------------------------------------------------


def test_what_takes_long_is_said_before_and_only_where_it_is_computed(
    sim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.cli.options.LONG", 0.0)
    Path("other.yaml").write_text(SMALL.replace("effort: 0.5", "effort: 0.9"), encoding="utf-8")
    asked = {
        "run small.yaml -n 20 --no-plots": "Two wells",
        "compare small.yaml other.yaml -n 20 --no-plots": "2 scenarios",
        "whatif small.yaml --without mediators.Envoy -n 20 --no-plots": "Two wells",
        "sweep small.yaml --vary mediators.Envoy.effort=0,1 -n 20 --no-plots": "Two wells",
        "explain small.yaml -n 210": "Two wells",
        "sensitivity small.yaml --design sobol --points 2 -n 2 --no-plots": "Two wells",
    }
    for words, what in asked.items():
        first, again = sim(*words.split()), sim(*words.split())
        assert first.code == 0, first.err
        assert f"sim: {what} will take up to " in first.err
        assert " of one processor and 0.1 GB of memory." in first.err
        assert "will take" not in again.err
    assert "Two wells will take up to " in sim("story", "small.yaml", "--replication", "1").err


def test_what_is_soon_done_says_nothing_before(sim: Command) -> None:
    assert sim("run", "small.yaml", "--no-plots").err == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "0 seconds"),
        (1, "1 second"),
        (62, "62 seconds"),
        (91, "2 minutes"),
        (5_399, "90 minutes"),
        (9_500, "3 hours"),
    ],
)
def test_lengths_of_time_are_said_as_roughly_as_they_are_known(seconds: float, said: str) -> None:
    from sim.cli.options import _time

    assert _time(seconds) == said


def test_a_frontier_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiments.frontier import frontier
    from sim.scenario import load

    heard: list[float] = []
    frontier(load(Path(__file__).parents[1] / "found" / "frontier-8-parties.yaml"), heard.append)
    assert len(heard) == 11
    assert heard == sorted(heard)
    assert 0 < heard[0] < heard[-1] <= 1


def test_check_warns_of_a_key_that_changes_nothing(sim: Command) -> None:
    """Where, what, why and what to do; the file is good all the same."""
    text = Path("small.yaml").read_text(encoding="utf-8").replace("kind: time, beta: 1.5", "kind: mirror", 1)
    Path("mirror.yaml").write_text(text, encoding="utf-8")
    done = sim("check", "mirror.yaml")
    assert done.code == 0
    assert "mirror.yaml: good" in done.out
    assert "parties.Upstream.expected_rounds: 6.0 changes nothing here (its tactic does not go by rounds" in done.err
    assert "remove it, or choose such a tactic" in done.err
    assert sim("check", "small.yaml").err == ""
