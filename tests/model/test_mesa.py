"""The model as Mesa sees it: a `mesa.Model` of agents that works with Mesa's own tools and lets its memory go."""

from __future__ import annotations

import copy
import gc
import inspect
import json
import pickle
import subprocess
import sys
import warnings
import weakref
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

from sim.agents.delegation import Delegation
from sim.agents.party import Party
from sim.agents.round import Round
from sim.arrays import Array
from sim.bargaining.view import View
from sim.experiments.run import run
from sim.experiments.simulate import simulate
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


@pytest.mark.validate
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


@pytest.mark.validate
def test_mesas_own_chance_decides_nothing() -> None:
    one, other = (NegotiationModel(load(BASELINE, ["clock.hold_weeks=0"]), 5) for _ in range(2))
    other.random.seed(99)
    other.rng = np.random.default_rng(99)
    for _ in weeks_of(one):
        other.random.random()
        other.step()
    same(one.history.events(), other.history.events())


# ---- Mesa's own tools ------------------------------------------------------------------------------------------------


class Watched(NegotiationModel):
    """As Mesa's tutorial has it: a collector of one's own, which collects after each step."""

    def __init__(self, effort: float = 0.5, seed: int | None = None) -> None:
        super().__init__(load(SCENARIOS / "seminar.yaml", [f"mediators.Chair.effort={effort}"]), seed=seed)
        self.datacollector = mesa.DataCollector({"trust": lambda m: float(m.parties[0].trust["Millford"][0])})

    def step(self) -> None:
        super().step()
        self.datacollector.collect(self)


def batch(model: Any, parameters: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    more = {"number_processes": 1, "max_steps": 2000, "display_progress": False} | more
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Mesas would rather have `rng` than `iterations`
        return mesa.batch_run(model, parameters, **more)


def test_a_collector_keeps_what_agents_had_when_it_looked() -> None:
    def offers(agent: mesa.Agent) -> Any:
        return agent.offers["Armenia"].levels if hasattr(agent, "offers") else None

    names = ("trust", "hurt", "waited", "weeks", "knowledge")
    reporters = {**{name: partial(getattr_or_none, name=name) for name in names}, "offers": offers}
    model = NegotiationModel(load(BASELINE, ["clock.weeks=20", "clock.hold_weeks=0"]), replications=3)
    collector = mesa.DataCollector(agent_reporters=reporters, agenttype_reporters={Party: {"hurt": "hurt"}})
    then: list[dict[str, Any]] = []
    while model.running:
        collector.collect(model)
        then.append({str(a.unique_id): [copy.deepcopy(r(a)) for r in reporters.values()] for a in model.agents})
        model.step()
    table = collector.get_agent_vars_dataframe()
    for week, agents in enumerate(then):
        for number, values in agents.items():
            np.testing.assert_equal(table.loc[(week, int(number))].to_list(), values)
    hurt = collector.get_agenttype_vars_dataframe(Party)["hurt"]
    np.testing.assert_equal(hurt.to_list(), table["hurt"][hurt.index].to_list())
    assert not np.array_equal(hurt.iloc[0], hurt.iloc[-1])


def getattr_or_none(agent: mesa.Agent, name: str) -> Any:
    return getattr(agent, name, None)


def test_looking_at_agents_changes_nothing() -> None:
    seen, unseen = (NegotiationModel(load(BASELINE, ["clock.hold_weeks=0"]), 5) for _ in range(2))
    for _ in weeks_of(seen):
        assert len(seen.agents) == len(seen.agents_by_type[Party]) + 4
        unseen.step()
    same(seen.history.events(), unseen.history.events())


def test_iterations_of_a_batch_are_histories_of_their_own_and_the_same_tomorrow() -> None:
    rows = batch(Watched, {"effort": [0.2, 0.5]}, iterations=2)
    trust = {(row["effort"], row["iteration"]): row["trust"] for row in rows}
    assert len(set(trust.values())) == 4
    again = batch(Watched, {"effort": [0.5]}, iterations=2)
    assert [row["trust"] for row in again] == [trust[0.5, n] for n in range(2)]
    whole = NegotiationModel(load(SCENARIOS / "seminar.yaml", ["mediators.Chair.effort=0.5"]), replications=2)
    for _ in weeks_of(whole):
        pass
    assert whole.parties[0].trust["Millford"].tolist() == [trust[0.5, n] for n in range(2)]


def test_a_seed_is_kept_as_it_is_asked_for() -> None:
    """So that whoever has a row of a batch can tell its history again."""
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        one, two, other = batch(Watched, {}, rng=[7, 7, 8])
    else:
        one, two, other = batch(Watched, {"seed": [7, 7, 8]})
    assert one["trust"] == two["trust"] != other["trust"]
    spec = quiet()
    assert NegotiationModel(spec, rng=7).chance.seed == NegotiationModel(spec, seed=7).chance.seed == 7
    assert NegotiationModel(spec, first=3).first == 3
    with pytest.raises(ValueError, match="leave out one"):
        NegotiationModel(spec, seed=1, rng=2)


def test_a_batch_needs_no_collector_of_ones_own() -> None:
    spec = load(BASELINE, ["clock.weeks=60", "clock.hold_weeks=0"])
    rows = batch(NegotiationModel, {"scenario": [spec], "replications": [1, 40]}, data_collection_period=1)
    assert len(rows) == 2 * 60
    part = simulate(spec, 0, 40).weekly.table()
    for name, measure, whose in (("trust.Armenia", "trust", "Armenia"), ("frozen.treaty", "frozen", "treaty")):
        here = part[(part["measure"] == measure) & ((part["party"] == whose) | (part["group"] == whose))]
        found = [row[name] for row in rows if row["replications"] == 40]
        assert found == pytest.approx(here["mean"].to_list())
    assert {row["settled"] for row in rows if row["replications"] == 1} <= {0.0, 1.0}


TWO_PROCESSES = """
import mesa, sim
if __name__ == "__main__":
    spec = sim.load({file!r}, ["clock.weeks=20", "clock.hold_weeks=0"])
    rows = mesa.batch_run(sim.NegotiationModel, {{"scenario": [spec]}}, 2, iterations=4, display_progress=False)
    print([row["trust.Armenia"] for row in sorted(rows, key=lambda row: row["iteration"])])
"""


@pytest.mark.validate
def test_a_batch_in_two_processes_tells_the_same(tmp_path: Path) -> None:
    script = tmp_path / "batch.py"
    script.write_text(TWO_PROCESSES.format(file=str(BASELINE)), encoding="utf-8")
    said = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True).stdout
    whole = NegotiationModel(load(BASELINE, ["clock.weeks=20", "clock.hold_weeks=0"]), replications=4)
    whole.run_model()
    found, trust = json.loads(said), whole.parties[0].trust["Azerbaijan"].tolist()
    assert found == pytest.approx(trust, abs=1e-9)
    assert len(set(found)) == 4


def test_scenarios_can_be_pickled() -> None:
    for file in sorted(SCENARIOS.rglob("*.yaml")):
        spec = load(file)
        assert pickle.loads(pickle.dumps(spec)) == spec


def test_results_can_be_pickled() -> None:
    results = run(quiet(weeks=6), replications=5)
    again = pickle.loads(pickle.dumps(results))
    assert (again.scenario, again.summary) == (results.scenario, results.summary)
    same(again.outcomes, results.outcomes)


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


@pytest.mark.validate
@pytest.mark.parametrize("name", ["baseline", "seminar"])
def test_a_released_model_lets_its_arrays_go(name: str) -> None:
    """At once, and not when Python next looks for what holds itself; whoever still holds the model."""
    model = NegotiationModel(load(BASELINE.with_stem(name)), replications=5)
    gc.collect()
    gc.disable()
    try:
        while model.week < 12:
            model.step()
        held = [model.history, model.chance, *model.agents, *model.meetings, *(each.tables for each in model.meetings)]
        watched = [weakref.ref(thing) for thing in held]
        del held
        model.release()
        assert [ref() for ref in watched if ref() is not None] == []
        assert [thing for thing in gc.get_objects() if isinstance(thing, Round | Delegation)] == []
    finally:
        gc.enable()


@pytest.mark.validate
def test_a_finished_run_leaves_nothing_behind() -> None:
    def alive() -> int:
        gc.collect()
        return sum(isinstance(thing, NegotiationModel) and bool(vars(thing)) for thing in gc.get_objects())

    before = alive()
    simulate(quiet(), 0, 5)
    assert alive() == before


def test_a_model_goes_when_nobody_holds_it() -> None:
    models = [NegotiationModel(quiet(), replications=5) for _ in range(3)]
    models[0].step()
    watched = [weakref.ref(model) for model in models]
    del models
    gc.collect()
    assert [ref() for ref in watched] == [None] * 3


def test_agents_are_numbered_from_1_in_each_model() -> None:
    for _ in range(2):
        assert [agent.unique_id for agent in NegotiationModel(quiet()).agents] == [1, 2, 3]


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
