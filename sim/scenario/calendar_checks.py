"""Rules for what happens when: dates within the clock, freezes that do not overlap, events that say all they need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from sim.scenario.numbers import mean_of
from sim.scenario.raw_file import MOST_LOOKED_AT, At, File, listed
from sim.scenario.scalars import shorten
from sim.scenario.tree import spell


@dataclass(frozen=True)
class Fields:
    """What an event of a kind needs to say, and what it may say besides `date`, `kind`, `what`, `framing`, `source`."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


EVENTS = {
    "shuttle": Fields(("mediator", "to")),
    "disruption": Fields(("group",), ("by",)),
    "incident": Fields(("severity",)),
    "round": Fields(("group",)),
    "statement": Fields((), ("group", "mediator")),
}
SPECIAL = ("group", "mediator", "to", "by", "severity")
EXAMPLES = {
    "mediator": "the mediator's name",
    "to": "the parties visited, in brackets",
    "group": "the working group's name",
    "severity": "a number from 0 to 1, such as 0.3",
}


# ---- dates -----------------------------------------------------------------------------------------------------------


def dates_lie_in_the_talks(file: File) -> None:
    """Freezes start, events happen, efforts change and the known past ends while the talks go on; nothing was observed
    before they began."""
    _in_the_talks(file, file["clock"]["known_until"])
    for at in (freeze["start"] for freeze in file["freezes"].below()):
        _in_the_talks(file, at)
    for at in file["leaders"]["dates"].below():
        _in_the_talks(file, at)
    for at in (event["date"] for event in file["events"].below()):
        _in_the_talks(file, at)
    for at in (step["from"] for mediator in file["mediators"].below() for step in mediator["effort"].below()):
        _in_the_talks(file, at)
    for at in file["observed"]["agreed"].below():
        week = file.week(at)
        if week is not None and week < 0:
            message = f"{at.text} lies before the clock's start, {file.start} (nothing is observed before the talks)"
            file.say(at, "out-of-range", f"{message}; write a later date, or let the clock start earlier")


def _in_the_talks(file: File, at: At) -> None:
    week, start, weeks = file.week(at), file.start, file.weeks
    if week is None or start is None or weeks is None or 0 <= week < weeks:
        return
    said = at.text or f"week {week}"
    side = "before the talks begin" if week < 0 else "after the talks end"
    last = start + dt.timedelta(weeks=weeks, days=-1)
    rule = f"the clock runs from {start} to {last}, weeks 0 to {weeks - 1}"
    file.say(at, "out-of-range", f"{said} lies {side} ({rule}); write a date in between, or change the clock")


def efforts_rise_in_time(file: File) -> None:
    """Each step of an effort starts later than the one before."""
    for steps in (mediator["effort"].below() for mediator in file["mediators"].below()):
        for before, step in pairwise(steps):
            first, then = file.week(before["from"]), file.week(step["from"])
            if first is not None and then is not None and then <= first:
                rule = "steps of effort are listed by date, one a week at most"
                message = f"this step starts in week {then}, the one before it in week {first} ({rule}); order them"
                file.say(step["from"], "order", message)


# ---- freezes ---------------------------------------------------------------------------------------------------------


def freezes_start_or_follow(file: File) -> None:
    """A freeze has a start, or comes after incidents; a severity belongs to the second."""
    for freeze in file["freezes"].below():
        if not freeze.is_mapping:
            continue
        rule = "a freeze has a date, or comes after each incident"
        if "start" in freeze and "after" in freeze:
            file.say(freeze["after"], "either-or", f"after beside start ({rule}); remove one of the two", key=True)
        elif "start" not in freeze and "after" not in freeze:
            dated = "" if "severity" in freeze else f"`start: {file.start or '2023-07-03'}` or "
            file.say(freeze, "missing-key", f"neither start nor after ({rule}); add {dated}`after: incident`")
        elif "start" in freeze and "severity" in freeze:
            rule = "it is the least severity of an incident that a freeze comes after"
            file.say(freeze["severity"], "misplaced", f"severity beside start ({rule}); remove it", key=True)


def freezes_do_not_overlap(file: File) -> None:
    """Dated freezes of one group follow each other; a length that is drawn counts with its mean."""
    for group in file.groups[:MOST_LOOKED_AT]:
        dated = sorted(
            (span for freeze in file["freezes"].below() if (span := _span(file, freeze, group)) is not None),
            key=lambda span: (span.first, span.at.trail[-1]),
        )
        longest = dated[0] if dated else None
        for span in dated[1:]:
            assert longest is not None
            if span.first < longest.end:
                _overlap(file, span, longest, group)
            longest = max(longest, span, key=lambda each: each.end)


@dataclass(frozen=True)
class _Span:
    at: At
    first: int
    end: float


def _span(file: File, freeze: At, group: str) -> _Span | None:
    """When a dated freeze of this group lasts; None if it is another's, or has no date."""
    if group not in [at.text for at in freeze["groups"].below()]:
        return None
    weeks, first = freeze["weeks"].number(), file.week(freeze["start"])
    if first is None or weeks is None:
        return None
    return _Span(freeze, first, first + mean_of(weeks))


def _overlap(file: File, later: _Span, earlier: _Span, group: str) -> None:
    rule = "a group is frozen once at a time"
    message = f"{shorten(group)} is frozen already in week {later.first}, since {_lasts(earlier)} ({rule})"
    file.say(later.at, "overlap", f"{message}; start it later, or make one freeze of the two")


def _lasts(freeze: _Span) -> str:
    return f"{spell(freeze.at.trail)} (line {freeze.at.place.line}) lasts to week {freeze.end:.12g}"


def groups_meet_once_a_week(file: File) -> None:
    """No dated round lies in a week with another one of its group, held or not; one of the two is wrong.

    A round in a freeze is no error: it is told and changes nothing, so that a freeze may be tried wherever one likes.
    """
    for group in file.groups[:MOST_LOOKED_AT]:
        met: dict[int, At] = {}
        for event in (each for each in file["events"].below() if each["group"].text == group):
            week, kind = file.week(event["date"]), event["kind"].text
            if week is None or kind not in ("round", "disruption"):
                continue
            before = met.setdefault(week, event)
            if "round" in (kind, before["kind"].text) and before is not event:
                rule = f"a group meets once a week at most; the other round is in line {before.place.line}"
                message = f"a second round of {shorten(group)} in week {week} ({rule}); {NO_ROUND}"
                file.say(event["date"], "overlap", message)


NO_ROUND = "write another date, or `kind: statement`, which is told and changes nothing"


# ---- events ----------------------------------------------------------------------------------------------------------


def events_say_what_they_need(file: File) -> None:
    """Each kind of event has its own keys."""
    for event in file["events"].below():
        fields = EVENTS.get(event["kind"].text or "")
        if fields is None or not event.is_mapping:
            continue
        kind = event["kind"].text
        for name in fields.needs:
            if name not in event or (name == "to" and event["to"].node is not None and event["to"].node.value == []):
                message = f"{name} is missing (an event of kind {kind} needs {listed(fields.needs)})"
                file.say(event, "missing-key", f"{message}; add `{name}: ` and {EXAMPLES[name]}")
        for name in SPECIAL:
            if name in event and name not in (*fields.needs, *fields.may):
                own = listed([*fields.needs, *fields.may]) or "no key of its own"
                rule = f"an event of kind {kind} has {own}, beside what, framing and source"
                file.say(event[name], "misplaced", f"{name} means nothing here ({rule}); remove it", key=True)


def framing_is_fair(file: File) -> None:
    """Every party's description of an event stands in the file, or nobody's."""
    for event in file["events"].below():
        framing = event["framing"]
        if not framing.names:
            continue
        silent = [party for party in file.parties if not (framing[party].text or "x").strip() or party not in framing]
        if silent:
            rule = "the simulator takes no side: every party's words stand here, or nobody's"
            file.say(
                framing, "framing", f"nothing from {listed(silent)} ({rule}); add theirs, or remove framing", key=True
            )


CALENDAR_RULES: tuple[Callable[[File], None], ...] = (
    dates_lie_in_the_talks,
    efforts_rise_in_time,
    freezes_start_or_follow,
    freezes_do_not_overlap,
    groups_meet_once_a_week,
    events_say_what_they_need,
    framing_is_fair,
)
