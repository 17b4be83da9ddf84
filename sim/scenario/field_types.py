"""Texts, names, dates, and values that take one of several forms: the building blocks of the schema beside numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self
from unicodedata import normalize

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from sim.arrays import Index, Parameter, at
from sim.scenario.numbers import SHAPE_WORDS, Range, show
from sim.scenario.scalars import FORBIDDEN, no_character

FIRST_YEAR, LAST_YEAR = 1600, 2400
LONGEST = 3_132  # weeks, which are 60 years
TAG = "\0"
"""Begins the name of a form in the location of an error, to tell it from the keys of a file, which cannot hold it."""


class Block(BaseModel):
    """A mapping of the file: frozen, and no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)

    def at(self, here: Index) -> Self:
        """The same keys in the replications `here`: a number for each replication (R,) becomes (R',)."""
        chosen = {name: at(here, value) for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return self.model_copy(update=chosen) if chosen else self


# ---- one of several forms --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)  # hashed by identity: pydantic asks for a hash
class Either:
    """A value in one of several forms: by name, what each may be; `look` tells from a value which form it has."""

    forms: Mapping[str, Any]
    look: Callable[[Any], str | None]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        choices = {TAG + name: handler.generate_schema(form) for name, form in self.forms.items()}
        return core_schema.tagged_union_schema(choices, discriminator=self._tag)

    def _tag(self, value: Any) -> str:
        return TAG + (self.look(value) or "")


def _by_name(value: Any) -> str:
    return "names" if isinstance(value, dict) and not (value and SHAPE_WORDS.issuperset(value)) else "number"


def per_name(low: float, high: float, what: str, unit: str = "") -> Either:
    """A number for all, or one for each name: `0.2` or `{Azerbaijan: 0.2}`; a distribution counts as a number."""
    number = Annotated[Parameter, Range(low, high, what, unit=unit)]
    return Either({"number": number, "names": dict[Name, number]}, _by_name)


# ---- texts and names -------------------------------------------------------------------------------------------------


def _printable(text: str) -> str:
    hidden = FORBIDDEN.search(text)
    if hidden:
        raise PydanticCustomError("bad-character", "{message}", {"message": no_character(hidden[0])})
    return normalize("NFC", text)  # as `yaml_reader` does


def _one_line(text: str) -> str:
    usual = " ".join(text.split())
    if text != usual:
        rule = "a name is one line, without blanks at its ends, two in a row, or of another width"
        remedy = f"write {show(usual)}" if usual else "write at least one letter"
        said = {"name": show(text), "rule": rule, "remedy": remedy}
        raise PydanticCustomError("bad-name", "{name} has other blanks than a name has ({rule}); {remedy}", said)
    return text


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", code):
        said = {"code": show(code), "rule": "the two or three small letters of a language, as in ISO 639"}
        raise PydanticCustomError("bad-name", "{code} is no language ({rule}); write hy for Armenian", said)
    return code


LONGEST_NAME = 80
Text = Annotated[str, Field(max_length=2000), AfterValidator(_printable)]
Name = Annotated[
    str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_printable), AfterValidator(_one_line)
]
LongName = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_printable), AfterValidator(_one_line)]
Language = Annotated[str, AfterValidator(_language)]
ByName = dict[Name, Parameter]


def for_name(value: Parameter | ByName, name: str, default: float) -> Parameter:
    """What a value that is given for all, or by name, is for this one; names that are not given take the default."""
    return value.get(name, default) if isinstance(value, dict) else value


# ---- dates -----------------------------------------------------------------------------------------------------------


def read_date(value: Any) -> dt.date:
    """A day, given as a date or as text.  Errors: PydanticCustomError of type wrong-type, bad-date or out-of-range."""
    if type(value) is dt.date:
        _check_year(value.year, str(value))
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        said = {"value": show(value)}
        raise PydanticCustomError("wrong-type", "{value} is not a date (year-month-day); write it as 2023-02-09", said)
    _check_year(int(value[:4]), value)  # first: Python knows no year 0, but that is not what is wrong with it
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError(
            "bad-date", "{value} is no day of the calendar (year-month-day); write a day that exists", {"value": value}
        ) from None


def _check_year(year: int, value: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        said = {"value": value, "rule": f"a date of the years {FIRST_YEAR} to {LAST_YEAR}"}
        raise PydanticCustomError("out-of-range", "{value} is out of range ({rule}); write another year", said)


FAR = 100_000
"""Weeks; no clock runs so long, and `checks` says how long this one does."""


def read_when(value: Any) -> dt.date | int:
    """A date, or a week counted from the start of the clock (0 is the first).

    Errors: PydanticCustomError, as of `read_date`.
    """
    if type(value) not in (int, float):
        return read_date(value)
    if value % 1 == 0 and 0 <= value <= FAR:
        return int(value)
    rule = "a date, or a whole week of the talks, counted from 0"
    said = {"value": show(value), "rule": rule}
    kind = "wrong-type" if value % 1 else "out-of-range"
    raise PydanticCustomError(kind, "{value} is no week ({rule}); write 0 for the first, or a date as 2023-02-09", said)


@dataclass(frozen=True, eq=False)
class _Reads:
    """A value that a function reads, and what the JSON Schema says of it."""

    reads: Callable[[Any], Any]
    schema: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.reads)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        return dict(self.schema)


_DAY = {"type": "string", "format": "date"}
Date = Annotated[dt.date, _Reads(read_date, _DAY)]
When = Annotated[dt.date | int, _Reads(read_when, {"anyOf": [_DAY, {"type": "integer", "minimum": 0}]})]


# ---- how sure a number is --------------------------------------------------------------------------------------------

DATED = "a date"
CHOSEN = "none: chosen"
"""The basis of a number that nobody has measured."""


@dataclass(frozen=True)
class Times:
    """A plausible range that depends on the number in the file: from `low` times it to `high` times it, but `most`."""

    low: float
    high: float
    most: float | None = None


def number(
    default: Any, meaning: str, plausible: tuple[float, float] | Times | str, basis: str = CHOSEN, **more: Any
) -> Any:
    """A key that holds a number, or several by name.  default: itself, a function that makes it, or ... for none

    plausible: between which numbers the true one may well lie, given what `basis` says; wide, where nobody knows. For a
    number of which that makes no sense, the reason why. more: as pydantic's `Field` takes it.
    """
    said: dict[str, Any] = {"basis": basis, "plausible": plausible}
    if isinstance(plausible, str):
        said = {"plausible": f"none: {plausible}"}
    elif isinstance(plausible, Times):
        said["plausible"] = {name: part for name, part in vars(plausible).items() if part is not None}
    else:
        said["plausible"] = list(plausible)
    more["default_factory" if callable(default) else "default"] = default
    return Field(description=meaning, json_schema_extra=said, **more)


# ---- items and numbers of many keys ---------------------------------------------------------------------------------


class Item(Block):
    """One of a list. Chance knows what it draws by its place in the list."""

    place: Annotated[int, Range(0, 5000, "a place in a list, counted from 0", whole=True)] | None = number(
        None,
        "the place by which chance knows it, where others were taken away; default: where it stands",
        plausible="a place in a list",
    )


Share = Annotated[Parameter, Range(0, 1, "a share", unit="share")]
Utility = Annotated[Parameter, Range(0, 1, "a utility", unit="utility")]
Weight = Annotated[Parameter, Range(0, 1e6, "a weight on any positive scale", unit="weight")]
Rate = Annotated[Parameter, Range(0, 52, "a rate a year", unit="per year")]
Factor = Annotated[Parameter, Range(0, 20, "a factor", unit="factor")]
