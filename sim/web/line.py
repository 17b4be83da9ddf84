"""Who is next: jobs that wait, the most urgent first, and among those as urgent a fair share for everybody who asks.

One browser that asks for a hundred things waits for its own: whoever asks for one thing comes after one of them
(*fair queuing*: each job has a turn, the turns of one browser follow on each other). When the line is full, the browser
with the most in it gives up its last job for one that has less; of those alike, one of the address that has the most.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from sim.web.jobs import Job
from sim.web.texts import Refusal

NOW, SHARPER, PERHAPS = 0, 1, 2
MOST_WAITING = 200
MOST_PERHAPS = 60


@dataclass(frozen=True)
class Asker:
    """A browser, by its session, and the address where it is: a school may have one for all."""

    session: str = ""
    address: str = ""


ASKER: ContextVar[Asker] = ContextVar("asker", default=Asker())  # noqa: B039  (it is frozen)
"""Who asks in this task, and in those that it starts."""


@dataclass(frozen=True)
class Waiting:
    """A job in the line, its inputs, and its place: the lowest first."""

    job: Job
    inputs: Sequence[Any]
    asker: Asker
    place: tuple[int, int, int]  # urgency, turn, number


class Line:
    """Jobs that nobody works on yet."""

    def __init__(self) -> None:
        self._waiting: dict[Job, Waiting] = {}
        self._numbers = itertools.count()
        self._turn: Counter[int] = Counter()  # of whoever was served last, by urgency
        self._turns: dict[tuple[int, str], int] = {}  # the next of each browser

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, job: Job) -> bool:
        return job in self._waiting

    def __iter__(self) -> Iterator[Waiting]:
        """In their order."""
        return iter(sorted(self._waiting.values(), key=lambda each: each.place))

    def add(self, job: Job, inputs: Sequence[Any], urgency: int) -> Waiting | None:
        """Let a job wait.  -> whoever had to leave for it.  Errors: Refusal (503) when too many wait."""
        asker, leaves = ASKER.get(), None
        if len(self) >= (MOST_PERHAPS if urgency == PERHAPS else MOST_WAITING):
            leaves = self._greedier(asker) if urgency != PERHAPS else None
            if leaves is None:
                raise busy()
            self.remove(leaves.job)
        self._waiting[job] = Waiting(job, inputs, asker, self._place(urgency, asker))
        return leaves

    def hurry(self, job: Job, urgency: int) -> None:
        """Make a job that waits more urgent, if it is less so."""
        waiting = self._waiting.get(job)
        if waiting is not None and urgency < waiting.place[0]:
            asker = ASKER.get()
            self._waiting[job] = replace(waiting, asker=asker, place=self._place(urgency, asker))

    def next(self, least: int) -> Waiting | None:
        """Who is next among those at least so urgent."""
        there = (each for each in self._waiting.values() if each.place[0] <= least)
        return min(there, key=lambda each: each.place, default=None)

    def take(self, waiting: Waiting) -> None:
        """Its turn has come."""
        urgency, turn, _ = waiting.place
        self._turn[urgency] = max(self._turn[urgency], turn)
        self.remove(waiting.job)

    def remove(self, job: Job) -> None:
        """Forget a job: it is done together with another one, or nobody waits for it any more."""
        self._waiting.pop(job, None)
        if not self._waiting:
            self._turn.clear()
            self._turns.clear()

    def _place(self, urgency: int, asker: Asker) -> tuple[int, int, int]:
        mine = urgency, asker.session
        turn = max(self._turn[urgency], self._turns.get(mine, 0))
        self._turns[mine] = turn + 1
        return urgency, turn, next(self._numbers)

    def _greedier(self, asker: Asker) -> Waiting | None:
        """The last job of the browser that has the most in the line, if this one would still have less."""
        sessions = Counter(each.asker.session for each in self._waiting.values())
        addresses = Counter(each.asker.address for each in self._waiting.values())

        def has(who: Asker, more: int = 0) -> tuple[int, int]:
            return sessions[who.session] + more, addresses[who.address] + more

        last = max(self._waiting.values(), key=lambda each: (has(each.asker), each.place))
        return last if has(last.asker) > has(asker, more=1) else None


def busy() -> Refusal:
    """The line is full, or the server stops."""
    return Refusal(503, "refused.busy", 5)
