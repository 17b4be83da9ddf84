"""Where the words of a claim stand in a text, the numbers that the text has there, and the words with other numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sim.scenario.claims_file import SLOT, Claim, Quantity
from sim.words.language import MINUS

NUMBER = rf"[+{MINUS}-]?\d+(?:,\d{{3}})*(?:\.\d+)?"
BLANKS = r"[\s#]+"
"""What may stand between two words: also the end of a line, and the sign of a comment at the head of the next."""

HALF, ROUNDING = 0.5, 1e-9
"""Of the last digit: so far a number is from what it was rounded from, up or down; and what a sum may be off."""


@dataclass(frozen=True)
class Stated:
    """A number as a text has it.  start, end: where in the text it stands"""

    quantity: Quantity
    text: str
    start: int
    end: int

    @property
    def value(self) -> float:
        return float(self.text.replace(MINUS, "-").replace(",", ""))

    @property
    def digits(self) -> int:
        """Digits behind the point."""
        return len(self.text.partition(".")[2])

    @property
    def step(self) -> float:
        """What one in the last digit is worth."""
        return 10.0**-self.digits

    def states(self, found: float, within: float | None) -> bool:
        """Is this the number that was found?  A text may leave the sign to its words.  within: how far it may be"""
        room = self.step if within is None else within
        signed = self.text[0] in f"+-{MINUS}"
        apart = abs(self.value - found) if signed else abs(abs(self.value) - abs(found))
        return apart <= room + ROUNDING

    def again(self, found: float) -> str:
        """A number as this one is written: with as many digits, and with a sign where this has one."""
        signed = self.text[0] in f"+-{MINUS}"
        said = f"{found if signed else abs(found):{'+' if signed else ''},.{self.digits}f}"
        return said.replace("-", MINUS) if MINUS in self.text or self.text[0] == "+" else said


@dataclass(frozen=True)
class Place:
    """Where the words of a claim stand in a text, and the numbers there."""

    text: str
    start: int
    end: int
    numbers: tuple[Stated, ...]

    @property
    def words(self) -> str:
        """As the text has them, on one line."""
        return _one_line(self.text[self.start : self.end])

    def again(self, found: Mapping[Quantity, float]) -> str:
        """The words with what was found, on one line."""
        changed = self.changed(found)
        return _one_line(changed[self.start : self.end + len(changed) - len(self.text)])

    def changed(self, found: Mapping[Quantity, float]) -> str:
        """The whole text, with what was found in place of the numbers of these words that are not right already."""
        text = self.text
        for stated in reversed(self.numbers):
            value = found.get(stated.quantity)
            if value is not None and not stated.states(value, HALF * stated.step):
                text = text[: stated.start] + stated.again(value) + text[stated.end :]
        return text


class NotThere(ValueError):
    """The words of a claim stand nowhere in its text, or several times."""


def place_of(claim: Claim, text: str) -> Place:
    """Where the words of a claim stand.  Errors: NotThere."""
    found = list(_pattern(claim.says).finditer(text))
    if len(found) != 1:
        remedy = "quote more of the sentence" if found else "quote the sentence as it stands there"
        raise NotThere(f"{len(found)} sentences of {claim.file} say this (one is needed); {remedy}")
    [match] = found
    numbers = [
        Stated(Quantity.read(said), match[number], *match.span(number))
        for number, said in enumerate(claim.slots, 1)
        if said
    ]
    return Place(text, *match.span(), tuple(numbers))


def _pattern(says: str) -> re.Pattern[str]:
    """Words with any blanks between them, and a number in each slot."""
    words = SLOT.split(says)[::2]
    return re.compile(f"({NUMBER})".join(_blanks(part) for part in words))


def _blanks(words: str) -> str:
    return BLANKS.join(re.escape(word) for word in re.split(r"\s+", words))


def _one_line(text: str) -> str:
    return re.sub(BLANKS, " ", text)
