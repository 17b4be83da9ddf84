"""A scenario as a file again: complete, every default filled in, readable, and good: it loads to an equal scenario."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from typing import Any

import yaml
from pydantic import BaseModel

from sim.scenario.numbers import Distribution, parts_of
from sim.scenario.scalars import Refusal, Scalar, resolve
from sim.scenario.schema import Event, Freeze, Scenario

WIDTH = 118
SHORT = 90
"""Characters up to which a mapping or list of plain values stands in one line."""


def as_yaml(scenario: Scenario) -> str:
    """The merged scenario, complete.

    Left out is only what is empty inside a section (a title that nobody gave), and what means nothing where it stands.
    Numbers read back bit for bit.
    """
    text, long_before = "", False
    for key, node in _entries(scenario, keep_empty=True):
        long = isinstance(node, yaml.CollectionNode) and not node.flow_style
        text += ("\n" if long or long_before else "") + _text(key, node)
        long_before = long
    return text


def _text(key: str, node: yaml.Node) -> str:
    """A top-level key with its value."""
    whole = yaml.MappingNode(MAPPING, [(_scalar(key), node)], flow_style=False)
    return str(yaml.serialize(whole, Dumper=yaml.SafeDumper, allow_unicode=True, width=WIDTH))


RESOLVER = yaml.resolver.Resolver()
MAPPING, SEQUENCE, STRING = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str"


def one_line(value: Any) -> str:
    """Any value of a file as YAML in one line: `0.5`, `null`, `{kind: mirror}`, `[transport, border]`."""
    written: str = yaml.serialize(_flow(_node(value)), Dumper=yaml.SafeDumper, allow_unicode=True, width=10_000)
    return written.removesuffix("\n").removesuffix("\n...")


def _flow(node: yaml.Node) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        return yaml.MappingNode(MAPPING, [(key, _flow(part)) for key, part in node.value], flow_style=True)
    if isinstance(node, yaml.SequenceNode):
        return yaml.SequenceNode(SEQUENCE, [_flow(part) for part in node.value], flow_style=True)
    return node


def _entries(block: BaseModel, *, keep_empty: bool = False) -> list[tuple[str, yaml.Node]]:
    """The keys of a block with their values, in the schema's order."""
    entries = []
    for name, field in type(block).model_fields.items():
        value = getattr(block, name)
        empty = value in (None, "", [], {}) and value == field.get_default(call_default_factory=True)
        if _means_nothing(block, name) or (empty and not keep_empty):
            continue
        entries.append((field.alias or name, _node(value)))
    return entries


def _means_nothing(block: BaseModel, name: str) -> bool:
    """A severity belongs to incidents, and to freezes that come after them; most have no leaders and the like."""
    if name in ("candour", "leaders", "sweep", "plausible", "texts"):
        return not getattr(block, name)
    if name != "severity":
        return False
    return (isinstance(block, Event) and block.kind != "incident") or (
        isinstance(block, Freeze) and block.after is None
    )


def _node(value: Any) -> yaml.Node:
    if isinstance(value, BaseModel):
        return _mapping((_scalar(key), node) for key, node in _entries(value))
    if isinstance(value, Distribution):
        return _node(parts_of(value))
    if isinstance(value, dict):
        return _mapping((_scalar(key), _node(part)) for key, part in value.items())
    if isinstance(value, list):
        items = [_node(item) for item in value]
        return yaml.SequenceNode(SEQUENCE, items, flow_style=_fits(items))
    return _scalar(value)


def _mapping(entries: Iterable[tuple[yaml.Node, yaml.Node]]) -> yaml.Node:
    pairs = list(entries)
    return yaml.MappingNode(MAPPING, pairs, flow_style=_fits([part for pair in pairs for part in pair]))


def _fits(parts: list[yaml.Node]) -> bool:
    """Does it stand in one line: plain values only, and short?"""
    return (
        all(isinstance(part, yaml.ScalarNode) for part in parts) and sum(len(part.value) + 2 for part in parts) <= SHORT
    )


INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
WORDS: dict[Any, str] = {None: "null", True: "true", False: "false"}


def _scalar(value: str | float | dt.date | None) -> yaml.Node:
    if value is None or isinstance(value, bool):
        return yaml.ScalarNode(_tag(WORDS[value]), WORDS[value])
    if isinstance(value, str):
        return yaml.ScalarNode(STRING, value, style=None if resolve(value) == value else "'")
    text = _digits(value) if isinstance(value, float) else str(value)
    return yaml.ScalarNode(_tag(text), text)


def _digits(number: float) -> str:
    """The shortest digits that read back as the same number, bit for bit."""
    negative_zero = number == 0 and math.copysign(1, number) < 0
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 and not negative_zero else repr(number)


def usual(word: str) -> Scalar | Refusal:
    """What an unquoted word means in a file that another program wrote: text, if PyYAML writes that text so.

    An infinite number stays the text that it is.
    """
    if _tag(word) == STRING or INFINITE.fullmatch(word):
        return word
    return resolve(word)


def _tag(text: str) -> str:
    """The tag that PyYAML would guess, so that it writes none: our reader has rules of its own."""
    return str(RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))  # type: ignore[no-untyped-call]
