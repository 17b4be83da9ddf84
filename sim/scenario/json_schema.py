"""The JSON Schema of scenario files, for editors: completion, hints and red lines while one types.

It is a little more lenient than `sim check`: a file that extends another may leave out what its parent says, and any
key may be null, which removes it.
"""

from __future__ import annotations

from typing import Any

from sim.scenario.schema import Scenario

Schema = dict[str, Any]
NULL = {"type": "null"}
SHAPES = (("mean", "sd"), ("low", "high"), ("low", "mode", "high"))
ONLY_IN_LISTS = ("Commitment", "EffortStep", "Event", "Freeze", "Part")
"""Blocks that stand in lists. Lists replace as a whole, so these are complete wherever they stand."""
EXTENDS = {
    "description": "another file of the scenario folder; this one changes only what it writes, and null removes",
    "type": "string",
}
UNSAID = ("title", "required", "$defs", "oneOf", "propertyNames", "minProperties")
"""What pydantic says and editors need not hear, or hear in another way."""


def json_schema() -> Schema:
    """The schema that `sim schema` prints and that `scenarios/scenario.schema.json` holds."""
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
        relaxed["properties"] = {name: _or_null(_relaxed(part)) for name, part in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), dict):
        relaxed["additionalProperties"] = _or_null(_relaxed(schema["additionalProperties"]))
    if "items" in schema:
        relaxed["items"] = _relaxed(schema["items"])
    forms = schema.get("anyOf", schema.get("oneOf"))
    if forms is not None:
        inner = [_relaxed(form) for form in forms]
        relaxed["anyOf"] = [one for form in inner for one in (form["anyOf"] if set(form) == {"anyOf"} else [form])]
    return relaxed


def _or_null(schema: Schema) -> Schema:
    said: Schema = {key: schema[key] for key in ("description", "default") if key in schema}
    form = {key: part for key, part in schema.items() if key not in said}
    forms = form["anyOf"] if set(form) == {"anyOf"} else [form]
    return {**said, "anyOf": forms if NULL in forms else [*forms, NULL]}


def _name(names: tuple[str, ...]) -> str:
    return "_".join(names)


def _shape(names: tuple[str, ...]) -> Schema:
    number = {"anyOf": [{"type": "number"}, NULL]}
    return {"type": "object", "properties": dict.fromkeys(names, number), "additionalProperties": False}
