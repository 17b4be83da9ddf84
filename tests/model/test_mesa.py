"""The model as Mesa sees it: a `mesa.Model` of agents that works with Mesa's own tools and lets its memory go."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from dataclasses import dataclass
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest

from sim.arrays import Array
from sim.bargaining.tactics import View
from sim.experiments.chunk import simulate
from sim.model import NegotiationModel
from sim.scenario import load

from .worlds import SCENARIOS, quiet, same, told, weeks_of

BASELINE = SCENARIOS / "baseline.yaml"


def test_a_week_is_a_step() -> None:
    model = NegotiationModel(load(BASELINE))
    assert isinstance(model, mesa.Model)
    for week in range(5):
        assert model.week == week
        model.step()
    assert model.steps == 5
    assert model.running


def test_running_ends_with_the_horizon() -> None:
    model = NegotiationModel(quiet({"clock.hold_weeks": 4}, weeks=6))
    assert sum(1 for _ in weeks_of(model)) == 10
    assert not model.running


def test_run_model_runs_to_the_horizon() -> None:
    model = NegotiationModel(quiet(weeks=6))
    model.run_model()
    assert model.week == 6


def test_parties_mediators_and_groups_are_agents() -> None:
    model = NegotiationModel(load(BASELINE))
    assert len(model.agents) == 2 + 1 + 3
    assert [party.name for party in model.parties] == ["Armenia", "Azerbaijan"]
    assert [group.name for group in model.working_groups] == ["transport", "border", "treaty"]
    assert [mediator.name for mediator in model.mediators] == ["Russia"]
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)


ALONE = """
import sys
import sim.model
assert "networkx" not in sys.modules and "scipy.spatial" not in sys.modules
import mesa
assert issubclass(sim.model.NegotiationModel, mesa.Model)
grid = mesa.space.MultiGrid(2, 2, torus=False)
from mesa.discrete_space import OrthogonalMooreGrid
assert mesa.experimental.devs.ABMSimulator and "networkx" in sys.modules
import mesa.space, mesa.discrete_space
assert mesa.space.MultiGrid is type(grid) and mesa.discrete_space.OrthogonalMooreGrid is OrthogonalMooreGrid
"""


def test_mesas_spaces_wait_until_somebody_asks_for_them() -> None:
    """Talks happen in no space; but whoever uses Mesa beside them finds all of it."""
    subprocess.run([sys.executable, "-c", ALONE], check=True)


def test_mesa_may_come_first() -> None:
    code = "import mesa, sim.model; assert mesa.space.MultiGrid and issubclass(sim.model.NegotiationModel, mesa.Model)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_mesas_data_collector_watches_a_single_run() -> None:
    model = NegotiationModel(load(BASELINE), replications=1)
    collector = mesa.DataCollector(
        model_reporters={
            "settled": lambda m: bool(m.agreements.settled[0]),
            "incidents": lambda m: float(m.incidents.count[0]),
        },
        agenttype_reporters={type(next(iter(model.parties))): {"hurt": lambda party: float(party.hurt[0])}},
    )
    for _ in range(20):
        model.step()
        collector.collect(model)
    table = collector.get_model_vars_dataframe()
    assert len(table) == 20
    assert table["incidents"].is_monotonic_increasing
    hurt = collector.get_agenttype_vars_dataframe(type(next(iter(model.parties))))["hurt"]
    assert len(hurt) == 40
    assert hurt.iloc[-1] > hurt.iloc[0] > 0


def test_mesas_own_chance_decides_nothing() -> None:
    one, other = (NegotiationModel(load(BASELINE, ["clock.hold_weeks=0"]), 5) for _ in range(2))
    other.random.seed(99)
    other.rng = np.random.default_rng(99)
    for _ in weeks_of(one):
        other.random.random()
        other.step()
    same(one.history.events(), other.history.events())


# ---- tactics of one's own --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stubborn:
    """Asks for nine tenths until half of the clock has run, then for nothing but its reservation value."""

    until: float = 0.5

    def aspiration(self, view: View) -> Array:
        return np.where(view.elapsed < self.until, 0.9, view.reservation)


def test_a_tactic_of_ones_own_is_used() -> None:
    spec = quiet({"both.expected_rounds": 10})
    model = NegotiationModel(spec, 3, tactics={"Ann": Stubborn()})
    for _ in weeks_of(model):
        pass
    proposed = told(model, "proposal")
    anns = proposed[(proposed["actor"] == "Ann") & (proposed["replication"] == 0)]["asked"].to_list()
    assert anns == pytest.approx([0.9] * 5 + [0.2])
    bens = proposed[(proposed["actor"] == "Ben") & (proposed["replication"] == 0)]["asked"].to_list()
    assert bens[1] == pytest.approx(1 - 0.08)


def test_a_tactic_of_ones_own_is_handed_through_a_run() -> None:
    part = simulate(quiet({"both.expected_rounds": 10}), 0, 4, tactics={"Ann": Stubborn(0.3)})
    assert (part.outcomes["week.table"] == 3).all()


def test_a_tactic_for_a_party_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="Nobody"):
        NegotiationModel(quiet(), tactics={"Nobody": Stubborn()})


# ---- memory and reading ----------------------------------------------------------------------------------------------


def test_a_released_model_lets_its_arrays_go() -> None:
    """Mesa keeps the model alive; what is big must go all the same."""
    model = NegotiationModel(load(BASELINE), replications=500)
    for _ in range(8):
        model.step()
    group, party = model.groups["treaty"], model.parties_by_name["Armenia"]
    watched = [
        weakref.ref(thing)
        for thing in (group, party, model.history, model.chance, group.waited, party.hurt, group.text.levels)
    ]
    del group, party
    model.release()
    gc.collect()
    assert [ref() for ref in watched] == [None] * len(watched)


def test_a_finished_run_leaves_nothing_behind() -> None:
    def alive() -> int:
        gc.collect()
        return sum(isinstance(thing, NegotiationModel) and bool(vars(thing)) for thing in gc.get_objects())

    before = alive()
    simulate(quiet(), 0, 5)
    assert alive() == before


def test_events_can_be_read_at_any_time_and_again() -> None:
    model = NegotiationModel(quiet(), 3)
    for _ in range(4):
        model.step()
    early = model.history.events()
    for _ in weeks_of(model):
        pass
    whole = model.history.events()
    same(whole, model.history.events())
    same(early.reset_index(drop=True), whole[whole["week"] < 4].reset_index(drop=True))


def test_no_replications_have_events_beyond_those_told() -> None:
    model = NegotiationModel(quiet(), 7, told=2)
    for _ in weeks_of(model):
        pass
    events: pd.DataFrame = model.history.events()
    assert set(events["replication"]) == {0, 1}


def test_the_shipped_scenarios_are_where_the_tests_look() -> None:
    assert Path(BASELINE).is_file()
