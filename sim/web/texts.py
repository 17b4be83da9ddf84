"""Every text that a page shows, by key, one file a language: `texts/en.json`, `texts/ru.json`.

A translation is one more file. What it lacks is shown in English. Its entry `translated` says who made it, and stands
at the foot of every page. A text that counts may have a form for each kind of number, by Unicode's names (CLDR):

    "did.pause": {"one": "a pause of {weeks} week", "other": "a pause of {weeks} weeks"}
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from sim.words.language import Language

FOLDER = Path(__file__).parent / "texts"
DEFAULT = "en"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
NUMBER = re.compile(r"[\d.,]*")
"""A number that stands right in either direction, a percent sign beside it included."""
IN_SCRIPTS = {"d": "'{day}'", "y": "'{year}'"}
"""What scripts fill in where a pattern of dates (Unicode's) has the day and the year."""


@dataclass(frozen=True)
class Texts:
    """The texts of one language."""

    language: str
    entries: dict[str, str]

    def __call__(self, key: str, **names: object) -> str:
        """The text of a key with the names in braces filled in.

        Numbers must be words already (`number`), but for the one that a text counts: an `int`, which chooses the form.
        """
        count = next((value for value in names.values() if isinstance(value, int)), None)
        form = key if count is None else form_of(key, self.written.plural(count))
        text = self.entries.get(form, self.entries[key])
        return text.format_map({name: isolated(str(value), self.written.direction) for name, value in names.items()})

    @cached_property
    def written(self) -> Language:
        """How this language writes numbers and lists."""
        return Language(self.language)

    def number(self, value: float, digits: int = 0) -> str:
        """A number as this language writes it."""
        return self.written.number(value, digits)

    def date(self, day: str) -> str:
        """A date (ISO) as this language writes it: 30 Jan 2023."""
        return self.written.date(dt.date.fromisoformat(day), self.entries["date"])

    @cached_property
    def scripted(self) -> dict[str, str]:
        """The texts of scripts, and how they write numbers, days and months: no browser knows every language."""
        day = re.sub(r"\b[dy]\b", lambda found: IN_SCRIPTS[found[0]], self.entries["date"])
        month = f"LLL {IN_SCRIPTS['y']}"
        marks = {"decimal": self.written.decimal, "thousands": self.written.thousands}
        for number in range(1, 13):
            first = dt.date(2000, number, 1)
            marks[f"day.{number}"] = self.written.date(first, day)
            marks[f"month.{number}"] = self.written.date(first, month)
        return self.under("script") | marks

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
    return sorted((path.stem for path in FOLDER.glob("*.json")), key=lambda name: (name != DEFAULT, name))


@lru_cache
def texts(language: str) -> Texts:
    """The texts of a language.  Errors: KeyError where there is no such language."""
    if language not in languages():
        raise KeyError(language)
    return Texts(language, dict(_flat({**own(DEFAULT), **own(language)})))


def own(language: str) -> dict[str, str | dict[str, str]]:
    """What the file of a language has, as it is written there."""
    return dict(json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")))


def _flat(written: dict[str, str | dict[str, str]]) -> Iterator[tuple[str, str]]:
    for key, text in written.items():
        if isinstance(text, str):
            yield key, text
            continue
        yield key, text["other"]
        for form, words in text.items():
            yield form_of(key, form), words


def form_of(key: str, form: str) -> str:
    """The key of a text for one kind of number: `did.pause`, `few` -> `did.pause|few`."""
    return f"{key}|{form}"


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
