"""The few array helpers that every floor uses. R replications are always the last axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, reduce
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]
Parameter = float | Array  # one number for all replications, or one for each (R,)
T = TypeVar("T")


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


def to_scale(weights: Sequence[float | Array]) -> list[Any]:
    """Weights on a scale on which the largest is between a half and 1; where all are 0, all are 1.

    However small they were, one can divide by their sum; shares are the same to the last bit, as all are multiplied by
    a power of 2.
    """
    largest = reduce(np.maximum, weights)
    exponent = np.frexp(largest)[1]
    return [np.where(largest > 0, np.ldexp(weight, -exponent), 1.0)[()] for weight in weights]


def all_of(masks: Iterable[Mask]) -> Mask:
    """Where all of these hold."""
    return reduce(np.logical_and, masks)


def any_of(masks: Iterable[Mask]) -> Mask:
    """Where any of these holds."""
    return reduce(np.logical_or, masks)


def mean(rows: Sequence[Array]) -> Array:
    """Mean over the first axis, as exact as `total`; of a single row that row itself, not a copy."""
    return rows[0] if len(rows) == 1 else np.asarray(total(rows) / len(rows))


def within(low: Array | float, value: Array, high: Array | float) -> Array:
    """The value, cut to this range; NaN stays. (`np.clip`, which takes longer to begin.)"""
    return np.minimum(np.maximum(value, low), high)


def places(where: Mask) -> Index:
    """The replications where it holds. (`np.flatnonzero`, at half the price for short masks.)"""
    return where.nonzero()[0]


def smallest(rows: Iterable[Array]) -> Array:
    """The smallest of each column, without putting the rows into one array first, as `np.minimum.reduce` does."""
    return reduce(np.minimum, rows)


def one_after_the_other(value: Array) -> Array:
    """The same (N, R), with all of a replication side by side in memory: taking few of many is faster so (an eighth of
    the time of 10,000 replications)."""
    return np.asfortranarray(value)


def one_row(value: Any) -> Any:
    """What stands in several rows in one, row after row.  (..., N, R) -> (..., N * R)"""
    rows, width = value.shape[-2:]
    return value.reshape(*value.shape[:-2], rows * width)


def at(here: Index, value: T) -> T:
    """The value in the replications `here` only: an array loses the others, a plain number stays as it is."""
    if isinstance(value, np.ndarray):
        if value.flags.c_contiguous:
            return value.take(here, axis=-1)  # type: ignore[return-value]
        return np.ascontiguousarray(value.T.take(here, axis=0).T)  # type: ignore[return-value]
    if isinstance(value, float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, name) for name in part_names(type(value))]
        chosen = [at(here, part) for part in parts]
        return type(value)(*chosen) if _differ(chosen, parts) else value
    if isinstance(value, tuple):
        chosen = [at(here, part) for part in value]
        return tuple(chosen) if _differ(chosen, value) else value  # type: ignore[return-value]
    return value


@cache
def part_names(kind: type[Any]) -> tuple[str, ...]:
    """Names of a dataclass's fields, in order."""
    return tuple(part.name for part in fields(kind))


def _differ(some: Iterable[object], others: Iterable[object]) -> bool:
    return any(one is not other for one, other in zip(some, others, strict=True))
