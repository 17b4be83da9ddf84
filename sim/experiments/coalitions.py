"""Coalitions of mechanisms at work: each is a cell, as those of a sweep are; of its histories one measure is kept.

Coalitions of the same histories are simulated side by side, a chunk is stored once it is finished, and whoever is
stopped goes on from there. Memory does not grow with the coalitions: a chunk of histories is read at a time.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import store
from sim.arrays import Array
from sim.experiments import chunk_files
from sim.experiments.chunk_files import Chunks
from sim.experiments.design import Base, Cell, Design
from sim.experiments.run import Chunk, cut
from sim.experiments.simulate import each_of
from sim.experiments.sweep_work import Batch, Crew, Making, Piece, SweepChunks
from sim.experiments.uncertain import numbers
from sim.measures import Measure
from sim.scenario import Scenario, as_yaml
from sim.scenario.load import with_values
from sim.scenario.tree import Node
from sim.statistics.summary import Counted

Progress = Callable[[float], None]
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Switchboard(Base):
    """Makes scenarios of coalitions.  off: what takes each mechanism away, values by paths"""

    off: tuple[Settings, ...]

    def scenario(self, values: Sequence[Any], good: bool = True) -> Scenario:
        """The scenario of a coalition.  values: whether each mechanism is switched off"""
        return with_values(self.tree, self.settings(values), good)

    def settings(self, values: Sequence[Any]) -> dict[str, Any]:
        """All that is changed for a coalition."""
        found: dict[str, Any] = {}
        for switched, settings in zip(values, self.off, strict=True):
            if switched:
                found |= settings
        return found


@dataclass(frozen=True)
class MakingOneMeasure(Making):
    """Chunks that keep one column of the outcomes, whose name is in the place of how outcomes are kept."""

    def make(self, batch: Batch) -> Iterator[tuple[str, bytes]]:
        """Simulate chunks.  -> the name of each and its content, as they are done"""
        chunk = batch.pieces[0].chunk
        scenarios = [self.base.scenario(piece.cell.values) for piece in batch.pieces]
        for number, table in each_of(scenarios, chunk.first, chunk.count):
            content = chunk_files.written(Counted(chunk.count, {}), table[[self.outcomes]], "whole")
            yield batch.pieces[number].name(self.outcomes), content


@dataclass
class Coalitions(SweepChunks):
    """The chunks of all coalitions.  board: makes their scenarios; measure: what is kept; histories: their numbers"""

    board: Switchboard | None = None
    measure: Measure | None = None
    histories: range = range(0)

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        tree: Node,
        off: tuple[Settings, ...],
        coalitions: Sequence[int],
        measure: Measure,
        histories: range,
        folder: Path,
    ) -> Coalitions:
        """Those of a scenario.  off: what takes each mechanism away; coalitions: as bits, in ascending order"""
        board, text = Switchboard(tree, (), off), as_yaml(scenario)
        cells = []
        for coalition in coalitions:
            values = tuple(bool(coalition >> each & 1) for each in range(len(off)))
            key = store.digest(text, repr(sorted(board.settings(values).items())), letters=32)
            cells.append(Cell(coalition, values, len(histories), key))
        design = Design(scenario, tree, (), None)
        return cls(
            design, Chunks(folder), measure.column, cells=cells, board=board, measure=measure, histories=histories
        )

    def values(self, crew: Crew, tell: Progress) -> Iterator[tuple[range, dict[int, Array]]]:
        """The measure in each coalition, for a chunk of histories after the other: their numbers, values by coalition.

        What is not stored is computed first; `tell` hears the share that is done.  Errors: CannotWrite; WorkerDied.
        """
        self.stored.open()
        try:
            self._store_all(crew, tell)
            for chunk in self._cut():
                found = {cell.number: self._read(Piece(cell, chunk)) for cell in self.cells}
                yield range(chunk.first, chunk.first + chunk.count), found
        except OSError as error:
            raise store.CannotWrite(self.stored.folder, error) from error

    @property
    def _making(self) -> Making:
        assert self.board is not None
        return MakingOneMeasure(self.board, self.outcomes, self.own)

    def _pieces(self, cells: Iterable[Cell]) -> Iterator[Piece]:
        for cell in cells:
            yield from (Piece(cell, chunk) for chunk in self._cut())

    def _cut(self) -> list[Chunk]:
        return cut(self.histories.start, len(self.histories))

    def _read(self, piece: Piece) -> Array:
        """The measure in the histories of a chunk, a number each.  -> (R,)"""
        import pandas as pd

        assert self.measure is not None
        table = pd.read_parquet(io.BytesIO(self._kept(piece).table))
        return numbers(self.measure, self.design.scenario, table)
