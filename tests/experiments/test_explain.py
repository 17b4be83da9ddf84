"""Where failures come from: planted boxes are found with their coverage and density, noise explains nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sim.answers.explain_table import answer, explain_table
from sim.arrays import Array, Mask
from sim.experiments.explain import Explanation, explain
from sim.experiments.run import Results
from sim.experiments.uncertain import Unanswerable
from sim.measures import failures

from .made_up import INPUTS, draws, results, scenario

UP, DOWN, INCIDENTS = INPUTS


def planted(drawn: Array, inside: float = 0.8, outside: float = 0.1) -> Mask:
    """Failures: likely where the first input is above 0.6 and the second at most 0.5, a fifth of all; else rare."""
    box = (drawn[:, 0] > 0.6) & (drawn[:, 1] <= 0.5)
    luck: Array = np.random.default_rng(42).random(len(drawn))
    return luck < np.where(box, inside, outside)


def a_run(count: int = 2000) -> Results:
    drawn = draws(count)
    return results(drawn, settled=~planted(drawn))


def limits(found: Explanation) -> dict[str, tuple[float, float]]:
    assert found.region is not None
    return {limit.input: (limit.above, limit.up_to) for limit in found.region.limits}


def test_a_planted_box_is_found_with_its_coverage_and_density() -> None:
    found = explain(a_run())
    assert limits(found) == {UP: (pytest.approx(0.6, abs=0.05), np.inf), DOWN: (-np.inf, pytest.approx(0.5, abs=0.05))}
    assert found.region is not None
    drawn, failed = draws(2000)[1::2], planted(draws(2000))[1::2]
    box = (drawn[:, 0] > 0.6) & (drawn[:, 1] <= 0.5)
    assert found.region.density["share"] == pytest.approx(failed[box].mean(), abs=0.05)
    assert found.region.coverage["share"] == pytest.approx(failed[box].sum() / failed.sum(), abs=0.05)
    assert found.p < 1e-20


def test_what_is_told_is_what_was_counted() -> None:
    """Rounded limits included: whoever counts the odd replications by the sentence finds its numbers."""
    run = a_run()
    found = explain(run)
    odd = run.outcomes[run.outcomes["replication"] % 2 == 1]
    assert found.region is not None
    for region in (found.region, *found.others):
        inside = np.ones(len(odd), dtype=bool)
        for limit in region.limits:
            assert {round(limit.above, 2), round(limit.up_to, 2)} == {limit.above, limit.up_to}
            values = odd[f"drawn.{limit.input}"]
            inside &= (values > float(f"{limit.above:g}")) & (values <= float(f"{limit.up_to:g}"))
        assert (region.histories, region.failed) == (inside.sum(), (~odd["settled"][inside]).sum())
    assert (found.checked, found.checked_failed) == (len(odd), (~odd["settled"]).sum())


def test_limits_that_add_nothing_are_not_told() -> None:
    for seed in range(8):
        drawn = draws(800, seed)
        failed = np.random.default_rng(300 + seed).random(800) < np.where(drawn[:, 0] > 0.5, 0.7, 0.2)
        assert set(limits(explain(results(drawn, settled=~failed)))) == {UP}


def test_inputs_that_do_alike_are_treated_alike() -> None:
    drawn = draws(4000)
    found = explain(results(drawn, settled=drawn[:, 0] + drawn[:, 1] < 1.2))
    bounds = limits(found)
    assert set(bounds) == {UP, DOWN}
    assert abs(bounds[UP][0] - bounds[DOWN][0]) < 0.15


@pytest.mark.validate
def test_noise_explains_nothing() -> None:
    found = []
    for seed in range(30):
        settled = np.random.default_rng(500 + seed).random(400) < 0.6
        found.append(explain(results(draws(400, seed), settled=settled)).region)
    assert sum(region is not None for region in found) <= 2  # one in a hundred is expected


def test_where_nothing_explains_it_is_said() -> None:
    settled = np.random.default_rng(8).random(400) < 0.6
    found = explain(results(draws(400), settled=settled))
    assert answer(found).startswith("Nothing that was drawn explains which histories did not settle (")
    assert found.others == ()


def test_few_failures_or_successes_are_too_few() -> None:
    few = np.arange(400) >= 7
    assert answer(explain(results(draws(400), settled=few))) == (
        "Only 7 of 400 histories did not settle: too few to tell where they come from."
    )
    assert answer(explain(results(draws(400)))).startswith("None of 400 histories did not settle")
    assert answer(explain(results(draws(400), settled=~few))).startswith("Only 7 of 400 histories fared otherwise")


def test_only_what_could_break_counts_as_broken() -> None:
    drawn = draws(2000)
    agreed, collapsed = drawn[:, 2] < 0.7, (drawn[:, 0] > 0.5) & (drawn[:, 2] < 0.7)
    found = explain(results(drawn, agreed__wells=agreed, collapsed__wells=collapsed), "collapsed.wells")
    assert (found.judged, found.failed) == (agreed.sum(), collapsed.sum())
    assert limits(found) == {UP: (pytest.approx(0.5, abs=0.05), np.inf)}
    assert "agreements on wells that broke down" in answer(found)


def test_the_sentence_gives_count_coverage_region_and_density() -> None:
    found = explain(a_run())
    assert found.region is not None
    region, said = found.region, answer(found)
    assert said.startswith(
        f"Of the {found.checked_failed} histories that did not settle, among 1,000 kept for checking, "
    )
    assert (
        f"{round(100 * region.failed / found.checked_failed)} % lie where the reservation value of Up is above 0."
        in said
    )
    assert f"there {round(100 * region.failed / region.histories)} % do not settle, against " in said
    assert all(len(line) <= 80 for line in explain_table(found).splitlines())


def test_the_same_run_says_the_same_twice() -> None:
    assert explain(a_run(600)) == explain(a_run(600))


def test_questions_without_an_answer_say_what_to_do() -> None:
    assert list(failures(scenario())) == [
        "unsettled",
        "unlasting",
        "unagreed.wells",
        "collapsed.wells",
        "broken_off.wells",
    ]
    with pytest.raises(Unanswerable, match=r"write one of unsettled, .*collapsed\.wells"):
        explain(a_run(), "sad")
    with pytest.raises(Unanswerable, match="-n 1000"):
        explain(a_run(199))
    with pytest.raises(Unanswerable, match="no number of Two wells is uncertain"):
        explain(results(np.full((300, 3), 0.5)))
