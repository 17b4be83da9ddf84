"""Weeks in which nothing was decided, in a sentence or two: who met, how far apart they stayed, who stayed away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sim import kinds, words
from sim.stories import story_events
from sim.stories.phrases import NARROW
from sim.stories.story_events import Beat, Meeting, meetings
from sim.stories.voice import Voice

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def quiet(voice: Voice, beats: Sequence[Beat]) -> str:
    """What the quiet beats come to."""
    held: dict[str, list[Meeting]] = {}
    others: dict[str, list[Beat]] = {kind: [] for kind in SUMS}
    for beat in beats:
        if isinstance(beat, Meeting):
            held.setdefault(beat.group, []).append(beat)
        else:
            others.setdefault("freeze" if beat.is_freeze else beat.kind, []).append(beat)
    parts = [_met(voice, held), _texts(voice, held)] if held else []
    parts += [SUMS.get(kind, _counted)(voice, alike) for kind, alike in others.items() if alike]
    return " ".join(part for part in parts if part)


def _met(voice: Voice, held: dict[str, list[Meeting]]) -> str:
    """`Another six rounds, two on transport and four on treaty, bring no agreement; the nearest offers ...`"""
    rounds = sum(map(len, held.values()))
    each = [voice("met.each", n=voice.numeral(len(met)), group=voice.short(group)) for group, met in held.items()]
    about = voice.both(each) if len(held) > 1 else voice("met.on", group=voice.short(next(iter(held))))
    return voice.counted("met", rounds, about=about, nearest=_nearest(voice, held))


def _nearest(voice: Voice, held: dict[str, list[Meeting]]) -> str:
    """How much the nearest text of each group fell short by."""
    said = []
    for group, met in held.items():
        short = [meeting.nearest.short_by for meeting in met if meeting.nearest]
        if short:
            gap = voice.decimals(min(short))
            said.append(voice("met.gap", gap=gap, group=voice.short(group)) if len(held) > 1 else gap)
    return voice("met.nearest", count=len(said), gaps=voice.both(said)) if said else ""


def _texts(voice: Voice, held: dict[str, list[Meeting]]) -> str:
    drafts = Counter(draft.actor for met in held.values() for meeting in met for draft in meeting.drafts)
    said = [voice.counted("drafts.each", count, author=voice.short(name)) for name, count in drafts.items()]
    return voice.capital(voice("drafts", count=sum(drafts.values()), texts=voice.both(said))) if said else ""


def _missed(voice: Voice, beats: Sequence[Beat]) -> str:
    """Rounds that were due and not held, by who stayed away."""
    away = Counter((beat.row["actor"], beat.group) for beat in beats)
    said = []
    for actor in dict.fromkeys(actor for actor, _ in away):
        mine = [(group, n) for (who, group), n in away.items() if who == actor]
        rounds = [voice.counted("missed.rounds", n, group=voice.short(group)) for group, n in mine]
        who = voice.short(actor) or voice("missed.somebody")
        said.append(voice("missed.each", actor=who, rounds=voice.both(rounds)))
    return voice.capital(voice("missed", parts=voice.both(said)))


def _frozen(voice: Voice, beats: Sequence[Beat]) -> str:
    weeks: Counter[tuple[str, ...]] = Counter()
    for beat in beats:
        if beat.ends is not None:
            weeks[tuple(beat.groups)] += beat.ends - beat.week
    said = [voice.counted("frozen.each", n, groups=voice.all(groups)) for groups, n in weeks.items()]
    return voice("frozen", parts=voice.both(said)) if said else ""


def _visits(voice: Voice, beats: Sequence[Beat]) -> str:
    """`Russia visits Armenia three times and Azerbaijan twice.`"""
    trips = Counter((beat.row["actor"], beat.row["to"]) for beat in beats)
    said = []
    for mediator in dict.fromkeys(actor for actor, _ in trips):
        mine = [
            voice("visits.each", to=voice.short(to), times=voice.times(count))
            for (actor, to), count in trips.items()
            if actor == mediator
        ]
        said.append(voice("visits", mediator=voice.short(mediator), places=voice.both(mine)))
    return " ".join(said)


def _incidents(voice: Voice, beats: Sequence[Beat]) -> str:
    worst = max(beat.row["value"] for beat in beats)
    said = voice.counted("incidents", len(beats), grade=voice.grade(worst), worst=voice.decimals(worst))
    return voice.capital(said)


def _efforts(voice: Voice, beats: Sequence[Beat]) -> str:
    last = {beat.row["actor"]: beat.row["value"] for beat in beats}
    said = [_at(voice, name, value) for name, value in last.items()]
    return voice.capital(voice("efforts", parts=voice.both(said)))


def _at(voice: Voice, name: str, effort: float) -> str:
    if not effort:
        return voice("efforts.ends", name=voice.short(name))
    return voice("efforts.works", name=voice.short(name), share=voice.percent(effort))


def _counted(voice: Voice, beats: Sequence[Beat]) -> str:
    """`Three leaks.`, for a kind that is summed up in no other way."""
    noun = kinds.of(beats[0].kind).noun
    return f"{words.capital(words.count(len(beats), noun))}." if noun else ""


SUMS: dict[str, Callable[[Voice, Sequence[Beat]], str]] = {
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
