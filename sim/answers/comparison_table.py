"""What a comparison says in numbers: values under each scenario, which histories turn, and every difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from sim import words
from sim.answers.models_table import NOTE as MODELS_NOTE
from sim.answers.models_table import models_tables
from sim.answers.tables import Table, as_text
from sim.measures import SHARE, Measure, Unit, by_unit, measures, own_of
from sim.statistics.paired import alone
from sim.words.language import ENGLISH
from sim.words.numbers import NONE
from sim.words.readings import bare, interval
from sim.words.verdict import between, probability

if TYPE_CHECKING:
    from sim.scenario import Scenario

Values = Mapping[str, Any]
Row = tuple[str, ...]

VALUES = "Values"
DIFFERENCES = ("", "difference", "95 % interval", "pairs", "width")
TURNED = ("", "both", "saved", "lost", "neither", "net, points", "exact p")
NOTE = (
    "Each history is run under both scenarios with the same chance; pairs with the same number are compared, always "
    "scenario minus reference. Saved: agreed only under the scenario; lost: only under the reference. Width: of the "
    "interval, against that of as many histories with chance of their own. 95 % intervals: Tango for shares, paired t "
    "for means, bootstrap over pairs for medians, which count the histories that never agree. p: McNemar."
)


def comparison_table(scenarios: Sequence[Scenario], names: Sequence[str], summary: Values) -> str:
    """What `compare --json` holds as sentences and tables, as `sim compare` prints them.

    scenarios, names: the reference first, as in the summary.
    """
    run = summary["scenarios"][0]
    counted = f"{words.some(run['replications'], 'replication')}, seed {run['seed']}"
    said = "\n".join([*summary["sentences"], f"Reference: {names[0]}. {counted}."])
    note = f"{NOTE}\n\n{MODELS_NOTE}" if models_tables(scenarios, names, summary) else NOTE
    return as_text("", said, *tables(scenarios, names, summary), *unshared(scenarios, names), note=note)


def unshared(scenarios: Sequence[Scenario], names: Sequence[str]) -> list[str]:
    """Sentences on groups, parties and mediators that only one of two scenarios has."""
    said = []
    for name, scenario in zip(names[1:], scenarios[1:], strict=True):
        only = [words.short(key) for key in alone(scenarios[0], scenario)]
        if only:
            said.append(f"{name}: not compared, because only one of the two scenarios has it: {words.both(only)}.")
    return said


def tables(scenarios: Sequence[Scenario], names: Sequence[str], summary: Values) -> list[Table]:
    """Values of all; of each scenario against the reference the differences, and which histories it turns; its models.

    The arguments are those of `comparison_table`.
    """
    found = [_values(scenarios, names, summary)]
    for name, scenario in zip(names[1:], scenarios[1:], strict=True):
        found.append(_differences(scenarios[0], scenario, name, summary))
        found.append(_transitions(name, summary))
    return [*found, *models_tables(scenarios, names, summary)]


# ---- values ----------------------------------------------------------------------------------------------------------


def _values(scenarios: Sequence[Scenario], names: Sequence[str], summary: Values) -> Table:
    """What each measure comes to under each scenario; a dash where one has no such measure, or no value."""
    summaries = summary["scenarios"]
    pairs = zip(scenarios, summaries, strict=True)
    known = [[*measures(scenario), *own_of(found)] for scenario, found in pairs]
    every = [each for each in dict.fromkeys(chain.from_iterable(known)) if _can_happen(each, scenarios)]
    rows: list[Row] = []
    for unit, here in by_unit(every).items():
        rows.append((unit.heading,))
        for measure in here:
            there = zip(known, summaries, strict=True)
            cells = [_value(measure, found) if measure in has else NONE for has, found in there]
            rows.append((_label(measure), *cells))
    return Table(VALUES, ("", *names), rows, abreast=True)


def _value(measure: Measure, summary: Values) -> str:
    """`42.3` and beneath it `38.1 to 46.2`: the heading has the unit."""
    found, show = measure.of(summary), partial(bare, measure.unit)
    return f"{show(found[measure.kind])}\n{interval(found, show)}".strip()


def _can_happen(measure: Measure, scenarios: Iterable[Scenario]) -> bool:
    """Whether some scenario lets it happen: where none does, a row of zeros says nothing."""
    return any(measure.definition.can_happen(scenario) for scenario in scenarios)


def _label(measure: Measure) -> str:
    return measure.definition.label.format(words.short(measure.owner))


# ---- what differs ----------------------------------------------------------------------------------------------------


def _differences(reference: Scenario, scenario: Scenario, name: str, summary: Values) -> Table:
    """Every measure that both scenarios have, below its unit, if it can happen in one of them."""
    found = {row["measure"]: row for row in summary["differences"] if row["scenario"] == name}
    known = [*measures(reference), *own_of(summary["scenarios"][0])]
    every = [measure for measure in known if _can_happen(measure, (reference, scenario))]
    rows: list[Row] = []
    for unit, here in by_unit(measure for measure in every if measure.column in found).items():
        rows.append((unit.heading,))
        rows += [(_label(measure), *_compared(found[measure.column], unit)) for measure in here]
    return Table(f"{name}, against the reference", DIFFERENCES, rows)


def _compared(row: Values, unit: Unit) -> Row:
    narrowed = _number(row["narrowed"])
    width = NONE if narrowed != narrowed else words.percent(narrowed)
    return (*_difference(row, unit), words.thousands(row["n"]), width)


def _transitions(name: str, summary: Values) -> Table:
    """A row for the whole and for each group."""
    rows = [(_what(row), *_turned(row)) for row in summary["transitions"] if row["scenario"] == name]
    return Table(f"{name}, saved and lost", TURNED, rows)


def _what(row: Values) -> str:
    return words.short(row["group"]) if row["group"] else "settled"


def _turned(row: Values) -> Row:
    """How many histories go which way, the net of it with its interval, and whether that could be chance."""
    counts = [words.thousands(row[part]) for part in ("both", "saved", "lost", "neither")]
    sure = probability(row["p"]).removeprefix("p ").removeprefix("= ")
    return (*counts, "\n".join(_difference(row, SHARE)), sure)


def _difference(row: Values, unit: Unit) -> Row:
    """`+18.3`, `+15.1 to +21.4`; dashes where they are not known."""
    middle, low, high = (unit.scale * _number(row[key]) for key in ("difference", "low", "high"))
    number = NONE if middle != middle else ENGLISH.signed(middle, unit.digits)
    return (number, between(low, high, unit.digits) or NONE)


def _number(value: float | None) -> float:
    """A number as JSON has it, where NaN is null."""
    return float("nan") if value is None else float(value)
