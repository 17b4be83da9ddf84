"""Each kind of event once: how it is told, counted and drawn, what it counts as, and who hears of it.

A mechanism makes events with `History.tell("leak", group=..., actor=..., value=...)`. Stories, figures, pages and games
read this table. A kind that is missing here still appears everywhere, by its name and with its value:
`of("leak").plain("Armenia", groups="treaty", value=0.4)` is `Leak by Armenia on treaty (0.4).`
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

GRADES = (("grave", 0.5), ("serious", 0.2), ("minor", 0.0))  # what an incident is called, from which severity on

Telling = Literal["in full", "if dated", "if grave", "if long", "summed up"]
Role = Literal["offer", "table", "freeze", "standing", "broken", "back"]


@dataclass(frozen=True)
class Mark:
    """A mark on the timeline, and its words in the key (by default the kind's name).

    shape: a marker of matplotlib or `flag`, drawn at `height` of its lane (-1 top, 1 foot); `line`, `hatched`, `frame`,
    `bar`, `stem` or `ring`; `own` for what the lane draws in a way of its own and the key does not list.
    """

    words: str = ""
    shape: str = "o"
    size: float = 11
    height: float = 0
    filled: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of event.

    sentence: in the story (`sim.stories.phrases.happening` fills its fields); nobody: the same without an actor;
    worded: where the scenario has its own {text}; several: where some follow each other; unended: how long a freeze
    lasts that never ends.
    one: what one is called where they are counted (by default its name); None where they are not.
    told: in the story, in full or summed up with others.
    public: whether everybody at the table hears of it; counted: whether its value is a whole number that everybody may
    know; graded: whether its value is a severity, of which everybody hears the grade.
    counts_as: `offer` (has a package), `table` (part of a round), `freeze`, `standing` (where a group's talks stand),
    `broken` (an agreement ends), `back` (a text goes back to the group).
    mark: on the timeline; watched: whether the page Watch marks it.
    planned_as: the `kind` of such an event in a scenario file; planned: what `--without` calls it; unsaid: what is told
    of it where the file has no words.
    """

    name: str
    sentence: str = ""
    nobody: str = ""
    worded: str = "{text} {sentence}"
    several: str = ""
    unended: str = " until the time is up"
    one: str | None = ""
    told: Telling = "in full"
    public: bool = True
    counted: bool = False
    graded: bool = False
    counts_as: tuple[Role, ...] = ()
    mark: Mark | None = Mark()
    watched: bool = True
    planned_as: str = ""
    planned: str = ""
    unsaid: str = ""

    @property
    def title(self) -> str:
        """The name as people write it."""
        return self.name.replace("_", " ")

    @property
    def noun(self) -> str | None:
        """What one is called; None where they are not counted."""
        return self.title if self.one == "" else self.one

    def plain(self, actor: str = "", to: str = "", groups: str = "", value: float = math.nan) -> str:
        """A sentence for an event of a kind that has none: its name, and whatever is known of it."""
        said = self.title.capitalize()
        for word, name in (("by", actor), ("to", to), ("on", groups)):
            if name:
                said += f" {word} {name}"
        return f"{said}." if math.isnan(value) else f"{said} ({round(value, 2):g})."


_ALL = (
    Kind("round", worded="{text}{framings}", told="summed up", counted=True, mark=Mark("round", "line"),
         planned_as="round", planned="the round on {groups} of {day}", unsaid="A round is held."),
    Kind("incident", "A {grade} incident (severity {value:.2f} of 1): trust suffers, and positions harden.",
         several="Grave incidents follow each other (severity {values} of 1): trust suffers, and positions harden.",
         told="if grave", graded=True, mark=Mark("incident, by severity", "stem"),
         planned_as="incident", planned="the incident of {day}"),
    Kind("visit", "{actor} visits {to}.", worded="{text}", one="trip", told="if dated", mark=Mark(shape="own"),
         planned_as="shuttle", planned="the trip of {actor} to {to} of {day}", unsaid="A mediator travels."),
    Kind("statement", worded="{who}{text}{framings}{idle}", one=None, mark=Mark("statement", "ring"), watched=False,
         planned_as="statement", planned="the statement of {day}", unsaid="A statement is made."),
    Kind("disruption", "The round on {groups} that is due is not held: {actor} stays away.",
         nobody="The round on {groups} that is due is not held.", worded="{text}{framings}", one=None, told="if dated",
         mark=Mark("a round that is due is not held", "x", 12, filled=True),
         planned_as="disruption", planned="the round on {groups} of {day} that is not held",
         unsaid="A round is not held."),
    Kind("walkout", "{actor} leaves the talks on {groups}{lasting}.{cost}", told="if long",
         unended=" and does not come back before the time is up", counts_as=("freeze", "standing"),
         mark=Mark("frozen", "hatched")),
    Kind("freeze", "{actor} freezes the talks on {groups}{lasting}.{reason}{cost}",
         nobody="The sides freeze the talks on {groups}{lasting}.{reason}{cost}", worded="{sentence}", one=None,
         told="if long", counted=True, counts_as=("freeze", "standing"), mark=Mark("frozen", "hatched")),
    Kind("resume", one=None, told="summed up", counted=True, mark=Mark(shape="own")),
    Kind("broken_off", "The talks on {groups} are broken off: the group does not meet again.", one="end of talks",
         counts_as=("standing",), mark=Mark("talks broken off", "P", 15, filled=True)),
    Kind("open", "It is the turn of the talks on {groups}.", one=None, counts_as=("standing",),
         mark=Mark("the group's turn comes", ">"), watched=False),
    Kind("proposal", one=None, told="summed up", public=False, counts_as=("offer", "table"), mark=None, watched=False),
    Kind("decline", one=None, told="summed up", counts_as=("table",), mark=None, watched=False),
    Kind("draft", one=None, told="summed up", counts_as=("offer", "table"),
         mark=Mark("a mediator's text", "D", 11, -0.52)),
    Kind("signature", one=None, told="summed up", counts_as=("offer", "table"),
         mark=Mark("signed", "flag", 26, -0.88, filled=True)),
    Kind("summit", "The leaders meet on all that is open.", one=None, mark=Mark("the leaders meet", "p", 13),
         watched=False),
    Kind("no_package", "{actor} declines the package of {to}: worth {worth} to it, it asks for {asked}.", one=None,
         public=False, mark=None, watched=False),
    Kind("refusal", "The text is not ratified by {actor}; it goes back to the group.", one=None, counts_as=("back",),
         mark=Mark("refused at home", "v", 12, -0.6)),
    Kind("provisional", "The text waits for the other chapters.", one=None, counts_as=("standing",),
         mark=Mark("provisional", "frame"), watched=False),
    Kind("reopened", "The chapter on {groups}, signed for the time being, is reopened: worth {worth} to {actor}, which "
         "has {asked} without it.", one=None, counts_as=("standing", "broken", "back"), mark=Mark("reopened", "<", 12),
         watched=False),
    Kind("in_force", "The agreement on {groups} is ratified and takes effect.", one=None, counts_as=("standing",),
         mark=Mark("in force", "bar")),
    Kind("collapse", "The agreement on {groups} breaks down{again}.", one="breakdown",
         counts_as=("standing", "broken", "back"), mark=Mark("breaks down", "X", 15, filled=True)),
    Kind("settled", "With this, every chapter is in force.", one=None, mark=None, watched=False),
    Kind("effort", one=None, told="summed up", public=False, mark=Mark(shape="own"), watched=False),
    Kind("end", one=None, told="summed up", public=False, mark=None, watched=False),
)  # fmt: skip

KINDS = {kind.name: kind for kind in _ALL}


def of(name: str) -> Kind:
    """The kind of this name, with nothing but its name where nobody has described it."""
    return KINDS.get(name) or Kind(name)


def among(names: Iterable[str]) -> list[Kind]:
    """The kinds of these names, in the order of the table, undescribed ones last."""
    wanted = set(names)
    return [of(name) for name in [*KINDS, *sorted(wanted - set(KINDS))] if name in wanted]


def counting_as(role: Role) -> tuple[str, ...]:
    """Names of the kinds that count as this."""
    return tuple(name for name, kind in KINDS.items() if role in kind.counts_as)


def planned_as(key: str) -> Kind:
    """The kind of event that a scenario file plans by this key."""
    return next((kind for kind in KINDS.values() if kind.planned_as == key), of(key))


def grade(severity: float) -> str:
    """What an incident is called, the same wherever it is told: `minor`, `serious` or `grave`."""
    return next(name for name, least in GRADES if severity >= least)
