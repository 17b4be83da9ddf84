"""What a run will cost, read off its scenario before anything is simulated.

The seconds follow from counting: how often the model takes a *step* (NumPy is called, whatever the number of
replications) and how many *numbers* those steps go through, one for each replication. How long one of either takes was
measured once; so the estimate is the same everywhere, and on another machine right to the speed of that machine. It is
what a run costs at the most: as if everybody came to every round and nobody ever signed.

Shapes of a group: P parties, S stretches of its scales, O combinations of its options, `table` numbers to say what a
party wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from sim.bargaining.combinations import ALL
from sim.bargaining.tactics import HALVINGS, moves_once
from sim.history import TOLD
from sim.scenario.numbers import mean_of
from sim.scenario.parties import Mediator, MixSettings, TacticChoice
from sim.scenario.schema import Leaders, Scenario
from sim.scenario.to_bargaining import tactic_of

CHUNK = 10_240  # replications at once, at the most: little overhead, and memory that does not grow
STEP, NUMBER = 2e-6, 1.5e-9  # seconds
WORD = 8  # bytes of a number
SORT = 60  # numbers that sorting one is worth
FOR_EACH, FOR_MORE = 10, 300  # offers that one is worth which pleases each of two others, or of more
REVISE = 15  # steps, and numbers of each history, that one revision of a text takes, beside those for each party
CLIMB, GAPS = 80, 320  # slopes that a text for three and more follows, and that the two gaps of an outcome follow
PRUNED = 1.2  # how few of many combinations a text is thought through for; counted in random groups of 3 to 8 parties
ROW, ISSUE = 110, 12  # bytes of an event in its table, and of each issue of its package
TOLD_AS = 3  # how much more it takes while the table is made
TELLING = 2_200  # bytes of what is told at once until then, however few replications it concerns
BINS = 2_100  # bytes of a week's counts of one party
BASE = 2_000_000  # bytes of a model with nothing in it
ROOM = 256_000_000  # bytes that the replications of one model may take
TYPICAL = 300  # combinations left of a beginning, where they are many: of opposed interests, and of others a tenth


@dataclass(frozen=True)
class Cost:
    """seconds: of one processor; memory: bytes at the peak, beside the program itself; kept: bytes of the result."""

    seconds: float
    memory: int
    kept: int

    def __add__(self, other: Cost) -> Cost:
        """One after the other."""
        return Cost(self.seconds + other.seconds, max(self.memory, other.memory), self.kept + other.kept)


def estimate(scenario: Scenario, replications: int | None = None, told: int = TOLD) -> Cost:
    """What `replications` (by default the scenario's) cost in one process; `told` of them keep their events."""
    replications = scenario.replications if replications is None else replications
    groups = _tables_of(scenario)
    models = -(-replications // rows_at_once(scenario))
    steps, numbers = _weekly(scenario)
    steps, numbers = models * steps * scenario.weeks, numbers * scenario.weeks
    for group in groups:
        meetings = min(group.rounds * replications, models * scenario.clock.weeks)
        steps += meetings * group.steps + models * group.gap_steps
        numbers += group.rounds * group.numbers + min(1, group.rounds) * group.gap_numbers
    told = min(told, replications)
    events = told * sum(group.rounds * group.events * (ROW + ISSUE * group.issues) for group in groups)
    said = sum(min(group.rounds * told, scenario.clock.weeks) * group.events * TELLING for group in groups)
    held = min(replications, rows_at_once(scenario)) * _row(groups)
    kept = _tables(scenario, groups, replications) + events
    memory = BASE + kept + TOLD_AS * events + said + held
    return Cost(steps * STEP + replications * numbers * NUMBER, round(memory), round(kept))


def rows_at_once(scenario: Scenario) -> int:
    """Replications that one model may hold, so that its memory does not grow with what the scenario puts into a row."""
    return min(CHUNK, max(1, int(ROOM / _row(_tables_of(scenario)))))


def _row(groups: list[_Group]) -> float:
    """Bytes of a replication in a model, in a week in which all groups meet."""
    return sum(group.held + group.most for group in groups)


def _weekly(scenario: Scenario) -> tuple[float, float]:
    """Steps and numbers of a week beside its rounds."""
    parties, mediators, groups = len(scenario.parties), len(scenario.mediators), len(scenario.working_groups)
    seats = sum(len(scenario.group_parties(group)) for group in scenario.working_groups)
    steps = 60 + 40 * parties + 8 * parties**2 + 15 * seats + 40 * groups + mediators * (10 + 25 * parties)
    return steps, steps / 2


def _tables(scenario: Scenario, groups: list[_Group], replications: int) -> float:
    """Bytes of an outcome for each replication and of the weekly counts."""
    columns = 20 + 8 * len(scenario.parties) + sum(8 + group.parties for group in groups) + len(scenario.mediators)
    return replications * columns * WORD + scenario.weeks * (len(scenario.parties) * BINS + 100 * len(groups))


# ---- a group ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Group:
    """A table's sizes. rounds: of one history; exchanges: in a round; looks: offers that its parties think through in
    one exchange; drafts: in a round; drafting: mediators who do; revisions: that they try, each in a text;
    leaders: is it theirs, of which only the nearest offer is told and no gaps are worked out?"""

    parties: int
    issues: int
    stretches: int
    options: tuple[int, ...]
    rounds: float
    exchanges: int
    looks: int
    drafts: float
    drafting: int
    revisions: tuple[int, ...]
    leaders: bool = False

    @classmethod
    def of(cls, scenario: Scenario, name: str) -> _Group:
        """The table of a working group."""
        spec, parties = scenario.working_groups[name], scenario.group_parties(name)
        return cls._sized(scenario, [name], parties, _rounds(scenario, name), spec.exchanges)

    @classmethod
    def of_leaders(cls, scenario: Scenario, leaders: Leaders) -> _Group:
        """The leaders' table, with the issues of all the chapters that it covers."""
        seated = {party for name in leaders.covers for party in scenario.group_parties(name)}
        every = 0.0 if leaders.meets_every is None else scenario.clock.weeks / mean_of(leaders.meets_every)
        rounds = min(float(scenario.clock.weeks), every + len(leaders.dates))
        table = cls._sized(scenario, leaders.covers, sorted(seated), rounds, leaders.exchanges)
        return replace(table, leaders=True)

    @classmethod
    def _sized(
        cls, scenario: Scenario, names: Sequence[str], parties: Sequence[str], rounds: float, exchanges: int
    ) -> _Group:
        issues = [(name, issue, each) for name in names for issue, each in scenario.working_groups[name].issues.items()]
        tactics = [scenario.parties[party].tactic for party in parties]
        answering = sum(scenario.parties[party].offers == "product" for party in parties) * (len(parties) > 2)
        scales = [(name, issue) for name, issue, each in issues if each.positions]
        mediators = list(scenario.mediators.values())
        drafts = [_drafts(mediator) for mediator in mediators]
        held = {(commitment.group, commitment.issue) for commitment in scenario.framework}
        return cls(
            parties=len(parties),
            issues=len(issues),
            stretches=len(scales) * (len(parties) - 1) + len(held.intersection(scales)),
            options=tuple(len(each.options) for _, _, each in issues if each.options),
            rounds=rounds,
            exchanges=exchanges if answering or not all(moves_once(tactic_of(each)) for each in tactics) else 1,
            looks=len(parties) + sum(map(_looks, tactics)) + answering * (FOR_EACH if len(parties) == 3 else FOR_MORE),
            drafts=sum(drafts),
            drafting=sum(each > 0 for each in drafts),
            revisions=tuple(
                each.revisions or 0 for each, drafts_at in zip(mediators, drafts, strict=True) if drafts_at > 0
            ),
        )

    @property
    def many(self) -> bool:
        """Are there too many combinations to look at all of them?"""
        return prod(self.options) > ALL

    @property
    def table(self) -> int:
        return 1 + self.stretches + (sum(self.options) if self.many else prod(self.options))

    @property
    def looked_at(self) -> int:
        """Combinations."""
        return TYPICAL if self.many else prod(self.options)

    @property
    def joined(self) -> int:
        """Numbers that are sorted to find which combinations to look at."""
        return SORT * TYPICAL * sum(self.options) if self.many else 0

    @property
    def space(self) -> int:
        """Numbers of one look over all combinations, each with its best settlement of the scales."""
        return (1 + self.stretches) * self.looked_at

    @property
    def steps(self) -> float:
        """Of one round."""
        pairs = self.parties**2
        text = 60 + 6 * self.stretches + CLIMB * self._slopes
        one = self.looks * (25 + self.stretches) + pairs * (14 + self.stretches)
        sorts = 40 * self.parties * len(self.options) if self.many else 0
        return (
            60
            + 60 * self.parties
            + pairs * 12
            + sorts
            + self.exchanges * one
            + self.drafting * (text + 20 * self.parties)
            + sum(self.revisions) * (REVISE + 9 * self.parties)
        )

    @property
    def numbers(self) -> float:
        """Of one round of one history."""
        pictures = self.parties * (self.parties * 4 * self.table + 4 * self.stretches**2 + self.joined)
        one = self.looks * 6 * self.space + self.parties**2 * 2 * self.table
        revised = self.drafts * max(self.revisions, default=0) * (REVISE + 13 * self.parties)
        return pictures + self.exchanges * one + self.drafts * self._text(CLIMB) + revised + self.steps / 4

    @property
    def _slopes(self) -> int:
        """Steps for each slope that a text follows; a text for two, or without scales, is found at once."""
        climbs = self.parties > 2 and (self.many or self.stretches)
        return self.parties * (8 + self.stretches) if climbs else 0

    def _text(self, slopes: int) -> float:
        """Numbers of one text: a look over all combinations, and the ways that are gone, slope by slope."""
        ways = ways_gone(self.looked_at, self.parties) if self._slopes else 0
        return 10 * self.space + 5 * slopes * self.parties * (1 + self.stretches) * ways

    @property
    def gap_steps(self) -> float:
        return 0.0 if self.leaders else 200 + GAPS * self._slopes

    @property
    def gap_numbers(self) -> float:
        return 0.0 if self.leaders else 2 * self._text(GAPS // 2)

    @property
    def events(self) -> float:
        """What is told of one round: where all may move more than once, about half of them do at a time."""
        if self.leaders:
            return float(self.parties)
        moves = max(1, self.exchanges / 2)
        return 1 + moves * self.parties**2 + self.drafts * (1 + self.parties)

    @property
    def held(self) -> float:
        """Bytes of one replication from the first week to the last."""
        return WORD * (self.parties * (self.parties + 2) * self.table + 150 * self.parties)

    @property
    def most(self) -> float:
        """Bytes of one replication beside these, at a round or when the gaps are worked out."""
        pictures = self.parties * (2 * self.parties * self.table + 2 * self.looked_at + 2 * self.stretches**2)
        text = self.parties * self.table + (5 * self.stretches + 2 * self.parties) * self.looked_at
        luck = 3 * max(self.revisions, default=0) * (2 + self.parties)
        return WORD * (max(pictures + 2 * self.parties * self.space, text, luck) + 6 * self.looked_at)


def ways_gone(combinations: int, parties: int) -> float:
    """Of how many combinations a text for three and more follows the slopes to the end; the others cannot win.

    Of 4,096 about 150 with three parties, and 1,200 with eight.
    """
    return float(combinations ** (1 - PRUNED / parties))


def _tables_of(scenario: Scenario) -> list[_Group]:
    """The tables of all working groups, and the leaders' table, if there is one."""
    tables = [_Group.of(scenario, name) for name in scenario.working_groups]
    if scenario.leaders is not None:
        tables.append(_Group.of_leaders(scenario, scenario.leaders))
    return tables


def _rounds(scenario: Scenario, name: str) -> float:
    """Rounds of one history, mediators calling them at their best."""
    idle = prod(1 - _effort(mediator) * _share(mediator, "convene") for mediator in scenario.mediators.values())
    every = mean_of(scenario.working_groups[name].meets_every)
    return scenario.clock.weeks * min(1, (2 - idle) / every)


def _looks(tactic: TacticChoice) -> int:
    """Offers that a party thinks through before it knows what to ask for: half the time the other one moves."""
    if isinstance(tactic, MixSettings):
        return sum(_looks(part.tactic) for part in tactic.parts)
    return HALVINGS // 2 if tactic.kind == "zeuthen" else 0  # type: ignore[attr-defined]


def _drafts(mediator: Mediator) -> float:
    """Drafts of a mediator at a round."""
    return 1 - float(np.exp(-mean_of(mediator.draft_rate) * _effort(mediator) * _share(mediator, "draft")))


def _effort(mediator: Mediator) -> float:
    """The most that it ever makes."""
    if isinstance(mediator.effort, list):
        return max(mean_of(step.effort) for step in mediator.effort)
    return mean_of(mediator.effort)


def _share(mediator: Mediator, activity: str) -> float:
    weights = {name: mean_of(getattr(mediator.activities, name)) for name in type(mediator.activities).model_fields}
    return weights[activity] / max(sum(weights.values()), 1e-300)
