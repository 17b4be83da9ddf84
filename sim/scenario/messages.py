"""What pydantic finds, in words that teach: the value, the rule and the remedy, at the place where the value stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sim.scenario.dump import one_line
from sim.scenario.field_types import TAG
from sim.scenario.numbers import SHAPE_WORDS, show
from sim.scenario.parties import TACTIC_SETTINGS
from sim.scenario.problems import Report
from sim.scenario.raw_file import File
from sim.scenario.scalars import resolve, shorten
from sim.scenario.schema_lookup import Keys
from sim.scenario.set_paths import ORIGIN
from sim.scenario.table_checks import rows_of
from sim.scenario.tree import BROKEN, Node, Place, Trail, find, step_into

EXAMPLES = {
    "name": "name: Talks on a river",
    "weeks": "weeks: 6",
    "kind": "kind: statement",
    "effort": "effort: 0.5",
    "tactic": "tactic: {kind: time}",
    "parts": "parts: [{weight: 1, tactic: {kind: time}}, {weight: 1, tactic: {kind: mirror}}]",
    "vary": "vary: {linkage: [independent, sequence]}",
}
"""For keys that are missing; those that name something, or a day, have one of the file itself (`_example`)."""


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


# ---- where it stands -------------------------------------------------------------------------------------------------


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


def _locate(error: Mapping[str, Any], root: Node, report: Report) -> Found:
    """Follow the error's location through the file; forms (`Either`) are no part of the path."""
    trail: list[str | int] = []
    node, key = root, root.place
    steps = list(error["loc"])
    part = error.get("ctx", {}).get("part")
    if part:
        steps.append(part)
    if error["type"] == "union_tag_invalid":  # whose value names no form
        steps.append("kind")
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
    if found.named == "settlement" and _options(found):
        return f"write one of: {', '.join(_options(found)[:12])}"
    meant = resolve(value) if isinstance(value, str) else None
    if isinstance(meant, int | float) and found.keys.take(meant):
        return f"write {value} without quotes"
    own = found.root.place.source.name
    parent = next((e.place.source.name for e in found.node.entries.values() if e.place.source.name != own), "")
    if parent:
        return f"{remedy}; null removes what {parent} says"
    if any(form.get("properties") and SHAPE_WORDS.issuperset(form["properties"]) for form in found.keys.forms):
        return f"{remedy}, or a distribution {{mean, sd}}, {{low, high}} or {{low, mode, high}}"
    return f"{remedy}, no distribution" if isinstance(value, dict) else remedy


def _unknown_key(found: Found) -> Answer:
    keys = Keys.at(found.trail[:-1], found.root)
    known = keys.names(found.holder)
    if found.named in known and any(keys.kinds_with(found.named)):  # of a tactic whose kind is not written here
        rule = "a tactic that does not say its kind is of kind time"
        return "unknown-key", f"unknown key ({rule}); add `kind: {keys.kinds_with(found.named)[0]}`"
    if found.named in known:
        rule = f"{_meaning(found)}: one distribution, or numbers by name"
        return "unknown-key", f"{found.named} beside other keys ({rule}); remove it, or the others"
    own, theirs = found.root.place.source.name, found.key.source.name
    lose = "" if theirs in (own, ORIGIN) else f", or `{found.named}: null` in {own} to be rid of it"
    return "unknown-key", f"unknown key; {found.report.instead(found.named, known)}{lose}"


def _missing(found: Found) -> Answer:
    meaning = f" ({found.rule})" if found.rule else ""
    return "missing-key", f"missing key{meaning}; add it, such as `{_example(found)}`"


def _example(found: Found) -> str:
    """What could stand there and be good, in this file."""
    file = File.of(found.root, found.report)
    seated = next((row.names for _, issue in file.every_issue() for row in rows_of(issue) if row.names), [])
    seats = ", ".join(f"{party}: {n % 2}" for n, party in enumerate(file.parties or ["Northland", "Southmark"]))
    issues = f"issues: {{water: {{positions: {{{seats}}}}}}}"
    said = _said(found, "group")
    group = said if said in file.groups else next(iter(file.groups), "river")
    known: dict[str, Any] = {
        "parties": {party: {} for party in seated or ["Northland", "Southmark"]},
        "groups": [group],
        "group": group,
        "issue": next(iter(file["working_groups"][group]["issues"].names), "water"),
        "settlement": next(iter(_options(found)), 0.5),
        "by_group": {group: 0.5},
        "date": file.start,
        "from": file.start,
    }
    if found.named in ("issues", "working_groups"):
        return issues if found.named == "issues" else f"working_groups: {{river: {{{issues}}}}}"
    fits = known.get(found.named)
    return f"{found.named}: {one_line(fits)}" if fits else EXAMPLES.get(found.named, f"{found.named}: ...")


def _said(found: Found, key: str) -> str:
    """The text beside a value, under another key of its mapping."""
    beside = step_into(found.holder, key) if found.holder is not None else None
    return beside.value if beside is not None and isinstance(beside.value, str) else ""


def _options(found: Found) -> list[str]:
    """The options of the issue that a commitment is about."""
    group = File.of(found.root, found.report)["working_groups"][_said(found, "group")]
    return group["issues"][_said(found, "issue")]["options"].names


def _mapping(found: Found) -> Answer:
    known = found.keys.names()
    key = "0.5" if found.named == "labels" else "name"
    remedy = f"keys ({', '.join(known[:12])})" if known else f"one `{key}: ...` for each"
    return "wrong-type", f"{found.shown} is not a mapping ({_meaning(found)}); write {remedy}"


def _list(found: Found) -> Answer:
    shown, of_texts = found.node.value, any(form.get("type") == "string" for form in found.keys.below(0).forms)
    one = isinstance(shown, str) and len(shown) < 40 and of_texts
    example = one_line([shown]) if one else "[...], or one `- ...` a line"
    return "wrong-type", f"{found.shown} is not a list ({_meaning(found)}); write {example}"


def _text(found: Found) -> Answer:
    said = found.named if found.on_key else found.shown
    quoted = '"..."' if not found.on_key and isinstance(found.node.value, dict | list) else f'"{said}"'
    return "wrong-type", f"{said} is not text ({_meaning(found)}); write {quoted} in quotes, or other words"


def _choice(found: Found) -> Answer:
    choices = next((form["enum"] for form in found.keys.forms if "enum" in form), None)
    choices = choices or [form["const"] for form in found.keys.forms if "const" in form]
    near = found.report.instead(str(found.node.value), choices, otherwise=CHOOSE)
    return "bad-choice", f"{found.shown} is none of {', '.join(choices)} ({_meaning(found)}); {near}"


def _tactic(found: Found) -> Answer:
    kinds = list(TACTIC_SETTINGS)
    if found.named == "kind":
        near = found.report.instead(str(found.node.value), kinds, otherwise=CHOOSE)
        return "bad-choice", f"{found.shown} is no kind of tactic (kinds: {', '.join(kinds)}); {near}"
    return "wrong-type", f"{found.shown} is not a mapping (a tactic has a kind and numbers); write {{kind: time}}"


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
    return "wrong-type", f"{found.shown} cannot stand here ({found.error['msg']}); see `sim schema`"


def _meaning(found: Found) -> str:
    return found.rule or found.named or "a scenario"


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
