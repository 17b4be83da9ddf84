"""Weeks in which nothing was decided, in a sentence or two: who met, how far apart they stayed, who stayed away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sim import kinds, words
from sim.stories import story_events
from sim.stories.phrases import NARROW
from sim.stories.story_events import Beat, Meeting, meetings

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def quiet(beats: Sequence[Beat]) -> str:
    """What the quiet beats come to."""
    held: dict[str, list[Meeting]] = {}
    others: dict[str, list[Beat]] = {kind: [] for kind in SUMS}
    for beat in beats:
        if isinstance(beat, Meeting):
            held.setdefault(beat.group, []).append(beat)
        else:
            others.setdefault("freeze" if beat.is_freeze else beat.kind, []).append(beat)
    parts = [_met(held), _texts(held)] if held else []
    parts += [SUMS.get(kind, _counted)(alike) for kind, alike in others.items() if alike]
    return " ".join(part for part in parts if part)


def _met(held: dict[str, list[Meeting]]) -> str:
    """`Another six rounds, two on transport and four on treaty, bring no agreement; the nearest offers ...`"""
    rounds = sum(map(len, held.values()))
    about = [f"{words.number(len(met))} on {words.short(group)}" for group, met in held.items()]
    shared = words.both(about) if len(held) > 1 else f"on {words.short(next(iter(held)))}"
    again = "Another round" if rounds == 1 else f"Another {words.number(rounds)} rounds"
    said = f"{again}, {shared}, {'brings' if rounds == 1 else 'bring'} no agreement"
    return f"{said}{_nearest(held)}."


def _nearest(held: dict[str, list[Meeting]]) -> str:
    """How much the nearest text of each group fell short by."""
    said = []
    for group, met in held.items():
        short = [meeting.nearest.short_by for meeting in met if meeting.nearest]
        if short:
            said.append(f"{min(short):.2f}{f' on {words.short(group)}' if len(held) > 1 else ''}")
    if not said:
        return ""
    return f"; the nearest {'offer falls' if len(said) == 1 else 'offers fall'} short by {words.both(said)}"


def _texts(held: dict[str, list[Meeting]]) -> str:
    drafts = Counter(draft.actor for met in held.values() for meeting in met for draft in meeting.drafts)
    said = [f"{words.count(count, 'text')} of {words.short(name)}'s" for name, count in drafts.items()]
    found = "finds" if sum(drafts.values()) == 1 else "find"
    return f"{words.capital(words.both(said))} {found} no agreement." if said else ""


def _missed(beats: Sequence[Beat]) -> str:
    """Rounds that were due and not held, by who stayed away."""
    away = Counter((beat.row["actor"], beat.group) for beat in beats)
    said = []
    for actor in dict.fromkeys(actor for actor, _ in away):
        rounds = [
            f"{words.count(n, 'round')} on {words.short(group)}" for (who, group), n in away.items() if who == actor
        ]
        said.append(f"{words.short(actor) or 'one side'} stays away from {words.both(rounds)}")
    return f"{words.capital(words.both(said))}."


def _frozen(beats: Sequence[Beat]) -> str:
    said = []
    for beat in beats:
        if beat.ends is not None:
            groups = words.both([words.short(group) for group in beat.groups])
            said.append(f"{groups} for {words.count(beat.ends - beat.week, 'week')}")
    return f"Talks are frozen on {words.both(said)}." if said else ""


def _visits(beats: Sequence[Beat]) -> str:
    """`Russia visits Armenia three times and Azerbaijan twice.`"""
    trips = Counter((beat.row["actor"], beat.row["to"]) for beat in beats)
    said = []
    for mediator in dict.fromkeys(actor for actor, _ in trips):
        mine = [f"{words.short(to)} {words.times(count)}" for (actor, to), count in trips.items() if actor == mediator]
        said.append(f"{words.short(mediator)} visits {words.both(mine)}.")
    return " ".join(said)


def _incidents(beats: Sequence[Beat]) -> str:
    severities = [beat.row["value"] for beat in beats]
    if len(severities) == 1:
        return f"One {kinds.grade(severities[0])} incident (severity {severities[0]:.2f})."
    return f"{words.capital(words.count(len(severities), 'incident'))}, the worst of severity {max(severities):.2f}."


def _efforts(beats: Sequence[Beat]) -> str:
    last = {beat.row["actor"]: beat.row["value"] for beat in beats}
    said = [f"{words.short(name)} {_at(value)}" for name, value in last.items()]
    return f"{words.capital(words.both(said))}."


def _at(effort: float) -> str:
    return f"now works at {words.percent(effort)} of its capacity" if effort else "ends its work"


def _counted(beats: Sequence[Beat]) -> str:
    """`Three leaks.`, for a kind that is summed up in no other way."""
    noun = kinds.of(beats[0].kind).noun
    return f"{words.capital(words.count(len(beats), noun))}." if noun else ""


SUMS: dict[str, Callable[[Sequence[Beat]], str]] = {
    "disruption": _missed,
    "freeze": _frozen,
    "visit": _visits,
    "incident": _incidents,
    "effort": _efforts,
}
"""What the quiet beats of a kind come to; told in this order, and any other kind after them."""


# ---- Which beats of a history are told in full; all others are summed up between them --------------------------------


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
        return bool(beat.row["text"]) or story_events.event_of(scenario, beat) is not None
    if rule == "if grave":
        talking = beat.week < scenario.clock.weeks
        return bool(beat.row["text"]) or (talking and kinds.grade(beat.row["value"]) == "grave")
    if rule == "if long":
        earlier = [other for other in before if other.is_freeze and set(other.groups) & set(beat.groups)]
        return beat.ends is None or (beat.ends - beat.week >= LONG_FREEZE and len(earlier) < MOST_FREEZES)
    return rule == "in full"
