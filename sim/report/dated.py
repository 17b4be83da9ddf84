"""The scenario's own dated events behind the beats of a story: their days, and how each party describes them."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING

from sim.process.calendar import UNSAID
from sim.report import words
from sim.report.beats import Beat

if TYPE_CHECKING:
    from sim.scenario.schema import Event, Scenario


def event_of(scenario: Scenario, beat: Beat) -> Event | None:
    """The scenario's own event behind a beat, if it is one; a statement may be any, where it changes nothing."""
    kind = "shuttle" if beat.kind == "visit" else beat.kind
    for event in scenario.events:
        if kind in (event.kind, "statement") and scenario.week_of(event.date) == beat.week and _same(event, beat):
            return event
    return None


def date_of(scenario: Scenario, beat: Beat) -> dt.date:
    """The day of a dated event, else the first day of the week, as of all that comes of a round."""
    event = event_of(scenario, beat) if beat.kind != "round" else None
    return event.date if event and not isinstance(event.date, int) else scenario.date_of(beat.week)


def in_order_of_date(scenario: Scenario, beats: list[Beat]) -> list[Beat]:
    """Dated events that follow each other within a week, in the order of their days; all else as it was."""
    found = []
    for _, run in groupby(beats, key=lambda beat: beat.week if event_of(scenario, beat) else -1 - id(beat)):
        found += sorted(run, key=lambda beat: date_of(scenario, beat))
    return found


def _same(event: Event, beat: Beat) -> bool:
    if beat.kind == "visit":
        return event.mediator == beat.row["actor"] and beat.row["to"] in event.to
    return bool(beat.row["text"]) and beat.row["text"] == (event.what or UNSAID.get(event.kind))


def framings(scenario: Scenario, beat: Beat) -> str:
    """` Armenia: ... Azerbaijan: ...`, all descriptions or none."""
    event = event_of(scenario, beat)
    if event is None or not event.framing:
        return ""
    told = "; ".join(f"{words.short(party)}: “{text.strip().rstrip('.')}”" for party, text in event.framing.items())
    return f" The sides describe it differently. {told}."
