# ruff: noqa: RUF001  (letters of two alphabets)
"""What many plausible models say, in sentences of English or Russian: how many agree, how far, what it depends on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

from sim.words import paths
from sim.words.language import Language
from sim.words.numbers import percent as in_english

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.scenario.schema import Scenario

NAMED = 3  # constants that a sentence names
TEXTS = {
    "en": {
        "shares": "In {helps} of {n} plausible models, {name} settles more histories than {reference}, in {hurts} "
        "fewer ({helping} and {hurting} of the {telling} that tell); in the other {undecided}, {histories} histories "
        "cannot tell (in {unmoved} of all models the difference is exactly 0).",
        "band": "In the median model the difference is {median} points of 100; nine of ten models lie from {q05} to "
        "{q95}.",
        "depends": "The difference depends most on {constants}.",
        "nothing": "No constant moves the difference by more than chance alone would.",
        "hurts": "It settles fewer mostly where {where}: in {here} of those models, against {anywhere} of all.",
        "helps": "It settles more mostly where {where}: in {here} of those models, against {anywhere} of all.",
        "constant": "{what} ({low} points where it is lowest, {high} where it is highest)",
        "above": "{what} > {above}",
        "up_to": "{what} ≤ {up_to}",
        "between": "{above} < {what} ≤ {up_to}",
    },
    "ru": {
        "shares": "В {helps} из {n} правдоподобных моделей «{name}» даёт больше соглашений, чем «{reference}», в "
        "{hurts} — меньше (там, где разность видна: {helping} и {hurting} из {telling}); в остальных {undecided} по "
        "{histories} историям решить нельзя (в {unmoved} всех моделей разность в точности 0).",
        "band": "В медианной модели разность — {median} пункта из 100; девять моделей из десяти лежат от {q05} до "
        "{q95}.",
        "depends": "Разность больше всего зависит от {constants}.",
        "nothing": "Ни одна константа не сдвигает разность сильнее, чем это сделал бы случай.",
        "hurts": "Меньше соглашений чаще всего там, где {where}: в {here} таких моделей против {anywhere} среди всех.",
        "helps": "Больше соглашений чаще всего там, где {where}: в {here} таких моделей против {anywhere} среди всех.",
        "constant": "{what} ({low} пункта, где она меньше всего, {high}, где больше всего)",
        "above": "{what} > {above}",
        "up_to": "{what} ≤ {up_to}",
        "between": "{above} < {what} ≤ {up_to}",
    },
}


class Answer(Protocol):
    """What the models say of one scenario and measure: `sim.experiments.models.Answer`."""

    @property
    def scenario(self) -> str: ...
    @property
    def models(self) -> int: ...
    @property
    def summary(self) -> dict[str, Any]: ...
    @property
    def matter(self) -> list[Mapping[str, Any]]: ...


def sentences(scenario: Scenario, reference: str, answer: Answer, histories: int, code: str = "en") -> list[str]:
    """The answer for the share that settles.  scenario: whose constants are named; reference: its name"""
    text, language, said = TEXTS[code], Language(code), answer.summary
    shares = {way: percent(said[way], code) for way in ("helps", "hurts", "undecided", "unmoved")}
    helping, hurting = (round(said[way] * answer.models) for way in ("helps", "hurts"))
    counts = {"helping": helping, "hurting": hurting, "telling": helping + hurting, "n": answer.models}
    shares |= {name: language.number(count) for name, count in counts.items()}
    found = [text["shares"].format(name=answer.scenario, reference=reference, histories=histories, **shares)]
    band = {name: _points(language, value) for name, value in said["difference"].items()}
    if not any(map(math.isnan, said["difference"].values())):
        found.append(text["band"].format(**band))
    if said["depends_on"]:
        rows = answer.matter[:NAMED]
        listed = [_constant(scenario, row, text, language) for row in rows]
        found.append(text["depends"].format(constants=language.both(listed)) if listed else text["nothing"])
    if said["box"] is not None:
        found.append(_box(scenario, said, text, language))
    return found


def _constant(scenario: Scenario, row: Mapping[str, Any], text: Mapping[str, str], language: Language) -> str:
    ends = {name: _points(language, row[end]) for name, end in (("low", "lowest"), ("high", "highest"))}
    return text["constant"].format(what=called(scenario, row["path"], language.code), **ends)


def called(scenario: Scenario, path: str, code: str = "en") -> str:
    """A constant in words; in other languages than English by its path, which needs no translation."""
    return f"the {paths.phrase(scenario, path)}" if code == "en" else path


def _box(scenario: Scenario, said: Mapping[str, Any], text: Mapping[str, str], language: Language) -> str:
    box = said["box"]
    where = language.both([limited(scenario, limit, language) for limit in box["limits"]])
    return text[box["of"]].format(
        where=where,
        here=percent(box["share"]["share"], language.code),
        anywhere=percent(said[box["of"]], language.code),
    )


def limited(scenario: Scenario, limit: Mapping[str, Any], language: Language) -> str:
    """`the cooling of a frozen week > 0.05`"""
    text, what = TEXTS[language.code], called(scenario, limit["path"], language.code)
    above, up_to = (f"{limit[end]:g}".replace(".", language.decimal) for end in ("above", "up_to"))
    form = "between"
    if math.isinf(limit["above"]):
        form = "up_to"
    elif math.isinf(limit["up_to"]):
        form = "above"
    return text[form].format(what=what, above=above, up_to=up_to)


def percent(share: float, code: str) -> str:
    """`61 %`, `under 1 %`, `менее 1 %`"""
    said = in_english(share)
    return said.replace("under", "менее").replace("over", "более") if code == "ru" else said


def _points(language: Language, value: float) -> str:
    return language.signed(100 * value, 1)
