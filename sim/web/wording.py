"""A question and its answer in words: what A and B are, sentences that carry the result, and rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario import Scenario
from sim.web import choices
from sim.web.choices import Choice, Freeze, Side, sliders
from sim.web.texts import Texts
from sim.words.numbers import NONE

CLOSE = 3  # points between a prediction and what came out

Row = dict[str, Any]


def sentences(t: Texts, found: dict[str, Any], guess: int | None) -> list[str]:
    """What differs and how sure that is, which histories turned, and how far off the prediction was."""
    settled = found["rows"][0]
    said = [_difference(t, settled), _turned(t, found)]
    if guess is not None:
        said.insert(0, _guessed(t, guess, 100 * settled["b"]))
    return [*said, t("answer.paired", n=t.number(found["replications"]))]


def _difference(t: Texts, row: Row) -> str:
    low, high = (100 * row[key] for key in ("low", "high"))
    names = {
        "a": t.number(100 * row["a"], 1),
        "b": t.number(100 * row["b"], 1),
        "points": t.number(abs(100 * row["difference"]), 1),
    }
    if low == high == 0:
        return t("answer.same", **names)
    if low <= 0 <= high:
        return t("answer.unclear", **names, low=t.number(low, 1), high=t.number(high, 1))
    ends = sorted((abs(low), abs(high)))
    return t("answer.more" if low > 0 else "answer.fewer", **names, low=t.number(ends[0], 1), high=t.number(ends[1], 1))


def _turned(t: Texts, found: dict[str, Any]) -> str:
    saved, lost = (t.number(found[key]) for key in ("saved", "lost"))
    return t("answer.turned", saved=saved, lost=lost)


def _guessed(t: Texts, guess: int, true: float) -> str:
    off = abs(guess - true)
    key = "answer.above" if guess > true else "answer.below"
    if off <= CLOSE:
        key = "answer.close"
    return t(key, guess=guess, true=t.number(true, 1), off=t.number(off, 1))


def row(t: Texts, found: Row) -> dict[str, str]:
    """One measure as texts: its name, in A, in B, the difference and its interval."""
    factor, exact, key = found["scale"], found["places"], f"measure.{found['name']}"
    return {
        "name": t(key, of=found["of"]) if key in t.entries else found["label"],
        "a": _number(t, found["a"], factor, exact),
        "b": _number(t, found["b"], factor, exact),
        "difference": _signed(t, found["difference"], factor, exact),
        "interval": _interval(t, found, factor, exact),
    }


def _number(t: Texts, value: float | None, factor: float, places: int) -> str:
    return NONE if value is None else t.number(factor * value, places)


def _signed(t: Texts, value: float | None, factor: float, places: int) -> str:
    return NONE if value is None else t.written.signed(factor * value, places)


def _interval(t: Texts, found: Row, factor: float, places: int) -> str:
    if found["low"] is None or found["high"] is None:
        return NONE
    low, high = (_signed(t, found[key], factor, places) for key in ("low", "high"))
    return t("answer.interval", low=low, high=high)


# ---- what A and B are ------------------------------------------------------------------------------------------------


def sides(t: Texts, choice: Choice, a: Scenario, b: Scenario) -> list[str]:
    """A and B, each with what differs from its scenario's file; before them the scenario's name, where both have it."""
    t, told = t.of(a, b), []
    for letter, side, scenario in (("A", choice.a, a), ("B", choice.b, b)):
        parts = [*([t.say(scenario.name)] if choice.other else []), *changes(t, scenario, side)]
        told.append(t("conduct.side", side=letter, what="; ".join(parts) or t("conduct.asfile")))
    return told if choice.other else [t.say(a.name), *told]


def changes(t: Texts, scenario: Scenario, side: Side) -> Iterator[str]:
    """What differs from the scenario's file."""
    known = {slider.name: slider for slider in sliders(scenario)}
    for name, value in side.numbers:
        slider = known[name]
        what = t(f"slider.{slider.kind}")
        if slider.of:
            what = f"{what} ({t.say(scenario.mediators[slider.of].title or slider.of)})"
        yield f"{what}: {t.number(value, 2)}"
    yield from _freeze(t, scenario, side.freeze)
    if side.linkage:
        yield f"{t('explore.linkage')}: {t(f'linkage.{side.linkage}')}"


def _freeze(t: Texts, scenario: Scenario, freeze: Freeze) -> Iterator[str]:
    if freeze.kind == choices.AS_FILE:
        return
    said = f"{t('freeze.kind')}: {t(f'freeze.{freeze.kind}')}"
    if freeze.kind == choices.NONE:
        yield said
        return
    where = t("freeze.all") if freeze.groups == choices.ALL else t.say(freeze.groups)
    since = f", {t.date(scenario.date_of(freeze.start).isoformat())}" if freeze.kind == choices.DATED else ""
    yield f"{said}{since}; {t('freeze.groups')}: {where}; {t('freeze.weeks')}: {freeze.weeks}"
