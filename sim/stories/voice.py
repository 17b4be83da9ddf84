"""Who tells a story: the phrases of a language, and how it says the names, numbers and dates of a scenario.

Phrases stand in `texts/`, one file a language; the words of a kind of event in English stand in `sim/kinds.py`, those
of another language in its file: `kind.visit.sentence`. Phrases put names where they keep the form that they have in the
scenario, since a program cannot decline them: `Talks (transport): ...`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from sim import kinds, words
from sim.kinds import Kind
from sim.scenario import Scenario, translations
from sim.scenario.schema import Issue
from sim.words import catalogue
from sim.words.catalogue import DEFAULT, Catalogue

FOLDER = Path(__file__).parent / "texts"
STOPS = (".", "!", "?")
OF_A_KIND = ("sentence", "nobody", "several", "unended", "unsaid")
"""Words of a kind of event that a language has in its file, where English has any."""


@dataclass(frozen=True)
class Voice(Catalogue):
    """A language that tells of a scenario."""

    scenario: Scenario = field(kw_only=True)

    # ---- words of the scenario ---------------------------------------------------------------------------------------

    def short(self, name: str) -> str:
        """A key of the file as people would write it."""
        return self.said.get(name) or words.short(name)

    def all(self, names: Iterable[str]) -> str:
        """Keys of the file as a list: `a, b and c`."""
        return self.both([self.short(name) for name in names])

    def issue(self, group: str, name: str) -> str:
        """The issue's title, or its key."""
        return self.say(self.scenario.working_groups[group].issues[name].title) or self.short(name)

    def quoted(self, asked: Issue, value: words.Settlement) -> str:
        """A settlement inside a sentence: `“joint commission”`, `a point between “A” and “B”`, `35 of 100`."""
        if not isinstance(value, str) and not asked.labels:
            return self("quoted.scale", n=str(round(100 * value)))
        one, *other = (self.say(label) for label in words.meanings(asked, value))
        return self("quoted.between", one=one, other=other[0]) if other else self("quoted", label=one)

    def ended(self, text: str) -> str:
        """A text with the stop at its end; nothing for nothing."""
        return text if not text or text.endswith((*STOPS, self("stop"))) else f"{text}{self('stop')}"

    # ---- what happens ------------------------------------------------------------------------------------------------

    def kind(self, name: str) -> Kind:
        """A kind of event with its words in this language."""
        kind = kinds.of(name)
        said: dict[str, Any] = {part: _part(self.entries, kind, part) for part in OF_A_KIND}
        return replace(kind, **said)

    def grade(self, severity: float) -> str:
        """What an incident is called."""
        return self(f"grade.{kinds.grade(severity)}")

    # ---- numbers, dates, lists ---------------------------------------------------------------------------------------

    def both(self, parts: Sequence[str]) -> str:
        """`a`, `a and b`, `a, b and c`"""
        return self.written.both(parts)

    def numeral(self, count: int) -> str:
        """`no`, `seven`, `18`"""
        small = self.entries["numerals"].split()
        return small[count] if count < len(small) else self.number(count)

    def counted(self, key: str, count: int, **names: str) -> str:
        """A phrase that counts something, with its `{n}` in words."""
        return self(key, count=count, n=self.numeral(count), **names)

    def times(self, count: int) -> str:
        """`once`, `twice`, `three times`"""
        return self("times.2") if count == 2 and self.entries["times.2"] else self.counted("times", count)

    def decimals(self, value: float, digits: int = 2) -> str:
        """`0.44`"""
        return f"{value:.{digits}f}".replace(".", self.written.decimal)

    def percent(self, share: float) -> str:
        """`46 %`; shares that are neither 0 nor 1 never look as if they were."""
        shown = words.points(share)
        if 0 < share < 1 and shown in (0, 100):
            return self("percent.under", n="1") if shown == 0 else self("percent.over", n="99")
        return self("percent", n=str(shown))

    def day(self, date: dt.date) -> str:
        """`9 February 2023`"""
        return self.written.date(date, self.entries["date.day"])

    def week(self, week: int) -> str:
        """The first day of a week of the scenario."""
        return self.day(self.scenario.date_of(week))

    def month(self, date: dt.date) -> str:
        """`February 2023`"""
        return self.written.date(date, self.entries["date.month"])

    def capital(self, text: str) -> str:
        """The text with a capital first letter; in Azerbaijani a small i with its dot becomes a capital with it."""
        if self.language == "az" and text.startswith("i"):
            return f"\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}{text[1:]}"
        return words.capital(text)


def languages() -> list[str]:
    """The languages in which stories are told, English first."""
    return catalogue.languages(FOLDER)


def voice(scenario: Scenario, language: str = DEFAULT) -> Voice:
    """Tells of a scenario in a language; in English where there are no phrases for it."""
    spoken = language if language in languages() else DEFAULT
    phrases = _phrases(spoken)
    unsaid = {kind.unsaid: _part(phrases, kind, "unsaid") for kind in kinds.KINDS.values()}
    said = {**unsaid, **translations.texts(scenario, spoken)}
    return Voice(spoken, phrases, said, scenario=scenario)


def _part(phrases: Mapping[str, str], kind: Kind, part: str) -> str:
    """Words of a kind of event, in English where a language has none."""
    return phrases.get(f"kind.{kind.name}.{part}", getattr(kind, part))


@cache
def _phrases(language: str) -> dict[str, str]:
    return catalogue.flat({**catalogue.own(FOLDER, DEFAULT), **catalogue.own(FOLDER, language)})
