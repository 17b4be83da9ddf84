"""What workers do for the page Build: change a file, lay out its form, judge it, draw what could be agreed on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.web.jobs import Case, Packed

if TYPE_CHECKING:
    from sim.web.translating import Translation

MOST_SAID = 60
"""Sentences of the checker that the page shows."""
MOST_DRAWN = 3
"""Parties at a table whose frontier is looked for; with more it takes too long for a page that waits for it."""

Data = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """A file with what a browser sent.  -> Packed: the new file, its form, and what the checker says

    sent: as JSON, what fields hold (`fields`), and what to add or take away (`do`); count: histories whose cost counts;
    languages: those into which it may be translated.
    """

    text: str
    sent: str
    count: int
    languages: tuple[str, ...]

    def work(self) -> Packed:
        """Never fails: see `answered`."""
        return answered(self.text, lambda: self._laid_out(self._changed()))

    def _changed(self) -> str:
        """Errors: ScenarioError, CannotEdit; others, where what was sent names nothing."""
        from sim.scenario.edit import edited, opened, renamed
        from sim.scenario.tree import plain
        from sim.web.building import added, removed, renaming
        from sim.web.cards import Form

        sent = json.loads(self.sent)
        merged = opened(self.text).merged
        cards = {card.name: card for whole in Form(merged).cards() for card in whole.walk()}
        fields = {each.name: each for card in cards.values() for each in card.controls}
        changes = [fields[name].change(parts) for name, parts in sent["fields"].items()]
        keys = None
        what, name, said = sent["do"] or ("", "", "")
        if what:
            card = cards[name]
            now = plain(merged)
            if what == "rename" and len(card.trail) == 2 and card.remove:
                keys, values = renaming(now, card.trail, said)
                changes += values
            elif what == "remove" and card.remove:
                changes += removed(now, card.trail)
            elif what in card.add:
                changes += added(what, now, card.trail, said)
            else:
                raise KeyError(what)
        text = edited(self.text, [change for change in changes if change is not None])
        return text if keys is None else renamed(text, keys, said.strip())

    def _laid_out(self, text: str) -> Data:
        from sim.scenario.edit import opened
        from sim.web.cards import Form, place
        from sim.web.translating import Translation, told

        merged = opened(text).merged
        cards = Form(merged).cards()
        judged = self._judged(text)
        said = place(cards, judged.pop("problems"))
        texts = told(cards)
        translated = {each: Translation(merged, texts, each) for each in self.languages}
        return {
            **file_of(text),
            "cards": [card.shown() for card in cards],
            "said": said,
            "translated": {each: [found.done, len(found.lines)] for each, found in translated.items()},
            **judged,
        }

    def _judged(self, text: str) -> Data:
        """What the checker says, by path, and what it would cost."""
        from sim.experiments.cost import estimate
        from sim.scenario import ScenarioError, load_text

        try:
            cost = estimate(load_text(text), self.count, told=1)
        except ScenarioError as error:
            problems = [(each.path, each.message) for each in error.problems[:MOST_SAID]]
            return {"problems": problems, "seconds": 0, "megabytes": 0}
        return {"problems": [], "seconds": cost.seconds, "megabytes": cost.memory / 1e6}


@dataclass(frozen=True)
class Translated:
    """A file with what a browser sent of its words in a language.  -> Packed: the new file, and a line for each text

    sent: as JSON, the words by name of the line.
    """

    text: str
    language: str
    sent: str

    def work(self) -> Packed:
        """Never fails: see `answered`."""
        return answered(self.text, self._laid_out)

    def _laid_out(self) -> Data:
        """Errors: ScenarioError, CannotEdit; KeyError, where what was sent names nothing."""
        from sim.scenario.edit import edited

        text = edited(self.text, self._translation(self.text).changes(json.loads(self.sent)))
        return {**file_of(text), **self._translation(text).shown()}

    def _translation(self, text: str) -> Translation:
        from sim.scenario.edit import opened
        from sim.web.cards import Form
        from sim.web.translating import Translation, told

        merged = opened(text).merged
        return Translation(merged, told(Form(merged).cards()), self.language)


def answered(text: str, laid_out: Callable[[], Data]) -> Packed:
    """What comes of a file; what is wrong is the answer too (`unreadable`, or `refused` with the key of a text)."""
    from sim.scenario import ScenarioError
    from sim.scenario.edit import CannotEdit, opened
    from sim.scenario.yaml_reader import LARGEST

    try:
        opened(text)
    except ScenarioError as error:
        return Packed.of({"unreadable": str(error)})
    try:
        found = laid_out()
    except ScenarioError as error:  # what was written can be read no more
        return Packed.of({"refused": "build.why", "names": {"why": error.problems[0].message}})
    except CannotEdit as error:
        return Packed.of({"refused": "build.cannot", "names": {"where": str(error)[:200]}})
    except (LookupError, ValueError, TypeError, AttributeError):
        return Packed.of({"refused": "build.wrong", "names": {}})
    if len(found["text"].encode("utf-8", "surrogatepass")) > LARGEST:
        return Packed.of({"refused": "build.large", "names": {"most": LARGEST // 1024}})
    return Packed.of(found)


def file_of(text: str) -> Data:
    """A file and the name that it gives itself."""
    from sim.scenario.edit import opened
    from sim.scenario.tree import plain

    name = plain(opened(text).merged).get("name")
    return {"text": text, "name": name if isinstance(name, str) else ""}


@dataclass(frozen=True)
class Spaces:
    """What could be agreed on in each group of a case, before anything is simulated.  -> Packed"""

    case: Case

    def work(self) -> Packed:
        """Errors: ScenarioError, TooMuch."""
        from sim.experiments.frontier import frontier

        scenario = self.case.load()
        if any(len(scenario.group_parties(group)) > MOST_DRAWN for group in scenario.working_groups):
            return Packed.of({"groups": {}})
        found = frontier(scenario)["groups"]
        return Packed.of({"groups": {name: self._drawn(group) for name, group in found.items()}})

    def _drawn(self, group: Data) -> Data:
        nash = group["nash"] and group["nash"]["utilities"]
        return {"no_agreement": group["no_agreement"], "pareto": group["pareto"][:200], "nash": nash}
