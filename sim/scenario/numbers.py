"""Numbers of a scenario: plain, or a distribution from which each replication draws its own.

In a scenario that stands for several models, the parts of a distribution may be arrays, a number for each replication.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from sim.arrays import Array
from sim.scenario.scalars import shorten

# ---- distributions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Normal:
    """A normal distribution; what is drawn is cut at the key's range, `least` to `most`."""

    mean: float
    sd: float
    least: float = -math.inf
    most: float = math.inf

    def quantile(self, u: Array) -> Array:
        """The value below which a share u lies.  u (R,) in [0, 1) -> (R,)"""
        from scipy.special import ndtri  # takes a third of a second to import, and reading a file needs none of it

        values = self.mean + self.sd * ndtri(np.clip(u, 1e-12, 1 - 1e-12))
        return np.clip(values, self.least, self.most)


@dataclass(frozen=True)
class Uniform:
    """Every value between low and high is equally likely."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    def quantile(self, u: Array) -> Array:
        """The value below which a share u lies.  u (R,) in [0, 1) -> (R,)"""
        return self.low + (self.high - self.low) * u


@dataclass(frozen=True)
class Triangular:
    """Likeliest at mode, impossible beyond low and high."""

    low: float
    mode: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3

    def quantile(self, u: Array) -> Array:
        """The value below which a share u lies.  u (R,) in [0, 1) -> (R,)"""
        span = np.asarray(self.high - self.low)
        turn: Array = np.divide(self.mode - self.low, span, out=np.zeros(span.shape), where=span > 0)
        rising = self.low + np.sqrt(u * span * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - u) * span * (self.high - self.mode))
        values: Array = np.where(u < turn, rising, falling)
        return values


Distribution = Normal | Uniform | Triangular
Number = float | Distribution
SHAPES: dict[tuple[str, ...], type[Any]] = {
    ("mean", "sd"): Normal,
    ("low", "high"): Uniform,
    ("low", "mode", "high"): Triangular,
}
"""The parts that a file gives of a distribution, and which one they make."""
SHAPE_WORDS = frozenset[str]().union(*SHAPES)


def mean_of(number: Number | Array) -> float:
    """The number itself, or the mean of its distribution."""
    return number.mean if isinstance(number, Distribution) else float(number)


def parts_of(number: Distribution) -> dict[str, float]:
    """A distribution as a file says it: `{mean: 0.4, sd: 0.1}`."""
    names = next(names for names, shape in SHAPES.items() if isinstance(number, shape))
    return {name: getattr(number, name) for name in names}


# ---- ranges ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """What a `Number` may be; reads `0.4`, `{mean, sd}`, `{low, high}` or `{low, mode, high}`.

    Errors: PydanticCustomError of type `wrong-type` or `out-of-range`, naming value and rule.
    """

    low: float
    high: float
    what: str
    whole: bool = False
    unit: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        number: dict[str, Any] = {
            "type": "integer" if self.whole else "number",
            "minimum": self.low,
            "maximum": self.high,
        }
        if self.unit:
            number["unit"] = self.unit
        return number if self.whole else {"anyOf": [number, *(_shape(names) for names in SHAPES)]}

    def read(self, value: Any) -> Any:
        """A checked number or distribution."""
        if isinstance(value, Distribution) and not self.whole:
            return self._distribution(parts_of(value))
        if isinstance(value, dict) and not self.whole:
            return self._distribution(value)
        return self._number(value)

    def _number(self, value: Any, part: str = "") -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or (self.whole and value % 1 != 0):
            raise self._error("wrong-type", f"{show(value)} is not {self.wanted}", part)
        if not self.low <= value <= self.high:  # false for NaN too
            side, limit = ("below", self.low) if value < self.low else ("above", self.high)
            raise self._error("out-of-range", f"{show(value)} is {side} {_digits(limit)}", part)
        return int(value) if self.whole else float(value)

    def _distribution(self, value: dict[Any, Any]) -> Distribution:
        shape = next((shape for names, shape in SHAPES.items() if set(names) == set(value)), None)
        if shape is None:
            keys = shorten(", ".join(str(key) for key in value))
            raise self._error("wrong-type", f"{{{keys}}} is neither a number nor a distribution")
        spread = Range(0, self.high - self.low, f"spread of {self.what}")
        parts = {name: (spread if name == "sd" else self)._number(part, name) for name, part in value.items()}
        order = [parts[name] for name in ("low", "mode", "high") if name in parts]
        if order != sorted(order):
            what = f"{', '.join(map(_digits, order))} do not rise"
            raise self._error("out-of-range", what, remedy="write low, mode and high in rising order")
        return Normal(**parts, least=self.low, most=self.high) if shape is Normal else shape(**parts)

    def _error(
        self, kind: Literal["wrong-type", "out-of-range"], what: str, part: str = "", remedy: str = ""
    ) -> PydanticCustomError:
        context = {"said": what, "rule": self.what, "span": self.span, "remedy": remedy or self.remedy, "part": part}
        return PydanticCustomError(kind, "{said} ({rule}, {span}); {remedy}", context)

    @property
    def wanted(self) -> str:
        """`a number`"""
        return "a whole number" if self.whole else "a number"

    @property
    def span(self) -> str:
        """`0 to 1`"""
        return f"{_digits(self.low)} to {_digits(self.high)}"

    @property
    def remedy(self) -> str:
        """What to write instead."""
        return f"write {self.wanted} from {self.span}"


def _digits(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.12g}"


def _shape(names: tuple[str, ...]) -> dict[str, Any]:
    parts = {name: {"type": "number"} for name in names}
    return {"type": "object", "properties": parts, "required": list(names), "additionalProperties": False}


def show(value: Any) -> str:
    """A value as a message names it."""
    if isinstance(value, str):
        return shorten(repr(value))
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else shorten(str(value))
