"""Which beats of a history are told in full; all others are summed up between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim import kinds
from sim.stories import dated
from sim.stories.phrases import NARROW
from sim.stories.story_events import Beat, Meeting, meetings

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

LONG_FREEZE = 4  # weeks
MOST_FREEZES = 4  # told in full, for each group


def told_in_full(scenario: Scenario, found: Sequence[Beat]) -> set[int]:
    """Numbers of the beats that have a paragraph of their own."""
    chosen = [beat for group in scenario.working_groups for beat in _meetings_in_full(list(meetings(found, group)))]
    numbers = {id(beat) for beat in chosen}
    return {n for n, beat in enumerate(found) if id(beat) in numbers or _in_full(scenario, found[:n], beat)}


def _meetings_in_full(held: list[Meeting]) -> Iterator[Meeting]:
    """The first, those of the scenario, the first with a mediator's text, each where something is signed, and the
    narrowest miss before that."""
    yield from held[:1]
    yield from [meeting for meeting in held if meeting.row["text"]]
    yield from [meeting for meeting in held if meeting.drafts][:1]
    missed: list[Meeting] = []
    for meeting in held:
        if meeting.signatures:
            yield meeting
            yield from _narrowest(missed)
            missed = []
        else:
            missed.append(meeting)
    yield from _narrowest(missed)


def _narrowest(missed: list[Meeting]) -> list[Meeting]:
    near = [(meeting.nearest.short_by, meeting.week, meeting) for meeting in missed if meeting.nearest]
    best = min(near, key=lambda found: found[:2], default=None)
    return [best[2]] if best and best[0] < NARROW else []


def _in_full(scenario: Scenario, before: Sequence[Beat], beat: Beat) -> bool:
    rule = kinds.of(beat.kind).told
    if rule == "if dated":
        return bool(beat.row["text"]) or dated.event_of(scenario, beat) is not None
    if rule == "if grave":
        talking = beat.week < scenario.clock.weeks
        return bool(beat.row["text"]) or (talking and kinds.grade(beat.row["value"]) == "grave")
    if rule == "if long":
        earlier = [other for other in before if other.is_freeze and set(other.groups) & set(beat.groups)]
        return beat.ends is None or (beat.ends - beat.week >= LONG_FREEZE and len(earlier) < MOST_FREEZES)
    return rule == "in full"
