"""Every measure of a history, once: what it is counted in, what it is called, and where it is shown.

A `Definition` holds for all scenarios; a `Measure` is what it defines in one of them: for the whole process, or for one
working group, party or mediator. Every table, figure and question reads `DEFINITIONS`. An entry that is added there
appears in all of them; its values are a column that `outcomes.py` writes, or come from a function of the outcomes:

    DEFINITIONS["quick"] = Definition("quick", SHARE, PROCESS, "settled in a year", "share that settles in a year",
                                      values=lambda outcomes: outcomes["settled_week"] < 52)

Functions that a caller hands to `run`, `compare` or `sweep` become measures in the same way, for that call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import attrgetter, getitem
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario

Values = Callable[["pd.DataFrame"], Any]
"""Yes or no, or a number, for each row of an outcomes table; a history counts for itself, whichever stand beside it."""


# ---- what is defined -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """What a measure is counted in.

    kind: what is told of many histories, the `share` that says yes, a `mean`, or the `median` week; heading: over
    differences in this unit; scale: how much 1 is shown as; digits: in tables; places: in sentences and on pages;
    least: no axis of differences is narrower.
    """

    kind: str
    heading: str
    scale: float = 1
    digits: int = 3
    places: int = 2
    least: float = 0.01


SHARE = Unit("share", "Shares, in points of 100", 100, 1, 1, 1)
WEEK = Unit("median", "Median weeks to agreement", 1, 1, 0, 1)
WORTH = Unit("mean", "Utilities and fairness")
WORK = Unit("mean", "Mediators' work, in weeks", 1, 1, 1, 0.5)
OWN_SHARE = Unit("share", "Own measures, in points of 100", 100, 1, 1, 1)
OWN_NUMBER = Unit("mean", "Own measures")


@dataclass(frozen=True)
class Block:
    """Measures that stand together in a table of a run.

    head: over their values; host, beside: a measure in whose row others stand that have none of their own, and these,
    with their heads.
    """

    caption: str
    head: str
    host: str = ""
    beside: Mapping[str, str] = field(default_factory=dict, hash=False)

    def beside_in(self, scenario: Scenario) -> dict[str, str]:
        """Of the measures beside the host, with their heads, those that can happen in a scenario."""
        return {name: head for name, head in self.beside.items() if DEFINITIONS[name].can_happen(scenario)}


PROCESS = Block("The whole process", "value")
GROUPS = Block(
    "Working groups",
    "agreed",
    "agreed",
    {"week": "half agreed by", "collapsed": "broke down", "broken_off": "broken off"},
)
UTILITY = Block("What it is worth, on average", "mean")
EFFORT = Block("What it costs: mediators' weeks of work", "mean")
OWN_BLOCK = Block("Measures of one's own", "value")


@dataclass(frozen=True)
class Definition:
    """A measure for all scenarios. In its words, `{}` stands for the group, party or mediator that it is of.

    name: its column, or the part before the owner's name; label: in tables of differences; title: in sentences, without
    article; of: `group`, `party`, `mediator`, or '' for the whole process; row: in the tables of a run (default: the
    label); each: what one history has, where the title says median; cells: is it in the table of a sweep's cells?
    panel: title of its panel in the figure `outcomes`, ratio: is it from 0 to 1 there? better: 1 if higher is better,
    -1 if lower is, 0 if neither.

    A share that is better one way can be asked of `explain`: failed: what the failing histories did, and do; among:
    the share that must have come true before this one can fail; those: what its histories are called then.

    values: where it comes from, unless `outcomes.py` writes it; needs: the number of a scenario that is 0 where this
    can never happen, and tables of answers do without it.
    """

    name: str
    unit: Unit
    block: Block
    label: str
    title: str
    of: str = ""
    row: str = ""
    each: str = ""
    cells: bool = False
    panel: str = ""
    ratio: bool = False
    better: int = 0
    failed: tuple[str, str] | None = None
    among: str = ""
    those: str = "histories"
    values: Values | None = None
    needs: str = ""

    @property
    def kind(self) -> str:
        """`share`, `mean` or `median`"""
        return self.unit.kind

    def can_happen(self, scenario: Scenario) -> bool:
        """Whether the scenario lets this happen at all."""
        return not self.needs or bool(attrgetter(self.needs)(scenario) != 0)

    def row_of(self, owner: str) -> str:
        """Its name in the tables of a run."""
        return (self.row or self.label).format(owner)


EVERY = (
    Definition(
        "settled", SHARE, PROCESS, "settled", "share that settles", better=1, cells=True,
        row="settled: all chapters ratified", failed=("did not settle", "do not settle"),
        those="settlements",
    ),
    Definition(
        "lasting", SHARE, PROCESS, "settled and held", "share that settles and lasts", better=1, cells=True,
        row="lasting: settled and held", failed=("did not last", "do not last"),
        among="settled",
    ),
    Definition(
        "settled_week", WEEK, PROCESS, "settlement", "week by which half have settled", better=-1, cells=True,
        each="week of settlement", row="half have settled by", panel="Date of settlement",
    ),
    Definition(
        "agreed", SHARE, GROUPS, "agreed: {}", "share that agrees on {}", "group", "{}", better=1,
        failed=("did not agree on {}", "do not agree on {}"), those="agreements on {}",
    ),
    Definition(
        "collapsed", SHARE, GROUPS, "broke down: {}", "share whose agreement on {} breaks down", "group", better=-1,
        failed=("broke down", "break down"), among="agreed",
    ),
    Definition(
        "broken_off", SHARE, GROUPS, "broken off: {}", "share whose talks on {} are broken off", "group", better=-1,
        failed=("were broken off", "are broken off"), needs="walkouts.breaking_off",
    ),
    Definition(
        "week", WEEK, GROUPS, "{}", "week by which half agree on {}", "group", better=-1,
        each="week of agreement on {}",
    ),
    Definition(
        "utility", WORTH, UTILITY, "utility of {}", "mean utility of {}", "party", better=1,
        panel="Utility of {}",
    ),
    Definition("joint_utility", WORTH, UTILITY, "joint utility", "mean joint utility", better=1),
    Definition(
        "fairness", WORTH, UTILITY, "fairness", "mean fairness of gains", better=1, row="fairness of gains, 0 to 1",
        panel="Fairness: smaller gain / larger", ratio=True,
    ),
    Definition(
        "mediator_weeks", WORK, EFFORT, "work of {}", "mean weeks of work of {}", "mediator", "{}", better=-1,
        cells=True,
    ),
)  # fmt: skip

DEFINITIONS: dict[str, Definition] = {each.name: each for each in EVERY}
"""By name, in the order of the summary."""


def added() -> list[str]:
    """Names of definitions that the program itself does not have."""
    return [name for name, definition in DEFINITIONS.items() if definition not in EVERY]


def own_definition(name: str, kind: str) -> Definition:
    """A measure of one's own.  kind: `share` or `mean`"""
    unit = OWN_SHARE if kind == "share" else OWN_NUMBER
    return Definition(name, unit, OWN_BLOCK, name, f"{kind} of {name}", each=name)


Sorted = TypeVar("Sorted", "Definition", "Measure")


# ---- in one scenario -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """A measure of a scenario.  owner: the working group, party or mediator that it is of; '' for the whole."""

    definition: Definition
    owner: str = ""

    @property
    def name(self) -> str:
        """`settled`, `agreed`, `utility`"""
        return self.definition.name

    @property
    def kind(self) -> str:
        """`share`, `mean` or `median`"""
        return self.definition.kind

    @property
    def unit(self) -> Unit:
        return self.definition.unit

    @property
    def column(self) -> str:
        """Of the outcomes table: `settled`, `agreed.treaty`, `utility.Armenia`"""
        return dotted(self.name, self.owner)

    @property
    def group(self) -> str:
        return self.owner if self.definition.of == "group" else ""

    @property
    def party(self) -> str:
        """The party, or the mediator."""
        return "" if self.definition.of == "group" else self.owner

    @property
    def each(self) -> str:
        """What one history has of it, in words."""
        return self.definition.each or self.definition.title.removeprefix("mean ").removeprefix("median ")

    @property
    def among(self) -> str:
        """The column of the share that must have come true before this one can fail; '' where it always can."""
        return dotted(self.definition.among, self.owner) if self.definition.among else ""

    def beside(self, scenario: Scenario) -> list[Measure]:
        """What stands in its row in the tables of a run: more of the same owner."""
        block = self.definition.block
        names = block.beside_in(scenario) if self.name == block.host else {}
        return [Measure(DEFINITIONS[name], self.owner) for name in names]

    @property
    def place(self) -> tuple[str, ...]:
        """The keys that lead to it in a summary."""
        if self.name not in DEFINITIONS:
            return ("measures", self.name)
        if self.group:
            return ("groups", self.group, self.name)
        return (self.name, self.owner) if self.owner else (self.name,)

    def of(self, summary: Mapping[str, Any]) -> dict[str, Any]:
        """Its part of a summary: `{kind: number, "low": number, "high": number}`."""
        return reduce(getitem, self.place, summary)  # type: ignore[arg-type]


def dotted(name: str, owner: str) -> str:
    """`agreed.treaty`; `settled`, which is of nobody."""
    return f"{name}.{owner}" if owner else name


def owners(scenario: Scenario, of: str) -> list[str]:
    """Whom a definition has a measure for in a scenario."""
    if of == "group":
        return list(scenario.working_groups)
    if of == "party":
        return list(scenario.parties)
    return list(scenario.mediators) if of == "mediator" else [""]


def measures(scenario: Scenario) -> list[Measure]:
    """Every measure of a scenario; what neighbouring definitions say of one group or party stands together."""
    found = []
    for of, neighbours in groupby(DEFINITIONS.values(), lambda definition: definition.of):
        definitions = list(neighbours)
        for owner in owners(scenario, of):
            found += [Measure(definition, owner) for definition in definitions]
    return found


def named(scenario: Scenario, column: str, own: Sequence[Measure] = ()) -> Measure:
    """The measure with this column.  own: those of one's own.  Errors: KeyError, naming those that there are."""
    known = {measure.column: measure for measure in (*measures(scenario), *own)}
    if column not in known:
        from sim.scenario.problems import did_you_mean

        raise KeyError(f"unknown measure {column!r}: {did_you_mean(column, list(known))}")
    return known[column]


def own_of(summary: Mapping[str, Any]) -> list[Measure]:
    """The measures of one's own in the summary of a run."""
    found = summary.get("measures", {})
    return [Measure(own_definition(name, next(iter(estimate)))) for name, estimate in found.items()]


def failures(scenario: Scenario) -> dict[str, Measure]:
    """The shares that are better one way, by the name of their failure: `unsettled`, `collapsed.treaty`."""
    found = {}
    for measure in measures(scenario):
        if measure.kind == "share" and measure.definition.better > 0:
            found[f"un{measure.column}"] = measure
        if measure.kind == "share" and measure.definition.better < 0:
            found[measure.column] = measure
    return found


def by_unit(found: Iterable[Sorted]) -> dict[Unit, list[Sorted]]:
    """Definitions or measures in the order of their units, in which `DEFINITIONS` come before those of one's own."""
    units: dict[Unit, list[Sorted]] = {each.unit: [] for each in DEFINITIONS.values()}
    units |= {OWN_SHARE: [], OWN_NUMBER: []}
    for each in found:
        units[each.unit].append(each)
    return {unit: here for unit, here in units.items() if here}


def in_blocks(found: Iterable[Measure]) -> dict[Block, list[Measure]]:
    """Measures that have a row in the tables of a run, by block."""
    blocks: dict[Block, list[Measure]] = {}
    for measure in found:
        if measure.name not in measure.definition.block.beside:
            blocks.setdefault(measure.definition.block, []).append(measure)
    return blocks
