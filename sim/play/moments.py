"""When people are asked: the 8 to 12 weeks of a history in which something has happened that calls for a decision.

A game of people has to fit a lesson. Weeks in which nothing calls run by themselves; before the others it waits. The
rule looks only at what everybody at the table knows, and only back, so that the moments of a history up to any week are
the first moments of the whole history.

    calls(events, scenario)                  # of a history that is told
    Watch.over(scenario).look(week, lately)  # week by week, while the model runs
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from sim import kinds
from sim.play.game import Data
from sim.play.view import text_of
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sim.model import NegotiationModel

MOST, FEWEST = 12, 8  # moments of a history
BREATH = 1 / 52  # of the calendar: moments are no nearer to each other
SOONER = 0.75  # of the weeks that pass at the most: what is minor calls that soon
NEAR = 0.5  # of the distance between offers that was there before: from there on an offer has come near

URGENT = (
    "signature", "refusal", "reopened", "collapse", "walkout", "freeze", "broken_off", "near", "serious", "grave",
)  # fmt: skip
"""What calls at once. What is urgent is never passed over: it waits at most until the pace allows the next moment."""
MINOR = ("draft", "in_force", "disruption", "resume", "open", "minor")
"""What calls where no moment has come for a while, and is told with the others."""
GRADES = tuple(name for name, _ in kinds.GRADES)
CLOSES, OPENS = ("in_force", "broken_off"), ("collapse", "reopened", "refusal")

Text = Mapping[str, float | str]


@dataclass(frozen=True)
class Happening:
    """Something that everybody heard of: its kind, of an incident the grade; where, by whom.

    text: what lies on the table, of a `proposal`.
    """

    kind: str
    group: str = ""
    actor: str = ""
    text: Text | None = None

    def item(self) -> Data:
        """As news are told."""
        named = {"group": self.group, "actor": self.actor}
        graded = {"kind": "incident", "size": self.kind} if self.kind in GRADES else {"kind": self.kind}
        return graded | {key: name for key, name in named.items() if name}


@dataclass(frozen=True)
class Moment:
    """People are asked before the talks of this week; `why`: the most urgent first.

    Besides kinds of events, a reason may be `start`, `near` (offers have come near), `quiet` (nothing has happened for
    long) or `deadline`.
    """

    week: int
    why: tuple[Happening, ...]

    def items(self) -> list[Data]:
        """The reasons as news are told: `kind`, `group`, `actor`, of an incident its `size`."""
        return [reason.item() for reason in self.why]


@dataclass(frozen=True)
class Pace:
    """How many moments there may be up to a week, of talks whose weeks from `first` to before `end` can be decided."""

    first: int
    end: int

    @property
    def deadline(self) -> int:
        """The week of the last call: a twelfth of the calendar before its end."""
        return max(self.end - max(math.ceil((self.end - self.first) / MOST), 1), self.first)

    @property
    def breath(self) -> int:
        """Weeks from one moment to the next, at the least."""
        return max(math.ceil((self.end - self.first) * BREATH), 1)

    @property
    def calm(self) -> float:
        """Weeks after which people are asked though nothing calls: so that there are eight moments at the least."""
        return max((self.deadline - self.first) / (FEWEST - 1), self.breath)

    def most(self, week: int) -> int:
        """So many may be there: two in the first weeks, all but one before the deadline."""
        return MOST if week >= self.deadline else 2 + math.floor((MOST - 3) * self._gone(week))

    def _gone(self, week: int) -> float:
        span = self.deadline - self.first
        return min((week - self.first) / span, 1.0) if span else 1.0


class Watch:
    """Looks at a history week by week.

    pending: what has called since the last moment; apart: how far the offers of each group were apart at first, or when
    they last came near; closed: groups that have nothing to decide.
    """

    def __init__(self, pace: Pace, groups: Collection[str]) -> None:
        self.pace, self.groups = pace, frozenset(groups)
        self.moments: list[Moment] = []
        self._pending: dict[Happening, None] = {}
        self._closed: set[str] = set()
        self._offers: dict[str, dict[str, Text]] = {group: {} for group in groups}
        self._apart: dict[str, float] = {}

    @classmethod
    def over(cls, scenario: Scenario) -> Watch:
        """For a history of this scenario."""
        return cls(Pace(scenario.known_weeks, scenario.clock.weeks), scenario.working_groups)

    def look(self, week: int, lately: Iterable[Happening]) -> Moment | None:
        """Is there a moment before the talks of a week?  lately: what happened in the week before it.

        Weeks come one after the other, from the first.
        """
        for happening in lately:
            self._hear(happening)
        if not self._calls(week):
            return None
        reasons = [Happening(kind) for kind in self._occasions(week)]
        moment = Moment(week, tuple(sorted([*self._pending, *reasons], key=_urgency)))
        self.moments.append(moment)
        self._pending.clear()
        return moment

    def _calls(self, week: int) -> bool:
        pace, count = self.pace, len(self.moments)
        if not pace.first <= week < pace.end or self._closed >= self.groups or count == MOST:
            return False
        if not count or self._last_call(week):
            return True
        since = week - self.moments[-1].week
        if since < pace.breath or count >= pace.most(week):
            return False
        if any(happening.kind in URGENT for happening in self._pending):
            return True
        return since >= (SOONER * pace.calm if self._pending else pace.calm)

    def _last_call(self, week: int) -> bool:
        """Is this the deadline, or the first chance after it to decide once more?"""
        return week >= self.pace.deadline > self.moments[-1].week

    def _occasions(self, week: int) -> list[str]:
        """Reasons that lie in the calendar."""
        if not self.moments:
            return ["start"]
        if self._last_call(week):
            return ["deadline"]
        return [] if self._pending else ["quiet"]

    # ---- what is heard -----------------------------------------------------------------------------------------------

    def _hear(self, happening: Happening) -> None:
        kind, group = happening.kind, happening.group
        if kind == "proposal":
            self._compare(happening)
            return
        if kind in CLOSES:
            self._closed.add(group)
        if kind in OPENS:
            self._closed.discard(group)
        if kind == "signature":
            self._offers[group] = {}
            self._apart.pop(group, None)
        if kind in URGENT or kind in MINOR:
            self._pending[happening] = None

    def _compare(self, happening: Happening) -> None:
        """An offer is on the table: has it come near to another one?"""
        group, offers = happening.group, self._offers[happening.group]
        if happening.text is None:
            return
        offers[happening.actor] = happening.text
        if len(offers) < 2:
            return
        now = min(distance(one, other) for one, other in combinations(offers.values(), 2))
        before = self._apart.setdefault(group, now)
        if now <= NEAR * before and now < before:
            self._apart[group] = now
            self._pending[Happening("near", group)] = None


def distance(one: Text, other: Text) -> float:
    """How far two texts are apart, 0 to 1: the mean over their questions, each 1 where another option is chosen."""
    gaps = [_gap(settled, other[issue]) for issue, settled in one.items()]
    return sum(gaps) / len(gaps)


def _gap(one: float | str, other: float | str) -> float:
    if isinstance(one, str) or isinstance(other, str):
        return float(one != other)
    return abs(one - other)


def _urgency(happening: Happening) -> int:
    order = ("start", "deadline", *URGENT, *MINOR, "quiet")
    return order.index(happening.kind)


# ---- where it looks --------------------------------------------------------------------------------------------------


def calls(events: pd.DataFrame, scenario: Scenario) -> list[Moment]:
    """The moments of one history.  events: of that history alone, as `History.events` gives them."""
    watch = Watch.over(scenario)
    by_week = {week: list(_told(rows)) for week, rows in events.groupby("week")}
    for week in range(scenario.clock.weeks):
        watch.look(week, by_week.get(week - 1, ()))
    return watch.moments


def _told(events: pd.DataFrame) -> Iterable[Happening]:
    for row in events.to_dict("records"):
        offer = _read(row["package"]) if row["kind"] == "proposal" else None
        yield _happening(row["kind"], row["group"], row["actor"], row["value"], offer)


def lately(model: NegotiationModel) -> list[Happening]:
    """What happened in the last week of a model, in its first row, which has to be told."""
    found = []
    for told in model.history.of_week(model.week - 1):
        kind, group = told["kind"], told.get("group", "")
        offer = None
        if kind == "proposal":
            package = told["package"]
            offer = _read(package) if isinstance(package, str) else text_of(model.groups[group], package)
        found.append(_happening(kind, group, told.get("actor", ""), told.get("value", math.nan), offer))
    return found


def _read(package: str) -> Text:
    """An offer as it is told, points as exact as they are shown."""
    text: Text = json.loads(package)
    return {issue: settled if isinstance(settled, str) else round(settled, 4) for issue, settled in text.items()}


def _happening(kind: str, group: str, actor: str, value: float, offer: Text | None) -> Happening:
    return Happening(kinds.grade(value) if kinds.of(kind).graded else kind, group, actor, offer)
