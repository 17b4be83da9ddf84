"""Weeks in which nothing was decided, in a sentence or two: who met, how far apart they stayed, who stayed away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sim import words
from sim.process.incidents import grade
from sim.stories.story_events import Beat, Meeting


def quiet(beats: Sequence[Beat]) -> str:
    """What the quiet beats come to."""
    parts = (
        _met(beats),
        _texts(beats),
        _missed(beats),
        _frozen(beats),
        _visits(beats),
        _incidents(beats),
        _efforts(beats),
    )
    return " ".join(part for part in parts if part)


def _meetings(beats: Sequence[Beat]) -> dict[str, list[Meeting]]:
    found: dict[str, list[Meeting]] = {}
    for beat in beats:
        if isinstance(beat, Meeting):
            found.setdefault(beat.group, []).append(beat)
    return found


def _met(beats: Sequence[Beat]) -> str:
    """`Another six rounds, two on transport and four on treaty, bring no agreement; the nearest offers ...`"""
    held = _meetings(beats)
    if not held:
        return ""
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
    return (
        f"; the nearest {'offer falls' if len(said) == 1 else 'offers fall'} short by {words.both(said)}"
        if said
        else ""
    )


def _texts(beats: Sequence[Beat]) -> str:
    drafts = Counter(
        draft.actor for meetings in _meetings(beats).values() for meeting in meetings for draft in meeting.drafts
    )
    said = [f"{words.count(count, 'text')} of {words.short(name)}'s" for name, count in drafts.items()]
    return (
        f"{_capital(words.both(said))} {'finds' if sum(drafts.values()) == 1 else 'find'} no agreement." if said else ""
    )


def _missed(beats: Sequence[Beat]) -> str:
    """Rounds that were due and not held, by who stayed away."""
    away = Counter((beat.row["actor"], beat.group) for beat in beats if beat.kind == "disruption")
    said = []
    for actor in dict.fromkeys(actor for actor, _ in away):
        rounds = [
            f"{words.count(n, 'round')} on {words.short(group)}" for (who, group), n in away.items() if who == actor
        ]
        said.append(f"{words.short(actor) or 'one side'} stays away from {words.both(rounds)}")
    return f"{_capital(words.both(said))}." if said else ""


def _frozen(beats: Sequence[Beat]) -> str:
    closed = [
        (beat, beat.ends - beat.week) for beat in beats if beat.kind in ("freeze", "walkout") and beat.ends is not None
    ]
    said = [
        f"{words.both([words.short(group) for group in beat.groups])} for {words.count(weeks, 'week')}"
        for beat, weeks in closed
    ]
    return f"Talks are frozen on {words.both(said)}." if said else ""


def _visits(beats: Sequence[Beat]) -> str:
    """`Russia visits Armenia three times and Azerbaijan twice.`"""
    trips = Counter((beat.row["actor"], beat.row["to"]) for beat in beats if beat.kind == "visit")
    said = []
    for mediator in dict.fromkeys(actor for actor, _ in trips):
        mine = [f"{words.short(to)} {words.times(count)}" for (actor, to), count in trips.items() if actor == mediator]
        said.append(f"{words.short(mediator)} visits {words.both(mine)}.")
    return " ".join(said)


def _incidents(beats: Sequence[Beat]) -> str:
    severities = [beat.row["value"] for beat in beats if beat.kind == "incident"]
    if not severities:
        return ""
    if len(severities) == 1:
        return f"One {grade(severities[0])} incident (severity {severities[0]:.2f})."
    return f"{_capital(words.count(len(severities), 'incident'))}, the worst of severity {max(severities):.2f}."


def _efforts(beats: Sequence[Beat]) -> str:
    last = {beat.row["actor"]: beat.row["value"] for beat in beats if beat.kind == "effort"}
    said = [f"{words.short(name)} {_at(value)}" for name, value in last.items()]
    return f"{_capital(words.both(said))}." if said else ""


def _at(effort: float) -> str:
    return f"now works at {words.percent(effort)} of its capacity" if effort else "ends its work"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
