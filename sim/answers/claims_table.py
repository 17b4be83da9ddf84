"""What is found of the claims of a file: a table of all of them, and each sentence as it is and as it would be now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim import words
from sim.answers.tables import Table, as_text
from sim.experiments.claims import Found, Sign
from sim.scenario.claims_file import Quantity
from sim.words.language import ENGLISH
from sim.words.numbers import NONE

HEAD = ("", "found", "agree/ tell/ of all", "verdict")
LONGEST = 60
"""Letters of a sentence that name it in the table."""
WRONG = "does not hold: "
NOTE = (
    "Found: the first number of a sentence, or the difference whose direction it states. Agree, tell, of all: the "
    "plausible models in which the 95 % interval of the difference leaves 0 as the sentence says; those in which it "
    "leaves 0 at all; and those that were asked. Robust: of those that tell, nearly all agree. Fragile: as many or "
    "more tell the opposite, or hardly any agrees. Depends: in between, on the numbers that are named. Near: the limit "
    "of the verdict is near: it would be another at an end of the 95 % interval of the models that agree."
)


def claims_table(found: Sequence[Found]) -> str:
    """As `sim claims` prints them: a row for each direction, and for each sentence without one."""
    rows: list[tuple[str, ...]] = []
    file = ""
    for each in found:
        if each.claim.file != file:
            file = each.claim.file
            rows.append((file,))
        rows += _rows(each)
    wrong = [each for each in found if each.wrong]
    held = f"{len(found) - len(wrong)} of {len(found)} claims hold."
    parts = [held, *_verdicts(found), *(_told(each) for each in wrong)]
    return as_text("", Table("Claims", HEAD, rows, folded=True), *parts, note=NOTE)


def found_text(found: Sequence[Found]) -> str:
    """As `sim claims --found` prints them: each sentence, and what it would be with what was found."""
    return as_text("", *(_told(each) for each in found))


def as_json(found: Sequence[Found], models: int, pairs: int) -> dict[str, Any]:
    """As `sim claims --json` prints them."""
    held = sum(not each.wrong for each in found)
    return {"models": models, "pairs": pairs, "held": held, "claims": [_summary(each) for each in found]}


def _summary(each: Found) -> dict[str, Any]:
    claim = each.claim
    return {
        "file": claim.file,
        "sentence": each.place.words,
        "scenario": claim.scenario,
        "reference": claim.reference or None,
        "set": claim.set,
        "histories": claim.histories,
        "stated": {str(number.quantity): number.value for number in each.place.numbers},
        "found": {str(quantity): value for quantity, value in each.told.items()},
        "signs": [{**vars(sign), "found": sign.found, "holds": sign.holds} for sign in each.signs],
        "again": each.place.again(each.told),
        "wrong": each.wrong,
    }


# ---- rows ------------------------------------------------------------------------------------------------------------


def _rows(each: Found) -> list[tuple[str, ...]]:
    name = _short(f"{WRONG if each.wrong else ''}{each.place.words}")
    if not each.signs:
        return [(name, _first(each), NONE, NONE)]
    names = [name, *(f"… {sign.measure}" for sign in each.signs[1:])]
    return [(name, _moved(sign), *_models(sign)) for name, sign in zip(names, each.signs, strict=True)]


def _first(each: Found) -> str:
    """The first number of a sentence, and beneath it the 95 % interval of its measure, or of the difference."""
    quantity = each.claim.quantities[0]
    value = each.told.get(quantity)
    if value is None:
        return NONE
    ends = ("low", "high") if quantity.part == "difference" else ("from", "to")
    low, high = (each.told.get(Quantity(quantity.measure, end)) for end in ends)
    stated = next((number for number in each.place.numbers if number.quantity == quantity), None)
    say = stated.again if stated else "{:.1f}".format
    interval = f"{say(low)} to {say(high)}" if low is not None and high is not None else ""
    return f"{say(value)}\n{interval}" if quantity.part in ("value", "difference") and interval else say(value)


def _moved(sign: Sign) -> str:
    """The difference, and beneath it its interval."""
    digits = 1 if abs(sign.difference) >= 1 else 2
    middle, low, high = (ENGLISH.signed(value, digits) for value in (sign.difference, sign.low, sign.high))
    return f"{middle}\n{low} to {high}"


def _models(sign: Sign) -> tuple[str, str]:
    if sign.verdict is None:
        return NONE, NONE
    near = ", near" if sign.near else ""
    return "/".join(map(words.thousands, _counts(sign))), f"{sign.verdict}{near}"


def _counts(sign: Sign) -> tuple[int, int, int]:
    """Models that agree with a direction, that tell one, and all; for `same`, all tell."""
    agree, telling = (round(share * sign.models) for share in (sign.agree, sign.agree + sign.against))
    return agree, telling, sign.models


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


# ---- in sentences ----------------------------------------------------------------------------------------------------


def _verdicts(found: Sequence[Found]) -> list[str]:
    """Each verdict that a text states, or that depends on numbers that are known: on how many models it rests."""
    said = []
    for each in found:
        for sign in each.signs:
            depends = sign.verdict == "depends" and sign.depends_on
            if sign.verdict is not None and (depends or each.claim.verdict):
                said.append(f"{_short(each.place.words)}\n  {_verdict(sign)}.")
    return said


def _verdict(sign: Sign) -> str:
    """`robust: 208 of the 212 models that tell agree, of 500; near the limit`"""
    agree, telling, models = map(words.thousands, _counts(sign))
    said = f"{sign.verdict}: {agree} of the {telling} models that tell agree, of {models}"
    if sign.near:
        said += "; near the limit"
    if sign.verdict == "depends" and sign.depends_on:
        said += f"; it depends on {words.both(sign.depends_on)}"
    return said


def _told(each: Found) -> str:
    """Where a sentence stands, what it says, and what it would say now."""
    head = f"{each.claim.file}: {'does not hold' if each.wrong else 'holds'}"
    lines = [head, f"  says:  {each.place.words}", f"  found: {each.place.again(each.told)}"]
    return "\n".join([*lines, *(f"  {wrong}" for wrong in each.wrong)])
