"""What a plain word of YAML means, strictly: text, a JSON number, true, false, null, or refused.

YAML's own rules guess: `010` is 8, `12:30` is 750, `no` is false, `1_000` is a thousand and `1e3` is text, and each
reader guesses otherwise. A word that two readers would take for different things is refused here; in quotes it is text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

Scalar = str | int | float | bool | None

LONGEST_NUMBER = 64
"""Characters; more than any number that a computer can hold needs."""

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Control characters (terminals obey them), line and direction controls (they hide text), halves of characters."""

WORDS: dict[str, Scalar] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Refusal:
    """A word that means nothing certain: the kind of error, and a sentence of value, rule and remedy."""

    kind: str
    message: str


Words = Callable[[str], Scalar | Refusal]
"""What unquoted words mean: `resolve` for files of our own."""


@dataclass(frozen=True)
class _Doubt:
    """A look of words that readers disagree about, why, and how to write what was meant."""

    look: re.Pattern[str]
    why: str
    instead: Callable[[str], str]

    def refusal(self, word: str) -> Refusal:
        shown = shorten(word)
        instead = self.instead(word) if len(word) <= LONGEST_NUMBER else ""
        either = f"write {instead}, or" if instead else "write"
        return Refusal("ambiguous-scalar", f'{shown} is {self.why}; {either} "{shown}" in quotes if text is meant')


def _plain(word: str) -> str:
    return f"{float(word.replace('_', '')):.12g}"


def _percent(word: str) -> str:
    number = word.rstrip("% ").replace(",", ".")
    return f"{float(number) / 100:.12g}" if re.fullmatch(r"[+-]?\d+(\.\d*)?", number, re.ASCII) else ""


def _comma(word: str) -> str:
    whole, _, rest = word.partition(",")
    if "," in rest or "." in rest:
        return f"{float(word.replace(',', '')):.12g}"
    return f"{whole}.{rest} with a point"


def _integer(word: str) -> str:
    """The number that a hexadecimal, octal or binary word stands for."""
    try:
        return str(int(word.replace("_", ""), 0))
    except ValueError:
        return "it in decimal digits"


def _doubt(look: str, why: str, instead: Callable[[str], str]) -> _Doubt:
    return _Doubt(re.compile(look, re.ASCII | re.IGNORECASE), why, instead)


DOUBTS = (
    _doubt(r"yes|no|on|off", "true or false to some readers and a word to others", lambda word: ""),
    _doubt(r"[-+]?\.(inf|nan)", "not a number to count with", lambda word: "a finite number"),
    _doubt(r"[-+]?0[xob][0-9a-f_]+", "not a decimal number", _integer),
    _doubt(r"[-+]?0[0-9_]+(\.[0-9_]*)?(e[-+]?[0-9]+)?", "octal to some readers and decimal to others", _plain),
    _doubt(r"[-+]?[0-9]+(_+[0-9]+)+(\.[0-9_]*)?", "a number to some readers and text to others", _plain),
    _doubt(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9_]*)?", "a number in sixties to some readers", lambda word: "one number"),
    _doubt(r"[-+]?[0-9][0-9.,]* ?%", "a percentage, not a number", _percent),
    _doubt(r"[-+]?[0-9]+(,[0-9]+)+(\.[0-9]+)?", "not a number: a comma is no decimal point", _comma),
    _doubt(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?", "a number to some readers only", _plain),
)


def resolve(word: str) -> Scalar | Refusal:
    """What an unquoted word of the file means.

    Errors: none is raised; a word that is refused comes back as a `Refusal` of kind `ambiguous-scalar`, `too-long` or
    `out-of-range`.
    """
    if word in WORDS:
        return WORDS[word]
    number = NUMBER.fullmatch(word)
    if number is not None:
        return _number(word, whole=not (number["fraction"] or number["exponent"]))
    if len(word) <= 4 * LONGEST_NUMBER or word[0] in "+-.0123456789":
        for doubt in DOUBTS:
            if doubt.look.fullmatch(word):
                return doubt.refusal(word)
    return word


def _number(word: str, *, whole: bool) -> Scalar | Refusal:
    if len(word) > LONGEST_NUMBER:
        rule = f"a number has at most {LONGEST_NUMBER} characters"
        return Refusal("too-long", f"{shorten(word)} has {len(word)} characters ({rule}); write a shorter number")
    value = float(word)
    if math.isinf(value):
        return Refusal(
            "out-of-range", f"{word} is larger than any number that can be computed with; write a smaller one"
        )
    return int(word) if whole else value


def shorten(text: str, most: int = 40) -> str:
    """The text, or its beginning if it is long."""
    return text if len(text) <= most else text[: most - 3] + "..."


def visible(text: str) -> str:
    """The text with one sign in place of each character that a terminal would obey."""
    return FORBIDDEN.sub(_sign, text.replace("\t", "␉").replace("\n", "␊"))


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"


def no_character(character: str) -> str:
    """What to say of a character that no text may hold."""
    what = f"a character that cannot be seen, U+{ord(character):04X}"
    return f"{what} (terminals obey such characters, or hide text because of them); delete it"
