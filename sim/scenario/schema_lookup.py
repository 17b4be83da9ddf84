"""What the schema knows of a path: which keys may stand there, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sim.scenario.schema import Scenario
from sim.scenario.tree import Node, Trail, step_into

Schema = dict[str, Any]
SAID = ("description", "default", "basis", "plausible")


class Keys:
    """The part of the schema that governs a value: several forms, where a value may have one of several.

    The forms of a mapping with a `kind` (tactics) are narrowed to the kind that the value has. said: what the schema
    says of a value whatever form it has (`SAID`).
    """

    def __init__(self, forms: Iterable[Schema], said: Schema | None = None) -> None:
        self.forms = list(forms)
        self.said = said or {}

    @classmethod
    def of_part(cls, *parts: Schema, above: Schema | None = None) -> Keys:
        """What governs a value of which the schema has these parts.

        above: what is said of the mapping or list that holds it, and so of it, unless it has something of its own.
        """
        said = {name: fact for name, fact in (above or {}).items() if name != "default"}
        for part in reversed(parts):
            said |= {name: part[name] for name in SAID if name in part}
        return cls((form for part in parts for form in _flat(part)), said)

    @classmethod
    def of_scenario(cls) -> Keys:
        """What governs a whole file."""
        return cls([_whole()])

    @classmethod
    def at(cls, trail: Trail, root: Node) -> Keys:
        """What governs the value at a path; no forms where the schema knows no such path."""
        keys, node = cls.of_scenario(), root
        for step in trail:
            keys = keys.below(step, node)
            node = step_into(node, step) if node is not None else None  # type: ignore[assignment]
        return keys

    def below(self, step: str | int, node: Node | None = None) -> Keys:
        """What governs the value under a key, or an item of a list. node: the value that holds it, if there is one."""
        found = [part for form in self._fitting(node) if (part := _under(form, step)) is not None]
        return Keys.of_part(*found, above=self.said)

    def names(self, node: Node | None = None) -> list[str]:
        """The keys that may stand here."""
        return list(dict.fromkeys(name for form in self._fitting(node) for name in form.get("properties", ())))

    def take(self, number: float) -> bool:
        """May this number stand here?"""
        forms = [form for form in self.forms if "minimum" in form and (form["type"] != "integer" or number % 1 == 0)]
        return any(form["minimum"] <= number <= form.get("maximum", number) for form in forms)

    def kinds_with(self, name: str) -> list[str]:
        """The kinds of tactic that have this key."""
        return [_kind(form) for form in self.forms if name in form.get("properties", ())]

    def needs(self, name: str) -> bool:
        """Must this key stand here?"""
        return any(name in form.get("required", ()) for form in self.forms)

    @property
    def description(self) -> str:
        """What the value means."""
        return str(self.said.get("description", ""))

    @property
    def default(self) -> Any:
        """What stands here where a file says nothing; None: nothing, or it cannot be left out."""
        return self.said.get("default")

    @property
    def open(self) -> bool:
        """May any name be a key here?"""
        return any(isinstance(form.get("additionalProperties"), dict) for form in self.forms)

    def _fitting(self, node: Node | None) -> list[Schema]:
        kind = step_into(node, "kind") if node is not None else None
        fitting = [form for form in self.forms if kind is not None and _kind(form) == kind.value]
        return fitting or self.forms


def _kind(form: Schema) -> Any:
    return form.get("properties", {}).get("kind", {}).get("const")


def _under(form: Schema, step: str | int) -> Schema | None:
    if isinstance(step, int):
        return form.get("items")
    known: Schema | None = form.get("properties", {}).get(step)
    others = form.get("additionalProperties")
    if known is not None:
        return known
    return others if isinstance(others, dict) else None


@cache
def _whole() -> Schema:
    return Scenario.model_json_schema()


def _flat(schema: Schema) -> Iterator[Schema]:
    """The forms that a part of the schema allows, references followed."""
    if "$ref" in schema:
        yield from _flat(_whole()["$defs"][schema["$ref"].rpartition("/")[2]])
    for form in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _flat(form)
    if not {"$ref", "anyOf", "oneOf"} & schema.keys():
        yield schema
