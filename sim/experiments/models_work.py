"""Pairs of histories in many plausible models: pieces of a few models each, simulated side by side, whoever does it.

A model gives every uncertain constant one value of its plausible range. The same models stand under each scenario, and
every one of them meets the luck of the same replications; so a scenario is simulated once, in however many pairs it is.
Shapes: M models, K constants, R replications of each.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim import store
from sim.arrays import Array
from sim.chance import Repeated
from sim.experiments.chunk_files import Chunks
from sim.experiments.cost import rows_at_once
from sim.experiments.design import latin
from sim.experiments.executors import as_done, cluster_at
from sim.experiments.simulate import SMALL, blocks, by_variant, joined, simulate
from sim.experiments.sweep_work import Crew
from sim.measure_columns import Own, own_measures, see_portable, with_own
from sim.scenario import Scenario
from sim.scenario.plausible import Constant, constants, in_models
from sim.statistics import paired

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Piece:
    """A few models: the number of the first, and the values of the constants in each (M, K)."""

    first: int
    values: Array

    def __str__(self) -> str:
        return f"models {self.first:,} to {self.first + len(self.values) - 1:,}"

    @property
    def name(self) -> str:
        """What it is called among all of them."""
        return f"{self.first:08}-{len(self.values)}"


@dataclass(frozen=True)
class ModelDesign:
    """What is asked of models: pairs of scenarios, all with one seed and number of replications.

    pairs: places of a reference and of the scenario that is compared with it; drawn: the constants; values: in each
    model (M, K); alike: of each pair, whether both are one scenario; own: measures of one's own.
    """

    scenarios: tuple[Scenario, ...]
    pairs: tuple[tuple[int, int], ...]
    drawn: tuple[Constant, ...]
    values: Array
    alike: tuple[bool, ...]
    own: Own

    def pieces(self) -> list[Piece]:
        """All models, a few at a time, whoever simulates them; as many in each, so that all workers end together."""
        rows = min(SMALL, *(rows_at_once(scenario) for scenario in self.scenarios))
        most = max(1, rows // self.scenarios[0].replications)
        models = len(self.values)
        size = math.ceil(models / math.ceil(models / most))
        return [Piece(first, self.values[first : first + size]) for first in range(0, models, size)]


def models_of(scenarios: Sequence[Scenario], models: int, own: Own | None = None) -> ModelDesign:
    """So many models of scenarios, each of which is compared with the first.  Errors: as `models_of_pairs`."""
    pairs = [(0, place) for place in range(1, len(scenarios))]
    return models_of_pairs(scenarios, pairs, constants(*scenarios), models, own or {})


def models_of_pairs(
    scenarios: Sequence[Scenario], pairs: Sequence[tuple[int, int]], drawn: Sequence[Constant], models: int, own: Own
) -> ModelDesign:
    """So many models in which these constants are drawn, by a Latin hypercube; the seed of the first scenario decides.

    Errors: ValueError, where there is to be none.
    """
    from sim.words.changes import changes

    if models < 1:
        raise ValueError(f"{models} models: at least one is needed")
    lows, highs = (np.array([getattr(each, end) for each in drawn]) for end in ("low", "high"))
    shares = latin(scenarios[0].seed, models, len(drawn)) if drawn else np.empty((models, 0))
    values = lows + shares * (highs - lows)
    alike = tuple(not changes(scenarios[before], scenarios[after]) for before, after in pairs)
    return ModelDesign(tuple(scenarios), tuple(pairs), tuple(drawn), values, alike, own)


# ---- one piece -------------------------------------------------------------------------------------------------------


def differences_in(design: ModelDesign, piece: Piece) -> pd.DataFrame:
    """What each scenario changes in each model of a piece, a row for each measure.

    `scenario` (the number of its pair, from 1), `model, measure, group, party, difference, low, high, n, narrowed`.
    """
    import pandas as pd

    outcomes = [_outcomes(design, scenario, piece) for scenario in design.scenarios]
    found = []
    for number, (pair, alike) in enumerate(zip(design.pairs, design.alike, strict=True), start=1):
        before, after = (outcomes[place] for place in pair)
        common = paired.shared(*(design.scenarios[place] for place in pair))
        common += own_measures(before[0], design.own)
        for model, (old, new) in enumerate(zip(before, after, strict=True), start=piece.first):
            table = paired.differences(common, old, new, alike and old.equals(new))
            found.append(table.assign(scenario=number, model=model))
    return pd.concat(found, ignore_index=True)


def _outcomes(design: ModelDesign, scenario: Scenario, piece: Piece) -> list[pd.DataFrame]:
    """The outcomes of a scenario in each model."""
    count, models = scenario.replications, len(piece.values)
    parts = [
        _at_once(design, scenario, piece, block) for block in blocks(0, count, max(1, rows_at_once(scenario) // models))
    ]
    return [with_own(joined(tables), design.own) for tables in zip(*parts, strict=True)]


def _at_once(design: ModelDesign, scenario: Scenario, piece: Piece, block: range) -> list[pd.DataFrame]:
    """Outcomes of a block of replications in each model, all in one set of arrays."""
    count, models = len(block), len(piece.values)
    luck = Repeated(scenario.seed, block.start, count, models)
    together = in_models(scenario, design.drawn, piece.values, count)
    table = simulate(together, block.start, count * models, told=0, chance=luck).outcomes
    return by_variant(table, block)


# ---- all of them -----------------------------------------------------------------------------------------------------


def gather(design: ModelDesign, crew: Crew, tell: Progress, folder: Path | None = None) -> pd.DataFrame:
    """What each scenario changes in each model.

    folder: where finished pieces lie, so that whoever is stopped goes on from there; the caller has claimed it.
    Errors: CannotWrite; NoCluster, ClusterLost, WorkerDied.
    """
    import pandas as pd

    if crew != Crew():
        see_portable(design.own)
    pieces = design.pieces()
    kept = _Kept(folder)
    kept.open()
    there = {piece.first: table for piece in pieces if (table := kept.find(piece)) is not None}
    missing = [piece for piece in pieces if piece.first not in there]
    tell(len(there) / len(pieces))
    with closing(_made(design, missing, crew)) as found:
        for piece, table in found:
            kept.keep(piece, table)
            there[piece.first] = table
            tell(len(there) / len(pieces))
    return pd.concat([there[piece.first] for piece in pieces], ignore_index=True)


def _made(
    design: ModelDesign, pieces: Sequence[Piece], crew: Crew
) -> Generator[tuple[Piece, pd.DataFrame], None, None]:
    """These pieces, each with its table, as they are done."""
    task = partial(differences_in, design)
    if not pieces:
        return
    if crew.cluster is not None:
        with cluster_at(crew.cluster) as cluster:
            yield from cluster.as_done(task, pieces)
    else:
        yield from as_done(task, pieces, min(crew.jobs, len(pieces)))


@dataclass(frozen=True)
class _Kept:
    """The tables of finished pieces in a folder; nowhere, where there is none.

    A file begins with the checksum of the rest, so that a damaged one is made again.
    """

    folder: Path | None

    def open(self) -> None:
        """Make the folder.  Errors: CannotWrite."""
        if self.folder is not None:
            Chunks(self.folder).open()

    def keep(self, piece: Piece, table: pd.DataFrame) -> None:
        """Store a table, whole or not at all.  Errors: CannotWrite."""
        if self.folder is None:
            return
        buffer = io.BytesIO()
        store.write_table(buffer, table)
        body = buffer.getvalue()
        try:
            Chunks(self.folder).keep(piece.name, hashlib.sha256(body).digest() + body)
        except OSError as error:
            raise store.CannotWrite(self.folder, error) from error

    def find(self, piece: Piece) -> pd.DataFrame | None:
        """A table that is there unharmed."""
        import pandas as pd

        path = None if self.folder is None else self.folder / piece.name
        if path is None or not path.is_file():
            return None
        content = path.read_bytes()
        checksum, body = content[:32], content[32:]
        return pd.read_parquet(io.BytesIO(body)) if hashlib.sha256(body).digest() == checksum else None
