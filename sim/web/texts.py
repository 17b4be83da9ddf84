"""Every text that a page shows, by key, one file a language: `texts/en.json`, `texts/ru.json`.

A translation is one more file. What it lacks is shown in English. Its entry `translated` says who made it, and stands
at the foot of every page. Forms of what is counted: see `sim/words/catalogue.py`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from sim.scenario import Scenario, translations
from sim.words import catalogue
from sim.words.catalogue import DEFAULT, Catalogue, Entry

__all__ = ["DEFAULT", "CannotStart", "Refusal", "Texts", "isolated", "languages", "own", "texts", "wanted"]

FOLDER = Path(__file__).parent / "texts"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
NUMBER = re.compile(r"[\d.,]*")
"""A number that stands right in either direction, a percent sign beside it included."""
IN_SCRIPTS = {"d": "'{day}'", "y": "'{year}'"}
"""What scripts fill in where a pattern of dates (Unicode's) has the day and the year."""


@dataclass(frozen=True)
class Texts(Catalogue):
    """The texts of one language.  names: of who and what a page is about, for its scripts."""

    names: frozenset[str] = frozenset()

    def put(self, value: str) -> str:
        """A name in a sentence: a scenario's word in this language, set apart where it runs the other way."""
        return isolated(self.say(value), self.written.direction)

    def of(self, *scenarios: Scenario) -> Texts:
        """The same for a page about these scenarios, with the texts that they themselves have in this language."""
        said, names = dict(self.said), set(self.names)
        for each in scenarios:
            said |= each.texts.get(self.language, {})
            names |= {*each.parties, *each.mediators, *each.working_groups}
        return replace(self, said=said, names=frozenset(names))

    def date(self, day: str) -> str:
        """A date (ISO) as this language writes it: 30 Jan 2023."""
        return self.written.date(dt.date.fromisoformat(day), self.entries["date"])

    @cached_property
    def scripted(self) -> dict[str, str]:
        """What the scripts of a page need: their texts, `named.NAME` for each name, and numbers, days and months.

        No browser knows how every language writes those.
        """
        day = re.sub(r"\b[dy]\b", lambda found: IN_SCRIPTS[found[0]], self.entries["date"])
        month = f"LLL {IN_SCRIPTS['y']}"
        marks = {"decimal": self.written.decimal, "thousands": self.written.thousands}
        for number in range(1, 13):
            first = dt.date(2000, number, 1)
            marks[f"day.{number}"] = self.written.date(first, day)
            marks[f"month.{number}"] = self.written.date(first, month)
        return self.under("script") | {f"named.{name}": self.say(name) for name in sorted(self.names)} | marks

    def under(self, prefix: str) -> dict[str, str]:
        """The texts whose key begins with `prefix.`, without it."""
        start = f"{prefix}."
        return {key.removeprefix(start): text for key, text in self.entries.items() if key.startswith(start)}


def isolated(text: str, direction: str = "ltr") -> str:
    """A name or range set apart from a sentence that runs the other way (Unicode Bidirectional Algorithm)."""
    apart = not NUMBER.fullmatch(text) if direction == "rtl" else RIGHT_TO_LEFT.search(text)
    return f"\u2068{text}\u2069" if apart else text


def languages() -> list[str]:
    """The languages there are, English first."""
    return catalogue.languages(FOLDER)


@lru_cache
def texts(language: str) -> Texts:
    """The texts of a language.  Errors: KeyError where there is no such language."""
    if language not in languages():
        raise KeyError(language)
    return Texts(language, catalogue.flat({**own(DEFAULT), **own(language)}), translations.shipped(language))


def own(language: str) -> dict[str, Entry]:
    """What the file of a language has, as it is written there."""
    return catalogue.own(FOLDER, language)


def wanted(accepted: str) -> str:
    """The first language of an `Accept-Language` header that there is."""
    there = languages()
    return next((name for name in _named(accepted) if name in there), DEFAULT)


def _named(accepted: str) -> Iterator[str]:
    for part in accepted.split(",")[:20]:
        yield part.partition(";")[0].strip().lower().partition("-")[0]


# ---- The errors that a person reads: a page refuses a request, or a server cannot start -------------------------


class Refusal(Exception):
    """A request that is not granted: an HTTP status, and a sentence of the catalogue with what it names."""

    def __init__(self, status: int, key: str, retry_after: int | None = None, **names: object) -> None:
        super().__init__(key)
        self.status, self.key, self.names, self.retry_after = status, key, names, retry_after


class CannotStart(Exception):
    """A server cannot start as it was told to; the text says why, and what to do."""
