"""What pydantic finds, in words that teach: the value, the rule and the remedy, at the place where the value stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sim.scenario.errors import Place
from sim.scenario.forms import TAG
from sim.scenario.keys import Keys
from sim.scenario.nodes import BROKEN, Node, Trail
from sim.scenario.numbers import show
from sim.scenario.report import Report
from sim.scenario.scalars import resolve, shorten
from sim.scenario.schema import TACTIC_SETTINGS

EXAMPLES = {
    "name": "name: Talks on a river",
    "parties": "parties: {Northland: {}, Southmark: {}}",
    "working_groups": "working_groups: {river: {issues: {water: {positions: {Northland: 0, Southmark: 1}}}}}",
    "issues": "issues: {water: {positions: {Northland: 0, Southmark: 1}}}",
    "groups": "groups: [river]",
    "weeks": "weeks: 6",
    "date": "date: 2023-02-09",
    "kind": "kind: time",
    "group": "group: river",
    "issue": "issue: water",
    "settlement": "settlement: 0.5",
    "from": "from: 2023-06-01",
    "effort": "effort: 0.5",
    "tactic": "tactic: {kind: time}",
    "parts": "parts: [{weight: 1, tactic: {kind: time}}, {weight: 1, tactic: {kind: mirror}}]",
    "by_group": "by_group: {treaty: 0.5}",
}


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


Answer = tuple[str, str]  # kind, message
CHOOSE = "write one of them"


def translate(error: ValidationError, root: Node, report: Report) -> None:
    """Note each of pydantic's errors, in our words."""
    for each in error.errors(include_url=False, include_input=False):
        found = _locate(each, root, report)
        words = WORDS.get(found.error["type"], _other)
        kind, message = words(found)
        if found.node.value is BROKEN and kind != "unknown-key":
            continue  # the reader has said what is wrong with it
        place = found.key if kind in AT_KEY else found.value
        report.add(place, found.trail, kind, message)


AT_KEY = ("unknown-key", "missing-key")


def _locate(error: Mapping[str, Any], root: Node, report: Report) -> Found:
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


# ---- one answer for each kind of error -------------------------------------------------------------------------------


def _range(found: Found) -> Answer:
    context = found.context
    if "said" not in context:
        return _own(found)
    rule = found.rule if found.trail and found.rule else context["rule"]
    kind, remedy = found.error["type"], context["remedy"]
    if kind == "wrong-type":
        remedy = _number_remedy(found, remedy)
    return kind, f"{context['said']} ({rule}, {context['span']}); {remedy}"


def _number_remedy(found: Found, remedy: str) -> str:
    value = found.node.value
    if isinstance(value, str) and isinstance(resolve(value), int | float):
        return f"write {value} without quotes"
    if _inherited(found.node, found):
        return f"{remedy}; null removes what {_parent(found.node, found)} says"
    if len(found.keys.forms) > 1:
        return f"{remedy}, or a distribution {{mean, sd}}, {{low, high}} or {{low, mode, high}}"
    return f"{remedy}, no distribution" if isinstance(value, dict) else remedy


def _inherited(node: Node, found: Found) -> list[Place]:
    """The keys of a mapping that a parent file gives."""
    own = found.root.place.source.name
    return [entry.place for entry in node.entries.values() if entry.place.source.name != own]


def _parent(node: Node, found: Found) -> str:
    return _inherited(node, found)[0].source.name


def _unknown_key(found: Found) -> Answer:
    own = found.root.place.source.name
    if found.key.source.name != own:
        return "unknown-key", f"unknown key beside what {own} changes; write `{found.named}: null` there to remove it"
    known = Keys.at(found.trail[:-1], found.root).names(_holder(found))
    return "unknown-key", f"unknown key; {found.report.instead(found.named, known)}"


def _holder(found: Found) -> Node | None:
    node: Node | None = found.root
    for step in found.trail[:-1]:
        node = node.items[step] if isinstance(step, int) else node.entries[step].node  # type: ignore[union-attr]
    return node


def _missing(found: Found) -> Answer:
    meaning = f" ({found.rule})" if found.rule else ""
    example = EXAMPLES.get(found.named, f"{found.named}: ...")
    return "missing-key", f"missing key{meaning}; add it, such as `{example}`"


def _mapping(found: Found) -> Answer:
    known = found.keys.names()
    remedy = f"keys ({', '.join(known[:12])})" if known else "one `name: ...` for each"
    return "wrong-type", f"{show_node(found.node)} is not a mapping ({_meaning(found)}); write {remedy}"


def _list(found: Found) -> Answer:
    shown = found.node.value
    example = f"[{shown}]" if isinstance(shown, str) and len(shown) < 40 else "[...], or one `- ...` a line"
    return "wrong-type", f"{show_node(found.node)} is not a list ({_meaning(found)}); write {example}"


def _text(found: Found) -> Answer:
    said = found.named if found.on_key else show_node(found.node)
    quoted = '"..."' if not found.on_key and isinstance(found.node.value, dict | list) else f'"{said}"'
    return "wrong-type", f"{said} is not text ({_meaning(found)}); write {quoted} in quotes, or other words"


def _choice(found: Found) -> Answer:
    choices = next((form["enum"] for form in found.keys.forms if "enum" in form), None)
    choices = choices or [form["const"] for form in found.keys.forms if "const" in form]
    near = found.report.instead(str(found.node.value), choices, otherwise=CHOOSE)
    return "bad-choice", f"{show_node(found.node)} is none of {', '.join(choices)} ({_meaning(found)}); {near}"


def _tactic(found: Found) -> Answer:
    kinds = list(TACTIC_SETTINGS)
    if found.named == "kind":
        near = found.report.instead(str(found.node.value), kinds, otherwise=CHOOSE)
        return "bad-choice", f"{show_node(found.node)} is no kind of tactic (kinds: {', '.join(kinds)}); {near}"
    return (
        "wrong-type",
        f"{show_node(found.node)} is not a mapping (a tactic has a kind and numbers); write {{kind: time}}",
    )


def _long(found: Found) -> Answer:
    return "too-long", f"the text is too long (at most {found.context['max_length']} characters); shorten it"


def _short(found: Found) -> Answer:
    return "too-short", f"the text is empty ({_meaning(found)}); write at least one character"


def _few(found: Found) -> Answer:
    least, there = found.context["min_length"], found.context["actual_length"]
    return "too-few", f"{there} of at least {least} ({_meaning(found)}); add {least - there} more"


def _many(found: Found) -> Answer:
    most, there = found.context["max_length"], len(found.node.entries or found.node.items)
    return "too-many", f"{there} of at most {most} ({_meaning(found)}); remove {there - most}"


def _own(found: Found) -> Answer:
    return found.error["type"], found.error["msg"]


def _other(found: Found) -> Answer:
    return "wrong-type", f"{show_node(found.node)} cannot stand here ({found.error['msg']}); see `sim schema`"


def _meaning(found: Found) -> str:
    return found.rule or found.named or "a scenario"


def show_node(node: Node) -> str:
    """A value of the file as a message names it."""
    if isinstance(node.value, dict):
        return "a mapping of " + shorten(", ".join(node.value)) if node.value else "an empty mapping"
    if isinstance(node.value, list):
        return f"a list of {len(node.value)}"
    return show(node.value)


WORDS: Mapping[str, Callable[[Found], Answer]] = {
    "wrong-type": _range,
    "out-of-range": _range,
    "bad-date": _own,
    "bad-name": _own,
    "bad-character": _own,
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "dict_type": _mapping,
    "list_type": _list,
    "string_type": _text,
    "literal_error": _choice,
    "union_tag_invalid": _tactic,
    "string_too_long": _long,
    "string_too_short": _short,
    "too_short": _few,
    "too_long": _many,
}
