"""The scenario's own dated events behind the beats of a story: their days, and how each party describes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim import kinds, words
from sim.stories.story_events import Beat

if TYPE_CHECKING:
    from sim.scenario.schema import Event, Scenario


def event_of(scenario: Scenario, beat: Beat) -> Event | None:
    """The scenario's own event behind a beat, if it is one; a statement may be any, where it changes nothing."""
    for event in scenario.events:
        made = kinds.planned_as(event.kind).name
        if beat.kind in (made, "statement") and scenario.week_of(event.date) == beat.week and _same(event, beat):
            return event
    return None


def date_of(scenario: Scenario, beat: Beat) -> dt.date:
    """The day of a dated event, else the first day of the week, as of all that comes of a round.

    No freeze comes before a dated incident of its week.
    """
    event = event_of(scenario, beat) if beat.kind != "round" else None
    if event is not None:
        return _day(scenario, event)
    causes = [each for each in scenario.events if each.kind == "incident"] if beat.is_freeze else []
    days = [_day(scenario, each) for each in causes if scenario.week_of(each.date) == beat.week]
    return max(days, default=scenario.date_of(beat.week))


def in_order_of_date(scenario: Scenario, beats: Sequence[Beat]) -> list[Beat]:
    """Beats in the order of their days, those of one day as they happened; the end of the talks ends its week."""
    return sorted(beats, key=lambda beat: (beat.week, beat.kind == "end", date_of(scenario, beat)))


def _day(scenario: Scenario, event: Event) -> dt.date:
    return scenario.date_of(event.date) if isinstance(event.date, int) else event.date


def _same(event: Event, beat: Beat) -> bool:
    if beat.kind == "visit":
        return event.mediator == beat.row["actor"] and beat.row["to"] in event.to
    return bool(beat.row["text"]) and beat.row["text"] == (event.what or kinds.planned_as(event.kind).unsaid)


def framings(scenario: Scenario, beat: Beat) -> str:
    """` Armenia: ... Azerbaijan: ...`, all descriptions or none."""
    event = event_of(scenario, beat)
    if event is None or not event.framing:
        return ""
    told = "; ".join(f"{words.short(party)}: “{text.strip().rstrip('.')}”" for party, text in event.framing.items())
    return f" The sides describe it differently. {told}."
