"""The but-for question: counts that add up, mirror and are exact; histories that part where the cause begins."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from sim.answers.whatif_answer import as_json
from sim.experiments.compare import compare
from sim.experiments.whatif import ButFor, WhatIf, answer, imagine, whatif

BASE = """\
name: A well
clock: {start: 2024-01-01, weeks: 40, hold_weeks: 20}
replications: 80
seed: 7
parties:
  Upstream: {reservation: {mean: 0.4, sd: 0.08}, absence: 0.2}
  Downstream: {reservation: {mean: 0.4, sd: 0.08}}
mediators:
  Envoy: {title: The envoy, effort: 0.5}
working_groups:
  wells:
    meets_every: 3
    issues: {depth: {positions: {Upstream: 0.0, Downstream: 1.0}, weights: {Upstream: 3}}}
  paths:
    meets_every: 4
    issues: {width: {positions: {Upstream: 0.0, Downstream: 1.0}}}
events:
  - {date: 3, kind: shuttle, mediator: Envoy, to: [Upstream], what: The envoy comes.}
"""
START = 12
FREEZE = f"{{groups: [wells, paths], start: {START}, weeks: 16, reason: winter}}"
FROZEN = f"{BASE}freezes: [{FREEZE}]\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "open.yaml").write_text(BASE, encoding="utf-8")
    (folder / "frozen.yaml").write_text(FROZEN, encoding="utf-8")
    return folder


@cache
def asked(file: Path, *change: str, told: int = 100) -> WhatIf:
    """The answer to one question; a change with `=` is a setting."""
    without, settings = [each for each in change if "=" not in each], [each for each in change if "=" in each]
    scenario, imagined = imagine(file, without, settings)
    return answer(compare(scenario, imagined.scenario, told=told), imagined, settings)


@pytest.fixture
def thawed(folder: Path) -> WhatIf:
    return asked(folder / "frozen.yaml", "freezes[0]")


# ---- counts ----------------------------------------------------------------------------------------------------------


def test_counts_are_those_of_the_histories(thawed: WhatIf) -> None:
    before, after = (
        run.outcomes["settled"].tolist() for run in (thawed.comparison.reference, *thawed.comparison.others)
    )
    pairs = list(zip(before, after, strict=True))
    assert (thawed.failed.count, thawed.failed.turned) == (before.count(False), pairs.count((False, True)))
    assert (thawed.settled.count, thawed.settled.turned) == (before.count(True), pairs.count((True, False)))
    assert thawed.failed.turned > 0
    for name, (failed, settled) in thawed.groups.items():
        old, new = (run.outcomes[f"agreed.{name}"] for run in (thawed.comparison.reference, *thawed.comparison.others))
        assert (failed.turned, settled.turned) == ((~old & new).sum(), (old & ~new).sum())
        assert (failed.count, settled.count) == ((~old).sum(), old.sum())


def test_the_swapped_question_mirrors_the_counts(folder: Path, thawed: WhatIf) -> None:
    """What is saved without the freeze is what the freeze loses."""
    frozen = asked(folder / "open.yaml", f"freezes=[{FREEZE}]")
    assert frozen.settled.turned == thawed.failed.turned
    assert frozen.failed.turned == thawed.settled.turned
    assert frozen.failed.count == thawed.failed.count - thawed.failed.turned + thawed.settled.turned
    assert frozen.history.parted == thawed.history.parted or frozen.history.replication != thawed.history.replication


def test_a_freeze_of_no_weeks_decides_nothing(folder: Path) -> None:
    (folder / "idle.yaml").write_text(FROZEN.replace("weeks: 16", "weeks: 0"), encoding="utf-8")
    found = asked(folder / "idle.yaml", "freezes[0]")
    assert (found.failed.turned, found.settled.turned, found.history.parted) == (0, 0, None)
    assert "it decides none" in found.sentences[0]
    assert as_json(found)["history"]["parted"] is None


@pytest.mark.parametrize(
    ("turned", "count", "low", "high"),
    [(5, 10, 0.1871, 0.8129), (0, 10, 0, 1 - 0.025**0.1), (10, 10, 0.025**0.1, 1), (1, 1, 0.025, 1)],
)
def test_intervals_are_clopper_and_pearsons(turned: int, count: int, low: float, high: float) -> None:
    """Closed form at the ends; 5 of 10 as tables have it."""
    found = ButFor.of(turned, count)
    assert (found.turned, found.share) == (turned, turned / count)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_of_no_histories_there_is_no_share() -> None:
    assert ButFor.of(0, 0) == ButFor(0, 0, None, None, None)


# ---- one history -----------------------------------------------------------------------------------------------------


def test_histories_part_when_the_freeze_begins(thawed: WhatIf) -> None:
    """Never before; in that week wherever there is still something to freeze."""
    some = range(0, 80, 3)
    weeks = {number: answer(thawed.comparison, thawed.imagined, (), number).history.parted for number in some}
    frozen = thawed.comparison.reference.events
    begins = set(frozen.loc[(frozen["kind"] == "freeze") & (frozen["week"] == START), "replication"])
    assert begins & {*some}
    assert {number for number, week in weeks.items() if week == START} == begins & {*some}
    assert all(week is None or week >= START for week in weeks.values())


@pytest.mark.parametrize(("factor", "part"), [(1 + 1e-14, False), (1.001, True)])
def test_histories_do_not_part_where_processors_round_otherwise(thawed: WhatIf, factor: float, part: bool) -> None:
    """One side may be an older result, which another machine computed."""
    before = thawed.comparison.reference
    numbers = before.events.select_dtypes("float").columns
    after = replace(before, events=before.events.assign(**{name: before.events[name] * factor for name in numbers}))
    beside = replace(thawed.comparison, others=(after,))
    assert (answer(beside, thawed.imagined, (), 3).history.parted is not None) == part


def test_the_history_is_chosen_by_rule(thawed: WhatIf) -> None:
    before, after = (run.outcomes["settled"] for run in (thawed.comparison.reference, *thawed.comparison.others))
    assert thawed.history.replication == (~before & after).idxmax()
    assert "fails as the file has it and settles otherwise" in thawed.history.why


def test_a_history_that_is_not_told_is_the_same_told_alone(folder: Path, thawed: WhatIf) -> None:
    untold = asked(folder / "frozen.yaml", "freezes[0]", told=3)
    for number in (2, 17, 500):
        here, there = (answer(each.comparison, each.imagined, (), number).history for each in (untold, thawed))
        assert here.parted == there.parted
        tables = [each.factual.events for each in (here, there)]
        events = [table[table["replication"] == number].reset_index(drop=True) for table in tables]
        pd.testing.assert_frame_equal(*events)


# ---- the counterfactual ----------------------------------------------------------------------------------------------


def test_both_sides_meet_the_same_chance(folder: Path) -> None:
    scenario, imagined = imagine(folder / "frozen.yaml", ["freezes[0]"], ["seed=99", "replications=5"], 30, 4)
    assert (scenario.seed, scenario.replications) == (imagined.scenario.seed, imagined.scenario.replications) == (4, 30)
    imagined_alone = imagine(folder / "frozen.yaml", [], ["seed=99", "replications=5"])[1].scenario
    assert (imagined_alone.seed, imagined_alone.replications) == (7, 80)
    assert scenario.name != imagined.scenario.name
    assert imagined.scenario.name.startswith(
        "Without the freeze of wells and paths from 25 March 2024, and with seed=99"
    )


def test_without_a_change_there_is_no_question(folder: Path) -> None:
    with pytest.raises(ValueError, match="nothing is taken away"):
        whatif(folder / "frozen.yaml")


def test_sentences_name_things_in_the_scenarios_words(folder: Path, thawed: WhatIf) -> None:
    assert "without the freeze of wells and paths from 25 March 2024 (winter)" in thawed.sentences[0]
    assert f"Of {thawed.failed.count} histories that did not settle, {thawed.failed.turned} (" in thawed.sentences[0]
    alone = asked(folder / "open.yaml", "mediators.Envoy")
    assert "without the mediator Envoy" in alone.sentences[0]
    assert any("events[0], the trip of Envoy to Upstream of 22 January 2024" in said for said in alone.sentences)
    assert any(
        "its default holds: 0.1" in said for said in asked(folder / "open.yaml", "parties.Upstream.absence").sentences
    )
    assert "with mediators.Envoy.effort=0.9" in asked(folder / "open.yaml", "mediators.Envoy.effort=0.9").sentences[0]


def test_from_python(folder: Path, thawed: WhatIf) -> None:
    found = whatif(folder / "frozen.yaml", without=["freezes[0]"], replications=20, seed=7, replication=3)
    same = thawed.comparison.reference.outcomes["settled"][:20].tolist()
    assert found.comparison.reference.outcomes["settled"].tolist() == same
    assert found.history.replication == 3
