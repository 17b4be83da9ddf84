"""Mesa's core: `Agent`, `AgentSet`, `Model`.

`import mesa` brings its grids, networks and continuous spaces with it, and with them networkx and SciPy's spatial
trees: 0.2 s and 25 MB in every process. Talks happen in no space, so these parts wait here until somebody asks for
something in them. Nothing is taken away: `mesa.space.MultiGrid` is there as ever.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

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

from mesa.agent import Agent, AgentSet  # noqa: E402
from mesa.model import Model  # noqa: E402

for _space in SPACES:
    if isinstance(sys.modules.get(_space), _Later):
        del sys.modules[_space]  # `import mesa.space` finds the real one

__all__ = ["Agent", "AgentSet", "Model"]
