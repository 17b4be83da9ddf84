"""Words on a figure: how wide they are, how to break them, and how to keep labels apart.

Names come from scenario files and may be long or strange; they are broken over lines or end in an ellipsis, and
never overlap. A letter that the figures' font lacks is written in Latin letters; words of a script that runs from right
to left are set apart, so that numbers and commas beside them stay where they belong (matplotlib 3.11 does the rest).
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from unicodedata import category

import numpy as np
from anyascii import anyascii
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import text_to_path

from sim.arrays import Array
from sim.figures.style import FIGURE_FONT, SPACE
from sim.words.names import ELLIPSIS, MARKS, told_apart

LEFTWARDS = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"  # letters that run from right to left
RUN = re.compile(rf"{LEFTWARDS}+(?:[\s\d'\"().-]+{LEFTWARDS}+)*{ELLIPSIS}?")
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


def text_width(words: str, size: float) -> float:
    """Width in pixels of the widest line, with a little to spare; kerning is not counted."""
    seen = words.translate(dict.fromkeys(map(ord, MARKS)))
    return max(sum(_advance(letter) for letter in line) for line in seen.split("\n")) * size * 1.01 + 1


@lru_cache(maxsize=20_000)
def _advance(letter: str) -> float:
    """Width of one letter, in sizes of the font."""
    font = FontProperties(family=FIGURE_FONT, size=100)
    with warnings.catch_warnings(action="ignore"):  # a letter that the font does not have is as wide as its box
        return float(text_to_path.get_text_width_height_descent(letter, font, ismath=False)[0]) / 100


def text_height(words: str, size: float) -> float:
    """Height in pixels of all lines."""
    return (words.count("\n") + 1) * size * SPACE["line"]


def plain(words: str) -> str:
    """One line of letters that can be drawn; others by their sound or name: `ZhongGuo`, `:dove:`, `U+E000`."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", "".join(map(_drawable, words))).strip()


@lru_cache(maxsize=20_000)
def _drawable(letter: str) -> str:
    unseen = (category(letter) == "Cf" and letter not in JOINERS) or "\ufe00" <= letter <= "\ufe0f"
    if letter.isspace() or category(letter) == "Cc" or (ord(letter) in _letters() and not unseen):
        return letter
    return anyascii(letter) or ("" if category(letter) in ("Cf", "Mn", "Me") else f"U+{ord(letter):X}")


@cache
def _letters() -> frozenset[int]:
    """All that the figures' font can draw."""
    return frozenset(get_font(findfont(FontProperties(family=FIGURE_FONT))).get_charmap())


def _ordered(line: str) -> str:
    """The line from left to right, with marks around words that run from right to left."""
    mark, begin, end = tuple(MARKS)
    return mark + RUN.sub(lambda run: begin + run[0] + end, line) if RUN.search(line) else line


def fit(words: str, width: float, size: float, lines: int = 2) -> str:
    """Break words over at most so many lines of this width (pixels); what does not fit ends in an ellipsis."""
    broken: list[str] = []
    rest = _pieces(plain(words), width, size)
    while rest and len(broken) < lines:
        line, rest = _fill(rest, width, size)
        broken.append(line)
    if rest:
        broken[-1] = _elide(broken[-1] + " " + rest[0], width, size)
    return "\n".join(map(_ordered, broken))


def fit_all(
    names: Sequence[str], width: float, size: float, lines: int = 2, say: Callable[[str], str] = str
) -> list[str]:
    """Names that stand in one figure, each as one says it and broken as by `fit`; different names are never alike."""
    return told_apart(names, lambda text: fit(text, width, size, lines), say)


def _pieces(words: str, width: float, size: float) -> list[str]:
    """Words; one that is wider than the line is cut."""
    pieces = []
    for word in words.split(" "):
        while word and text_width(word, size) > width:
            cut = max(1, next(n for n in range(len(word), 0, -1) if n == 1 or text_width(word[:n], size) <= width))
            pieces.append(word[:cut])
            word = word[cut:]
        pieces.append(word)
    return [piece for piece in pieces if piece]


def _fill(pieces: list[str], width: float, size: float) -> tuple[str, list[str]]:
    line = pieces[0]
    for n, piece in enumerate(pieces[1:], start=1):
        if text_width(f"{line} {piece}", size) > width:
            return line, pieces[n:]
        line = f"{line} {piece}"
    return line, []


def _elide(line: str, width: float, size: float) -> str:
    while len(line) > 1 and text_width(line + ELLIPSIS, size) > width:
        line = line[:-1].rstrip()
    return line + ELLIPSIS


def clear(ticks: Sequence[tuple[float, str]], scale: float, size: float) -> list[tuple[float, str]]:
    """Every tick of an axis, or every second, third, ..., so that their labels stand clear.  scale: pixels a unit"""
    wide = max((text_width(label, size) for _, label in ticks), default=0.0) + size / 2
    apart = min((after[0] - before[0] for before, after in pairwise(ticks)), default=np.inf) * scale
    return list(ticks[:: max(math.ceil(wide / apart), 1)])


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Centres for labels along a line: as near as possible to where they are wanted, in that order, none overlapping.

    Least squares by isotonic regression on the centres less the room that the labels before them take (Best and
    Chakravarti 1990). Where there is not room enough between low and high, they are packed evenly.
    """
    if not wanted:
        return []
    order = np.argsort(np.asarray(wanted, dtype=float), kind="stable")
    tall = np.asarray(sizes, dtype=float)[order]
    offset = np.cumsum(tall) - tall / 2
    room = max(high - low - tall.sum(), 0.0)
    free = _rising(np.asarray(wanted, dtype=float)[order] - offset - low)
    centres = low + np.clip(free, 0, room) + offset
    found = np.empty(len(tall))
    found[order] = centres
    return [float(centre) for centre in found]


def _rising(values: Array) -> Array:
    """The nearest numbers that never fall, by least squares: neighbours that fall are pooled (Ayer and others 1955).

    `scipy.optimize` has it too, and takes longer to import than a figure to draw.
    """
    means: list[float] = []
    sizes: list[int] = []
    for value in values:
        mean, size = float(value), 1
        while means and means[-1] >= mean:
            before, others = means.pop(), sizes.pop()
            mean = (before * others + mean * size) / (others + size)
            size += others
        means.append(mean)
        sizes.append(size)
    return np.repeat(means, sizes)
