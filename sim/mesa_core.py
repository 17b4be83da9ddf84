"""Mesa's core: `Agent`, `AgentSet`, `Model`, and what makes a model of ours at home among Mesa's own tools.

`import mesa` brings its grids, networks and continuous spaces with it, and with them networkx and SciPy's spatial
trees: 0.2 s and 25 MB in every process. Talks happen in no space, so these parts wait here until somebody asks for
something in them. Nothing is taken away: `mesa.space.MultiGrid` is there as ever.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from itertools import count
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

SPACES = ("mesa.discrete_space", "mesa.experimental", "mesa.space")


class _Later(ModuleType):
    """Stands in for a module until it is looked into."""

    def __getattr__(self, name: str) -> Any:
        if name == "__file__":  # `inspect`, which Mesa's logging calls, asks all modules for theirs
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


for _space in SPACES if "mesa" not in sys.modules else ():
    sys.modules[_space] = _Later(_space)

from mesa import agent as _agent  # noqa: E402
from mesa import model as _model  # noqa: E402
from mesa.agent import AgentSet  # noqa: E402

for _space in SPACES:
    if isinstance(sys.modules.get(_space), _Later):
        del sys.modules[_space]  # `import mesa.space` finds the real one

__all__ = ["Agent", "AgentSet", "Model", "collected", "iteration"]


class _Numbers(WeakKeyDictionary[Any, Any]):
    """The next number of an agent, for each model that somebody still holds."""

    def __getitem__(self, model: Any) -> Any:
        return self.setdefault(model, count(1))


class Agent(_agent.Agent):
    """Mesa's agent. Mesa 3.3 numbers agents in a table that keeps every model alive; this one lets go of them."""

    _ids = _Numbers()

    def turn_the_page(self) -> None:
        """From here on, write into copies: whoever has taken an array from this agent keeps it as it is."""
        self.__dict__.update({name: _copied(value) for name, value in self.__dict__.items()})


class Model(_model.Model):
    """Mesa's model. What a collector has taken from its agents stays as it was taken, though arrays change in place."""

    _looked_at = False

    @property
    def agents(self) -> Any:
        """All agents, as Mesa has them."""
        self._looked_at = True
        return self._all_agents

    @property
    def agents_by_type(self) -> Any:
        """The agents of each class, as Mesa has them."""
        self._looked_at = True
        return self._agents_by_type

    def turn_the_page(self) -> None:
        """Before anything changes: leave to whoever has looked at the agents what they saw."""
        for agent in self._all_agents if self._looked_at else ():
            agent.turn_the_page()
        self._looked_at = False


def _copied(value: Any) -> Any:
    """Arrays as copies, in dictionaries and in packages of arrays too; all else as it is."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        if all(isinstance(part, np.ndarray) for part in parts.values()):
            return replace(value, **_copied(parts))
    return value


# ---- batches and collectors ------------------------------------------------------------------------------------------


def iteration() -> int:
    """Which iteration of `mesa.batch_run` makes a model just now; 0 elsewhere.

    Mesa numbers iterations and hands the number to no model, so without a seed all would tell the same history. It is
    read where Mesa holds it: the same in any number of processes.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "_model_run_func" and frame.f_globals.get("__name__") == "mesa.batchrunner":
            return int(frame.f_locals["run"][1])
        frame = frame.f_back
    return 0


def collected(weeks: Iterable[Mapping[str, float]]) -> Any:
    """A `mesa.DataCollector` that has collected these numbers, week after week."""
    from mesa.datacollection import DataCollector

    told = list(weeks)
    collector = DataCollector(model_reporters={name: name for name in (told[0] if told else ())})
    for number, values in enumerate(told, 1):
        collector.collect(SimpleNamespace(steps=number, time=float(number), **values))
    return collector
