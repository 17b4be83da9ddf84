"""Why the talks fail: shares of each mechanism that add up in every history, whoever computes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

import sim
from sim.experiments import coalitions, switches
from sim.experiments.blame import Blame, answer, ask, blame
from sim.experiments.divided import Divided
from sim.experiments.run import asked
from sim.experiments.sweep_work import Crew
from sim.experiments.switches import EVERY, SWITCHES, Switch
from sim.experiments.uncertain import Unanswerable
from sim.scenario import Scenario, shipped
from sim.scenario.load import load_tree, with_values
from sim.statistics import shapley
from sim.terminal import unheard

from .small import wells

TENSE = ["incidents.per_year=6", "parties.Upstream.doubt=0.6", "parties.Downstream.doubt=0.6"]
THREE = ("incidents", "doubt", "absence")


@cache
def tense() -> Scenario:
    """Talks that fail for several reasons."""
    return sim.load(wells(), TENSE)


@cache
def found() -> Blame:
    return blame(tense(), off=THREE, replications=40)


def own_gap(result: Blame) -> pd.Series:
    return result.histories["all_off"] - result.histories["as_is"]


def of(result: Blame, column: str = "share") -> dict[str, float]:
    return dict(zip(result.shares["mechanism"], result.shares[column], strict=True))


# ---- laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "off"),
    [
        ("settled", ()),
        ("joint_utility", THREE),
        ("settled_week", THREE),
        ("mediator_weeks.Envoy", THREE),
        ("utility.Upstream", THREE),
    ],
)
def test_shares_add_up_in_every_history(measure: str, off: tuple[str, ...]) -> None:
    result = blame(tense(), of=measure, off=off, replications=20)
    names = list(result.shares["mechanism"])
    np.testing.assert_allclose(result.histories[names].sum(axis=1), own_gap(result), rtol=0, atol=1e-12)
    assert result.shares["share"].sum() == pytest.approx(result.gap["difference"], abs=1e-12)
    assert own_gap(result).abs().max() > 0, "there is something to divide"


def test_ends_and_what_each_gives_alone_are_those_of_runs_of_their_own() -> None:
    changed = {"as_is": [], "all_off": list(THREE), **{name: [name] for name in THREE}}
    settled = {}
    for name, off in changed.items():
        values: dict[str, Any] = {}
        for each in off:
            values |= SWITCHES[each].settings(tense())
        scenario = with_values(load_tree(tense()), values)
        settled[name] = sim.run(scenario, replications=40).outcomes["settled"].to_numpy(float)
    for end in ("as_is", "all_off"):
        assert (found().histories[end] == settled[end]).all()
    for name in THREE:
        assert of(found(), "alone")[name] == pytest.approx((settled[name] - settled["as_is"]).mean())


def test_they_are_averages_over_every_order_of_runs_of_their_own() -> None:
    tree, settled = load_tree(tense()), {}
    for coalition in range(8):
        values: dict[str, Any] = {}
        for bit, name in enumerate(THREE):
            if coalition >> bit & 1:
                values |= SWITCHES[name].settings(tense())
        settled[coalition] = sim.run(with_values(tree, values), replications=40).outcomes["settled"].to_numpy(float)
    total = np.zeros((3, 40))
    for order in permutations(range(3)):
        before = 0
        for each in order:
            total[each] += settled[before | 1 << each] - settled[before]
            before |= 1 << each
    np.testing.assert_allclose(found().histories[list(THREE)].T, total / 6, rtol=0, atol=1e-12)


def test_what_does_nothing_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether its settings change nothing, or what they change has no effect."""
    blind = Switch("blind", {"observed.agreed": {"wells": "2023-05-01"}}, {"en": "blind", "ru": "слепой"})
    monkeypatch.setitem(SWITCHES, "blind", blind)
    result = blame(tense(), off=[*THREE, "blind", "freezes"], replications=40)
    assert of(result)["blind"] == of(result)["freezes"] == 0
    assert (result.histories[["blind", "freezes"]] == 0).all(axis=None)
    ends = result.shares.set_index("mechanism")
    assert ends.loc["freezes", "low"] == ends.loc["freezes", "high"] == 0, "nothing is taken away, so it is sure"
    assert ends.loc["blind", "low"] < 0 < ends.loc["blind", "high"], "histories that were not seen may differ"
    np.testing.assert_allclose(result.histories[list(THREE)], found().histories[list(THREE)], rtol=0, atol=1e-12)


def test_two_that_do_the_same_have_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SWITCHES, "again", replace(SWITCHES["doubt"], name="again"))
    result = blame(tense(), off=["doubt", "again", "incidents"], replications=40)
    np.testing.assert_allclose(result.histories["doubt"], result.histories["again"], rtol=0, atol=1e-12)
    assert of(result)["doubt"] > 0


def test_the_gap_is_what_compare_says() -> None:
    values: dict[str, Any] = {}
    for each in THREE:
        values |= SWITCHES[each].settings(tense())
    off = with_values(load_tree(tense()), values)
    row = sim.compare(tense(), off, replications=40).differences.query("measure == 'settled'").iloc[0]
    assert found().gap == {name: row[name] for name in ("difference", "low", "high")}


# ---- whoever computes ------------------------------------------------------------------------------------------------


@pytest.mark.validate
def test_the_same_whatever_processes_and_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    two = blame(tense(), off=THREE, replications=40, jobs=2)
    cut = coalitions.cut
    monkeypatch.setattr(coalitions, "cut", lambda first, count: cut(first, count, most=7))
    pieces = blame(tense(), off=THREE, replications=40)
    for other in (two, pieces):
        pd.testing.assert_frame_equal(other.histories, found().histories, check_exact=True)
        pd.testing.assert_frame_equal(other.shares, found().shares, check_exact=True)
        assert other.gap == found().gap


def test_a_history_alone_is_what_it_is_among_the_others() -> None:
    alone = blame(tense(), off=THREE, replication=7)
    row = found().histories.iloc[[7]].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.histories, row, check_exact=True)
    assert (alone.shares["low"] == alone.shares["share"]).all(), "nothing of it is chance"
    assert np.isnan(alone.gap["low"])
    assert (alone.replication, alone.replications, alone.counted) == (7, 1, 1)


def test_what_is_stored_is_not_simulated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question = ask(asked(tense(), 40, None), off=THREE)
    each_of, heard = coalitions.each_of, []

    def stopping(variants: Any, first: int, count: int) -> Any:
        for number, table in each_of(variants, first, count):
            heard.append(number)
            if len(heard) == 6:
                raise KeyboardInterrupt
            yield number, table

    monkeypatch.setattr(coalitions, "each_of", stopping)
    with pytest.raises(KeyboardInterrupt):
        answer(question, question.chunks(tmp_path), Crew(), unheard)
    heard[:] = [0] * 10
    result = answer(question, question.chunks(tmp_path), Crew(), unheard)
    assert len(heard) == 10 + 3, "five of eight were stored"
    pd.testing.assert_frame_equal(result.shares, found().shares, check_exact=True)


# ---- orders that are drawn -------------------------------------------------------------------------------------------


def test_drawn_orders_add_up_and_hold_the_shares_of_all() -> None:
    drawn = blame(tense(), off=THREE, orders=8, replications=40)
    assert (drawn.orders, found().orders) == (8, 0)
    np.testing.assert_allclose(drawn.histories[list(THREE)].sum(axis=1), own_gap(drawn), rtol=0, atol=1e-12)
    for row in drawn.shares.to_dict("records"):
        assert row["low"] <= of(found())[row["mechanism"]] <= row["high"]


def test_drawing_orders_widens_intervals() -> None:
    """Of one history all of the interval is chance of orders; over many it is added to that of histories."""
    one = blame(tense(), off=THREE, orders=8, replication=7)
    assert (one.shares["high"] > one.shares["low"]).any()
    chance = np.random.default_rng(1)
    shares, by_order = chance.normal(size=(1, 50)), chance.normal(size=(6, 1)) * 50
    plain = Divided(np.arange(50), shares[0], shares[0], shares, shares, np.empty((0, 1)), (-3, 3))
    assert replace(plain, by_order=by_order).half_width(0) > plain.half_width(0) > 0


def test_more_than_eight_are_drawn_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    many = ask(sim.load("baseline"), off=[each.name for each in EVERY])
    assert len(many.switches) > shapley.MOST
    assert many.orders == 32
    idle = {each.name for each in many.idle}
    assert {"freezes", "linkage"} <= idle
    assert idle.isdisjoint(each.name for each in many.switches)
    monkeypatch.setattr("sim.statistics.shapley.MOST", 2)
    assert ask(tense(), off=THREE).orders == 32
    assert ask(tense(), off=THREE[:2]).orders == 0


@cache
def ships() -> list[tuple[Scenario, Any]]:
    """The scenarios that ship, and the baseline with mechanisms that none of them has, with their trees."""
    unshipped = [
        "leaders={covers: [transport, border]}",
        "incidents.spoilers=0.2",
        "agreements.aftershock=2",
        "walkouts.breaking_off=0.01",
    ]
    scenarios = [*(sim.load(one.path) for one in shipped()), sim.load("baseline", unshipped)]
    return [(spec, load_tree(spec)) for spec in scenarios]


# ---- the mechanisms --------------------------------------------------------------------------------------------------


@pytest.mark.validate
@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_a_mechanism_acts_in_some_scenario_and_says_so_in_every_language(each: Switch) -> None:
    assert set(each.words) == {"en", "ru"}
    assert all(each.words.values())
    assert any(with_values(tree, each.settings(spec)) != spec for spec, tree in ships()), "it changes nothing anywhere"


OTHERWISE = {
    "parties.weight_spread": "how uncertain a scenario is, not what happens in it",
    "parties.doubt_own": "goes with doubt, which it turns on a party's own offers",
    "parties.lets_pass": "how a party votes on a text; goes with mediation",
    "mediators.activities": "what effort is spent on; goes with mediation",
    "mediators.bias": "whom texts favour; goes with mediation",
    "mediators.revisions": "how a text is written; goes with mediation",
    "working_groups.interactions": "what the parties want, not what keeps them from it",
    "framework.unkept": "goes with commitments, whose cost it shares out",
    "framework.focal": "goes with mediation, whose texts it moves",
    "frozen_week.by_trust": "the shape of cooling in a freeze, which goes with freezes",
    "agreements.ratification_weeks": "a time: at 0 homes vote at once, so it takes nothing away",
    "agreements.together": "how the hazard is shared out among chapters; goes with collapse",
    "agreements.breadth": "goes with collapse, whose hazard it raises",
    "agreements.aging": "goes with collapse, whose hazard it lowers",
    "agreements.renegotiation": "what comes after a collapse",
    "freezes.severity": "which incidents count; goes with freezes",
}
"""Keys that switch something off at their default and have no switch of their own, and why."""
FREE = ("place", "sweep", "known_until", "date", "start", "after", "by", "group", "mediator", "positions", "options")
"""Keys that say when, where, who or what, and switch nothing off by themselves."""


def blocks_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from blocks_in(part)


def may_be_off(block: type[BaseModel], path: str = "") -> Iterator[str]:
    """Paths of keys that are 0 or nothing by default, or whose description says which value has no effect."""
    for name, field in block.model_fields.items():
        here = f"{path}.{name}".removeprefix(".")
        nothing = field.default is None or (not isinstance(field.default, bool | str) and field.default == 0)
        says = re.search(r"\b(0|1|nothing): ", field.description or "")
        if name not in FREE and (nothing or says or name == "interactions"):
            yield here
        if name not in FREE and len(here) < 40:
            for below in set(blocks_in(field.annotation)):
                yield from may_be_off(below, here)


def test_what_can_be_off_is_switched_off_or_has_a_reason() -> None:
    taken = {re.sub(r"\[[^\]]*\]|\.\*", "", pattern) for each in EVERY for pattern in each.off}
    keys = set(may_be_off(Scenario))
    assert len(keys) > 25
    known = {*taken, *OTHERWISE}
    unknown = {key for key in keys if not any(key == each or key.startswith(f"{each}.") for each in known)}
    assert not unknown
    assert not taken & set(OTHERWISE)
    assert all(any(key == each or key.startswith(f"{each}.") for key in keys) for each in OTHERWISE), (
        "a reason too many"
    )


def test_a_pattern_means_every_place_that_fits() -> None:
    scenario = sim.load(
        "baseline", ["freezes=[{groups: [border], start: 3, weeks: 4}, {groups: [treaty], start: 9, weeks: 2}]"]
    )
    dated = sim.load("baseline", ["events=[{date: 3, kind: incident, severity: 0.4}, {date: 4, kind: statement}]"])
    assert SWITCHES["freezes"].settings(scenario) == {"freezes[0].weeks": 0, "freezes[1].weeks": 0}
    assert SWITCHES["incidents"].settings(dated) == {"incidents.per_year": 0, "events[0].severity": 0}
    assert SWITCHES["doubt"].settings(dated) == {"parties.Armenia.doubt": 0, "parties.Azerbaijan.doubt": 0}


def test_incidents_by_date_are_switched_off_too() -> None:
    dated = sim.load(tense(), ["incidents.per_year=0", "events=[{date: 2, kind: incident, severity: 0.9}]"])
    assert of(blame(dated, of="joint_utility", off=["incidents"], replications=20))["incidents"] > 0


def test_those_that_help_are_switched_off_only_where_asked_for() -> None:
    names = {each.name for each in ask(tense()).switches}
    assert names.isdisjoint({"mediation", "contacts", "cost-of-no-deal", "freezes"})
    assert {"incidents", "doubt", "absence", "misjudgement", "walkouts", "refusals"} <= names
    assert [each.name for each in ask(tense(), off=["mediation"]).switches] == ["mediation"]


def test_a_new_mechanism_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    new = Switch("distrust", {"parties.*.trust": 1}, {"en": "distrust", "ru": "недоверие"})
    monkeypatch.setattr(switches, "SWITCHES", {**SWITCHES, "distrust": new})
    assert "distrust" in {each.name for each in ask(tense()).switches}


# ---- what has no answer ----------------------------------------------------------------------------------------------

WRONG: Mapping[str, dict[str, Any]] = {
    "unknown measure 'peace': write one of settled, ": {"of": "peace"},
    "unknown mechanism 'war': write one of incidents, doubt, ": {"off": ["war"]},
    "none of these mechanisms acts in Two wells: freezes, linkage (": {"off": ["freezes", "linkage"]},
    "7 orders cannot be drawn (orders are drawn in pairs": {"orders": 7},
    "2 orders cannot be drawn (orders are drawn in pairs": {"orders": 2},
    "there is no history -1 (they count from 0); write 0 or more": {"replication": -1},
}


@pytest.mark.parametrize("said", WRONG)
def test_errors_say_what_where_and_how_to_go_on(said: str) -> None:
    with pytest.raises(Unanswerable) as error:
        blame(tense(), **WRONG[said])
    assert said in str(error.value)


def test_histories_without_a_number_do_not_count() -> None:
    result = blame(tense(), of="fairness", off=THREE, replications=40)
    assert 0 < result.counted < 40
    assert result.histories.notna().all(axis=None)
    assert f"{40 - result.counted} of 40 histories have no number and do not count." in str(result).replace("\n", " ")
    with pytest.raises(Unanswerable, match="fairness has none"):
        blame(sim.load(tense(), ["clock.weeks=1"]), of="fairness", off=["doubt"], replications=4)
