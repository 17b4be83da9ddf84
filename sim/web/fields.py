"""The fields of a form that edits a scenario: made from the schema, filled from a file, read from what a browser sends.

A field is named by its path in the file, as JSON, and what it consists of (`PATH|part`): a number is one part, a
distribution has a part for its shape and for each of its numbers. What comes back as it was shown changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.scenario.dump import one_line
from sim.scenario.edit import REMOVED, Change
from sim.scenario.key_reference import KeyInfo, info_of
from sim.scenario.numbers import SHAPES
from sim.scenario.scalars import Refusal, resolve
from sim.scenario.schema_lookup import Keys
from sim.scenario.tree import Node, Trail, plain, spell

ONE = "one"
MARK = "|"
NULL = {"type": "null"}
SHAPE_NAMES = {"_".join(parts): parts for parts in SHAPES}
ENDS = ("0", "1")
CENTRES = ("", "mean", "mode")
"""Parts that say about where a number is."""
HIGHEST_SPAN = 10
MIX = "mix"  # a tactic made of others, which only a file can say


@dataclass
class Field:
    """One control: what it is for, what it shows, and what it takes.

    kind: text, lines, number, slider, choice, tactic (the kind of one), names, when, ends (labels of a scale); parts:
    what is shown of each part, as text; options: what may be chosen; ends: what the ends of a slider mean, in words.
    label: what the schema calls it, or the name in the file that it is about; word: its name among the texts of the
    page, "" if only the schema has a name; of: what it says of that name.
    """

    trail: Trail
    kind: str
    label: str
    word: str = ""
    of: str = ""
    hint: str = ""
    unset: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    low: float | None = None
    high: float | None = None
    step: str = "any"
    shapes: bool = False
    ends: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How a browser names it."""
        return json.dumps(list(self.trail), ensure_ascii=False)

    @property
    def path(self) -> str:
        """How the checker names it."""
        return spell(self.trail)

    def shown(self) -> dict[str, Any]:
        """All that a template needs."""
        return {**vars(self), "trail": None, "name": self.name, "path": self.path}

    def change(self, sent: Mapping[str, str]) -> Change | None:
        """What a browser's parts of this field change; None if nothing."""
        sent = {part: text.replace("\r\n", "\n") for part, text in sent.items()}
        if self.kind == "names":  # a box that is not ticked is not sent
            sent = {str(place): sent.get(str(place), "") for place in range(len(self.options))}
        before = {part: self.parts.get(part, "") for part in sent}
        if sent == before:
            return None
        value = self._read({**self.parts, **sent})
        return Change(self.trail, REMOVED if value is None else value)

    def _read(self, sent: Mapping[str, str]) -> Any:
        """The value of all parts; None: the file says nothing."""
        if self.kind == "names":
            return [name for place, name in enumerate(self.options) if sent.get(str(place)) == "on"] or None
        if self.kind == "ends":
            return {_number(point): text.strip() for point, text in sent.items() if text.strip()} or None
        if self.kind == "lines":
            return [line.strip() for line in sent[""].split("\n") if line.strip()] or None
        shape = sent.get("shape", ONE)
        if shape != self.parts.get("shape", ONE):
            return self._proposed(shape)
        if shape in SHAPE_NAMES:
            return {part: _number(sent.get(part, "")) for part in SHAPE_NAMES[shape]}
        text = sent.get("", "").strip()
        if not text:
            return None
        if self.kind == "tactic":
            return {"kind": text}
        return _number(text) if self.kind in ("number", "slider", "when") else text

    def _proposed(self, shape: str) -> Any:
        """A number of another shape to begin with: about what it was, a tenth of its range to either side."""
        now = self._about()
        low = self.low or 0.0
        high = now + 2 * abs(now) + 1 if self.high is None else self.high
        side = (high - low) / 10 if high - low <= HIGHEST_SPAN else abs(now) / 10 or 1.0
        numbers = {"mean": now, "mode": now, "sd": side / 2, "low": max(now - side, low), "high": min(now + side, high)}
        if shape not in SHAPE_NAMES:
            return round(now, 4)
        return {part: round(numbers[part], 4) for part in SHAPE_NAMES[shape]}

    def _about(self) -> float:
        """About what the number is now, whatever its shape."""
        ends = [float(self.parts[part]) for part in ("low", "high") if _is_number(self.parts.get(part, ""))]
        for text in (*(self.parts.get(part, "") for part in CENTRES), self.unset):
            if _is_number(text) and (text != self.unset or not ends):
                return float(text)
        return sum(ends) / len(ends) if ends else self.low or 0.0


def _is_number(text: str) -> bool:
    return isinstance(resolve(text), int | float) and not isinstance(resolve(text), bool)


def _number(text: str) -> Any:
    """A number; what is none stays the text that it is, of which the checker says what is wrong."""
    value = resolve(text.strip().replace(",", "."))
    return text if isinstance(value, Refusal | bool) or value is None else value


# ---- from the schema -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A value of the file, or the place for one: its path, what the schema says of it, and what stands there."""

    trail: Trail
    keys: Keys
    node: Node | None

    def below(self, step: str | int) -> Part:
        """What stands under a key or at a place."""
        inside = None
        if self.node is not None:
            entry = self.node.entries.get(str(step)) if isinstance(step, str) else None
            inside = entry.node if entry else None
            if isinstance(step, int) and step < len(self.node.items):
                inside = self.node.items[step]
        return Part((*self.trail, step), self.keys.below(step, self.node), inside)

    @property
    def info(self) -> KeyInfo:
        """What the schema says, in words."""
        return info_of(self.keys, spell(self.trail))

    @property
    def value(self) -> Any:
        """What stands there, plainly."""
        return None if self.node is None else plain(self.node)

    @property
    def forms(self) -> list[dict[str, Any]]:
        """What may stand there."""
        return [form for form in self.keys.forms if form != NULL]

    @property
    def names(self) -> list[str]:
        """The keys of the schema that may stand below."""
        return self.keys.names(self.node)


def field_of(part: Part, among: Sequence[str] = ()) -> Field | None:
    """The control for a value; None where none fits, as for a block, or for a list of such.

    among: the names of which a list may hold some.
    """
    info, value = part.info, part.value
    step = part.trail[-1]
    made = Field(part.trail, "text", str(step), hint=_hint(info), unset=info.default)
    kinds = {form.get("type") for form in part.forms}
    if isinstance(step, str) and step in WORDS:
        made.word = step
    choices: list[str] = []
    for form in part.forms:
        only = [form["const"]] if "const" in form else []
        choices += form.get("enum", only)
    if choices and kinds == {"string"}:
        return _with_text(replace(made, kind="choice", options=choices), value)
    if any(form.get("format") == "date" for form in part.forms):
        return _with_text(replace(made, kind="when"), value)
    if kinds & {"number", "integer"}:
        return _number_field(made, part) if not isinstance(value, list) else None
    if kinds == {"array"} and any(item.get("type") == "string" for item in part.keys.below(0).forms):
        return _list_field(made, value, among)
    return _with_text(made, value) if kinds == {"string"} else None


def _with_text(made: Field, value: Any) -> Field:
    if value is None or isinstance(value, list | dict):
        return replace(made, parts={"": ""})
    return replace(made, parts={"": value if isinstance(value, str) else one_line(value)})


def _list_field(made: Field, value: Any, among: Sequence[str]) -> Field:
    there = value if isinstance(value, list) else []
    if not among:
        return replace(made, kind="lines", parts={"": "\n".join(map(str, there))})
    parts = {str(place): "on" if name in there else "" for place, name in enumerate(among)}
    return replace(made, kind="names", options=list(among), parts=parts)


def _number_field(made: Field, part: Part) -> Field | None:
    form = next(form for form in part.forms if form.get("type") in ("number", "integer"))
    shapes = any(tuple(each.get("properties", ())) in SHAPES for each in part.forms)
    value = part.value
    shape = ONE
    if isinstance(value, dict):
        shape = "_".join(map(str, value))
        if shape not in SHAPE_NAMES:
            return None
    made = _with_text(replace(made, kind="number", shapes=shapes), value)
    if shapes:
        made.parts["shape"] = shape
        numbers = value if isinstance(value, dict) else {}
        made.parts |= {name: one_line(number) for name, number in numbers.items()}
    made.low, made.high = form.get("minimum"), form.get("maximum")
    made.step = "1" if form["type"] == "integer" else "any"
    return made


def tactic_field(part: Part) -> Field:
    """Which kind of tactic; another kind begins with its own defaults."""
    kinds = [str(form["properties"]["kind"]["const"]) for form in part.forms]
    now = str((part.value or {}).get("kind", kinds[0])) if isinstance(part.value, dict | None) else ""
    options = [kind for kind in kinds if kind != MIX or kind == now]
    return Field(part.trail, "tactic", "tactic", "tactic", _hint(part.info), parts={"": now}, options=options)


def ends_field(part: Part) -> Field:
    """What the ends of a scale mean in words, and any point between that the file names."""
    said = part.value if isinstance(part.value, dict) else {}
    there = {one_line(point): str(text) for point, text in said.items() if isinstance(point, int | float)}
    parts = {point: there.get(point, "") for point in sorted({*ENDS, *there}, key=float)}
    return Field(part.trail, "ends", "labels", "labels", _hint(part.info), parts=parts)


def slider(made: Field, otherwise: float, high: float | None = None) -> Field:
    """A number as a bar, where it is one number.  otherwise: what it is where the file says nothing."""
    if made.kind != "number" or made.parts.get("shape", ONE) != ONE:
        return made
    text = made.parts[""] or one_line(otherwise)
    if high is not None:
        made = replace(made, high=high)
    fine = "0.01" if (made.high or 1) <= 1 else "1"
    return replace(made, kind="slider", parts={"": text}, step=fine, shapes=False)


def _hint(info: KeyInfo) -> str:
    """The schema's sentence, as `sim show --explain` has it."""
    return info.sentence[:1].upper() + info.sentence[1:]


WORDS = (
    "name", "summary", "start", "weeks", "hold_weeks", "linkage", "title", "reservation", "trust", "kind", "beta",
    "effort", "shuttle", "convene", "draft", "press", "guarantee", "meets_every", "level", "groups", "after",
    "severity", "reason", "per_year", "credibility", "sources", "replications", "seed", "known_until", "by", "date",
    "group", "what", "source", "to", "mediator", "issue", "settlement", "hold",
)  # fmt: skip
"""Keys that the texts of the page have a word for, in its language; for all others the schema's own words stand."""
