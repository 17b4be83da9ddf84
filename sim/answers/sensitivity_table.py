"""Which uncertain input matters: the answer in a sentence, and the inputs ranked, for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import words
from sim.answers.tables import Table, as_text
from sim.words import paths
from sim.words.numbers import NONE
from sim.words.readings import reading

if TYPE_CHECKING:
    from sim.experiments.uncertain import Sensitivity
    from sim.measures import Measure
    from sim.scenario import Scenario

NAMED = 3  # inputs that a sentence names; the others are counted
NOTES = {
    "PAWN": "Index: how far the distribution of the result moves, on average, once it is known in which tenth of its "
    "values the input lies; of a share, simply how far it moves (PAWN: Pianosi and Wagener 2018).",
    "delta": "Index: which part of the distribution of the result moves, on average, once it is known in which tenth "
    "of its values the input lies (delta: Borgonovo 2007).",
    "Sobol": "First: the part of the variance that is gone once the input is known; total: the part that is left when "
    "all others are known (Saltelli and others 2010). Each point of the design meets the same luck.",
}


# ---- the answer ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """The measure as sentences speak of it."""

    title: str
    show: Callable[[float], str]
    average: str = ""  # said of a number at the ends of an input, where it is a mean of what moves


def asked(found: Sensitivity) -> Asked:
    """The measure of an analysis in words."""
    return asked_of(found.scenario, found.measure, found.measures)


def asked_of(scenario: Scenario, column: str, own: Sequence[Measure] = ()) -> Asked:
    """A measure in words; weeks are means, in which never counts as the end of the talks."""
    said = reading(scenario, column, own)
    if said.is_share:
        return Asked(said.title, said.show)
    title = said.measure.each.format(words.short(said.measure.owner))
    if said.measure.kind == "mean":
        return Asked(title, said.show, " on average")
    end = f"(never counts as the end of the talks, week {scenario.clock.weeks})"
    return Asked(f"{title} {end}", "week {:,.0f}".format, " on average")


def answer(found: Sensitivity) -> str:
    """Which inputs move the measure, from where to where, and which cannot be told from chance."""
    said, rows = asked(found), found.indices.to_dict("records")
    if not found.varies:
        return f"The {said.title} is {said.show(rows[0]['lowest'])} whatever was drawn, so no input moves it."
    matter = [row for row, matters in zip(rows, found.matters, strict=True) if matters]
    idle = [row for row in rows if row["total"] == 0]  # exactly: every point met the same luck
    others = [row for row, matters in zip(rows, found.matters, strict=True) if not matters and row not in idle]
    if not matter:
        return f"No uncertain input moves the {said.title} by more than chance alone would: {_chance(found)}."
    sentences = [_leaders(found, matter, said)]
    if others:
        sentences.append(f"Not distinguishable from chance: {_listed(found, others)}.")
    if idle:
        sentences.append(f"{words.capital(_listed(found, idle))} {'changes' if len(idle) == 1 else 'change'} nothing.")
    return " ".join(sentences)


def _chance(found: Sensitivity) -> str:
    if found.points:
        return "no total index has an interval above 0"
    return f"no index is above {found.level:.3f}, which as many inputs that do nothing would reach"


def _leaders(found: Sensitivity, matter: Sequence[dict[Any, Any]], said: Asked) -> str:
    """The inputs that matter most: those whose interval reaches that of the first."""
    low, high = ("total_low", "total_high") if found.points else ("low", "high")
    first = [row for row in matter if row[high] >= matter[0][low]]
    rest = [row for row in matter if row[high] < matter[0][low]]
    title = words.capital(f"the {said.title}")
    if len(first) == 1:
        most = f"{title} is moved most by {_phrase(found, first[0])}: {_ends(first[0], said)}."
        return most + (f" Less, but more than by chance, by {_listed(found, rest)}." if rest else "")
    shown = [f"{_phrase(found, row)} ({_ends(row, said)})" for row in first[:NAMED]]
    more = [f"{words.count(len(first) - NAMED, 'other')}"] if len(first) > NAMED else []
    most = f"{title} is moved most by {words.both([*shown, *more])}; their intervals overlap."
    return most + (f" Less, but more than by chance, by {_listed(found, rest)}." if rest else "")


def _ends(row: dict[Any, Any], said: Asked) -> str:
    lowest, highest = said.show(row["lowest"]), said.show(row["highest"])
    return f"{lowest}{said.average} in the lowest tenth of its values, {highest} in the highest"


def _listed(found: Sensitivity, rows: Sequence[dict[Any, Any]]) -> str:
    shown = [_phrase(found, row) for row in rows[:NAMED]]
    more = [words.count(len(rows) - NAMED, "other")] if len(rows) > NAMED else []
    return words.both([*shown, *more])


def _phrase(found: Sensitivity, row: dict[Any, Any]) -> str:
    return f"the {phrases(found.scenario, list(found.indices['input']))[row['input']]}"


def phrases(scenario: Scenario, inputs: Sequence[str]) -> dict[str, str]:
    """Each input in words; where two would be the same, with its path."""
    said = {path: paths.phrase(scenario, path) for path in inputs}
    twice = {phrase for phrase in said.values() if list(said.values()).count(phrase) > 1}
    return {path: f"{phrase} ({path})" if phrase in twice else phrase for path, phrase in said.items()}


# ---- the table -------------------------------------------------------------------------------------------------------


def sensitivity_table(found: Sensitivity) -> str:
    """The answer and every input with its indices, as `sim sensitivity` prints them."""
    tables = [ranked(found)] if found.varies else []
    note = f"{NOTES[found.method]} For this scenario, not for the world."
    return as_text(found.scenario.name, _counted(found), answer(found), *tables, note=note)


def _counted(found: Sensitivity) -> str:
    histories = words.count(found.replications, "history", "histories") + (" each" if found.points else "")
    design = f"{found.points:,} points of a Sobol design, " if found.points else ""
    return f"{design}{histories}, seed {found.seed}"


def ranked(found: Sensitivity) -> Table:
    """Every input, and beneath it the path that `--set` takes; its indices with their intervals, and its ends."""
    rows = []
    for row, matters in zip(found.indices.to_dict("records"), found.matters, strict=True):
        total = _index(row, "total", "total_low", "total_high") if found.points else ()
        name = f"{paths.phrase(found.scenario, row['input'])}\n{row['input']}"
        index = _index(row, "index", "low", "high")
        rows.append((name, *index, *total, ends_words(found, row), "yes" if matters else "no"))
    named = ("first order", "95 % interval", "total", "95 % interval") if found.points else ("index", "95 % interval")
    head = ("uncertain input", *named, "lowest → highest tenth", "told from chance")
    if not found.points:
        rows.append(("chance alone reaches", f"{found.level:.3f}", "", "", ""))
    return Table("Every uncertain input", head, rows, folded=True)


def _index(row: Mapping[Any, Any], *names: str) -> tuple[str, str]:
    """`0.412`, `0.380 to 0.441`; dashes where they are not known."""
    value, low, high = (float(row[name]) for name in names)
    between = NONE if np.isnan(low) else f"{low:.3f} to {high:.3f}"
    return (NONE if np.isnan(value) else f"{value:.3f}", between)


def ends_words(found: Sensitivity, row: Mapping[Any, Any]) -> str:
    """The measure where an input is low and where it is high: `72 % → 31 %`; '' where this is not known."""
    low, high = (float(row.get(name, np.nan)) for name in ("lowest", "highest"))
    if np.isnan(low) or np.isnan(high):
        return ""
    show = asked(found).show
    return f"{show(low)} → {show(high).removeprefix('week ')}"


def as_json(found: Sensitivity) -> dict[str, Any]:
    """The analysis as one object; `matters`: is the input told from chance?"""
    from sim.experiments.works_varied import ASKED

    rows = found.indices.to_dict("records")
    return {
        "scenario": found.scenario.name,
        **{key: getattr(found, key) for key in ASKED},
        "level": found.level,
        "answer": answer(found),
        "indices": [{**row, "matters": matters} for row, matters in zip(rows, found.matters, strict=True)],
    }
