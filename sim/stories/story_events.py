"""From the events of one history to the beats of a story: meetings, and whatever else happened.

A *meeting* is one round of one group: its proposals and drafts, each with who declined it, and the text that was
signed, if any. Every other event is a beat of its own, except that freezes know how they ended and that those that
begin together are one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim import kinds, words

if TYPE_CHECKING:
    from sim.scenario.schema import Event, Scenario

Row = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """A party that declines: what the text is worth to it, and the least that it takes."""

    party: str
    worth: float
    asked: float


@dataclass(frozen=True)
class Offer:
    """A text on the table, a party's proposal or a mediator's draft, and who declined it."""

    actor: str
    package: dict[str, words.Settlement]
    exchange: float
    replies: list[Reply] = field(default_factory=list)

    @property
    def short_by(self) -> float:
        """How much the party that it satisfies least lacks; 0 where nobody declined."""
        return max((reply.asked - reply.worth for reply in self.replies), default=0.0)


@dataclass(frozen=True)
class Beat:
    """Something that happened in a week. `row` is its event; `groups` all working groups that it concerns."""

    row: Row
    groups: tuple[str, ...]
    ends: int | None = None  # a freeze: the week in which the group meets again
    known: bool = True  # a freeze: whether it is told how it ended, or that it never did

    @property
    def week(self) -> int:
        return int(self.row["week"])

    @property
    def kind(self) -> str:
        return str(self.row["kind"])

    @property
    def is_freeze(self) -> bool:
        return "freeze" in kinds.of(self.kind).counts_as

    @property
    def group(self) -> str:
        return self.groups[0] if self.groups else ""


@dataclass(frozen=True)
class Meeting(Beat):
    """One round of one group."""

    proposals: list[Offer] = field(default_factory=list)
    drafts: list[Offer] = field(default_factory=list)
    signatures: list[Row] = field(default_factory=list)

    @property
    def number(self) -> int:
        return int(self.row["value"])

    @property
    def nearest(self) -> Offer | None:
        """The text that came nearest to agreement; None where something was signed, or nothing declined."""
        declined = [offer for offer in (*self.proposals, *self.drafts) if offer.replies]
        return None if self.signatures or not declined else min(declined, key=lambda offer: offer.short_by)


def rows_of(events: pd.DataFrame) -> list[Row]:
    """One replication's events, in their order."""
    return [{str(key): value for key, value in row.items()} for row in events.to_dict("records")]


def beats(rows: Sequence[Row]) -> list[Beat]:
    """The beats of one replication, or of its first weeks, in their order."""
    resumed, over = _resumptions(rows), any(row["kind"] == "end" for row in rows)
    found: list[Beat] = []
    latest: dict[str, Meeting] = {}
    for number, row in enumerate(rows):
        group, roles = row["group"], kinds.of(row["kind"]).counts_as
        if "table" in roles and group in latest and latest[group].week == row["week"]:
            _lay_on_the_table(latest[group], row)
        elif row["kind"] == "round":
            latest[group] = Meeting(row, (group,))
            found.append(latest[group])
        elif "freeze" in roles:
            ends = resumed.get(number)
            _add_freeze(found, Beat(row, (group,), ends, known=over or ends is not None))
        elif row["kind"] != "resume":
            found.append(Beat(row, (group,) if group else ()))
    return found


def _lay_on_the_table(meeting: Meeting, row: Row) -> None:
    if row["kind"] == "signature":
        meeting.signatures.append(row)
    elif row["kind"] == "decline":
        whose = [offer for offer in (*meeting.proposals, *meeting.drafts) if offer.actor == row["to"]]
        if whose:
            whose[-1].replies.append(Reply(row["actor"], row["worth"], row["asked"]))
    else:
        shelf = meeting.drafts if row["kind"] == "draft" else meeting.proposals
        shelf.append(Offer(row["actor"], words.package(row["package"]), row["value"]))


def _resumptions(rows: Sequence[Row]) -> dict[int, int]:
    """Number of each freeze's row: the week in which its group meets again, or in which another freeze takes over."""
    waiting: dict[str, int] = {}
    found = {}
    freezes = kinds.counting_as("freeze")
    for number, row in enumerate(rows):
        if row["kind"] in (*freezes, "resume") and row["group"] in waiting:
            found[waiting.pop(row["group"])] = int(row["week"])
        if row["kind"] in freezes:
            waiting[row["group"]] = number
    return found


def _add_freeze(found: list[Beat], freeze: Beat) -> None:
    """Freezes of several groups that begin and end alike are one."""
    last = found[-1] if found else None
    if (
        last
        and last.ends == freeze.ends
        and all(last.row[key] == freeze.row[key] for key in ("kind", "week", "actor", "text"))
    ):
        found[-1] = replace(last, groups=(*last.groups, *freeze.groups))
    else:
        found.append(freeze)


def meetings(told: Iterable[Beat], group: str) -> Iterator[Meeting]:
    """The meetings of one group."""
    return (beat for beat in told if isinstance(beat, Meeting) and beat.group == group)


# The scenario's own dated events behind the beats of a story: their days, and how each party describes them.


def event_of(scenario: Scenario, beat: Beat) -> Event | None:
    """The scenario's own event behind a beat, if it is one; a statement may be any, where it changes nothing."""
    for event in scenario.events:
        if scenario.week_of(event.date) != beat.week:
            continue
        made = kinds.planned_as(event.kind).name
        if beat.kind in (made, "statement") and _same(event, beat):
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
