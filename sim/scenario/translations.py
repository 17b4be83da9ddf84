"""Texts of a scenario in other languages, by their English: titles, questions, options, and names of its file.

    texts:
      es: {Three on a river: Tres junto a un río, Uplake: Lagoalto, water: agua}

A file has them under `texts`; those that ship have theirs in `scenarios/texts/`, one file a language for all of them,
so that a scenario that extends another one says in its language what it took over. A text whose English has changed is
no longer found, and is shown in English: `sim check` warns of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache

from sim.scenario import library
from sim.scenario.problems import Problem, Report
from sim.scenario.scalars import shorten
from sim.scenario.schema import Scenario
from sim.scenario.tree import Node, remove

SECTION = "texts"
UNSAID = ("sources", "source", SECTION)
"""Keys whose texts are not shown to whoever plays or watches."""


@cache
def shipped(language: str) -> Mapping[str, str]:
    """The texts of the shipped scenarios in a language; none where nobody has translated them."""
    path = library.folder() / SECTION / f"{language}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def texts(scenario: Scenario, language: str) -> Mapping[str, str]:
    """What a scenario says in a language: its own texts, and those that ship."""
    return {**shipped(language), **scenario.texts.get(language, {})}


def spoken(root: Node) -> set[str]:
    """All names and texts of a file that may be shown."""
    return set(_spoken(root))


def _spoken(node: Node) -> Iterator[str]:
    if isinstance(node.value, str):
        yield node.value
    for item in node.items:
        yield from _spoken(item)
    for key, entry in node.entries.items():
        if key not in UNSAID:
            yield key
            yield from _spoken(entry.node)


def warnings(root: Node) -> list[Problem]:
    """What a file, good and merged, translates though it does not say it.

    What stands in a file that it extends is passed over: there it may well be said.
    """
    there, report = spoken(remove(root, (SECTION,))), Report()
    section = root.entries.get(SECTION)
    for language, each in section.node.entries.items() if section is not None else ():
        for text, entry in each.node.entries.items():
            if text not in there and entry.place.source == root.place.source:
                rule = "a text stands beside the very words that the file has in its own language"
                message = f"nothing in this file says {shorten(text)} ({rule}); write its words as they are now"
                report.add(entry.place, (SECTION, language, text), "untold", message)
    return report.problems
