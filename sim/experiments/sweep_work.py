"""The chunks of a sweep at work: each is computed once, by whoever, stored, and counted together with its cell's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim import store
from sim.experiments import chunk_files
from sim.experiments.apart import Apart, Layout, Pairs
from sim.experiments.cells import Swept, cell_table, idle_paths, write_outcomes
from sim.experiments.chunk_files import Chunks, Kept
from sim.experiments.cost import CHUNK
from sim.experiments.design import Base, Cell, Design, good_cells
from sim.experiments.executors import NoCluster, as_done, cluster_at
from sim.experiments.run import Chunk, cut
from sim.experiments.simulate import SMALL, each_of
from sim.measure_columns import Own, own_measures, see_portable, with_own
from sim.measures import Measure, measures, own_definition
from sim.statistics.summary import counted

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
    """A chunk of a cell."""

    cell: Cell
    chunk: Chunk

    @property
    def whole(self) -> bool:
        """Is it all of its cell?"""
        return self.chunk.count == self.cell.replications

    def name(self, outcomes: str) -> str:
        """That of the chunk, as this version of sim gives it."""
        return chunk_files.name_of(self.cell.key, self.chunk.first, self.chunk.count, outcomes)

    def __str__(self) -> str:
        return f"cell {self.cell.number}, {self.chunk}"


@dataclass(frozen=True)
class Batch:
    """The same replications of several cells: one model does them abreast, where it can."""

    pieces: tuple[Piece, ...]

    def __str__(self) -> str:
        return " and ".join(dict.fromkeys(str(piece) for piece in (self.pieces[0], self.pieces[-1])))


def batches(pieces: Sequence[Piece], workers: Callable[[], int]) -> Iterator[Batch]:
    """Pieces in their order, as many at once as one model holds, and fewer towards the end.

    A batch is made when somebody has time for it. It takes the share of what is left that falls to each of the workers
    who are there by then, so that all of them end at about the same time (guided self-scheduling, Polychronopoulos and
    Kuck 1987); but no fewer rows than are worth a model of their own.
    """
    left = sum(piece.chunk.count for piece in pieces)
    waiting = deque(pieces)
    while waiting:
        most = min(CHUNK, max(SMALL, left // workers()))
        held = [waiting.popleft()]
        chunk = held[0].chunk
        while waiting and waiting[0].chunk == chunk and (len(held) + 1) * chunk.count <= most:
            held.append(waiting.popleft())
        left -= len(held) * chunk.count
        yield Batch(tuple(held))


@dataclass(frozen=True)
class Making:
    """How chunks are made: the base of the cells, how outcomes are kept, measures of one's own."""

    base: Base
    outcomes: str
    own: Own

    def make(self, batch: Batch) -> Iterator[tuple[str, bytes]]:
        """Simulate chunks.  -> the name of each, as this version of sim gives it, and its content, as they are done"""
        pieces, chunk = batch.pieces, batch.pieces[0].chunk
        scenarios = [self.base.scenario(piece.cell.values) for piece in pieces]
        for number, table in each_of(scenarios, chunk.first, chunk.count):
            table = with_own(table, self.own)
            numbers = counted(scenarios[number], table, own_measures(table, self.own))
            content = chunk_files.written(numbers, table, self.outcomes, pieces[number].whole)
            yield pieces[number].name(self.outcomes), content

    def made(self, batch: Batch) -> dict[str, bytes]:
        """The same all at once, to be sent."""
        return dict(self.make(batch))

    def store(self, stored: Chunks, batch: Batch) -> int:
        """Simulate chunks and store each as it is done.  -> how many.  Errors: OSError where one cannot be stored."""
        for name, content in self.make(batch):
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
        tables = ((piece.cell.number, self._kept(piece).table) for piece in self._pieces(self.cells))
        write_outcomes(path, tables, tuple(self.columns))

    # ---- chunks ------------------------------------------------------------------------------------------------------

    @property
    def _making(self) -> Making:
        return Making(self.design.base, self.outcomes, self.own)

    def _pieces(self, cells: Iterable[Cell]) -> Iterator[Piece]:
        for cell in cells:
            yield from (Piece(cell, chunk) for chunk in cut(0, cell.replications))

    def _store_all(self, crew: Crew, tell: Progress) -> None:
        """See that every chunk is stored."""
        pieces = list(self._pieces(self.cells))
        missing = [piece for piece in pieces if self._find(piece) is None]
        done = len(pieces) - len(missing)
        with closing(self._stored_by(crew, missing)) as stored:
            for more in stored:
                done += more
                tell(done / len(pieces))

    def _stored_by(self, crew: Crew, missing: Sequence[Piece]) -> Generator[int, None, None]:
        """Have chunks made and stored.  -> how many more are there, as they are done"""
        if crew.cluster is not None:
            yield from self._sent_out(crew.cluster, missing)
            return
        jobs = max(1, min(crew.jobs, len(missing)))
        with closing(as_done(partial(self._making.store, self.stored), batches(missing, lambda: jobs), jobs)) as done:
            for _, count in done:
                yield count

    def _sent_out(self, address: str, missing: Sequence[Piece]) -> Iterator[int]:
        """Have a cluster compute them; what comes back is stored here, since it may have no disk of ours."""
        with cluster_at(address) as cluster:
            dealt = batches(missing, lambda: cluster.threads)
            for batch, contents in cluster.as_done(self._making.made, dealt):
                if set(contents) != {piece.name(self.outcomes) for piece in batch.pieces}:
                    rule = "all have to compute by the same rules"
                    raise NoCluster(f"the workers of {address} have another version of sim ({rule}). Install this one.")
                for name, content in contents.items():
                    self.stored.keep(name, content)
                yield len(batch.pieces)

    # ---- cells -------------------------------------------------------------------------------------------------------

    def _together(self, cell: Cell) -> Swept:
        """A cell's chunks, counted together, one at a time in memory; one that is all of it was summed up when made."""
        first, *others = self._pieces([cell])
        kept = self._hear(first)
        counted, happened = kept.counted, kept.happened
        for piece in others:
            more = self._hear(piece)
            counted, happened = counted + more.counted, happened + more.happened
        estimates = chunk_files.estimates(counted) if kept.estimates is None else kept.estimates
        return Swept(cell.values, counted.replications, estimates, happened)

    def _hear(self, piece: Piece) -> Kept:
        kept = self._kept(piece)
        self.columns.update(dict.fromkeys(kept.columns))
        return kept

    def _measures(self) -> tuple[Measure, ...]:
        """What the functions of one's own turned out to measure."""
        shares = self._kept(next(self._pieces(self.cells))).bits if self.own else {}
        return tuple(Measure(own_definition(name, "share" if name in shares else "mean")) for name in self.own)

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
        return self._kept(Piece(cell, cut(0, cell.replications)[number]))

    def _kept(self, piece: Piece) -> Kept:
        """A chunk that is stored; computed once more if it was damaged meanwhile."""
        kept = self._find(piece)
        if kept is None:
            self._making.store(self.stored, Batch((piece,)))
            kept = self._find(piece)
        assert kept is not None
        return kept

    def _find(self, piece: Piece) -> Kept | None:
        return self.stored.find(piece.name(self.outcomes))
