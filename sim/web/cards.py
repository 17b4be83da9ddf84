"""The form that edits a scenario, laid out: what is most used first, the rest of each block under "more"."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.scenario.numbers import SHAPES
from sim.scenario.schema_lookup import Keys
from sim.scenario.set_paths import BY_GROUP, BY_PARTY
from sim.scenario.tree import Node, Trail, spell
from sim.web.fields import MIX, Field, Part, ends_field, field_of, slider, tactic_field

FIRST = {
    "talks": ("name", "summary"),
    "clock": ("start", "weeks"),
    "parties": ("title", "reservation", "tactic", "trust"),
    "mediators": ("title", "effort", "activities"),
    "working_groups": ("title", "meets_every", "stakes"),
    "issues": ("title", "labels", "positions", "options", "weights"),
    "freezes": ("groups", "start", "after", "weeks", "severity", "reason"),
    "events": ("date", "kind", "what", "group", "mediator", "to", "severity"),
    "framework": ("group", "issue", "settlement", "hold"),
    "incidents": ("per_year", "severity"),
}
"""Of each block the keys that are used most, in the order in which the form has them."""
REST = ("contacts", "walkouts", "frozen_week", "trust_dynamics", "agreements", "leaders")
SAYING = ("title", "question", "what", "reason")
"""Words of fields that say what a block is."""
USUAL_TACTIC = ("tactic", "beta", "generosity", "patience", "share")
"""What is asked of a tactic at once; the rest of its numbers stand under "more"."""
BARS = ("stakes", "weights", "activities")
"""What is split: only how the numbers compare counts, so they are shown as bars on one scale."""
SHARES = ("effort", "credibility")
NAMES = {"by": "parties", "mediator": "mediators", "group": "working_groups"}
"""Keys that hold one name, and the section that gives the names."""
MANY_NAMES = {"to": "parties", "groups": "working_groups", "covers": "working_groups"}


@dataclass
class Card:
    """A block of the form: its fields, those that are seldom used, and the blocks in it.

    word: its heading among the texts of the page; title: what the file calls it; add: what may be added to it;
    remove: whether it can be taken away.
    """

    trail: Trail
    word: str
    title: str = ""
    fields: list[Field] = field(default_factory=list)
    more: list[Field] = field(default_factory=list)
    inside: list[Card] = field(default_factory=list)
    add: tuple[str, ...] = ()
    remove: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How a browser names it."""
        return json.dumps(list(self.trail), ensure_ascii=False)

    def walk(self) -> Iterator[Card]:
        """This card and all in it."""
        yield self
        for card in self.inside:
            yield from card.walk()

    @property
    def controls(self) -> list[Field]:
        """Its own fields."""
        return [*self.fields, *self.more]

    def shown(self) -> dict[str, Any]:
        """All that a template needs."""
        return {
            "id": identifier(self.name),
            "name": self.name,
            "word": self.word,
            "title": self.title,
            "says": next((each.parts[""] for each in self.fields if each.word in SAYING and each.parts.get("")), ""),
            "fields": [{**each.shown(), "id": identifier(each.name)} for each in self.fields],
            "more": [{**each.shown(), "id": identifier(each.name)} for each in self.more],
            "inside": [card.shown() for card in self.inside],
            "add": list(self.add),
            "remove": self.remove,
            "problems": self.problems,
        }


def identifier(name: str) -> str:
    """A name for an element, the same each time; a path may hold any letter, an identifier not."""
    return "b" + hashlib.sha256(name.encode()).hexdigest()[:12]


# ---- one block -------------------------------------------------------------------------------------------------------


class Form:
    """The form of a scenario as it was read, good or not."""

    def __init__(self, merged: Node) -> None:
        self.root = Part((), Keys.of_scenario(), merged)
        self.names = {section: self._names(section) for section in ("parties", "mediators", "working_groups")}

    def _names(self, section: str) -> list[str]:
        node = self.root.below(section).node
        return list(node.entries) if node is not None else []

    def cards(self) -> list[Card]:
        """All of it, in the order of the page."""
        return [
            self._talks(),
            self._section("parties", ("party",)),
            self._section("mediators", ("mediator",)),
            self._chapters(),
            self._listed("freezes", ("dated", "cooling")),
            self._block(self.root.below("incidents"), "incidents"),
            self._listed("framework", ("commitment",)),
            self._listed("events", ("statement",)),
            *(self._rest(name) for name in REST),
        ]

    def _talks(self) -> Card:
        first = [each for name in FIRST["talks"] for each in self.fields(self.root.below(name))]
        clock = self._block(self.root.below("clock"), "clock")
        linkage = self.fields(self.root.below("linkage"))
        more = [each for name in ("sources", "replications", "seed") for each in self.fields(self.root.below(name))]
        return Card((), "talks", fields=[*first, *clock.fields, *linkage], more=[*clock.more, *more])

    def _section(self, name: str, add: tuple[str, ...]) -> Card:
        """A section whose blocks have names."""
        part = self.root.below(name)
        inside = [self._named(part.below(each), name) for each in self.names[name]]
        return Card(part.trail, name, inside=inside, add=add)

    def _named(self, part: Part, section: str) -> Card:
        return replace(self._block(part, section), title=str(part.trail[-1]), remove=True)

    def _listed(self, name: str, add: tuple[str, ...]) -> Card:
        """A section that is a list of blocks."""
        part = self.root.below(name)
        count = len(part.node.items) if part.node is not None else 0
        inside = [
            replace(self._block(part.below(place), name), title=str(place + 1), remove=True) for place in range(count)
        ]
        return Card(part.trail, name, inside=inside, add=add)

    def _chapters(self) -> Card:
        whole = self._section("working_groups", ("chapter",))
        for card in whole.inside:
            issues = self.root.below("working_groups").below(card.title).below("issues")
            names = list(issues.node.entries) if issues.node is not None else []
            card.inside = [self._issue(issues.below(each)) for each in names]
            card.add = ("scale", "options")
        return whole

    def _issue(self, part: Part) -> Card:
        card = self._named(part, "issues")
        options = part.below("options").node
        if options is not None:
            card.add = ("option",)
            card.inside = [self._option(part.below("options").below(name), part) for name in options.entries]
            left = ("labels", "positions", "options")
            card.fields = [each for each in card.fields if not set(left) & set(each.trail[len(part.trail) :])]
        ends = [each for each in card.fields if each.kind == "ends"]
        words = [ends[0].parts["0"], ends[0].parts["1"]] if ends else []
        for each in card.fields:
            if "positions" in each.trail:
                each.ends = words
            if each.word == "title":
                each.word = "question"
        return card

    def _option(self, part: Part, issue: Part) -> Card:
        values = [slider(each, 0.5) for each in self._each(part, self._seated(issue))]
        return Card(part.trail, "option", title=str(part.trail[-1]), fields=values, remove=True)

    def _rest(self, name: str) -> Card:
        part = self.root.below(name)
        if part.node is None and name == "leaders":
            return Card(part.trail, name, add=("leaders",))
        return replace(self._block(part, name), remove=name == "leaders")

    def _block(self, part: Part, section: str) -> Card:
        first = [name for name in FIRST.get(section, ()) if name in part.names]
        later = [name for name in part.names if name not in first and name != "issues"]
        fields = [each for name in first for each in self.fields(part.below(name))]
        more = [each for name in later for each in self.fields(part.below(name))]
        seldom = [each for each in fields if "tactic" in each.trail and each.label not in USUAL_TACTIC]
        fields = [each for each in fields if each not in seldom]
        return Card(part.trail, section, fields=fields, more=[*seldom, *more])

    # ---- the fields of one key ---------------------------------------------------------------------------------------

    def fields(self, part: Part) -> list[Field]:
        """The controls of a key, whatever it holds."""
        step = part.trail[-1]
        if step == "labels":
            return [ends_field(part)]
        if step == "options":
            return []
        if len(part.forms) > 1 and "kind" in part.forms[0].get("properties", {}):
            return self._tactic(part)
        single = field_of(part, self.names[MANY_NAMES[str(step)]] if step in MANY_NAMES else ())
        if single is not None:
            return [self._nicer(single, step)]
        if part.keys.open and step in (*BY_PARTY, *BY_GROUP):
            names = self.names["working_groups"] if step in BY_GROUP else self._seated(part)
            return self._compared(self._each(part, names), part)
        block = [form for form in part.forms if form.get("properties") and tuple(form["properties"]) not in SHAPES]
        if not block or isinstance(part.value, list):
            return []
        inside = [each for name in part.names for each in self.fields(part.below(name))]
        return self._compared(inside, part)

    def _tactic(self, part: Part) -> list[Field]:
        kind = tactic_field(part)
        settings = [] if kind.parts[""] == MIX else [name for name in part.names if name != "kind"]
        return [kind, *(each for name in settings for each in self.fields(part.below(name)))]

    def _each(self, part: Part, names: Iterable[str]) -> list[Field]:
        """A field for each of these names."""
        there = list(part.node.entries) if part.node is not None else []
        found = [field_of(part.below(name)) for name in dict.fromkeys([*names, *there])]
        of = "options" if "options" in part.trail else str(part.trail[-1])
        return [replace(each, word="", of=of, label=str(each.trail[-1])) for each in found if each is not None]

    def _seated(self, part: Part) -> list[str]:
        """The parties that a block below an issue is about: those of its table, if it has any."""
        if len(part.trail) < 2 or part.trail[0] != "working_groups":
            return self.names["parties"]
        group = self.root.below("working_groups").below(part.trail[1])
        named: set[str] = set()
        issues = group.below("issues").node
        for entry in issues.entries.values() if issues is not None else ():
            for key in ("positions", "options"):
                held = entry.node.entries.get(key)
                tables = [held.node] if held is not None and key == "positions" else []
                if held is not None and key == "options":
                    tables = [option.node for option in held.node.entries.values()]
                named |= {name for table in tables for name in table.entries}
        return [name for name in self.names["parties"] if name in named] or self.names["parties"]

    def _compared(self, fields: list[Field], part: Part) -> list[Field]:
        """Bars on one scale, where numbers are compared with each other."""
        step = part.trail[-1]
        if step == "positions":
            return [slider(each, 0.5) for each in fields]
        if step not in BARS:
            return fields
        numbers = [_float(each.parts.get("")) for each in fields]
        most = max([1.0, *(number for number in numbers if number is not None)])
        high = next((scale for scale in (1.0, 10.0, 100.0, 1000.0) if most <= scale), most)
        nothing = 0.0 if step == "activities" else 1.0
        return [slider(each, nothing, high) for each in fields]

    def _nicer(self, made: Field, step: str | int) -> Field:
        if step in NAMES:
            return replace(made, kind="choice", options=self.names[NAMES[str(step)]])
        if step in SHARES and made.kind == "number":
            return slider(made, _float(made.unset) or 0.0)
        return made


def _float(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


# ---- what the checker says -------------------------------------------------------------------------------------------


def place(cards: Sequence[Card], problems: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put each of the checker's sentences at the field or block that it is about.

    problems: path and sentence.  -> identifier ("" where there is no such field) and sentence
    """
    said = []
    every = [inner for card in cards for inner in card.walk()]
    for path, sentence in problems:
        found = _nearest(every, path)
        if found is not None:
            found.problems.append(sentence)
        said.append((identifier(found.name) if found is not None else "", sentence))
    return said


def _nearest(cards: Sequence[Card], path: str) -> Field | Card | None:
    """The field or block whose path is the longest that begins this one."""
    about: list[Field | Card] = [each for card in cards for each in card.controls]
    about += [card for card in cards if card.trail]
    fitting = [each for each in about if _begins(spell(each.trail), path)]
    return max(fitting, key=lambda each: len(spell(each.trail)), default=None)


def _begins(path: str, whole: str) -> bool:
    return whole == path or whole.startswith((f"{path}.", f"{path}["))
