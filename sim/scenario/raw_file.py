"""Walking through a file as it was read. What has the wrong shape looks empty here: the schema reports it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic_core import PydanticCustomError

from sim.scenario.field_types import read_date, read_when
from sim.scenario.numbers import Number, Range
from sim.scenario.problems import Report
from sim.scenario.scalars import shorten
from sim.scenario.schema import Clock
from sim.scenario.tree import Node, Place, Trail, plain

MOST_LOOKED_AT = 20
"""Parties or groups; a file has fewer, or the schema says so. Keeps the answer to a monstrous file quick."""
ANY = Range(-1e9, 1e9, "a number")


@dataclass(frozen=True)
class At:
    """A value of the file, or the place where there is none; its path, and where it and its key stand."""

    node: Node | None
    trail: Trail
    key: Place

    def __getitem__(self, name: str) -> At:
        """What stands under a key."""
        entry = self.node.entries.get(name) if self.node is not None else None
        if entry is None:
            return At(None, (*self.trail, name), self.place)
        return At(entry.node, (*self.trail, name), entry.place)

    def __contains__(self, name: str) -> bool:
        return self.node is not None and name in self.node.entries

    @property
    def place(self) -> Place:
        """Where the value stands."""
        return self.node.place if self.node is not None else self.key

    @property
    def name(self) -> str:
        """The last key of the path."""
        return str(self.trail[-1]) if self.trail else ""

    @property
    def names(self) -> list[str]:
        """The keys of a mapping."""
        return list(self.node.entries) if self.node is not None else []

    @property
    def is_mapping(self) -> bool:
        return self.node is not None and isinstance(self.node.value, dict)

    def below(self) -> list[At]:
        """The values of a mapping, or the items of a list."""
        if self.node is None:
            return []
        items = [At(item, (*self.trail, n), item.place) for n, item in enumerate(self.node.items)]
        return [self[name] for name in self.node.entries] or items

    @property
    def text(self) -> str | None:
        """The value, if it is a text."""
        return self.node.value if self.node is not None and isinstance(self.node.value, str) else None

    def number(self, default: float | None = None) -> Number | None:
        """The value as a number or distribution; None if it is no such thing."""
        if self.node is None:
            return default
        try:
            return ANY.read(plain(self.node))  # type: ignore[no-any-return]
        except PydanticCustomError:
            return None


@dataclass(frozen=True)
class File:
    """A merged file, the names that it gives, and the report that its problems go to."""

    root: At
    report: Report

    @classmethod
    def of(cls, root: Node, report: Report) -> File:
        """The file whose merged tree this is."""
        return cls(At(root, (), root.place), report)

    def __getitem__(self, name: str) -> At:
        return self.root[name]

    def say(self, at: At, kind: str, message: str, *, key: bool = False) -> None:
        """Note a problem at a value, or at its key."""
        self.report.add(at.key if key else at.place, at.trail, kind, message)

    @cached_property
    def parties(self) -> list[str]:
        """Names of the parties."""
        return self["parties"].names

    @cached_property
    def groups(self) -> list[str]:
        """Names of the working groups."""
        return self["working_groups"].names

    def given(self, section: str) -> list[str] | None:
        """The names that a section gives; None if it cannot be read, so that nobody knows them."""
        at = self[section]
        return at.names if at.is_mapping or (at.node is None and section == "mediators") else None

    def every_issue(self) -> list[tuple[At, At]]:
        """Each working group with each of its issues."""
        return [(group, issue) for group in self["working_groups"].below() for issue in group["issues"].below()]

    # ---- time --------------------------------------------------------------------------------------------------------

    @cached_property
    def start(self) -> dt.date | None:
        """The first day; None if the file says it wrongly."""
        at = self["clock"]["start"]
        if at.node is None:
            return Clock().start if self._clock_is_right else None
        try:
            return read_date(plain(at.node))
        except PydanticCustomError:
            return None

    @cached_property
    def weeks(self) -> int | None:
        """Weeks of the talks; None if the file says it wrongly."""
        weeks = self["clock"]["weeks"].number(Clock().weeks)
        return int(weeks) if isinstance(weeks, int | float) and self._clock_is_right else None

    @property
    def _clock_is_right(self) -> bool:
        return "clock" not in self.root or self["clock"].is_mapping

    def week(self, at: At) -> int | None:
        """The week, counted from 0, that a date or week of the file means; None if it means none."""
        if at.node is None or self.start is None:
            return None
        try:
            when = read_when(plain(at.node))
        except PydanticCustomError:
            return None
        return when if isinstance(when, int) else (when - self.start).days // 7


def listed(names: Sequence[str]) -> str:
    """`a, b and c`; of very many, the first ones."""
    names = [shorten(name) for name in names[:MOST_LOOKED_AT]]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
