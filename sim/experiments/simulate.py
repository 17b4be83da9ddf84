"""The smallest piece of a run: a block of replications, simulated together.

What a replication does depends on the scenario, the seed and its number alone, so blocks may be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.bargaining.tactics import Tactic
from sim.chance import Chance, Repeated
from sim.experiments.cost import rows_at_once
from sim.history import PATHS, TOLD
from sim.model import NegotiationModel
from sim.outcomes import outcomes
from sim.scenario.field_types import Block
from sim.scenario.schema import Scenario
from sim.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

SMALL = 5_120  # below this a process of its own is not worth starting


@dataclass(frozen=True)
class Part:
    """Tables of one block: outcomes of each replication, the tally of all, events and paths of the told ones."""

    outcomes: pd.DataFrame
    weekly: Tally
    events: pd.DataFrame
    paths: pd.DataFrame


def simulate(
    scenario: Scenario,
    first: int,
    count: int,
    tactics: Mapping[str, Tactic] | None = None,
    told: int = TOLD,
    paths: int = PATHS,
    on_week: Callable[[float], None] | None = None,
    chance: Chance | None = None,
) -> Part:
    """Run replications `first .. first + count - 1` to the horizon; `on_week` hears how many weeks of them have passed.

    `chance` is their luck, if not their own: then all are run at once. Else as many as there is room for in memory, and
    the rest after them.
    """
    parts = []
    for block in blocks(first, count, count if chance is not None else rows_at_once(scenario)):
        model = NegotiationModel(
            scenario, len(block), first=block.start, tactics=tactics, told=told, paths=paths, chance=chance
        )
        while model.running:
            model.step()
            if on_week is not None:
                on_week(((block.start - first) * scenario.weeks + len(block) * model.week) / count)
        parts.append(Part(outcomes(model), model.history.tally, model.history.events(), model.history.paths()))
        model.release()
    return together(parts)


def blocks(first: int, count: int, most: int) -> list[range]:
    """Replications first .. first + count - 1, so many at once at the most."""
    return [range(low, min(low + most, first + count)) for low in range(first, first + count, most)]


def together(parts: Sequence[Part]) -> Part:
    """Blocks that follow each other as one."""
    if len(parts) == 1:
        return parts[0]
    weekly = parts[0].weekly
    for part in parts[1:]:
        weekly = weekly + part.weekly
    outcomes, events, paths = (joined([getattr(p, name) for p in parts]) for name in ("outcomes", "events", "paths"))
    order = np.lexsort((paths["replication"], paths["week"], paths["party"].factorize()[0]))
    return Part(outcomes, weekly, events, paths.iloc[order].reset_index(drop=True))


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The tables below one another; empty ones would only blur the types of columns."""
    import pandas as pd

    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True)


# Variants of one scenario side by side in one model, each with the very histories it would have alone.
#
# A week costs a model about the same whether it holds two hundred replications or two thousand, so eight variants
# abreast take little more time than one. Numbers in which variants differ become arrays, one value a row, and every
# variant meets the chance of the same replications. Shapes: V variants of C replications each are V x C rows, variant
# by variant.


class DifferInKind(ValueError):
    """Variants that differ in more than numbers have no model in common."""


def abreast(variants: Sequence[Scenario], first: int, count: int) -> list[pd.DataFrame]:
    """Outcomes of replications `first .. first + count - 1` of each variant, as `simulate` gives them.

    As many are done at once as there is room for in memory.

    Errors: DifferInKind, if variants differ in more than numbers (names, lists, dates, seeds).
    """
    rows = rows_at_once(variants[0])
    if len(variants) > rows:
        return [*abreast(variants[:rows], first, count), *abreast(variants[rows:], first, count)]
    parts = [_at_once(variants, block) for block in blocks(first, count, rows // len(variants))]
    return [joined(tables) for tables in zip(*parts, strict=True)]


def _at_once(variants: Sequence[Scenario], block: range) -> list[pd.DataFrame]:
    first, count = block.start, len(block)
    chance = Repeated(variants[0].seed, first, count, len(variants))
    model = NegotiationModel(merged(variants, count), count * len(variants), first=first, told=0, chance=chance)
    while model.running:
        model.step()
    table = outcomes(model)
    model.release()
    return by_variant(table, block)


def by_variant(table: pd.DataFrame, block: range) -> list[pd.DataFrame]:
    """The outcomes of each variant, of those of one model that holds all of them one after the other."""
    starts = range(0, len(table), len(block))
    parts = [table.iloc[start : start + len(block)].reset_index(drop=True) for start in starts]
    return [part.assign(replication=block) for part in parts]


def each_of(variants: Sequence[Scenario], first: int, count: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """Outcomes of the same replications of each variant, with its number, as they are done.

    Variants that differ in numbers only are done abreast; the outcomes are the same to the last bit either way.
    """
    for family in families(variants):
        alike = [variants[number] for number in family]
        alone = len(alike) == 1
        tables = [simulate(alike[0], first, count, told=0).outcomes] if alone else abreast(alike, first, count)
        yield from zip(family, tables, strict=True)


def families(variants: Sequence[Scenario]) -> list[list[int]]:
    """Numbers of the variants that have a model in common.

    Whoever has one with a family's first has one with all of it: they differ from it in numbers only.
    """
    found: list[list[int]] = []
    for number, variant in enumerate(variants):
        for family in found:
            with suppress(DifferInKind):
                merged([variants[family[0]], variant], 1)
                family.append(number)
                break
        else:
            found.append([number])
    return found


def merged(variants: Sequence[Scenario], count: int) -> Scenario:
    """One scenario with an array in place of each number in which the variants differ; name and summary do not matter.

    Errors: DifferInKind.
    """
    words = {"name": variants[0].name, "summary": "", "sources": []}
    found = _merged([variant.model_copy(update=words) for variant in variants], "", count)
    assert isinstance(found, Scenario)
    return found


def _merged(nodes: Sequence[Any], path: str, count: int) -> Any:
    one = nodes[0]
    if all(type(node) is type(one) and node == one for node in nodes):
        return one
    if all(isinstance(node, float) for node in nodes):  # whole numbers are structure: weeks, exchanges, seeds
        return np.repeat(np.array(nodes, dtype=float), count)
    if isinstance(one, Block) and all(type(node) is type(one) for node in nodes):
        names = type(one).model_fields
        below = {name: _merged([getattr(node, name) for node in nodes], f"{path}.{name}", count) for name in names}
        return one.model_copy(update=below)
    if isinstance(one, dict) and all(isinstance(node, dict) and list(node) == list(one) for node in nodes):
        return {name: _merged([node[name] for node in nodes], f"{path}.{name}", count) for name in one}
    raise DifferInKind(f"{path.removeprefix('.')} differs in kind, so these variants have no model in common")
