"""What a page without a server keeps of the lessons: for each scenario that they set beside another, who settles.

One bit a history is enough for the sentences of a scene, since both scenarios meet the same chance.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import lru_cache, partial, reduce
from operator import add
from typing import Any

import numpy as np

from sim.experiments.cost import Cost, estimate
from sim.experiments.executors import in_order
from sim.experiments.simulate import each_of, families
from sim.scenario import Scenario, load
from sim.web import wording
from sim.web.choices import chosen
from sim.web.lessons import lessons
from sim.web.pages.lessons import measured
from sim.web.setups import fields
from sim.web.site import library
from sim.web.texts import DEFAULT, Texts

Data = dict[str, Any]


def setups() -> list[str]:
    """What is set beside what in any lesson, once each."""
    activities = (each for lesson in lessons().values() for each in lesson.activities(DEFAULT))
    return list(dict.fromkeys(each.setup for each in activities if measured(each)))


def stems() -> list[str]:
    """The scenarios that are run for it, by their names on the page."""
    return list(dict.fromkeys(stem for setup in setups() for stem in fields(setup).values()))


@lru_cache(maxsize=64)
def scenario(stem: str) -> Scenario:
    """One of them.  Errors: ScenarioError."""
    return load(library()[stem].path)


def cost(replications: int) -> Cost:
    """What it takes to run all of them."""
    return reduce(add, (estimate(scenario(stem), replications) for stem in stems()))


def told(t: Texts) -> dict[str, list[str]]:
    """What A and B are, in words, by set-up."""
    found = {}
    for setup in setups():
        given = fields(setup)
        both = {stem: scenario(stem) for stem in given.values()}
        found[setup] = wording.sides(t, chosen(given, both), *both.values())
    return found


def computed(replications: int, jobs: int, tell: Callable[[float], None]) -> Data:
    """Run all of them.  -> `settled`: by stem, a bit a history, as base64

    `tell` hears the share that is done.  Errors: WorkerDied.
    """
    names = stems()
    alike = [[names[n] for n in family] for family in families([scenario(stem) for stem in names])]
    found: dict[str, str] = {}
    for part in in_order(partial(_settled, replications), alike, min(jobs, len(alike))):
        found |= part
        tell(len(found) / len(names))
    return {"settled": {stem: found[stem] for stem in names}}


def _settled(replications: int, family: list[str]) -> dict[str, str]:
    return dict(_packed(family, replications))


def _packed(family: list[str], replications: int) -> Iterator[tuple[str, str]]:
    for number, table in each_of([scenario(stem) for stem in family], 0, replications):
        bits = np.packbits(table["settled"].to_numpy(dtype=bool))
        yield family[number], base64.b64encode(bits.tobytes()).decode()
