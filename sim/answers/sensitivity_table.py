"""Which uncertain input matters: the answer in a sentence, and the inputs ranked, for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim import words
from sim.answers.sweep_slices import capital
from sim.answers.table import WIDEST, WIDTH
from sim.terminal import visible
from sim.words import paths
from sim.words.numbers import NONE
from sim.words.readings import reading

if TYPE_CHECKING:
    from sim.experiments.uncertain import Sensitivity
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
    """The measure of an analysis in words; weeks are means, in which never counts as the end of the talks."""
    said = reading(found.scenario, found.measure, found.measures)
    if said.is_share:
        return Asked(said.title, said.show)
    title = said.measure.each.format(words.short(said.measure.owner))
    if said.measure.kind == "mean":
        return Asked(title, said.show, " on average")
    end = f"(never counts as the end of the talks, week {found.scenario.clock.weeks})"
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
        sentences.append(f"{capital(_listed(found, idle))} {'changes' if len(idle) == 1 else 'change'} nothing.")
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
    if len(first) == 1:
        most = f"{capital(f'the {said.title}')} is moved most by {_phrase(found, first[0])}: {_ends(first[0], said)}."
        return most + (f" Less, but more than by chance, by {_listed(found, rest)}." if rest else "")
    shown = [f"{_phrase(found, row)} ({_ends(row, said)})" for row in first[:NAMED]]
    more = [f"{words.count(len(first) - NAMED, 'other')}"] if len(first) > NAMED else []
    most = f"{capital(f'the {said.title}')} is moved most by {words.both([*shown, *more])}; their intervals overlap."
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
    """The answer and every input with its indices, as `sim sensitivity` prints them; coloured only on a terminal."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, WIDTH), WIDEST)
    with console.capture() as captured:
        console.print(_text(found.scenario.name, "bold"))
        console.print(_text(_counted(found)))
        console.print()
        console.print(_text(answer(found)))
        if found.varies:
            console.print()
            console.print(_sobol(found) if found.points else _given(found))
        console.print()
        console.print(_text(f"{NOTES[found.method]} For this scenario, not for the world.", "dim"))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _counted(found: Sensitivity) -> str:
    histories = words.count(found.replications, "history", "histories") + (" each" if found.points else "")
    design = f"{found.points:,} points of a Sobol design, " if found.points else ""
    return f"{design}{histories}, seed {found.seed}"


def _given(found: Sensitivity) -> Table:
    said, grid = (
        asked(found),
        _grid("uncertain input", ("index", "95 % interval", "lowest\ntenth", "highest\ntenth", "")),
    )
    for row, matters in zip(found.indices.to_dict("records"), found.matters, strict=True):
        ends = (said.show(row["lowest"]), said.show(row["highest"]))
        mark = "" if matters else "chance"
        grid.add_row(_input(found, row), _number(row["index"]), _between(row["low"], row["high"]), *ends, mark)
    grid.add_row(Text("chance alone reaches", "dim"), f"{found.level:.3f}")
    return grid


def _sobol(found: Sensitivity) -> Table:
    grid = _grid("uncertain input", ("first", "95 % interval", "total", "95 % interval"))
    for row in found.indices.to_dict("records"):
        first = (_number(row["index"]), _between(row["low"], row["high"]))
        total = (_number(row["total"]), _between(row["total_low"], row["total_high"]))
        grid.add_row(_input(found, row), *first, *total)
    return grid


def _grid(first: str, others: Sequence[str]) -> Table:
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    grid.add_column(first, ratio=1, overflow="fold", vertical="top")
    for name in others:
        grid.add_column(name, justify="right", no_wrap=True)
    return grid


def _input(found: Sensitivity, row: dict[Any, Any]) -> Text:
    """In words, and beneath it the path, as --set takes it."""
    return _text(paths.phrase(found.scenario, row["input"])).append("\n").append(_text(row["input"], "dim"))


def _number(value: float) -> str:
    return NONE if value != value else f"{value:.3f}"


def _between(low: float, high: float) -> str:
    return "" if low != low else f"{low:.2f} to {high:.2f}"


def _text(text: str, style: str = "") -> Text:
    return Text(visible(text).replace("\n", " "), style)


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
