"""Every sentence with a number or a direction is a claim of `scenarios/claims.toml`, and each claim holds."""

from __future__ import annotations

import re
from functools import cache

import pytest

from sim.cli.options import cores
from sim.experiments.claims_work import plan_claims
from sim.scenario.claims_file import read_claims
from sim.words.claims import NUMBER, Place, place_of

from .reading import HOME

FILE = HOME / "scenarios" / "claims.toml"
CLAIMS = read_claims(FILE)
QUICK = (60, 100)
"""Plausible models, and pairs of histories in each, where no text counts them; `sim claims` asks for more."""

COUNTED = re.compile(rf"({NUMBER})\s+(?:%|points)")
VERDICT = re.compile(r"\*(robust|depends|fragile)\*")
NOT_CLAIMED = {"95"}
"""Percent that say how sure an interval is."""


@cache
def places() -> list[Place]:
    """Where the words of each claim stand.  Errors: NotThere, where they stand nowhere or several times."""
    return [place_of(claim, _text(claim.file)) for claim in CLAIMS.claims.claim]


@cache
def _text(file: str) -> str:
    return (FILE.parent / file).read_text(encoding="utf-8")


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def test_the_words_of_each_claim_stand_in_its_text() -> None:
    assert len(places()) == len(CLAIMS.claims.claim)


@pytest.mark.parametrize("file", ["../README.md", "README.md"])
def test_every_percent_and_every_point_of_the_readmes_is_in_a_claim(file: str) -> None:
    claimed = {
        (number.start, number.end)
        for claim, place in zip(CLAIMS.claims.claim, places(), strict=True)
        for number in place.numbers
        if claim.file == file
    }
    text = re.sub(r"^```.*?^```|<!-- The keys.*?End of the generated keys", _blank, _text(file), flags=re.S | re.M)
    stated = [match for match in COUNTED.finditer(text) if match[1] not in NOT_CLAIMED]
    assert len(stated) > 10
    assert [match[0] for match in stated if match.span(1) not in claimed] == []


def test_every_verdict_of_the_readme_is_in_a_claim() -> None:
    claims = zip(CLAIMS.claims.claim, places(), strict=True)
    claimed = [(claim.verdict, place.start, place.end) for claim, place in claims if claim.file == "../README.md"]
    stated = list(VERDICT.finditer(_text("../README.md")))
    assert len(stated) > 2
    for found in stated:
        assert any(said == found[1] and start <= found.start() < end for said, start, end in claimed), found[0]


def test_every_claim_of_a_variant_is_one() -> None:
    """What a scenario says behind `# Claim:` is checked, if it says a direction."""
    claimed = {claim.file for claim in CLAIMS.claims.claim}
    said = {path.name for path in FILE.parent.glob("*.yaml") if "# Claim:" in path.read_text(encoding="utf-8")}
    assert said - claimed <= NO_DIRECTION


NO_DIRECTION: set[str] = set()


def test_every_lesson_has_claims() -> None:
    folders = {path.name for path in (FILE.parent / "lessons").iterdir() if path.is_dir()}
    assert {claim.file.split("/")[1] for claim in CLAIMS.claims.claim if claim.file.startswith("lessons/0")} == folders


@pytest.mark.validate
def test_what_the_texts_say_is_found() -> None:
    """Kept where `make validate` has just found it, and printed the table.

    What texts say of models is judged in as many as they count.
    """
    found = plan_claims(CLAIMS, HOME / "results", *QUICK, cores()).check(lambda share: None)
    assert {each.place.words: each.wrong for each in found if each.wrong} == {}
    assert [each.place.words for each in found if each.claim.counts_models and not each.judged] == []
