"""`sim whatif`: its text at 80 and at 130 columns, its JSON, what it keeps, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import SMALL, Answered, Command

FREEZE = """\
freezes:
  - {groups: [wells], start: 6, weeks: 14, reason: winter}
  - {groups: [wells], start: 30, weeks: 2, reason: floods}
events:
  - {date: 3, kind: shuttle, mediator: Envoy, to: [Upstream], what: The envoy comes.}
"""
QUICK = ("-n", 30, "--jobs", 1, "--no-plots")


@pytest.fixture
def ask(sim: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`sim whatif frozen.yaml ...` at 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    longer = SMALL.replace("weeks: 24, hold_weeks: 4", "weeks: 40, hold_weeks: 10")
    Path("frozen.yaml").write_text(longer + FREEZE, encoding="utf-8")

    def ask(*args: object) -> Answered:
        return sim("whatif", "frozen.yaml", *args, *QUICK)

    return ask


def as_json(answered: Answered) -> dict[str, Any]:
    assert (answered.code, answered.err) == (0, "")
    return json.loads(answered.out)  # type: ignore[no-any-return]


def test_help_shows_two_examples(sim: Command) -> None:
    examples = sim("whatif", "--help").out.partition("Examples:")[2].partition("Options:")[0]
    assert len([line for line in examples.splitlines() if line.strip().startswith("sim whatif")]) == 2


def test_the_answer_is_one_json_object(ask: Command) -> None:
    found = as_json(ask("--without", "freezes[0]", "--json"))
    assert {
        "scenario", "without", "set", "replications", "seed", "failed", "settled", "groups", "history", "results",
    } <= set(found)  # fmt: skip
    assert (found["without"], found["set"], found["replications"], found["seed"]) == (["freezes[0]"], [], 30, 7)
    assert set(found["failed"]) == {"count", "saved", "share", "low", "high"}
    assert set(found["settled"]) == {"count", "lost", "share", "low", "high"}
    assert found["failed"]["count"] + found["settled"]["count"] == 30
    assert set(found["history"]) >= {"replication", "with", "without", "parted"}
    assert found["history"]["parted"] == "2023-02-13"
    assert found["history"]["with"]["settled"] != found["history"]["without"]["settled"]
    assert json.loads(Path(found["results"], "run.json").read_text(encoding="utf-8"))["summary"] == found


def test_the_same_question_is_found_again(ask: Command) -> None:
    first, kept = ask("--without", "freezes[0]", "--json"), sorted(Path("results").rglob("*.parquet"))
    written = {path: path.stat().st_mtime_ns for path in kept}
    assert ask("--without", "freezes[0]", "--json") == first
    assert {path: path.stat().st_mtime_ns for path in kept} == written
    assert "Computed before" in ask("--without", "freezes[0]").out
    assert as_json(ask("--without", "freezes[1]", "--json"))["results"] != as_json(first)["results"]


def test_at_80_columns_one_telling_stands_below_the_other(ask: Command) -> None:
    answered = ask("--without", "freezes[0]")
    assert answered.code == 0
    assert max(map(len, answered.out.splitlines())) <= 80
    text = " ".join(answered.out.split())
    assert "without the freeze of wells from 13 February 2023 (winter)" in text
    assert "The same until 13 February 2023:" in text
    assert "From here on they differ." in text
    lines = answered.out.splitlines()
    with_it = lines.index("As the file has it")
    without = lines.index("Without the freeze of wells from 13 February 2023 (winter)")
    assert with_it < without
    assert any(line.startswith("13 February 2023, wells. The sides freeze") for line in lines[with_it:without])
    assert sum(line.startswith("How it ended.") for line in lines) == 2


def test_at_130_columns_the_tellings_stand_beside_each_other(ask: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "130")
    lines = ask("--without", "freezes[0]").out.splitlines()
    assert max(map(len, lines)) <= 130
    assert any(line.startswith("As the file has it ") and "Without the freeze" in line for line in lines)
    assert any(line.count("How it ended.") == 2 for line in lines)


def test_any_history_can_be_told(ask: Command) -> None:
    for number in (4, 1234):
        found = as_json(ask("--without", "freezes[0]", "--replication", number, "--json"))
        assert found["history"]["replication"] == number
    told = ask("--without", "freezes[0]", "--replication", 1234).out
    assert "History 1234, told twice: the one that was asked for." in told


def test_what_goes_along_is_said(ask: Command) -> None:
    answered = ask("--without", "mediators.Envoy")
    assert "events[0], the trip of Envoy to Upstream of 23 January 2023" in " ".join(answered.out.split())
    assert as_json(ask("--without", "mediators.Envoy", "--json"))["along"] == ["events[0]"]


def test_set_describes_the_other_telling_only(ask: Command, sim: Command) -> None:
    found = as_json(ask("--set", "mediators.Envoy.effort=0", "--without", "freezes[1]", "--json"))
    assert found["set"] == ["mediators.Envoy.effort=0"]
    alone = json.loads(sim("run", "frozen.yaml", *QUICK, "--json").out)
    assert found["settled"]["count"] == round(alone["settled"]["share"] * 30)


def test_a_setting_that_changes_nothing_is_said(ask: Command) -> None:
    answered = ask("--set", "freezes[0].weeks=14")
    assert "it decides none" in " ".join(answered.out.split())
    assert "The same history in both" in answered.out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), '--without "freezes[0]"'),
        (("--without", "freezes[2]"), "which holds 2"),
        (("--without", "mediators.Envoi"), "did you mean Envoy?"),
        (("--without", "working_groups"), "working_groups"),
        (("--set", "mediators.Envoy.efort=1"), "did you mean effort?"),
    ],
)
def test_refusals_teach_and_leave_nothing(ask: Command, args: tuple[str, ...], said: str) -> None:
    answered = ask(*args)
    assert (answered.code, answered.out) == (2, "")
    assert said in answered.err
    assert not Path("results").exists()


def test_the_report_opens_with_the_answer(ask: Command, sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.figures.registry.figures_of", lambda figures: [])  # figures have tests of their own
    asked = ("--without", "freezes[0]", "--replication", 4, "-n", 30, "--jobs", 1, "--json")
    answered = sim("whatif", "frozen.yaml", *asked)
    folder = Path(as_json(answered)["results"])
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert as_json(answered)["sentences"][0] in page
    assert "Replication 4, chosen by rule: the one that was asked for." in page
