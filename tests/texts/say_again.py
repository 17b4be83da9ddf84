"""Writes what is found into the texts, in place of the numbers that they state: python -m tests.texts.say_again

First the claims, then the lessons with their `expected.toml`. Words stay as they are: `sim claims --found` lists those
that state a direction which is not found. Shares of models are written only where as many are asked for as the texts
count: python -m tests.texts.say_again 500 200
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from sim.cli.options import cores
from sim.experiments.claims_work import plan_claims
from sim.scenario.claims_file import Quantity, read_claims
from sim.words.claims import NUMBER, Stated, place_of
from tests.scenarios.test_lessons import FOLDERS, PARTS, numbers, printed_at, said

from .reading import HOME


def claims(models: int = 0, pairs: int = 200) -> None:
    file = read_claims(HOME / "scenarios" / "claims.toml")
    for found in plan_claims(file, HOME / "results", models, pairs, cores()).check(lambda share: None):
        path = file.path.parent / found.claim.file
        before = path.read_text(encoding="utf-8")
        after = place_of(found.claim, before).changed(found.told)
        if _write(path, before, after):
            print(f"{found.claim.file}: {place_of(found.claim, after).words}")


def lesson(folder: Path) -> None:
    """The numbers with marks of one lesson, in its texts and in `expected.toml`."""
    found: dict[str, float] = {}
    for number in numbers(folder):
        try:
            found[number.mark] = printed_at(said(number.run)[1], number.at)
        except (IndexError, StopIteration):
            print(f"{folder.name}: no number at {number.at}")
    for name in PARTS:
        path = folder / name
        before = path.read_text(encoding="utf-8")
        if _write(path, before, marked(before, found)):
            print(f"{folder.name}/{name}: numbers")
    path = folder / "expected.toml"
    before = path.read_text(encoding="utf-8")
    _write(path, before, expected(before, found))


def marked(text: str, found: Mapping[str, float]) -> str:
    """A lesson's text with these numbers before their marks."""

    def again(match: re.Match[str]) -> str:
        number = Stated(Quantity(match[2], "value"), match[1], *match.span(1))
        return f"{number.again(found[match[2]])}<!--{match[2]}-->" if match[2] in found else match[0]

    return re.sub(rf"({NUMBER})<!--([\w-]+)-->", again, text)


def expected(text: str, found: Mapping[str, float]) -> str:
    """The `expected.toml` of a lesson with these numbers."""

    def again(match: re.Match[str]) -> str:
        digits = len(match[3].partition(".")[2])
        return f"{match[1]}{found[match[2]]:.{digits}f}" if match[2] in found else match[0]

    return re.sub(rf'(mark = "([\w-]+)", .*?value = )({NUMBER})', again, text)


def _write(path: Path, before: str, after: str) -> bool:
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


if __name__ == "__main__":
    claims(*map(int, sys.argv[1:]))
    os.chdir(HOME)
    for each in FOLDERS:
        lesson(each)
