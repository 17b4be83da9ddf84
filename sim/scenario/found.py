"""Where in a file one of pydantic's errors stands, and what the schema says of that place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenario.field_types import TAG
from sim.scenario.numbers import show
from sim.scenario.problems import Report
from sim.scenario.scalars import shorten
from sim.scenario.schema_lookup import Keys
from sim.scenario.tree import Node, Place, Trail, find


@dataclass(frozen=True)
class Found:
    """One of pydantic's errors and where it stands: at the value, at its key, and what the schema says of it."""

    error: Mapping[str, Any]
    trail: Trail
    value: Place
    key: Place
    node: Node
    root: Node
    report: Report
    on_key: bool

    @property
    def context(self) -> Mapping[str, Any]:
        return self.error.get("ctx", {})  # type: ignore[no-any-return]

    @property
    def keys(self) -> Keys:
        return Keys.at(self.trail, self.root)

    @property
    def rule(self) -> str:
        """What the key means, in words."""
        return self.keys.description.partition(";")[0]

    @property
    def named(self) -> str:
        """The last key of the path."""
        return str(self.trail[-1]) if self.trail else ""

    @property
    def shown(self) -> str:
        """The value as a message names it."""
        value = self.node.value
        if isinstance(value, dict):
            return "a mapping of " + shorten(", ".join(value)) if value else "an empty mapping"
        return f"a list of {len(value)}" if isinstance(value, list) else show(value)

    @property
    def holder(self) -> Node | None:
        """The mapping or list that holds the value."""
        return find(self.root, self.trail[:-1])


def locate(error: Mapping[str, Any], root: Node, report: Report) -> Found:
    """Follow the error's location through the file; forms (`Either`) are no part of the path."""
    trail: list[str | int] = []
    node, key = root, root.place
    steps = [*error["loc"], *filter(None, [error.get("ctx", {}).get("part")])]
    steps += ["kind"] if error["type"] == "union_tag_invalid" else []  # whose value names no form
    for step in steps:
        if isinstance(step, str) and step.startswith(TAG):
            continue
        entry = node.entries.get(step if isinstance(step, str) else f"{step}")
        if isinstance(node.value, list) and isinstance(step, int):
            node = node.items[step]
            key = node.place
            trail.append(step)
        elif entry is not None:
            node, key = entry.node, entry.place
            trail.append(str(step))
        elif step != "[key]" and error["type"] != "union_tag_invalid":
            trail.append(str(step))
    on_key = bool(steps) and steps[-1] == "[key]"
    return Found(error, tuple(trail), key if on_key else node.place, key, node, root, report, on_key)
