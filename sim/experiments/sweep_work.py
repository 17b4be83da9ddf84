"""The chunks of a sweep at work: each is computed once, by whoever, stored, and counted together with its cell's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim import store
from sim.experiments import chunk_files
from sim.experiments.apart import Apart, Layout, Pairs
from sim.experiments.cells import Swept, cell_table, idle_paths, swept, write_outcomes
from sim.experiments.chunk_files import Chunks, Kept
from sim.experiments.cost import CHUNK
from sim.experiments.design import Cell, Design, good_cells, unpacked
from sim.experiments.executors import NoCluster, in_order, on_cluster
from sim.experiments.run import Chunk, cut
from sim.experiments.simulate import each_of
from sim.measure_columns import Own, own_measures, see_portable, with_own
from sim.measures import Measure, measures, own_definition
from sim.scenario import as_yaml, load_text
from sim.statistics.summary import Counted, ShareCount, counted, together

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Crew:
    """Who computes: so many processes of this machine, or the cluster whose scheduler has this address."""

    jobs: int = 1
    cluster: str | None = None


# ---- one chunk -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A chunk of a cell: the cell's scenario as a packed file, its replications, and the chunk's name."""

    cell: int
    packed: bytes
    chunk: Chunk
    name: str

    def __str__(self) -> str:
        return f"cell {self.cell}, {self.chunk}"


@dataclass(frozen=True)
class Batch:
    """The same replications of several cells: one model does them abreast, where it can."""

    pieces: tuple[Piece, ...]

    def __str__(self) -> str:
        return " and ".join(dict.fromkeys(str(piece) for piece in (self.pieces[0], self.pieces[-1])))


def batches(pieces: Iterable[Piece]) -> Iterator[Batch]:
    """Pieces in their order, as many at once as one model holds."""
    held: list[Piece] = []
    for piece in pieces:
        if held and (piece.chunk != held[0].chunk or (len(held) + 1) * piece.chunk.count > CHUNK):
            yield Batch(tuple(held))
            held = []
        held.append(piece)
    if held:
        yield Batch(tuple(held))


def make(base: bytes, outcomes: str, own: Own, batch: Batch) -> Iterator[tuple[str, bytes]]:
    """Simulate chunks.  -> the name of each, as this version of sim gives it, and its content, as they are done"""
    texts, chunk = [unpacked(piece.packed, base) for piece in batch.pieces], batch.pieces[0].chunk
    scenarios = [load_text(text) for text in texts]
    for number, table in each_of(scenarios, chunk.first, chunk.count):
        name = chunk_files.name_of(texts[number], chunk.first, chunk.count, outcomes)
        table = with_own(table, own)
        numbers = counted(scenarios[number], table, own_measures(table, own))
        yield name, chunk_files.written(numbers, table, outcomes)


def made(base: bytes, outcomes: str, own: Own, batch: Batch) -> dict[str, bytes]:
    """The same all at once, to be sent."""
    return dict(make(base, outcomes, own, batch))


def ensure(base: bytes, outcomes: str, own: Own, stored: Chunks, batch: Batch) -> int:
    """See that chunks are stored: simulate those that are not there.  -> how many there are now

    Errors: OSError where one cannot be stored.
    """
    missing = tuple(piece for piece in batch.pieces if stored.find(piece.name) is None)
    for name, content in make(base, outcomes, own, Batch(missing)) if missing else ():
        stored.keep(name, content)
    return len(batch.pieces)


# ---- all of them -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What a sweep came to.

    idle: paths that changed nothing; apart: of each share, how far the cells lie apart; measures: those of one's own.
    """

    table: pd.DataFrame
    idle: tuple[str, ...]
    apart: dict[str, Apart]
    measures: tuple[Measure, ...]


@dataclass
class SweepChunks:
    """The chunks of a sweep in a folder. outcomes: how they are kept, `counted` or `whole`.

    own: measures of one's own; chunks are not named by them, so their folder is for this sweep alone.
    cells, columns: the cells once they were looked at, and what their outcomes hold once they were counted.
    """

    design: Design
    stored: Chunks
    outcomes: str
    own: Own = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)

    def look_at_cells(self, tell: Progress) -> None:
        """Read every cell and see that it is a good scenario.  Errors: ScenarioError."""
        self.cells = good_cells(self.design, tell)

    def carry_out(self, crew: Crew, tell: Progress) -> Found:
        """Compute what is not stored yet of the cells that were looked at, and count it together.

        `tell` hears the share that is done.  Errors: CannotWrite; NoCluster, ClusterLost, WorkerDied.
        """
        if crew != Crew():
            see_portable(self.own)
        self.stored.open()
        try:
            self._store_all(crew, tell)
            found = [self._together(cell) for cell in self.cells]
            pairs = self._paired(found)
        except OSError as error:
            raise store.CannotWrite(self.stored.folder, error) from error
        table, idle = cell_table(self.design, found, pairs), idle_paths(self.design, found)
        apart = {column: each.apart() for column, each in pairs.items()}
        return Found(table, idle, apart, self._measures())

    def write_outcomes(self, path: Path) -> None:
        """Write every replication of every cell into one table."""
        tables = ((piece.cell, self._kept(piece).table) for piece in self._pieces(self.cells))
        write_outcomes(path, tables, tuple(self.columns))

    # ---- chunks ------------------------------------------------------------------------------------------------------

    @cached_property
    def _base(self) -> bytes:
        return as_yaml(self.design.scenario).encode()

    def _pieces(self, cells: Iterable[Cell]) -> Iterator[Piece]:
        for cell in cells:
            text = unpacked(cell.packed, self._base)
            yield from (self._piece(cell, chunk, text) for chunk in cut(0, cell.replications))

    def _piece(self, cell: Cell, chunk: Chunk, text: str) -> Piece:
        return Piece(
            cell.number, cell.packed, chunk, chunk_files.name_of(text, chunk.first, chunk.count, self.outcomes)
        )

    def _store_all(self, crew: Crew, tell: Progress) -> None:
        """See that every chunk is stored."""
        whole = sum(len(cut(0, cell.replications)) for cell in self.cells)
        if crew.cluster is not None:
            self._send_out(crew.cluster, whole, tell)
            return
        task = partial(ensure, self._base, self.outcomes, self.own, self.stored)
        done = 0
        with closing(in_order(task, batches(self._pieces(self.cells)), min(crew.jobs, whole))) as results:
            for stored in results:
                done += stored
                tell(done / whole)

    def _send_out(self, address: str, whole: int, tell: Progress) -> None:
        """Have a cluster compute what is missing; what comes back is stored here, since it may have no disk of ours."""
        missing = [piece for piece in self._pieces(self.cells) if self.stored.find(piece.name) is None]
        sent, done = list(batches(missing)), whole - len(missing)
        with closing(on_cluster(partial(made, self._base, self.outcomes, self.own), sent, address)) as results:
            for batch, contents in zip(sent, results, strict=True):
                if set(contents) != {piece.name for piece in batch.pieces}:
                    rule = "all have to compute by the same rules"
                    raise NoCluster(f"the workers of {address} have another version of sim ({rule}). Install this one.")
                for name, content in contents.items():
                    self.stored.keep(name, content)
                done += len(batch.pieces)
                tell(done / whole)

    # ---- cells -------------------------------------------------------------------------------------------------------

    def _together(self, cell: Cell) -> Swept:
        """A cell's chunks, counted together, one at a time in memory."""
        heard = hashlib.sha256()

        def parts() -> Iterator[Counted]:
            for piece in self._pieces([cell]):
                kept = self._kept(piece)
                heard.update(kept.digest.encode())
                self.columns.update(dict.fromkeys(kept.columns))
                yield kept.counted

        whole = together(parts())
        return swept(cell, whole, heard.hexdigest())

    def _measures(self) -> tuple[Measure, ...]:
        """What the functions of one's own turned out to measure."""
        counts = self._kept(next(self._pieces(self.cells))).counted.counts if self.own else {}
        return tuple(
            Measure(own_definition(name, "share" if isinstance(counts[name], ShareCount) else "mean"))
            for name in self.own
        )

    def _paired(self, found: Sequence[Swept]) -> dict[str, Pairs]:
        """The pairs of every share, from the replications that all cells have, a chunk at a time in memory."""
        layout, cells = Layout.of(self.design), self.cells
        pairs: dict[str, Pairs] = {}
        for column in (each.column for each in measures(self.design.scenario) if each.kind == "share"):
            values = [cell.estimates.get(column, (None,))[0] for cell in found]
            pairs[column] = Pairs(layout, np.array(values, float))
        for number, chunk in enumerate(cut(0, min(cell.replications for cell in cells))):
            anchors = {place for each in pairs.values() for place in each.anchors}
            beside = {place: self._chunk(cells[place], number) for place in anchors}
            for column, each in pairs.items():
                each.begin([beside[place].came(column, chunk.count) for place in each.anchors])
            for place in range(len(cells)):
                here = beside.get(place) or self._chunk(cells[place], number)
                for column, each in pairs.items():
                    each.hear(place, here.came(column, chunk.count))
            for each in pairs.values():
                each.end()
        return pairs

    def _chunk(self, cell: Cell, number: int) -> Kept:
        return self._kept(self._piece(cell, cut(0, cell.replications)[number], unpacked(cell.packed, self._base)))

    def _kept(self, piece: Piece) -> Kept:
        """A chunk that is stored; computed once more if it was damaged meanwhile."""
        kept = self.stored.find(piece.name)
        if kept is None:
            ensure(self._base, self.outcomes, self.own, self.stored, Batch((piece,)))
            kept = self.stored.find(piece.name)
        assert kept is not None
        return kept
