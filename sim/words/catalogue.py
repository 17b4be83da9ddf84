"""Texts by key, one JSON file a language in a folder: the texts of the pages, and the phrases of stories.

`en.json` has them all; what another language lacks is said in English. A text that counts may have a form for each kind
of number, by Unicode's names (CLDR):

    "did.pause": {"one": "a pause of {weeks} week", "other": "a pause of {weeks} weeks"}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sim.words.language import Language

DEFAULT = "en"
Entry = str | dict[str, str]


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language.

    said: texts of scenarios in it, by their English (see `sim/scenario/translations.py`).
    """

    language: str
    entries: dict[str, str]
    said: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __call__(self, key: str, **names: object) -> str:
        """The text of a key with the names in braces filled in.

        Numbers must be words already (`number`), but for the one that a text counts: an `int`, which chooses the form.
        """
        count = next((value for value in names.values() if isinstance(value, int)), None)
        form = key if count is None else form_of(key, self.written.plural(count))
        text = self.entries.get(form, self.entries[key])
        return text.format_map({name: self.put(str(value)) for name, value in names.items()})

    def say(self, text: str) -> str:
        """A text of a scenario in this language; as it is where nobody has translated it."""
        return self.said.get(text, text)

    def put(self, value: str) -> str:
        """A name as it stands in a sentence of this language."""
        return value

    @cached_property
    def written(self) -> Language:
        """How this language writes numbers and lists."""
        return Language(self.language)

    def number(self, value: float, digits: int = 0) -> str:
        """A number as this language writes it."""
        return self.written.number(value, digits)


def languages(folder: Path) -> list[str]:
    """The languages there are, English first."""
    return sorted((path.stem for path in folder.glob("*.json")), key=lambda name: (name != DEFAULT, name))


def own(folder: Path, language: str) -> dict[str, Entry]:
    """What the file of a language has, as it is written there; nothing where there is none."""
    path = folder / f"{language}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def flat(written: dict[str, Entry]) -> dict[str, str]:
    """The same with each form by a key of its own."""
    return dict(_flat(written))


def _flat(written: dict[str, Entry]) -> Iterator[tuple[str, str]]:
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
