"""Sentences with a number or a sign, each put to the scenarios that it is about, and to many plausible models.

A number must be what its text states, a direction what the 95 % interval of the paired difference says. In each model a
direction is told if that interval leaves 0; a model that cannot tell counts neither for the sentence nor against it.
Of the models that tell, so many must agree (`agree`), and one in ten of all, to call a direction *robust*. Where as
many or more tell the opposite, or hardly any model agrees, it is *fragile*; else it *depends*, on the constants whose
index is told from chance (`models`). A verdict that a handful of other models would turn is *near the limit*.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.measure_columns import Own
from sim.measures import Measure
from sim.scenario import Scenario
from sim.scenario.claims_file import OF_MODELS, Claim, Direction, Quantity, Verdict
from sim.statistics.summary import ShareCount
from sim.words.claims import Place

if TYPE_CHECKING:
    import pandas as pd

FEW = 0.1
"""Of all models: so many must agree, that chance alone (one in forty without any effect) does not make a verdict."""


# ---- measures of texts -----------------------------------------------------------------------------------------------


def _held(outcomes: pd.DataFrame) -> Any:
    return outcomes["lasting"].astype(float).where(outcomes["settled"].astype(bool))


def _trust(outcomes: pd.DataFrame) -> Any:
    return outcomes.filter(regex=r"^trust\.").mean(axis=1)


def _effort(outcomes: pd.DataFrame) -> Any:
    return outcomes.filter(regex=r"^mediator_weeks\.").sum(axis=1)


def _chapters(outcomes: pd.DataFrame) -> Any:
    return outcomes.filter(regex=r"^agreed\.").mean(axis=1)


OWN: Own = {"hold": _held, "trust": _trust, "effort": _effort, "chapters": _chapters}
"""What texts say besides the measures of a summary: whether a settlement lasts, the parties' mean trust at the end,
the work of all mediators in weeks, the share of the chapters that are agreed."""
IN_HUNDREDTHS = ("hold", "chapters")


def scale_of(measure: Measure) -> float:
    """What 1 of a measure is in a text."""
    return 100.0 if measure.name in IN_HUNDREDTHS else float(measure.unit.scale)


# ---- what is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A claim, where its words stand, and its scenarios: the one that it is about, and the reference.

    number: of the claim in its file, from 0.
    """

    number: int
    claim: Claim
    place: Place
    scenario: Scenario
    reference: Scenario | None

    @property
    def pair(self) -> tuple[Scenario, Scenario]:
        """The reference and the scenario of a claim that compares."""
        assert self.reference is not None
        return self.reference, self.scenario


# ---- what is found ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sign:
    """A direction that a sentence states, and what is found of it.

    difference, low, high: as texts have them; models: in how many it was looked for (0: in none); agree, against:
    shares of them, NaN without models; depends_on: constants that are told from chance, the strongest first; near: is
    the verdict near a limit?
    """

    measure: str
    expected: Direction
    difference: float
    low: float
    high: float
    models: int = 0
    agree: float = float("nan")
    against: float = float("nan")
    depends_on: tuple[str, ...] = ()
    verdict: Verdict | None = None
    near: bool = False

    @property
    def found(self) -> str:
        """`more`, `fewer`, or `same` where the interval holds 0"""
        if self.low > 0:
            return "more"
        return "fewer" if self.high < 0 else "same"

    @property
    def holds(self) -> bool:
        return self.found == self.expected


@dataclass(frozen=True)
class Found:
    """What is found of a claim.

    numbers: by quantity, as texts have them, NaN where there is none; judged: were there as many models as its text
    counts?
    """

    claim: Claim
    place: Place
    numbers: Mapping[Quantity, float]
    signs: tuple[Sign, ...]
    judged: bool

    @property
    def told(self) -> dict[Quantity, float]:
        """The numbers that can be told: shares of models, only where there are as many as the text counts."""
        return {
            quantity: value
            for quantity, value in self.numbers.items()
            if not math.isnan(value) and (self.judged or quantity.part not in OF_MODELS)
        }

    @property
    def wrong(self) -> list[str]:
        """What does not hold, in words."""
        return [*self._wrong_signs(), *self._wrong_numbers(), *self._wrong_verdict()]

    def _wrong_signs(self) -> Iterator[str]:
        for sign in self.signs:
            if not sign.holds:
                yield f"{sign.measure}: {sign.expected} is said, {sign.found} is found"

    def _wrong_numbers(self) -> Iterator[str]:
        for stated in self.place.numbers:
            found = self.told.get(stated.quantity)
            if self._unknown(stated.quantity):
                yield f"{stated.quantity}: {stated.text} is said, no number is found"
            elif found is not None and not stated.states(found, self.claim.within):
                yield f"{stated.quantity}: {stated.text} is said, {stated.again(found)} is found"
        for said, (low, high) in self.claim.between.items():
            found = self.told.get(Quantity.read(said))
            if self._unknown(Quantity.read(said)):
                yield f"{said}: {low:g} to {high:g} is said, no number is found"
            elif found is not None and not low <= found <= high:
                yield f"{said}: {low:g} to {high:g} is said, {found:.4g} is found"

    def _unknown(self, quantity: Quantity) -> bool:
        """Has the scenario no such number?"""
        return math.isnan(self.numbers.get(quantity, 0.0))

    def _wrong_verdict(self) -> Iterator[str]:
        said = self.claim.verdict
        for sign in self.signs:
            if said and self.judged and sign.verdict != said:
                yield f"{sign.measure}: {said} is said, {sign.verdict} is found"


# ---- the verdict -----------------------------------------------------------------------------------------------------


def verdict_of(agree: float, against: float, needed: float) -> Verdict:
    """Of a direction that a share of the models tells, where another share tells the opposite."""
    if agree <= against or agree < FEW:
        return "fragile"
    return "robust" if agree >= needed * (agree + against) else "depends"


def near_limit(agree: int, against: int, models: int, needed: float) -> bool:
    """Would the verdict be another one at an end of a 95 % interval: of the share of those that tell, or of all?

    agree, against: of so many models.  The intervals are Wilson's: models are a sample of all that are plausible.
    """
    telling = agree + against
    verdicts = {verdict_of(agree / models, against / models, needed)}
    for share in _ends(agree, telling) if telling else ():
        verdicts.add(verdict_of(share * telling / models, (1 - share) * telling / models, needed))
    for share in _ends(agree, models):
        verdicts.add(verdict_of(share, against / models, needed))
    return len(verdicts) > 1


def _ends(yes: int, models: int) -> tuple[float, float]:
    interval = ShareCount(yes, models).estimate()
    return interval["low"], interval["high"]
