"""One history as dated prose, a page or two: what was told in full, what in a clause, and why it ended as it did.

Told in full: each group's first round, a mediator's first text in it, its narrowest miss, every signature, grave
incidents, long freezes, dated events of the scenario. Everything else is summed up between them.
"""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from sim import kinds
from sim.answers.results_protocol import Results, told
from sim.stories import phrases, story_events
from sim.stories.phrases import Outcome, ending
from sim.stories.story_events import Beat, Meeting, Offer, beats, meetings, rows_of
from sim.stories.uneventful import quiet, told_in_full
from sim.stories.voice import Voice
from sim.stories.voice import voice as spoken
from sim.words.catalogue import DEFAULT

WIDTH = 88
SUMMED_UP = 3  # rounds; so many are worth a paragraph
SOON = 8  # weeks within which incidents are told together
TELLINGS = 200  # of one history week by week, at the most


@dataclass(frozen=True)
class Paragraph:
    """`heading` says when, and on what; it may be empty. `week`: where it belongs, never before that of the paragraph
    before it; None outside of time.
    """

    heading: str
    words: str
    week: int | None = None


@dataclass(frozen=True)
class Story:
    """A told history."""

    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """Plain text, 88 columns wide, a blank line between paragraphs."""
        blocks = [self.title, *(f"{p.heading}. {p.words}" if p.heading else p.words for p in self.paragraphs)]
        return (
            "\n\n".join(textwrap.fill(block, WIDTH, break_long_words=False, break_on_hyphens=False) for block in blocks)
            + "\n"
        )

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return f"<h4>{escape(self.title)}</h4>\n{self.html}"

    @property
    def html(self) -> str:
        """Escaped paragraphs, without the title."""
        heads = [f"<strong>{escape(p.heading)}.</strong> " if p.heading else "" for p in self.paragraphs]
        return "\n".join(f"<p>{head}{escape(p.words)}</p>" for head, p in zip(heads, self.paragraphs, strict=True))


def story(results: Results, replication: int, since: int = 0, language: str = DEFAULT) -> Story:
    """The story of one told replication, from a week on, in a language of `voice.languages()`.

    Errors: ValueError where this run does not tell it.
    """
    voice = spoken(results.scenario, language)
    outcome = _outcome(results, replication)
    found = story_events.in_order_of_date(voice.scenario, beats(rows_of(told(results, replication))))
    title = voice("title", name=voice.say(voice.scenario.name), number=str(replication))
    closing = Paragraph(voice("ending"), ending(voice, found, outcome))
    return Story(title, (*_so_far(voice, results, replication, found, since), closing))


def as_it_went(
    results: Results, replication: int, language: str = DEFAULT
) -> Iterator[tuple[int, tuple[Paragraph, ...]]]:
    """The story as it could be told at the end of each week of the talks, from nothing later, then the whole.

    -> (week, paragraphs); of long talks, every few weeks. Errors: as `story`.
    """
    scenario, whole = results.scenario, story(results, replication, language=language)
    voice = spoken(scenario, language)
    rows = rows_of(told(results, replication))
    for week in range(0, scenario.clock.weeks, math.ceil(scenario.clock.weeks / TELLINGS)):
        known = beats(rows[: bisect_right(rows, week, key=lambda row: row["week"])])
        yield week, _so_far(voice, results, replication, story_events.in_order_of_date(scenario, known))
    yield scenario.clock.weeks, whole.paragraphs


def _so_far(
    voice: Voice, results: Results, replication: int, found: Sequence[Beat], since: int = 0
) -> tuple[Paragraph, ...]:
    """Who talks about what, and the beats."""
    opening = Paragraph("", _opening(voice, results, replication, found))
    return (opening, *_Teller(voice, found).paragraphs(since))


def _outcome(results: Results, replication: int) -> Outcome:
    rows = results.outcomes[results.outcomes["replication"] == replication]
    known = results.events["replication"].unique()
    if rows.empty or replication not in known:
        last = int(max(known, default=-1))
        raise ValueError(f"replication {replication} is not told; choose one of 0 to {last}")
    return {str(key): value for key, value in rows.iloc[0].items()}


# ---- who, about what -------------------------------------------------------------------------------------------------


def _opening(voice: Voice, results: Results, replication: int, found: Sequence[Beat]) -> str:
    scenario = voice.scenario
    parties = [_named(voice, name, party.title) for name, party in scenario.parties.items()]
    groups = [_group_in_full(voice, name) for name in scenario.working_groups]
    which = {"all": voice.number(results.replications), "number": str(replication), "seed": str(results.seed)}
    said = [
        voice("opening", **which),
        voice("opening.talk", parties=voice.both(parties), groups=voice.both(groups)),
    ]
    return " ".join([*said, *_mediators(voice, found)])


def _named(voice: Voice, name: str, title: str) -> str:
    """`Chair (the chair of the seminar)`; the name alone where the title only repeats it."""
    short, title = voice.short(name), voice.say(title)
    rest = title.removeprefix(short)
    declined = rest != title and rest[:1].isalpha()  # `Uplakers`, `Հայաստանի Հանրապետություն`
    one_more = rest != title and not rest.startswith(",") and len(rest.split()) < 2  # `Uplake Republic`
    rest = rest.lstrip(", ")
    repeated = not rest or declined or one_more or short.lower() in rest.lower()
    return short if repeated else voice("opening.named", name=short, more=rest)


def _group_in_full(voice: Voice, name: str) -> str:
    short, level = voice.short(name), voice.say(voice.scenario.working_groups[name].level)
    return voice("opening.named", name=short, more=level) if level else short


def _mediators(voice: Voice, found: Sequence[Beat]) -> Iterator[str]:
    if not voice.scenario.mediators:
        yield voice("opening.nobody")
    for name, mediator in voice.scenario.mediators.items():
        efforts = [
            beat.row["value"]
            for beat in found
            if beat.kind == "effort" and beat.row["actor"] == name and beat.week == 0
        ]
        said = _named(voice, name, mediator.title)
        if efforts:
            yield voice("opening.effort", name=said, share=voice.percent(efforts[0]))
        else:
            yield voice("opening.mediates", name=said)


# ---- telling ---------------------------------------------------------------------------------------------------------


@dataclass
class _Teller:
    """Walks through the beats and remembers what the reader knows already."""

    voice: Voice
    found: Sequence[Beat]
    said: dict[tuple[str, str], Offer] = field(default_factory=dict)  # last offer told, by group and side
    offers_told: int = 0
    week: int = 0  # how far the story has come

    def paragraphs(self, since: int) -> Iterator[Paragraph]:
        """Beats told in full, those of one day and group together; between them, what else happened.

        What happens after the last one is summed up once the talks are over.
        """
        full = told_in_full(self.voice.scenario, self.found)
        waiting: list[Beat] = []
        together: list[Beat] = []
        over = False
        for number, beat in enumerate(self.found):
            if beat.week < since or (beat.kind == "effort" and beat.week == 0):
                continue
            if beat.kind == "end":
                yield from [self._tell(together)] if together else []
                yield from [self._sum_up(waiting)] if waiting else []
                together, waiting, over = [], [], True
                continue
            if number not in full:
                waiting.append(beat)
                continue
            if together and not self._belongs(beat, together[-1]):
                yield self._tell(together)
                together = []
            if not together and sum(isinstance(other, Meeting) for other in waiting) >= SUMMED_UP:
                yield self._sum_up(waiting)
                waiting = []
            together.append(beat)
        if together:
            yield self._tell(together)
        if waiting and over:
            yield self._sum_up(waiting)

    def _belongs(self, beat: Beat, last: Beat) -> bool:
        """Does it go into the same paragraph?"""
        if beat.kind == last.kind and kinds.of(beat.kind).several and beat.week - last.week <= SOON:
            return not (beat.row["text"] or last.row["text"])
        same_date = self._date(beat) == self._date(last)
        return same_date and (beat.group == last.group or beat.kind == "settled")

    def _date(self, beat: Beat) -> dt.date:
        return story_events.date_of(self.voice.scenario, beat)

    def _tell(self, together: list[Beat]) -> Paragraph:
        self.week = together[-1].week
        first = kinds.of(together[0].kind)
        alike = all(beat.kind == first.name and not beat.row["text"] for beat in together)
        if len(together) > 1 and alike and first.several:
            when = self.voice("heading.to", first=self._heading(together[0]), last=self._heading(together[-1]))
            return Paragraph(when, phrases.incidents(self.voice, together), together[0].week)
        said = [
            self._meeting(beat) if isinstance(beat, Meeting) else phrases.happening(self.voice, beat)
            for beat in together
        ]
        return Paragraph(self._heading(together[0]), " ".join(said), together[0].week)

    def _sum_up(self, waiting: list[Beat]) -> Paragraph:
        """Its months; if they began before what was told last, only the one that it comes up to."""
        first, last, now = (
            self.voice.scenario.date_of(week).replace(day=1) for week in (waiting[0].week, waiting[-1].week, self.week)
        )
        months = {"first": self.voice.month(first), "last": self.voice.month(last)}
        when = months["first"] if first == last else self.voice("heading.to", **months)
        if first < now:
            until = last >= now
            when = self.voice("heading.until", month=months["last"]) if until else self.voice("heading.meanwhile")
        week, self.week = max(self.week, waiting[0].week), max(self.week, waiting[-1].week)
        return Paragraph(self.voice.capital(when), quiet(self.voice, waiting), week)

    def _heading(self, beat: Beat) -> str:
        parts = [self.voice.day(self._date(beat)), self.voice.all(beat.groups)]
        if isinstance(beat, Meeting):
            parts.append(self.voice("heading.round", number=str(beat.number)))
        return ", ".join(part for part in parts if part)

    def _meeting(self, meeting: Meeting) -> str:
        said = [phrases.happening(self.voice, meeting)] if meeting.row["text"] else []
        if meeting is next(meetings(self.found, meeting.group)):
            said.append(_questions(self.voice, meeting.group))
            said += self._offers(meeting, _openings(meeting))
        elif meeting.nearest in meeting.proposals and not meeting.drafts:
            said += self._offers(meeting, [meeting.nearest] if meeting.nearest else [])
        said += self._drafts(meeting)
        for row in meeting.signatures:
            said.append(phrases.signed(self.voice, meeting.group, row, self.said.get((meeting.group, row["to"]))))
        return " ".join(said)

    def _drafts(self, meeting: Meeting) -> Iterator[str]:
        for made in meeting.drafts:
            if made.replies:
                yield self._text(meeting, made, self.voice("offer.draft"), self.voice("offer.redraft"))

    def _offers(self, meeting: Meeting, offers: Sequence[Offer]) -> Iterator[str]:
        for made in offers:
            verb = self.voice(f"offer.verb.{self.offers_told % phrases.VERBS}")
            self.offers_told += 1
            yield self._text(meeting, made, verb, self.voice("offer.again", verb=verb))

    def _text(self, meeting: Meeting, made: Offer, first: str, again: str) -> str:
        """A text on the table: the first that is told of its side, or what has changed in it since."""
        before = self.said.get((meeting.group, made.actor))
        self.said[(meeting.group, made.actor)] = made
        return phrases.offer(self.voice, meeting.group, made, before, first if before is None else again)


def _openings(meeting: Meeting) -> list[Offer]:
    """Each side's last proposal of the round; of more than three sides, the two that came nearest."""
    last = list({offer.actor: offer for offer in meeting.proposals}.values())
    return last if len(last) <= 3 else sorted(last, key=lambda offer: offer.short_by)[:2]


def _questions(voice: Voice, group: str) -> str:
    asked = [voice.issue(group, name) for name in voice.scenario.working_groups[group].issues]
    return voice("first", questions=" ".join(map(voice.ended, asked)))
