"""What `--without` takes away, in the scenario's own words: `the freeze of treaty from 3 July 2023 (talks frozen)`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sim import kinds, words
from sim.scenario.numbers import mean_of
from sim.scenario.tree import Trail, spell
from sim.words import dates

if TYPE_CHECKING:
    from sim.scenario.schema import Commitment, Event, Freeze, Scenario

Naming = Callable[["Scenario", Trail], str]

LONGEST = 60
"""Letters of a description; what is longer is cut."""


def changed(scenario: Scenario, taken: Sequence[Trail], settings: Sequence[str], name: Naming | None = None) -> str:
    """`Without the freeze of treaty from 3 July 2023 (talks frozen), and with clock.weeks=52`"""
    names = words.both([(name or in_words)(scenario, trail) for trail in taken])
    parts = [f"without {names}"] if taken else []
    parts += [f"with {words.both(settings)}"] if settings else []
    return words.capital(", and ".join(parts))


def in_words(scenario: Scenario, trail: Trail) -> str:
    """What stands at a path of the scenario, as a noun; the path itself where there is no better word."""
    if len(trail) == 1 and trail[0] in SECTIONS:
        return SECTIONS[str(trail[0])]
    if len(trail) == 2 and trail[0] in LISTS:
        return LISTS[str(trail[0])](scenario, getattr(scenario, str(trail[0]))[trail[1]])
    if len(trail) == 2 and trail[0] in NAMES:
        return NAMES[str(trail[0])].format(words.short(str(trail[1])))
    if len(trail) == 4 and trail[2] == "issues":
        return f"the issue {words.short(str(trail[3]))} of {words.short(str(trail[1]))}"
    return spell(trail)


def briefly(scenario: Scenario, trail: Trail) -> str:
    """The same without what the file says of it in brackets."""
    return in_words(scenario, trail).partition(" (")[0]


def _freeze(scenario: Scenario, freeze: Freeze) -> str:
    groups = words.both([words.short(group) for group in freeze.groups])
    least = f" of severity {mean_of(freeze.severity):g} or more" if freeze.severity else ""
    when = f"after each incident{least}" if freeze.after else f"from {_day(scenario, freeze.start or 0)}"
    return f"the freeze of {groups} {when}{_short(freeze.reason)}"


def _event(scenario: Scenario, event: Event) -> str:
    named = kinds.planned_as(event.kind).planned.format(
        actor=words.short(event.mediator or ""),
        to=words.both([words.short(party) for party in event.to]),
        groups=words.short(event.group or ""),
        day=_day(scenario, event.date),
    )
    return f"{named}{_short(event.what)}"


def _commitment(scenario: Scenario, held: Commitment) -> str:
    since = f" of {dates.day(held.date)}" if held.date else ""
    return f"the commitment{since} on {words.short(held.issue)} in {words.short(held.group)}"


def _day(scenario: Scenario, when: dt.date | int) -> str:
    return dates.day(scenario.date_of(when) if isinstance(when, int) else when)


def _short(text: str) -> str:
    """` (text)`; of a long one, the beginning."""
    plain = " ".join(text.split()).rstrip(".")
    cut = plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1].rstrip()}…"
    return f" ({cut})" if cut else ""


LISTS: dict[str, Callable[[Scenario, Any], str]] = {"freezes": _freeze, "events": _event, "framework": _commitment}
NAMES = {"mediators": "the mediator {}", "parties": "the party {}", "working_groups": "the talks on {}"}
SECTIONS = {
    "mediators": "any mediator",
    "freezes": "scheduled freezes",
    "events": "dated events",
    "framework": "earlier commitments",
    "leaders": "the leaders' table",
    "incidents": "incidents by chance",
    "walkouts": "walkouts",
    "contacts": "contacts of civil society",
}
