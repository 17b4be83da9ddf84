"""Why the talks of one history ended as they did: what is in force, what is not, and what stood in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim import kinds, words
from sim.stories.phrases import two_numbers
from sim.stories.story_events import Beat, meetings
from sim.words import dates

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

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
    """Whose text it was in the end, and whether it lasted."""
    found = [(meeting, row) for meeting in meetings(told, group) for row in meeting.signatures]
    if not found:
        return ""
    meeting, row = found[-1]
    said = (
        f"{words.capital(words.short(group))} was signed in round {meeting.number}, on {words.short(row['to'])}'s text"
    )
    if _state(told, group) != "collapse":
        return f"{said}."
    last = [beat for beat in told if beat.kind == "collapse" and beat.group == group][-1]
    return f"{said}; it broke down on {dates.day(scenario.date_of(last.week))}."


# ---- why a chapter is not in force -----------------------------------------------------------------------------------


def _why(scenario: Scenario, told: Sequence[Beat], group: str) -> str:
    held = list(meetings(told, group))
    state = _state(told, group)
    if not held:
        waited = scenario.linkage == "sequence" and not state
        return "never had a round" + (": its turn did not come" if waited else "")
    if state == "collapse":
        return _broke_down(scenario, told, group) + _gap(scenario, told, group)
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
