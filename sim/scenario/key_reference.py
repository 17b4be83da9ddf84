"""What each key of a scenario file means, takes and is by default: for editors, in a file's comments, as a table.

`sim schema` prints the JSON Schema, with which an editor completes keys and explains them; `sim show --explain` writes
a file with each key explained above it; `scenarios/README.md` holds the table.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.scenario.dump import WIDTH, as_yaml, one_line
from sim.scenario.numbers import SHAPES
from sim.scenario.schema import Scenario
from sim.scenario.schema_lookup import Keys
from sim.scenario.tree import Node
from sim.scenario.yaml_reader import read

Schema = dict[str, Any]
NULL = {"type": "null"}
PARTS = {
    "mean": "mean of a normal distribution, cut at the range.",
    "sd": "standard deviation of a normal distribution.",
    "low": "smallest value of a distribution.",
    "mode": "likeliest value of a triangular distribution.",
    "high": "largest value of a distribution.",
}
TYPES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "array": "list",
    "object": "mapping",
    "null": "",
    "": "any value",
}
LIMITS = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " entries"),
    ("minProperties", "maxProperties", " entries"),
)
ONLY_IN_LISTS = ("Commitment", "EffortStep", "Event", "Freeze", "Part")
"""Blocks that stand in lists. Lists replace as a whole, so these are complete wherever they stand."""
EXTENDS = {
    "description": "another file of the scenario folder; this one changes only what it writes, and null removes",
    "type": "string",
}
UNSAID = ("title", "required", "$defs", "oneOf", "propertyNames", "minProperties", "unit", "basis", "plausible")
"""What pydantic says and editors need not hear, or hear in another way."""


@dataclass(frozen=True)
class KeyInfo:
    """A key of a scenario file: a row of the key reference. NAME in a path is a name that the file chooses."""

    path: str
    type: str
    unit: str
    default: str
    range: str
    meaning: str
    plausible: str = ""
    basis: str = ""

    @property
    def sentence(self) -> str:
        """All but path and type in words, for a comment or an editor."""
        facts = {
            "Unit": self.unit,
            "Range": self.range,
            "Plausible": self.plausible,
            "Basis": self.basis,
            "Default": self.default,
        }
        said = [f"{name}: {fact}." for name, fact in facts.items() if fact]
        return " ".join([self.meaning.removesuffix(".") + ".", *said])


# ---- one key ---------------------------------------------------------------------------------------------------------


def info_of(keys: Keys, path: str = "") -> KeyInfo:
    """What the schema says of one key."""
    types = dict.fromkeys(_type(form) for form in keys.forms)
    forms = list(keys.forms)
    values = keys
    while values.open:  # what is said of each value holds for the key
        values = values.below("NAME")
        forms += values.forms
    ranges = dict.fromkeys(_range(form) for form in forms)
    units = dict.fromkeys(form.get("unit", "") for form in forms)
    default = "" if keys.default is None else keys.default
    return KeyInfo(
        path,
        type=" or ".join(filter(None, types)),
        unit=", ".join(filter(None, units)),
        default=default if isinstance(default, str) else one_line(default),
        range="; ".join(filter(None, ranges)),
        meaning=keys.description,
        plausible=_plausible(keys.said.get("plausible", "")),
        basis=keys.said.get("basis", ""),
    )


def _plausible(said: Any) -> str:
    """`0.5 to 8`, `0.5 to 2 times the file's`, `none: a date`"""
    if isinstance(said, str):
        return said
    if isinstance(said, list):
        return f"{said[0]:g} to {said[1]:g}"
    most = f", at most {said['most']:g}" if "most" in said else ""
    return f"{said['low']:g} to {said['high']:g} times the file's{most}"


def _type(form: Schema) -> str:
    if tuple(form.get("properties", ())) in SHAPES:
        return "distribution"
    if "format" in form:
        return str(form["format"])
    if "enum" in form:
        return "one of " + ", ".join(form["enum"])
    if "const" in form:
        return str(form["const"])
    if isinstance(form.get("additionalProperties"), dict):
        return "values by name"
    return TYPES[form.get("type", "")]


def _range(form: Schema) -> str:
    for low, high, what in LIMITS:
        if low in form and high in form:
            return f"{one_line(form[low])} to {one_line(form[high])}{what}"
        if high in form:
            return f"up to {form[high]}{what}"
        if low in form:
            return f"{form[low]} or more{what}"
    return ""


# ---- all keys --------------------------------------------------------------------------------------------------------


def key_reference() -> list[KeyInfo]:
    """Every key of a scenario file, in the schema's order; a block that stands in several places is told once."""
    return [info_of(Keys.of_part(EXTENDS), "extends"), *_below(Keys.of_scenario(), "", set())]


def _below(keys: Keys, path: str, told: set[str]) -> Iterator[KeyInfo]:
    """The keys under a value.  told: titles of the blocks that have been told"""
    for form in keys.forms:
        title = form.get("title")
        if title in told or tuple(form.get("properties", ())) in SHAPES:
            continue
        if title:
            told.add(title)
        block = Keys([form])
        kind = form.get("properties", {}).get("kind", {}).get("const")
        for name in block.names():
            key = block.below(name)
            info = info_of(key, f"{path}.{name}".removeprefix("."))
            if block.needs(name):
                info = replace(info, default="needed")
            if kind and name != "kind":
                info = replace(info, meaning=f"of kind {kind}: {info.meaning}")
            yield info
            yield from _below(key, info.path, told)
        if block.open:
            yield from _below(block.below("NAME"), f"{path}.NAME", told)
        if "items" in form:
            yield from _below(block.below(0), f"{path}[]", told)


def explained(scenario: Scenario) -> str:
    """The file that `as_yaml` writes, with each key explained in a comment above the line where it first stands."""
    text = as_yaml(scenario)
    root = read(text, "scenario").root
    assert root is not None
    comments: dict[int, list[str]] = {}
    _explain(root, Keys.of_scenario(), comments, set())
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        indent = line[: len(line) - len(line.lstrip())] + "# "
        for comment in comments.get(number, ()):
            lines += textwrap.wrap(comment, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
        lines.append(line)
    return "\n".join(lines)


def _explain(node: Node, keys: Keys, comments: dict[int, list[str]], said: set[str]) -> None:
    """Collect comments by line.  said: those that have been collected"""
    known = keys.names(node)
    is_distribution = tuple(node.entries) in SHAPES
    for name, entry in node.entries.items():
        below = keys.below(name, node)
        meaning = PARTS[name] if is_distribution else info_of(below).sentence
        comment = f"{name}: {meaning}"
        if name in known and comment not in said:
            comments.setdefault(entry.place.line, []).append(comment)
            said.add(comment)
        _explain(entry.node, below, comments, said)
    for n, item in enumerate(node.items):
        _explain(item, keys.below(n, node), comments, said)


# ---- the schema for editors ------------------------------------------------------------------------------------------


def json_schema() -> Schema:
    """The schema that `sim schema` prints and that `scenarios/scenario.schema.json` holds.

    It is a little more lenient than `sim check`: a file that extends another may leave out what its parent says, and
    any key may be null, which removes it. The description of a key is what an editor shows where the mouse rests.
    """
    whole = Scenario.model_json_schema()
    blocks = {name: _relaxed(block) for name, block in whole["$defs"].items()}
    for name in ONLY_IN_LISTS:
        blocks[name]["required"] = whole["$defs"][name]["required"]
    shapes = {_name(names): _shape(names) for names in SHAPES}
    body = _relaxed(whole)
    body["properties"] = {"extends": EXTENDS, **body["properties"]}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Scenario"}
    complete = {"if": {"required": ["extends"]}, "else": {"required": whole["required"]}}
    return {**head, **body, **complete, "$defs": {**blocks, **shapes}}


def _relaxed(schema: Schema) -> Schema:
    """Without what is required, since a parent may say it; any key may be null; forms may overlap in a variant."""
    names = tuple(schema.get("properties", ()))
    if names in SHAPES:
        return {"$ref": f"#/$defs/{_name(names)}"}
    relaxed = {key: part for key, part in schema.items() if key not in UNSAID}
    if "properties" in schema:
        relaxed["properties"] = {name: _key(part) for name, part in schema["properties"].items()}
    if "kind" in names:  # a variant of another kind takes away what the parent's kind had, with `key: null`
        relaxed["additionalProperties"] = NULL
    if isinstance(schema.get("additionalProperties"), dict):
        relaxed["additionalProperties"] = _or_null(_relaxed(schema["additionalProperties"]))
    if "items" in schema:
        relaxed["items"] = _relaxed(schema["items"])
    forms = schema.get("anyOf", schema.get("oneOf"))
    if forms is not None:
        inner = [_relaxed(form) for form in forms]
        relaxed["anyOf"] = [one for form in inner for one in (form["anyOf"] if set(form) == {"anyOf"} else [form])]
    return relaxed


def _key(part: Schema) -> Schema:
    """A key's part of the schema, with all that an editor shows."""
    shown = _or_null(_relaxed(part))
    shown["description"] = info_of(Keys.of_part(part)).sentence
    return shown


def _or_null(schema: Schema) -> Schema:
    said: Schema = {key: schema[key] for key in ("description", "default") if key in schema}
    form = {key: part for key, part in schema.items() if key not in said}
    forms = form["anyOf"] if set(form) == {"anyOf"} else [form]
    return {**said, "anyOf": forms if NULL in forms else [*forms, NULL]}


def _name(names: tuple[str, ...]) -> str:
    return "_".join(names)


def _shape(names: tuple[str, ...]) -> Schema:
    parts = {name: {"description": PARTS[name], "anyOf": [{"type": "number"}, NULL]} for name in names}
    return {"type": "object", "properties": parts, "additionalProperties": False}
