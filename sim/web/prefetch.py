"""Workers compute what a class is likely to ask next, while nobody waits for anything.

Most of what people try is one slider moved, and sliders move in steps: all of these settings of a scenario are a few
hundred runs, which a worker computes side by side in about a minute. Whoever then asks for one of them has its answer
at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence

from sim.scenario import Scenario
from sim.web.choices import Side, sliders
from sim.web.jobs import ROWS, Case, Simulate
from sim.web.line import PERHAPS
from sim.web.pool import Pool

PATIENCE = 0.2  # seconds until it looks again whether everybody is served
LATELY = 3  # scenarios that wait for their turn, the latest first


class Foresight:
    """Works on scenarios that somebody has opened, each of them once, the latest first.

    parts: first replication and number of replications of the runs that an answer is made of, in their order.
    """

    def __init__(self, pool: Pool, parts: Sequence[tuple[int, int]]) -> None:
        self._pool, self._parts = pool, parts
        self._wanted: deque[tuple[Scenario, Case]] = deque(maxlen=LATELY)
        self._seen: set[Case] = set()
        self._called = asyncio.Event()

    def opened(self, scenario: Scenario, case: Case) -> None:
        """Somebody looks at a scenario: all settings with one slider moved may be asked for."""
        if case not in self._seen:
            self._seen.add(case)
            self._wanted.append((scenario, case))
            self._called.set()

    async def work(self) -> None:
        """For ever. A worker that is alone has no time for this."""
        while self._pool.jobs > 1:
            await self._called.wait()
            self._called.clear()
            while self._wanted:
                await self._look_around(*self._wanted.pop())

    async def _look_around(self, scenario: Scenario, case: Case) -> None:
        cases = [case, *one_slider_moved(scenario, case)]
        most = max(1, ROWS // sum(count for _, count in self._parts))
        for start in range(0, len(cases), most):
            while self._pool.waiting:
                await asyncio.sleep(PATIENCE)
            jobs = [Simulate(each, *part) for each in cases[start : start + most] for part in self._parts]
            asked = (self._pool.ask(job, urgency=PERHAPS) for job in jobs)
            await asyncio.gather(*asked, return_exceptions=True)  # whoever asks for it hears how it failed


def one_slider_moved(scenario: Scenario, case: Case) -> Iterator[Case]:
    """The case with each slider at each of its steps, in the words in which a page asks for it."""
    for slider in sliders(scenario):
        for step in range(round((slider.high - slider.low) / slider.step) + 1):
            side = Side(((slider.name, slider.low + step * slider.step),))
            yield Case(case.path, case.text, side.settings(scenario))
