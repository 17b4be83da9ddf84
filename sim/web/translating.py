"""What a scenario says in another language, as fields: a line for each of its words, and what stands there for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.edit import REMOVED, Change
from sim.scenario.translations import SECTION, shipped, spoken
from sim.scenario.tree import Node, Trail, find, plain, remove
from sim.web.cards import Card, identifier
from sim.web.fields import Field

NAMED = ("parties", "mediators", "working_groups", "option")
"""Blocks whose names are shown to whoever plays or watches. That of a question is only where it has no title."""
SAYING = ("name", "summary", "title", "question", "level", "what", "reason")
FRAMED = "framing"


@dataclass(frozen=True)
class Line:
    """A text of the file, what the file has for it in the language, and what ships for it there; "" where nothing."""

    text: str
    own: str = ""
    theirs: str = ""

    @property
    def name(self) -> str:
        """How a browser names it."""
        return identifier(self.text)

    def shown(self) -> dict[str, str]:
        """All that a template needs."""
        return {**vars(self), "name": self.name}

    def change(self, language: str, sent: str) -> Change | None:
        """What a browser's text changes; None if nothing."""
        said = " ".join(sent.split())
        if said == self.own:
            return None
        return Change((SECTION, language, self.text), said or REMOVED)


class Translation:
    """The texts of a scenario, good or not, in one language.  blocks: lines by the heading of their block"""

    def __init__(self, merged: Node, texts: Mapping[str, Sequence[str]], language: str) -> None:
        """texts: all that the scenario says, as `told` gives it."""
        self.merged, self.language = merged, language
        section = find(merged, (SECTION, language))
        own = plain(section) if section is not None and isinstance(section.value, dict) else {}
        self.own = {text: said for text, said in own.items() if isinstance(text, str) and isinstance(said, str)}
        theirs = shipped(language)
        self.blocks = {
            word: [Line(text, self.own.get(text, ""), theirs.get(text, "")) for text in block]
            for word, block in texts.items()
        }

    @property
    def lines(self) -> list[Line]:
        """All that the file says, in its order."""
        return [line for block in self.blocks.values() for line in block]

    @property
    def done(self) -> int:
        """How many of them are there in the language."""
        return sum(bool(line.own or line.theirs) for line in self.lines)

    @property
    def gone(self) -> list[Line]:
        """Translations of what the file says no longer."""
        said = spoken(remove(self.merged, (SECTION,)))
        return [Line(text, each) for text, each in self.own.items() if text not in said]

    def changes(self, sent: Mapping[str, str]) -> list[Change]:
        """What a form changes.  Errors: KeyError, where it names a text that is no longer there."""
        known = {line.name: line for line in [*self.lines, *self.gone]}
        found = [known[name].change(self.language, text) for name, text in sent.items()]
        changes = [change for change in found if change is not None]
        if {change.trail[-1] for change in changes if change.value is REMOVED} >= self.own.keys() > set():
            return [Change(self._whole, REMOVED), *(each for each in changes if each.value is not REMOVED)]
        return changes

    @property
    def _whole(self) -> Trail:
        """Where all that the file has of the language stands, and nothing else."""
        section = find(self.merged, (SECTION,))
        only = section is not None and len(section.entries) == 1
        return (SECTION,) if only else (SECTION, self.language)

    def shown(self) -> dict[str, Any]:
        """All that a template needs."""
        return {
            "blocks": {word: [line.shown() for line in block] for word, block in self.blocks.items()},
            "gone": [line.shown() for line in self.gone],
            "done": self.done,
            "all": len(self.lines),
        }


def told(cards: Sequence[Card]) -> dict[str, list[str]]:
    """All that a scenario says in its own words, once each, by the block where it stands first."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for card in cards:
        for text in _told(card):
            if text and text not in seen:
                seen.add(text)
                found.setdefault(card.word, []).append(text)
    return found


def _told(card: Card) -> Iterator[str]:
    for inner in card.walk():
        said = [each for each in inner.controls if _says(each)]
        texts = [text for each in said for text in each.parts.values()]
        titled = any(each.word == "question" and each.parts[""] for each in said)
        if inner.word in NAMED or (inner.word == "issues" and not titled):
            yield inner.title
        yield from texts


def _says(each: Field) -> bool:
    return each.word in SAYING or each.of == FRAMED or each.kind == "ends"
