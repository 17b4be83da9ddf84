"""The few array helpers that every floor uses. R replications are always the last axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from functools import reduce
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]
T = TypeVar("T")


def hold(still: Mask, old: Array, new: Array | float) -> Array:
    """Keep the old value in the replications where it holds still, take the new one elsewhere."""
    return np.where(still, old, new)


def total(rows: Iterable[Any]) -> Any:
    """Sum over the first axis, row after row.

    `np.sum` adds in an order that depends on the array's shape, so that its last bit may differ between one
    replication and a thousand; this does not.
    """
    rows = iter(rows)
    result = next(rows)
    for row in rows:
        result = result + row
    return result


def smallest(rows: Iterable[Array]) -> Array:
    """The smallest of each column, without putting the rows into one array first, as `np.minimum.reduce` does."""
    return reduce(np.minimum, rows)


def one_after_the_other(value: Array) -> Array:
    """The same (N, R), with all of a replication side by side in memory: taking few of many is faster so."""
    return np.asfortranarray(value)


def at(here: Index, value: T) -> T:
    """The value in the replications `here` only: an array loses the others, a plain number stays as it is."""
    if isinstance(value, np.ndarray):
        if value.flags.c_contiguous:
            return value.take(here, axis=-1)  # type: ignore[return-value]
        return np.ascontiguousarray(value.T.take(here, axis=0).T)  # type: ignore[return-value]
    if isinstance(value, float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: getattr(value, f.name) for f in fields(value)}
        chosen = {name: at(here, part) for name, part in parts.items()}
        moved = {name: part for name, part in chosen.items() if part is not parts[name]}
        return replace(value, **moved) if moved else value
    if isinstance(value, tuple):
        chosen_parts = tuple(at(here, part) for part in value)
        return chosen_parts if any(a is not b for a, b in zip(chosen_parts, value, strict=True)) else value  # type: ignore[return-value]
    return value
