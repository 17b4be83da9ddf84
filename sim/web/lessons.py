"""The lessons: their plans, `scenarios/lessons/NN-title/plan.toml`, and their texts, `worksheet.md` and `teacher.md`.

title = {en = "…", ru = "…"}         # by language of the page; English is shown where one is missing
[[activity]]
kind = "predict"
words = {en = "…", ru = "…"}
a = "baseline"                   # two scenarios; or `scenario`, to take a seat in
b = "lessons/01-freeze/by-date"
minutes = 2
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sim.scenario import library
from sim.web.plans import Wanted
from sim.web.texts import DEFAULT

SHEET, NOTE = "worksheet", "teacher"
QUESTION = re.compile(r"^\d+\. (.*?)(?=\n\n)", re.MULTILINE | re.DOTALL)
SETUPS = {"scenario": "scenario", "replication": "replication", "a": "scenario", "b": "b"}
"""Keys of the file, and what they are called in a set-up."""


@dataclass(frozen=True)
class Lesson:
    """A lesson: its folder's name, and what its file says."""

    name: str
    content: dict[str, Any]

    def title(self, language: str) -> str:
        """In a language, or in English."""
        return _in(language, self.content["title"])

    def text(self, kind: str) -> str:
        """Its worksheet or its teacher's note, in Markdown and in English."""
        return (_folder() / self.name / f"{kind}.md").read_text(encoding="utf-8")

    @property
    def introduction(self) -> str:
        """What the worksheet says before its first part, without its title."""
        return self.text(SHEET).partition("\n## ")[0].partition("\n")[2]

    @property
    def questions(self) -> list[str]:
        """What the worksheet asks to explain."""
        return QUESTION.findall(self.text(SHEET).partition("\n## Explain\n")[2])

    def activities(self, language: str) -> list[Wanted]:
        """Its plan, with words in a language; `of` in the file counts from 1, as the class does."""
        return [_wanted(language, each) for each in self.content["activity"]]


def _wanted(language: str, told: dict[str, Any]) -> Wanted:
    setup = urlencode({key: told[name] for name, key in SETUPS.items() if name in told})
    of = told["of"] - 1 if "of" in told else None
    return Wanted(told["kind"], _in(language, told["words"]), setup, told.get("minutes", 0), of)


def _in(language: str, words: dict[str, str]) -> str:
    return words.get(language, words[DEFAULT])


def _folder() -> Path:
    return library.folder() / "lessons"


def in_language(question: str, language: str) -> str:
    """A question of a lesson in a language, whichever it was asked in; any other question as it is."""
    words = _questions().get(question)
    return _in(language, words) if words else question


@lru_cache(maxsize=1)
def _questions() -> dict[str, dict[str, str]]:
    """What lessons ask, in every language, by what they ask in any."""
    asked = [each["words"] for lesson in lessons().values() for each in lesson.content["activity"]]
    return {question: words for words in asked for question in words.values()}


@lru_cache(maxsize=1)
def lessons() -> dict[str, Lesson]:
    """All lessons that have a plan, by name of folder."""
    files = sorted(_folder().glob("*/plan.toml"))
    return {
        file.parent.name: Lesson(file.parent.name, tomllib.loads(file.read_text(encoding="utf-8"))) for file in files
    }
