"""What each package is worth to the sides of one group, and how the offers of one history moved through it.

Two parties have one plot; more have one for each pair, in a lower triangle whose names stand once beside its rows
and once under its columns. Packages, frontier and solutions are those of the scenario's means; the history drew its
own numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations, islice
from itertools import count as numbers_from
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import kinds, words
from sim.answers.results_protocol import Results, subtitle, told
from sim.arrays import Array
from sim.bargaining.combinations import split
from sim.figures import registry
from sim.figures.canvas import Canvas, Figure, drawing_style
from sim.figures.pair_panel import LOOKS, Panel, Space, Worth
from sim.figures.registry import Shown
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH, Cue, cues
from sim.figures.text import fit, fit_all, text_height, text_width
from sim.scenario.to_bargaining import agenda_of, at_means, preferences_of

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

TITLE = "What an agreement is worth to each side"
NAMES = 230  # pixels for names and numbers beside the rows
UNDER = 116  # pixels for numbers and names under the columns
SOLUTIONS = {
    "nash": ("Nash solution", "the largest product of gains"),
    "kalai_smorodinsky": ("Kalai-Smorodinsky solution", "to each the same share of its best gain"),
    "no_agreement": ("No agreement", "what each side has without one"),
}
NOTE = (
    "0 is the worst and 1 the best a side can imagine. Packages, frontier and solutions: at the scenario's mean "
    "values; this history drew its own, so that its offers may lie beside them."
)


def _reported(shown: Shown) -> Iterator[Figure]:
    """Each group of the typical history that had a round."""
    events = told(shown.results, shown.chosen.typical)
    met = set(events.loc[events["kind"] == "round", "group"])
    for group in shown.results.scenario.working_groups:
        if group in met:
            yield utility_space(shown.results, shown.chosen.typical, group, shown.frontiers)


@registry.of_run("utility-space", place=5, reported=_reported)
def utility_space(results: Results, replication: int, group: str, frontiers: Mapping[str, Any] | None = None) -> Figure:
    """One group in one replication. `frontiers`: by group, as `frontier --json` prints them under `groups`."""
    space, looks = _space(results, replication, group, frontiers or {}), cues(results.scenario).parties
    title, groups = f"{TITLE}: {words.short(group)}", list(results.scenario.working_groups)
    with drawing_style():
        heads = fit_all(
            groups, WIDTH - 2 * SPACE["edge"], SIZE["title"], 1, lambda name: f"{TITLE}: {words.short(name)}"
        )
        canvas = Canvas(heads[groups.index(group)], subtitle(results, f"this is replication {replication}"), NOTE)
        right = _panels(canvas, space, looks)
        _explain(canvas, space, looks, right + 70)
    part = words.file_part(group, groups.index(group) + 1)
    return Figure(f"utility-space.{part}", title, canvas.drawing, _data(space), _alt(space))


# ---- numbers ---------------------------------------------------------------------------------------------------------


def _space(results: Results, replication: int, group: str, frontiers: Mapping[str, Any]) -> Space:
    parties, events = results.scenario.group_parties(group), told(results, replication)
    events = _one_stage(events[events["group"] == group])
    known = frontiers.get(group, {})
    points = {name: known[name].get("utilities", known[name]) for name in LOOKS if known.get(name)}
    signed = events[events["kind"] == "signature"].tail(1).to_dict("records")
    if signed:
        points["agreement"] = {party: signed[0][f"utility.{party}"] for party in parties}
    pareto = [_columns(worth) for worth in known.get("pareto", [])]
    return Space(
        group, parties, sample(results.scenario, group), pd.DataFrame(pareto, columns=_names(parties)),
        known.get("packages") is None, points, _offers(events, parties), int(signed[0]["value"]) if signed else None,
    )  # fmt: skip


def _one_stage(events: pd.DataFrame) -> pd.DataFrame:
    """The events that led to the last signature, or, without one, all: talks that begin again begin a new path."""
    happened = events["kind"].reset_index(drop=True)
    last = happened[happened == "signature"].index.max()
    if pd.isna(last):
        return events
    broken = happened[happened.isin(kinds.counting_as("broken"))].index
    return events.iloc[max([0, *broken[broken < last]]) : int(last) + 1]


def _offers(events: pd.DataFrame, parties: tuple[str, ...]) -> pd.DataFrame:
    """The last offer of each party in each round."""
    rounds = events["value"].where(events["kind"] == "round").ffill()
    offers = events.assign(round=rounds)[events["kind"] == "proposal"]
    return offers.groupby(["actor", "round"], sort=False).tail(1)[["actor", "round", *_names(parties)]]


def _names(parties: tuple[str, ...]) -> list[str]:
    """The parties' columns in a table."""
    return [f"utility.{party}" for party in parties]


def _columns(worth: Worth) -> dict[str, float]:
    """One row of a table."""
    return {f"utility.{party}": value for party, value in worth.items()}


# ---- the triangle ----------------------------------------------------------------------------------------------------


def _panels(canvas: Canvas, space: Space, looks: dict[str, Cue]) -> float:
    """A plot for each pair, and names beside them.  -> right edge in pixels"""
    count = len(space.parties) - 1
    gap = 44 if count <= 3 else 10
    side, left = canvas.bottom - canvas.top - UNDER, SPACE["edge"] + NAMES
    each = (side - gap * (count - 1)) / count
    for column, row in combinations(range(count + 1), 2):
        axes = canvas.axes(left + column * (each + gap), canvas.top + (row - 1) * (each + gap), each, each)
        Panel(canvas, axes, each, space, space.parties[column], space.parties[row]).draw(looks)
        axes.tick_params(labelbottom=row == count, labelleft=column == 0)
    rows = fit_all(space.parties, NAMES - 96, SIZE["small"], 3, words.short)
    columns = fit_all(space.parties, min(each + gap - 40, 500), SIZE["small"], 3, words.short)
    for number, party in enumerate(space.parties):
        middle = number * (each + gap) + each / 2
        if number:
            _name_row(canvas, rows[number], looks[party], canvas.top + middle - each - gap)
        if number < count:
            _name_column(canvas, columns[number], looks[party], left + middle, canvas.top + side + 44)
    return left + side


def _name_row(canvas: Canvas, name: str, look: Cue, y: float) -> None:
    canvas.mark(SPACE["edge"] + 8, y, look.marker, look.colour)
    canvas.text(SPACE["edge"] + 28, y, name, SIZE["small"])


def _name_column(canvas: Canvas, name: str, look: Cue, x: float, top: float) -> None:
    canvas.mark(x - text_width(name, SIZE["small"]) / 2 - 8, top + 12, look.marker, look.colour, 9)
    canvas.text(x + 8, top, name, SIZE["small"], ha="center", va="top")


# ---- words -----------------------------------------------------------------------------------------------------------


def _explain(canvas: Canvas, space: Space, looks: dict[str, Cue], x: float) -> None:
    """Beside the plots: each mark, its name, and what it means, with its numbers."""
    y, wide = canvas.top + 12.0, WIDTH - SPACE["edge"] / 2 - x - 60
    entries = list(_entries(canvas, space, looks))
    titles = fit_all([name for _, name, _ in entries], wide, SIZE["tick"], 2)
    for title, (draw, _, meaning) in zip(titles, entries, strict=True):
        draw(x + 20, y)
        said = fit(meaning, wide, SIZE["small"], 3) if meaning else ""
        canvas.text(x + 60, y - 0.64 * SIZE["tick"], title, SIZE["tick"], va="top")
        y += text_height(title, SIZE["tick"])
        if said:
            canvas.text(x + 60, y - 0.5 * SIZE["tick"], said, SIZE["small"], COLOUR["quiet"], va="top")
            y += text_height(said, SIZE["small"])
        y += 24


Entry = tuple[Callable[[float, float], None], str, str]


def _entries(canvas: Canvas, space: Space, looks: dict[str, Cue]) -> Iterator[Entry]:
    if "agreement" in space.points:
        said = _numbers(space, "agreement")
        parts = [said] if said else []
        if space.to_nash is not None:
            parts.append(f"{space.to_nash:.2f} away from the Nash solution")
        yield partial(_mark, canvas, "agreement"), f"Agreement, signed in round {space.agreed_in}", "; ".join(parts)
    for party in space.parties if len(space.parties) <= 3 else ():
        yield (
            partial(_sample, canvas, looks[party]),
            f"Offers of {words.short(party)}",
            "the last one of each round, numbered",
        )
    if len(space.parties) > 3 and len(space.offers):
        yield (lambda x, y: None), "Lines in a side's colour and mark", "its offers, the last one of each round"
    if len(space.frontier):
        yield partial(_frontier, canvas, space), "Pareto frontier", "on it, nobody can gain unless another loses"
    for name, (title, meaning) in SOLUTIONS.items():
        if name in space.points:
            said = _numbers(space, name)
            yield partial(_mark, canvas, name), title, f"{meaning}{': ' if said else ''}{said}"
    yield partial(_cloud, canvas), "Packages", "what could be put on the table"
    if "agreement" not in space.points:
        yield (lambda x, y: None), "Nothing was signed in this history.", ""


def _numbers(space: Space, name: str) -> str:
    """`Armenia 0.61, Azerbaijan 0.58`; '' where there are too many sides to list."""
    worth: Worth = space.points[name]
    return ", ".join(f"{words.short(p)} {worth[p]:.2f}" for p in space.parties) if len(space.parties) <= 3 else ""


def _mark(canvas: Canvas, name: str, x: float, y: float) -> None:
    look = LOOKS[name]
    canvas.mark(x, y, look.marker, COLOUR["ink"], 16 * look.scale, None if look.filled else "none")


def _sample(canvas: Canvas, look: Cue, x: float, y: float) -> None:
    canvas.line([x - 22, x + 22], [y, y], look.colour, 1.5)
    for at in (x - 16, x + 16):
        canvas.mark(at, y, look.marker, look.colour, 9)


def _frontier(canvas: Canvas, space: Space, x: float, y: float) -> None:
    if space.is_line and len(space.parties) == 2:
        canvas.line([x - 22, x + 22], [y + 5, y - 5], COLOUR["ink"], 2.5)
    else:
        for at in (-14, 0, 14):
            canvas.mark(x + at, y - at / 3, "o", COLOUR["ink"], 4)


def _cloud(canvas: Canvas, x: float, y: float) -> None:
    for across, up in ((-14, 3), (-4, -6), (2, 6), (10, -2), (17, 6)):
        canvas.mark(x + across, y + up, "o", COLOUR["faint"], 3)


def _alt(space: Space) -> str:
    offers = words.count(len(space.offers), "offer")
    if "agreement" not in space.points:
        return f"Utility space of {words.short(space.group)}: {offers}, no agreement signed."
    worth = space.points["agreement"]
    signed = words.both([f"{words.short(party)} {worth[party]:.2f}" for party in space.parties])
    far = "" if space.to_nash is None else f", {space.to_nash:.2f} from the Nash solution"
    said = f"the agreement of round {space.agreed_in} is worth {signed}{far}"
    return f"Utility space of {words.short(space.group)}: {offers}; {said}."


def _data(space: Space) -> pd.DataFrame:
    points = pd.DataFrame([{"kind": name, **_columns(worth)} for name, worth in space.points.items()])
    parts = {"package": space.packages, "frontier": space.frontier, "offer": space.offers}
    tables = [*(table.assign(kind=kind) for kind, table in parts.items()), points]
    columns = ["kind", "actor", "round", *_names(space.parties)]
    return pd.concat([table for table in tables if len(table)], ignore_index=True).reindex(columns=columns)


# What could be agreed in a group: packages spread over its issues, and what each is worth to the parties.
#
# At the scenario's means, the framework's cost included. Every combination of options appears while there are
# no more than packages asked for, else some by lot; scales are sampled by
# a Halton sequence pressed towards their ends, because the interesting packages give issues away whole.


SAMPLE = 3000


def sample(scenario: Scenario, group: str, count: int = SAMPLE) -> pd.DataFrame:
    """Utilities of about so many packages: a column `utility.PARTY` for each party of the group."""
    spec = at_means(scenario)
    agenda = agenda_of(spec, group)
    every = agenda.combinations
    numbers = np.arange(count) % every if every <= count else np.random.default_rng(0).integers(every, size=count)
    choices = split(numbers, agenda.counts)
    points = halton(len(agenda.scales), count)
    settled = {issue: (1 - np.cos(np.pi * x)) / 2 for issue, x in zip(agenda.scales, points, strict=True)}
    settled |= {issue: chosen.astype(float) for issue, chosen in zip(agenda.options, choices, strict=True)}
    package = agenda.package(settled)
    return pd.DataFrame(
        {
            f"utility.{party}": preferences_of(spec, group, party, agenda).utility(package)
            for party in scenario.group_parties(group)
        }
    ).drop_duplicates(ignore_index=True)  # fmt: skip


def halton(width: int, count: int) -> Array:
    """Points that lie evenly in a cube (Halton 1960).  -> (width, count)

    `scipy.stats.qmc` has them too, and takes longer to import than a figure to draw.
    """
    primes = (n for n in numbers_from(2) if all(n % less for less in range(2, n)))
    found = np.zeros((width, count))
    for coordinate, base in zip(found, islice(primes, width), strict=True):
        rest, place = np.arange(count), 1 / base
        while rest.any():
            rest, digit = np.divmod(rest, base)
            coordinate += digit * place
            place /= base
    return found
