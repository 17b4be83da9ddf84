"""The sentences of a story: what the table of kinds says, filled in. They differ by rule, never by chance.

Neutral words only: a party declines, stays away, leaves the talks; where the parties describe an event differently,
all descriptions stand side by side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim import kinds, words
from sim.scenario.numbers import mean_of
from sim.stories import story_events
from sim.stories.story_events import Beat, Offer, Reply, Row, meetings
from sim.words import dates

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

OFFERS = ("proposes", "puts forward", "offers")
MOST_REPLIES = 3  # told by name
NARROW = 0.05  # utility: an offer that falls short by less is a narrow miss


# ---- offers ----------------------------------------------------------------------------------------------------------


def offer(scenario: Scenario, group: str, made: Offer, before: Offer | None, verb: str) -> str:
    """Who offers what, and who declines it with which two numbers; after the first, only what has changed is said.

    `before` is the last text of the same side that was told.
    """
    said = f"{words.short(made.actor)} {verb} {terms(scenario, group, made, before)}"
    return f"{said}; {replies(scenario, group, made)}."


def terms(scenario: Scenario, group: str, made: Offer, before: Offer | None) -> str:
    """`“none” on customs and “all documents” on maps`; only what reads otherwise than before, if there is a before."""
    then = {} if before is None else _wording(scenario, group, before)
    now = _wording(scenario, group, made)
    changed = [f"{settled} on {words.short(name)}" for name, settled in now.items() if settled != then.get(name)]
    return words.both(changed) if changed else "the same in words, with small shifts"


def replies(scenario: Scenario, group: str, made: Offer) -> str:
    """Who declines: what the text is worth to it, and what it asks for."""
    if not made.replies:
        return "nobody declines"
    if len(made.replies) == 1:
        reply = made.replies[0]
        worth, asked = two_numbers(reply)
        said = f"{words.short(reply.party)} declines: worth {worth} to it, it asks for {asked}"
    elif len(made.replies) <= MOST_REPLIES:
        said = words.both([_one_of_several(reply) for reply in made.replies]) + " decline"
    else:
        least = max(made.replies, key=lambda reply: reply.asked - reply.worth)
        said = f"{words.number(len(made.replies))} sides decline, {_one_of_several(least)} by the most"
    would = _would_accept(scenario, group, made)
    return f"{said}; {words.both(would)} could accept" if would else said


def _one_of_several(reply: Reply) -> str:
    worth, asked = two_numbers(reply)
    return f"{words.short(reply.party)} (worth {worth} to it, it asks for {asked})"


def _would_accept(scenario: Scenario, group: str, made: Offer) -> list[str]:
    silent = {made.actor, *(reply.party for reply in made.replies)}
    return [words.short(party) for party in scenario.group_parties(group) if party not in silent]


def two_numbers(reply: Reply) -> tuple[str, str]:
    """Worth and asked with two decimals, or as many more as it takes to tell them apart."""
    for decimals in (2, 3, 4):
        worth, asked = f"{reply.worth:.{decimals}f}", f"{reply.asked:.{decimals}f}"
        if worth != asked:
            break
    return worth, asked


def signed(scenario: Scenario, group: str, row: Row, before: Offer | None) -> str:
    """Whose text is signed, what it says where that is not known from when it was last told, and its worth to each."""
    parties = scenario.group_parties(group)
    text = Offer("", words.package(row["package"]), math.nan)
    same = before is not None and _wording(scenario, group, text) == _wording(scenario, group, before)
    said = " as it stands" if same else f": {terms(scenario, group, text, None)}"
    worth = words.both([f"{row[f'utility.{party}']:.2f} to {words.short(party)}" for party in parties])
    signing = words.both([words.short(party) for party in parties])
    return f"{signing} sign {words.short(row['to'])}'s text{said}. It is worth {worth}."


def _wording(scenario: Scenario, group: str, made: Offer) -> dict[str, str]:
    """Each issue's settlement in words."""
    issues = scenario.working_groups[group].issues
    return {name: words.quoted(issues[name], value) for name, value in made.package.items()}


# ---- what happens around the table -----------------------------------------------------------------------------------


def happening(scenario: Scenario, beat: Beat) -> str:
    """A sentence or two for any beat, as the table of kinds has them."""
    kind, row = kinds.of(beat.kind), beat.row
    actor, to, groups = words.short(row["actor"]), words.short(row["to"]), _groups(beat)
    worth, asked = two_numbers(Reply(actor, row["worth"], row["asked"]))
    event = story_events.event_of(scenario, beat)
    text = row["text"] or (event.what if event else "")
    fields = {
        "actor": actor,
        "to": to,
        "groups": groups,
        "value": row["value"],
        "grade": kinds.grade(row["value"]) if kind.graded else "",
        "worth": worth,
        "asked": asked,
        "lasting": _lasting(scenario, beat),
        "cost": _cost(scenario, beat) if beat.is_freeze else "",
        "reason": f" Reason given: {text.rstrip('.')}." if text else "",
        "again": ", and the talks begin again" if beat.week < scenario.clock.weeks else "",
        "text": sentence(text),
        "who": "" if actor in text else f"{actor}: ",
        "framings": story_events.framings(scenario, beat),
        "idle": " It changes nothing in this history." if event and event.kind != beat.kind else "",
    }
    said = kind.sentence if actor or not kind.nobody else kind.nobody
    plain = said.format(**fields) if said else kind.plain(actor, to, groups, row["value"])
    return kind.worded.format(sentence=plain, **fields) if text else plain


def incidents(together: Sequence[Beat]) -> str:
    """Several events of one kind that follow each other."""
    values = words.both([f"{beat.row['value']:.2f}" for beat in together])
    return kinds.of(together[0].kind).several.format(values=values)


def sentence(text: str) -> str:
    """A text on one line, with a full stop; nothing for nothing."""
    plain = " ".join(text.split())
    return plain if not plain or plain.endswith((".", "!", "?")) else f"{plain}."


def _groups(beat: Beat) -> str:
    return words.both([words.short(group) for group in beat.groups])


def _lasting(scenario: Scenario, beat: Beat) -> str:
    if not beat.known:
        return ""
    if beat.ends is None:
        return kinds.of(beat.kind).unended
    until = dates.day(scenario.date_of(beat.ends))
    return f" for {words.count(beat.ends - beat.week, 'week')}, until {until}"


def _cost(scenario: Scenario, beat: Beat) -> str:
    """About how many rounds a freeze costs."""
    if not beat.known:
        return ""
    end = scenario.clock.weeks if beat.week < scenario.clock.weeks else scenario.weeks
    weeks = (end if beat.ends is None else beat.ends) - beat.week
    lost = sum(round(weeks / mean_of(scenario.working_groups[group].meets_every)) for group in beat.groups)
    if not lost:
        return ""
    return f" About {words.count(lost, 'round')} {'is' if lost == 1 else 'are'} not held."


# ---- Why the talks of one history ended as they did: what is in force, what is not, and what stood in the way ----


Outcome = dict[str, Any]


def ending(scenario: Scenario, told: Sequence[Beat], outcome: Outcome) -> str:
    """The last paragraph of a story: at the end of the talks, and after it."""
    during = [beat for beat in told if beat.week < scenario.clock.weeks]
    standing = [group for group in scenario.working_groups if _state(during, group) == "in_force"]
    lost = [group for group in scenario.working_groups if group not in standing]
    said = [_overall(scenario, standing, lost, outcome)]
    said += [_signed(scenario, told, group) for group in standing]
    said += [f"{words.capital(words.short(group))} {_why(scenario, during, group)}." for group in lost]
    said.append(_costs(scenario, outcome))
    return " ".join(part for part in said if part)


def _overall(scenario: Scenario, standing: list[str], lost: list[str], outcome: Outcome) -> str:
    if outcome["settled"]:
        when = dates.day(scenario.date_of(int(outcome["settled_week"])))
        one = len(scenario.working_groups) == 1
        held = "it holds" if one else "all hold"
        if not outcome["lasting"]:
            held = "it does not hold" if one else "not all hold"
        years = f", {'and' if outcome['lasting'] else 'but'} {held} through the {_weeks(scenario)} that are watched"
        whole = "The agreement is" if one else "All chapters are"
        return f"{whole} in force on {when}{years if scenario.clock.hold_weeks else ''}."
    up = f"When the time is up, on {dates.day(scenario.date_of(scenario.clock.weeks))},"
    if not standing:
        return f"{up} nothing is in force."
    if not lost:
        return f"{up} each agreement is in force, but at no time were all of them."
    names = [words.both([words.short(group) for group in groups]) for groups in (standing, lost)]
    return f"{up} the agreement on {names[0]} is in force; there is none on {names[1]}."


def _weeks(scenario: Scenario) -> str:
    return words.count(scenario.clock.hold_weeks, "week")


def _signed(scenario: Scenario, told: Sequence[Beat], group: str) -> str:
    """Whose text it was at the end of the talks, and whether it lasted."""
    during = [beat for beat in told if beat.week < scenario.clock.weeks]
    found = [(meeting, row) for meeting in meetings(during, group) for row in meeting.signatures]
    if not found:
        return ""
    meeting, row = found[-1]
    said = (
        f"{words.capital(words.short(group))} was signed in round {meeting.number}, on {words.short(row['to'])}'s text"
    )
    fell = [beat.week for beat in told[len(during) :] if beat.kind == "collapse" and beat.group == group]
    if not fell:
        return f"{said}."
    again = ", and was agreed again" if _state(told, group) == "in_force" else ""
    return f"{said}; it broke down on {dates.day(scenario.date_of(fell[0]))}{again}."


# ---- why a chapter is not in force -----------------------------------------------------------------------------------


def _why(scenario: Scenario, told: Sequence[Beat], group: str) -> str:
    held = list(meetings(told, group))
    state = _state(told, group)
    if not held:
        waited = scenario.linkage == "sequence" and not state
        return "never had a round" + (": its turn did not come" if waited else "")
    if state == "collapse":
        return _broke_down(scenario, told, group) + _gap(scenario, told, group)
    if state == "broken_off":
        return "was broken off" + _gap(scenario, told, group)
    if state in kinds.counting_as("freeze"):
        return "was frozen when the time was up" + _gap(scenario, told, group)
    if state == "provisional":
        return "was signed, and waited for the other chapters until the time was up"
    refused = [beat for beat in told if beat.kind == "refusal" and beat.group == group]
    if refused:
        who = words.both(sorted({words.short(beat.row["actor"]) for beat in refused}))
        return f"was signed {words.times(sum(bool(m.signatures) for m in held))}, but not ratified by {who}" + _gap(
            scenario, told, group
        )
    return "ran out of time" + _gap(scenario, told, group)


def _state(told: Sequence[Beat], group: str) -> str:
    """The last thing that changed the standing of a group; '' where only rounds were held."""
    standing = kinds.counting_as("standing")
    states = [beat for beat in told if group in beat.groups and beat.kind in standing and not _over(beat)]
    return states[-1].kind if states else ""


def _over(beat: Beat) -> bool:
    """A freeze that ended leaves no trace."""
    return beat.is_freeze and beat.ends is not None


def _broke_down(scenario: Scenario, told: Sequence[Beat], group: str) -> str:
    last = [beat for beat in told if beat.kind == "collapse" and beat.group == group][-1]
    return f"broke down on {dates.day(scenario.date_of(last.week))} and was not agreed again"


def _gap(scenario: Scenario, told: Sequence[Beat], group: str) -> str:
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
    worth, asked = two_numbers(reply)
    return (
        f"; at the nearest, on {dates.day(scenario.date_of(best.week))}, {words.short(nearest.actor)}'s text was worth "
        f"{worth} to {words.short(reply.party)}, which asked for {asked}"
    )


def _costs(scenario: Scenario, outcome: Outcome) -> str:
    """What was lost on the way."""
    frozen = {group: int(outcome[f"frozen_weeks.{group}"]) for group in scenario.working_groups}
    said = [f"{words.count(weeks, 'week')} of {words.short(group)}" for group, weeks in frozen.items() if weeks]
    return f"Lost to freezes: {words.both(said)}." if said else ""
