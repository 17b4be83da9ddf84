"""The sentences of a story: phrases of its language, filled in. They differ by rule, never by chance.

Neutral words only: a party declines, stays away, leaves the talks; where the parties describe an event differently,
all descriptions stand side by side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sim import kinds, words
from sim.scenario.numbers import mean_of
from sim.stories import story_events
from sim.stories.story_events import Beat, Offer, Reply, Row, meetings
from sim.stories.voice import Voice

VERBS = 3  # for offers, in turn
MOST_REPLIES = 3  # told by name
NARROW = 0.05  # utility: an offer that falls short by less is a narrow miss


# ---- offers ----------------------------------------------------------------------------------------------------------


def offer(voice: Voice, group: str, made: Offer, before: Offer | None, verb: str) -> str:
    """Who offers what, and who declines it with which two numbers; after the first, only what has changed is said.

    `before` is the last text of the same side that was told.
    """
    said = terms(voice, group, made, before)
    return voice("offer", actor=voice.short(made.actor), verb=verb, terms=said, replies=replies(voice, group, made))


def terms(voice: Voice, group: str, made: Offer, before: Offer | None) -> str:
    """`“none” on customs and “all documents” on maps`; only what reads otherwise than before, if there is a before."""
    then = {} if before is None else _wording(voice, group, before)
    now = _wording(voice, group, made)
    changed = [
        voice("terms", settled=settled, issue=voice.short(name))
        for name, settled in now.items()
        if settled != then.get(name)
    ]
    return voice.both(changed) if changed else voice("terms.same")


def replies(voice: Voice, group: str, made: Offer) -> str:
    """Who declines: what the text is worth to it, and what it asks for."""
    if not made.replies:
        return voice("replies.none")
    if len(made.replies) == 1:
        said = _reply(voice, "replies.one", made.replies[0])
    elif len(made.replies) <= MOST_REPLIES:
        said = voice("replies.few", parties=voice.both([_reply(voice, "replies.each", each) for each in made.replies]))
    else:
        least = max(made.replies, key=lambda reply: reply.asked - reply.worth)
        said = voice.counted("replies.many", len(made.replies), least=_reply(voice, "replies.each", least))
    would = _would_accept(voice, group, made)
    return voice("replies.accept", said=said, parties=voice.all(would)) if would else said


def _reply(voice: Voice, key: str, reply: Reply, **more: str) -> str:
    worth, asked = two_numbers(voice, reply)
    return voice(key, party=voice.short(reply.party), worth=worth, asked=asked, **more)


def _would_accept(voice: Voice, group: str, made: Offer) -> list[str]:
    silent = {made.actor, *(reply.party for reply in made.replies)}
    return [party for party in voice.scenario.group_parties(group) if party not in silent]


def two_numbers(voice: Voice, reply: Reply) -> tuple[str, str]:
    """Worth and asked with two decimals, or as many more as it takes to tell them apart."""
    for decimals in (2, 3, 4):
        worth, asked = voice.decimals(reply.worth, decimals), voice.decimals(reply.asked, decimals)
        if worth != asked:
            break
    return worth, asked


def signed(voice: Voice, group: str, row: Row, before: Offer | None) -> str:
    """Whose text is signed, what it says where that is not known from when it was last told, and its worth to each."""
    parties = voice.scenario.group_parties(group)
    text = Offer("", words.package(row["package"]), math.nan)
    said = {
        "parties": voice.all(parties),
        "author": voice.short(row["to"]),
        "worth": voice.both([_worth(voice, row, party) for party in parties]),
    }
    if before is not None and _wording(voice, group, text) == _wording(voice, group, before):
        return voice("signed.same", **said)
    return voice("signed", terms=terms(voice, group, text, None), **said)


def _worth(voice: Voice, row: Row, party: str) -> str:
    return voice("signed.worth", worth=voice.decimals(row[f"utility.{party}"]), party=voice.short(party))


def _wording(voice: Voice, group: str, made: Offer) -> dict[str, str]:
    """Each issue's settlement in words."""
    issues = voice.scenario.working_groups[group].issues
    return {name: voice.quoted(issues[name], value) for name, value in made.package.items()}


# ---- what happens around the table -----------------------------------------------------------------------------------


def happening(voice: Voice, beat: Beat) -> str:
    """A sentence or two for any beat, as the table of kinds has them."""
    kind, row = voice.kind(beat.kind), beat.row
    actor, to, groups = voice.short(row["actor"]), voice.short(row["to"]), voice.all(beat.groups)
    worth, asked = two_numbers(voice, Reply(actor, row["worth"], row["asked"]))
    event = story_events.event_of(voice.scenario, beat)
    text = voice.say(row["text"] or (event.what if event else ""))
    fields = {
        "actor": actor,
        "to": to,
        "groups": groups,
        "value": row["value"],
        "severity": voice.decimals(row["value"]),
        "grade": voice.grade(row["value"]) if kind.graded else "",
        "worth": worth,
        "asked": asked,
        "lasting": _lasting(voice, beat),
        "cost": _cost(voice, beat) if beat.is_freeze else "",
        "reason": voice("reason", text=text.rstrip(".")) if text else "",
        "again": voice("again") if beat.week < voice.scenario.clock.weeks else "",
        "text": voice.ended(" ".join(text.split())),
        "who": "" if actor in text else voice("who", actor=actor),
        "framings": _framings(voice, beat),
        "idle": voice("idle") if event and event.kind != beat.kind else "",
    }
    said = kind.sentence if actor or not kind.nobody else kind.nobody
    plain = said.format(**fields) if said else kind.plain(actor, to, groups, row["value"])
    return kind.worded.format(sentence=plain, **fields) if text else plain


def incidents(voice: Voice, together: Sequence[Beat]) -> str:
    """Several events of one kind that follow each other."""
    values = voice.both([voice.decimals(beat.row["value"]) for beat in together])
    return voice.kind(together[0].kind).several.format(values=values)


def _framings(voice: Voice, beat: Beat) -> str:
    """` Armenia: ... Azerbaijan: ...`, all descriptions or none."""
    event = story_events.event_of(voice.scenario, beat)
    if event is None or not event.framing:
        return ""
    told = [
        voice("framings.each", party=voice.short(party), text=voice.say(text).strip().rstrip("."))
        for party, text in event.framing.items()
    ]
    return voice("framings", told=voice("framings.next").join(told))


def _lasting(voice: Voice, beat: Beat) -> str:
    if not beat.known:
        return ""
    if beat.ends is None:
        return voice.kind(beat.kind).unended
    return voice.counted("lasting", beat.ends - beat.week, date=voice.week(beat.ends))


def _cost(voice: Voice, beat: Beat) -> str:
    """About how many rounds a freeze costs."""
    if not beat.known:
        return ""
    clock, groups = voice.scenario.clock, voice.scenario.working_groups
    end = clock.weeks if beat.week < clock.weeks else voice.scenario.weeks
    weeks = (end if beat.ends is None else beat.ends) - beat.week
    lost = sum(round(weeks / mean_of(groups[group].meets_every)) for group in beat.groups)
    return voice.counted("cost", lost) if lost else ""


# ---- Why the talks of one history ended as they did: what is in force, what is not, and what stood in the way ----


Outcome = dict[str, Any]


def ending(voice: Voice, told: Sequence[Beat], outcome: Outcome) -> str:
    """The last paragraph of a story: at the end of the talks, and after it."""
    scenario = voice.scenario
    during = [beat for beat in told if beat.week < scenario.clock.weeks]
    standing = [group for group in scenario.working_groups if _state(during, group) == "in_force"]
    lost = [group for group in scenario.working_groups if group not in standing]
    said = [_overall(voice, standing, lost, outcome)]
    said += [_signed(voice, told, group) for group in standing]
    said += [_open(voice, during, group) for group in lost]
    said.append(_costs(voice, outcome))
    return " ".join(part for part in said if part)


def _overall(voice: Voice, standing: list[str], lost: list[str], outcome: Outcome) -> str:
    clock = voice.scenario.clock
    if outcome["settled"]:
        when = voice.week(int(outcome["settled_week"]))
        whole = "one" if len(voice.scenario.working_groups) == 1 else "all"
        if not clock.hold_weeks:
            return voice(f"ending.{whole}", date=when)
        held = "held" if outcome["lasting"] else "broke"
        return voice.counted(f"ending.{whole}.{held}", clock.hold_weeks, date=when)
    up = voice.week(clock.weeks)
    if not standing:
        return voice("ending.nothing", date=up)
    if not lost:
        return voice("ending.never", date=up)
    return voice("ending.some", date=up, standing=voice.all(standing), lost=voice.all(lost))


def _signed(voice: Voice, told: Sequence[Beat], group: str) -> str:
    """Whose text it was at the end of the talks, and whether it lasted."""
    during = [beat for beat in told if beat.week < voice.scenario.clock.weeks]
    found = [(meeting, row) for meeting in meetings(during, group) for row in meeting.signatures]
    if not found:
        return ""
    meeting, row = found[-1]
    said = {
        "group": voice.capital(voice.short(group)),
        "number": str(meeting.number),
        "author": voice.short(row["to"]),
    }
    fell = [beat.week for beat in told[len(during) :] if beat.kind == "collapse" and beat.group == group]
    if not fell:
        return voice("ending.signed", **said)
    again = _state(told, group) == "in_force"
    return voice("ending.again" if again else "ending.fell", date=voice.week(fell[0]), **said)


# ---- why a chapter is not in force -----------------------------------------------------------------------------------


def _open(voice: Voice, told: Sequence[Beat], group: str) -> str:
    held = list(meetings(told, group))
    state = _state(told, group)
    near = held and state != "provisional"
    gap = _gap(voice, told, group) if near else ""
    return voice("why", group=voice.capital(voice.short(group)), why=_why(voice, told, group), gap=gap)


def _why(voice: Voice, told: Sequence[Beat], group: str) -> str:
    held = list(meetings(told, group))
    state = _state(told, group)
    if not held:
        waited = voice.scenario.linkage == "sequence" and not state
        return voice("why.turn" if waited else "why.never")
    if state == "collapse":
        last = [beat for beat in told if beat.kind == "collapse" and beat.group == group][-1]
        return voice("why.collapse", date=voice.week(last.week))
    if state in kinds.counting_as("freeze"):
        return voice("why.frozen")
    if state in ("broken_off", "provisional"):
        return voice(f"why.{state}")
    refused = [beat for beat in told if beat.kind == "refusal" and beat.group == group]
    if refused:
        who = voice.both(sorted({voice.short(beat.row["actor"]) for beat in refused}))
        times = voice.times(sum(bool(meeting.signatures) for meeting in held))
        return voice("why.refused", times=times, who=who)
    return voice("why.time")


def _state(told: Sequence[Beat], group: str) -> str:
    """The last thing that changed the standing of a group; '' where only rounds were held."""
    standing = kinds.counting_as("standing")
    states = [beat for beat in told if group in beat.groups and beat.kind in standing and not _over(beat)]
    return states[-1].kind if states else ""


def _over(beat: Beat) -> bool:
    """A freeze that ended leaves no trace."""
    return beat.is_freeze and beat.ends is not None


def _gap(voice: Voice, told: Sequence[Beat], group: str) -> str:
    """How near it came since the last change, with the two numbers."""
    back = kinds.counting_as("back")
    since = max((beat.week for beat in told if beat.kind in back and beat.group == group), default=-1)
    open_ones = [meeting for meeting in meetings(told, group) if meeting.nearest and meeting.week > since]
    if not open_ones:
        return ""
    best = min(open_ones, key=lambda meeting: meeting.nearest.short_by if meeting.nearest else 1.0)
    nearest = best.nearest
    assert nearest is not None
    reply = max(nearest.replies, key=lambda reply: reply.asked - reply.worth)
    return _reply(voice, "gap", reply, date=voice.week(best.week), author=voice.short(nearest.actor))


def _costs(voice: Voice, outcome: Outcome) -> str:
    """What was lost on the way."""
    frozen = {group: int(outcome[f"frozen_weeks.{group}"]) for group in voice.scenario.working_groups}
    said = [voice.counted("costs.each", weeks, group=voice.short(group)) for group, weeks in frozen.items() if weeks]
    return voice("costs", weeks=voice.both(said)) if said else ""
