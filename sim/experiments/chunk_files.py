"""Chunks of a sweep: what a block of replications of one cell came to, each in a file of its own.

A chunk is named by all that its content depends on: the cell's scenario (with its seed), the replications, the version
and rules. It appears under that name whole or not at all, and begins with the checksum of the rest; so whoever finds
one need not compute it, and whoever finds a damaged one knows.

    <sha256 of all that follows>
    {"counts": what a summary needs or, of a whole cell, "estimates": its summary, so that whoever counts the cells
     together need not make it; "bits": what came about in which replication, "happened": what outcomes are compared by,
     "columns": of the table}
    the outcomes as Parquet, if they are kept

Outcomes of two cells are compared without their tables, and they may come from two processors, which round otherwise:
numbers of one differ from those of the other in the fifteenth digit or so. So flags, and where a number is missing, are
hashed; and of each column of numbers a chunk keeps a sum with weights that differ from history to history. Two columns
are taken for the same where their sums are, but for rounding: if weeks, counts or utilities differ, so do the sums.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import store
from sim.arrays import Mask
from sim.experiments.results_cache import rules
from sim.statistics.summary import Count, Counted, Sample, ShareCount, WeekCounts
from sim.terminal import tell

if TYPE_CHECKING:
    import pandas as pd

FORM = 4
"""Raised whenever chunks are written in another way."""

DRAWN = "drawn."
ROUNDING = 1e-12
"""How far apart sums of the same outcomes may lie, as a share of them, and for each replication."""
COUNTS: dict[str, type[Any]] = {kind.__name__: kind for kind in (ShareCount, Sample, WeekCounts)}
ARRAYS: dict[str, Any] = {"values": np.float64, "came": np.int64}


Estimates = dict[str, tuple[float | None, float | None, float | None]]
"""By the name of the measure: the number, low, high."""


@dataclass(frozen=True)
class Happened:
    """What outcomes are compared by. digest: of flags and gaps; sums: of each column of numbers."""

    replications: int
    digest: str
    sums: tuple[float, ...]

    def __add__(self, other: Happened) -> Happened:
        """Both together, as far as one may be compared with another that was put together of the same chunks."""
        sums = tuple(map(add, self.sums, other.sums))
        return Happened(self.replications + other.replications, store.digest(self.digest, other.digest), sums)

    def like(self, other: Happened) -> bool:
        """Did the same happen, but for rounding?"""
        least = ROUNDING * self.replications
        return self.digest == other.digest and all(
            math.isclose(one, two, rel_tol=ROUNDING, abs_tol=least)
            for one, two in zip(self.sums, other.sums, strict=True)
        )


@dataclass(frozen=True)
class Kept:
    """What a chunk holds. replications: of its counts; estimates: of a whole cell, which needs no counts, else None.

    bits: for each share whether it came about, a bit a replication; happened: of the outcomes but for what was drawn;
    table: the outcomes as Parquet, or b''.
    """

    counted: Counted
    estimates: Estimates | None
    bits: dict[str, bytes]
    happened: Happened
    columns: tuple[str, ...]
    table: bytes

    def came(self, column: str, count: int) -> Mask:
        """Whether it came about in each of the first so many replications; nowhere where there is no such share."""
        bits = np.frombuffer(self.bits.get(column, bytes(-(-count // 8))), np.uint8)
        return np.unpackbits(bits, count=count).astype(bool)


def name_of(cell: str, first: int, count: int, outcomes: str) -> str:
    """The name of a chunk. cell: a digest of its scenario; outcomes: how they are kept, `counted` or `whole`."""
    return store.digest(cell, str(first), str(count), outcomes, *rules(), str(FORM), letters=32)


# ---- content ---------------------------------------------------------------------------------------------------------


def estimates(counted: Counted) -> Estimates:
    """The number, low and high of each measure."""
    found = {}
    for column, count in counted.counts.items():
        number, low, high = count.estimate().values()
        found[column] = (number, low, high)
    return found


def written(counted: Counted, outcomes: pd.DataFrame, whole: str, cell: bool = False) -> bytes:
    """A chunk as a file. whole: `whole` keeps the table of outcomes too, `counted` does not; cell: is it all of one?"""
    head = {
        "replications": counted.replications,
        "counts": {} if cell else {column: _as_json(count) for column, count in counted.counts.items()},
        "estimates": estimates(counted) if cell else None,
        "bits": {
            column: _bits(outcomes[column]) for column, count in counted.counts.items() if isinstance(count, ShareCount)
        },
        "happened": _happened(outcomes),
        "columns": list(outcomes.columns) if whole == "whole" else [],
    }
    body = json.dumps(head).encode() + b"\n" + (_table(outcomes) if whole == "whole" else b"")
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def read(content: bytes) -> Kept | None:
    """What a file holds; None if it is damaged."""
    checksum, _, body = content.partition(b"\n")
    if checksum != hashlib.sha256(body).hexdigest().encode():
        return None
    line, _, table = body.partition(b"\n")
    head = json.loads(line)
    counts = {column: _from_json(count) for column, count in head["counts"].items()}
    found = head["estimates"]
    bits = {column: base64.b64decode(said) for column, said in head["bits"].items()}
    digest, sums = head["happened"]
    return Kept(
        counted=Counted(head["replications"], counts),
        estimates=None if found is None else {column: tuple(three) for column, three in found.items()},
        bits=bits,
        happened=Happened(head["replications"], digest, tuple(sums)),
        columns=tuple(head["columns"]),
        table=table,
    )


def _as_json(count: Count) -> dict[str, Any]:
    parts = {field.name: getattr(count, field.name) for field in fields(count)}  # type: ignore[arg-type]
    plain = {name: part.tolist() if isinstance(part, np.ndarray) else part for name, part in parts.items()}
    return {"kind": type(count).__name__, **plain}


def _from_json(said: Mapping[str, Any]) -> Count:
    parts = {name: part for name, part in said.items() if name != "kind"}
    arrays = {name: np.array(parts[name], kind) for name, kind in ARRAYS.items() if parts.get(name) is not None}
    found: Count = COUNTS[said["kind"]](**{**parts, **arrays})
    return found


def _bits(came: pd.Series) -> str:
    return base64.b64encode(np.packbits(came.to_numpy(dtype=bool)).tobytes()).decode()


def _happened(outcomes: pd.DataFrame) -> tuple[str, list[float]]:
    """What came of all replications, but for what was drawn: a digest, and a sum of each column of numbers."""
    columns = {name: values.to_numpy() for name, values in outcomes.items() if not str(name).startswith(DRAWN)}
    kinds = {name: values.dtype.str for name, values in columns.items()}
    numbers = np.array([values for values in columns.values() if values.dtype.kind == "f"]).reshape(-1, len(outcomes))
    gaps = np.isnan(numbers)
    heard = hashlib.sha256(f"{kinds} {len(outcomes)}\n".encode() + gaps.tobytes())
    for values in columns.values():
        if values.dtype.kind != "f":
            heard.update(values.tobytes())
    weights = np.random.default_rng(0).uniform(0.5, 1.5, len(outcomes))
    return heard.hexdigest(), (np.where(gaps, 0.0, numbers) @ weights).tolist()


def _table(outcomes: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    store.write_table(buffer, outcomes)
    return buffer.getvalue()


# ---- files -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chunks:
    """A folder of chunks."""

    folder: Path

    def open(self) -> None:
        """Make the folder, and remove what a process that was killed had not written to its end.

        The caller has claimed it.  Errors: CannotWrite.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for part in self.folder.glob("*.part"):
                part.unlink()
        except OSError as error:
            raise store.CannotWrite(self.folder, error) from error

    def remove(self) -> None:
        """Remove the folder, and every chunk in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, name: str, content: bytes) -> None:
        """Store a chunk, whole or not at all.  Errors: OSError."""
        part = self.folder / f"{name}.{os.getpid()}.part"
        try:
            store.write_flushed(part, content)
            part.replace(self.folder / name)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise

    def find(self, name: str) -> Kept | None:
        """A stored chunk; None if there is none, or if it is damaged: then that is said, and it is gone."""
        path = self.folder / name
        try:
            kept = read(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise store.CannotWrite(path, error) from error
        if kept is None:
            tell(f"sim: the stored chunk {path} is damaged; it is computed again.")
            path.unlink(missing_ok=True)
        return kept
