"""What plausible models say of the directions that claims state.

Many sentences are about the same scenarios, some of them under another name. Claims whose models draw the same
constants are put to the same models, in which each scenario is simulated once, in however many sentences it is.

What models say of a pair is looked for in as many as were asked for. Of a pair of which some sentence states a share of
the models or a verdict, it is looked for in as many as the texts count: in fewer, neither can be judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim import store
from sim.experiments.claims import OWN, Found, Question, Sign, near_limit, verdict_of
from sim.experiments.models import Models, models_as_found
from sim.experiments.models_work import Progress, gather, models_of_pairs
from sim.experiments.run import asked
from sim.experiments.sweep_work import Crew
from sim.experiments.works import run_folder
from sim.scenario import Scenario, as_yaml
from sim.scenario.claims_file import Claim, Claims, Direction, Quantity
from sim.scenario.numbers import Distribution
from sim.scenario.plausible import Constant, constants

NAMED = 3
"""Constants that a verdict names."""

OPPOSITE: dict[Direction, Direction] = {"more": "fewer", "fewer": "more"}
NAMELESS: dict[str, Any] = {"name": "claims", "summary": "", "sources": [], "texts": {}, "sweep": None, "plausible": {}}
"""What may differ between two scenarios in which the same happens."""

Names = tuple[tuple[str, ...], tuple[str, ...]]
"""What a claim calls the reference and the scenario, each with what is set in it."""


def _names(claim: Claim) -> Names:
    return (claim.reference, *claim.set), claim.of


# ---- what is asked ---------------------------------------------------------------------------------------------------


@dataclass
class Group:
    """Questions that are put to the same models.

    drawn: the constants; models: how many; histories: in each of them, of each scenario; scenarios: each once, without
    its name; pairs: the places of a reference and a scenario, by their names.
    """

    drawn: Sequence[Constant]
    models: int
    histories: int
    questions: list[Question] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    pairs: dict[Names, tuple[int, int]] = field(default_factory=dict)

    def add(self, question: Question) -> None:
        """Put a question to these models."""
        self.questions.append(question)
        names = _names(question.claim)
        if names not in self.pairs:
            before, after = question.pair
            self.pairs[names] = self._place(before), self._place(after)

    def _place(self, scenario: Scenario) -> int:
        """Where a scenario is among those of the group."""
        here = asked(scenario, self.histories, None).model_copy(update=NAMELESS)
        if here not in self.scenarios:
            self.scenarios.append(here)
        return self.scenarios.index(here)

    def ask(self, out: Path, jobs: int, tell: Progress) -> Answers:
        """What the models say.

        Finished pieces stay in a folder below `out`: whoever asks again, or was stopped, finds them there.
        Errors: Busy, CannotWrite, WorkerDied.
        """
        pairs = list(dict.fromkeys(self.pairs.values()))
        design = models_of_pairs(self.scenarios, pairs, self.drawn, self.models, OWN)
        said = [str(self.models), str(pairs), str(_ranges(self.drawn)), *OWN, *map(as_yaml, self.scenarios)]
        folder = run_folder(out, "claims", *said)
        folder = folder.with_name(f"models-{folder.name}")
        store.prepare(folder)
        with store.claim(folder):
            differences = gather(design, Crew(jobs), tell, folder)
        numbers = [str(number) for number in range(len(pairs) + 1)]
        models = models_as_found(design, numbers, differences)
        return Answers(self, models, {names: str(1 + pairs.index(pair)) for names, pair in self.pairs.items()})


def groups_of(questions: Sequence[Question], claims: Claims, models: int, pairs: int) -> list[Group]:
    """Questions of directions, by what is drawn for them.

    models, pairs: how many models are asked of whom no sentence counts them, and pairs of histories in each.
    """
    counted = {_names(question.claim) for question in questions if question.claim.counts_models}
    drawn: dict[Names, list[Constant]] = {}
    groups: dict[object, Group] = {}
    for question in questions:
        names = _names(question.claim)
        if not question.claim.expects:
            continue
        if names not in drawn:
            drawn[names] = constants(*question.pair)
        size = (claims.models, claims.pairs) if names in counted else (models, pairs)
        key = (_ranges(drawn[names]), question.scenario.seed, size)
        groups.setdefault(key, Group(drawn[names], *size)).add(question)
    return list(groups.values())


def _ranges(drawn: Sequence[Constant]) -> tuple[tuple[str, ...], ...]:
    """All on which it depends what models draw: of a distribution, the form that moves with its mean too."""
    return tuple(
        (each.path, str(each.low), str(each.high), repr(each.value) if isinstance(each.value, Distribution) else "")
        for each in drawn
    )


# ---- what is found ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """What the models of a group say.  numbers: of pairs among the models, by their names"""

    group: Group
    models: Models
    numbers: dict[Names, str]
    known: dict[tuple[str, str], tuple[dict[Direction, int], tuple[str, ...]]] = field(default_factory=dict)

    def of(self, question: Question, found: Found, claims: Claims) -> Found:
        """What is found of a claim, with the shares of the models and verdicts."""
        needed = question.claim.agree or claims.agree
        number = self.numbers[_names(question.claim)]
        shares = dict(found.numbers)
        signs = []
        for sign in found.signs:
            told, depends_on = self._known(number, sign.measure)
            shares |= {Quantity(sign.measure, way): 100 * (told[way] / self.group.models) for way in OPPOSITE}
            signs.append(_judged(sign, told, depends_on, needed))
        judged = (self.group.models, self.group.histories) == (claims.models, claims.pairs)
        return replace(found, numbers=shares, signs=tuple(signs), judged=judged)

    def _known(self, number: str, measure: str) -> tuple[dict[Direction, int], tuple[str, ...]]:
        """In how many models there is more of it, or fewer, or nothing can be told; and on what that depends."""
        if (number, measure) not in self.known:
            table = self.models.of(number, measure)
            more, fewer = int((table["low"] > 0).sum()), int((table["high"] < 0).sum())
            matter = self.models.depends_on(number, measure)[:NAMED]
            told: dict[Direction, int] = {"more": more, "fewer": fewer, "same": len(table) - more - fewer}
            self.known[number, measure] = told, tuple(str(row["path"]) for row in matter)
        return self.known[number, measure]


def _judged(sign: Sign, told: dict[Direction, int], depends_on: tuple[str, ...], needed: float) -> Sign:
    """A direction with what models say of it.  told: how many of them tell each"""
    models, agree = sum(told.values()), told[sign.expected]
    against = told[OPPOSITE[sign.expected]] if sign.expected in OPPOSITE else models - agree
    return replace(
        sign,
        models=models,
        agree=agree / models,
        against=against / models,
        depends_on=depends_on,
        verdict=verdict_of(agree / models, against / models, needed),
        near=near_limit(agree, against, models, needed),
    )
