"""A file of claims is read strictly: every error has its place, the value, the rule and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError
from sim.scenario.claims_file import Quantity, read_claims

GOOD = """\
agree = 0.8

[[claim]]
file = "text.md"
says = "{settled} % settle, {settled difference} points more than {}"
scenario = "cooling-off-4"
reference = "baseline"
expects = {settled = "more", "agreed.treaty" = "same"}
between = {"settled saved" = [0, 10]}
"""


def read(tmp_path: Path, text: str) -> str:
    """The report of what is wrong."""
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        read_claims(path)
    return str(raised.value)


def test_a_claim_knows_its_numbers_and_measures(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(GOOD, encoding="utf-8")
    [claim] = read_claims(path).claims.claim
    assert list(map(str, claim.quantities)) == ["settled", "settled difference", "settled saved"]
    assert claim.quantities[0] == Quantity("settled", "value")
    assert claim.measures == ["settled", "agreed.treaty"]


@pytest.mark.parametrize(
    ("good", "bad", "parts"),
    [
        ('"more"', '"mor"', (":3:1: claim[0].expects.settled: 'mor'", "'more', 'fewer' or 'same'", "write")),
        ("scenario =", "scenaro =", (":3:1: claim[0].scenaro: unknown key", "did you mean scenario?")),
        ("scenario =", "scenaro =", ("claim[0].scenario: missing key (the scenario", "add scenario = ...")),
        ("agree = 0.8", "agree = 0.2", ("agree: 0.2 cannot stand here", "greater than 0.5", "write another")),
        ("agree = 0.8", "agre = 0.8", ("agre: unknown key; did you mean agree?",)),
        ('"settled saved"', '"settled svaed"', ("{settled svaed} is no number of a claim", "saved", "write {settled}")),
        ('reference = "baseline"\n', "", (":3:1: claim[0].reference: missing key", "add reference = NAME")),
        ('"settled saved"', '"hold more"', ("{hold more} has no direction", "models are asked", "add it to expects")),
        ("[0, 10]", "[0]", ("claim[0].between.settled saved", "at least 2 items")),
        ("[0, 10]", "[10, 0]", ("claim[0].between.settled saved: [10, 0] is no range", "write [low, high]")),
        ("[0, 10]", "[0, nan]", ("claim[0].between.settled saved: [0, nan] is no range",)),
        (
            'scenario = "cooling-off-4"',
            'scenario = "cooling-off-4"\nwithin = inf',
            ("claim[0].within", "finite number"),
        ),
        ("[[claim]]", "[[claim]", (":3:", "no TOML", "mend this line")),
    ],
)
def test_an_error_says_where_what_and_how_to_mend_it(
    tmp_path: Path, good: str, bad: str, parts: tuple[str, ...]
) -> None:
    assert good in GOOD
    said = read(tmp_path, GOOD.replace(good, bad))
    assert all(part in said for part in parts), said


@pytest.mark.parametrize(
    "written",
    [
        'claim = [{file = "t.md", says = "all is well", scenario = "baseline"}]',
        '[[ claim ]]  # a comment\nfile = "t.md"\nsays = "all is well"\nscenario = "baseline"',
        '[["claim"]]\nfile = "t.md"\nsays = "all is well"\nscenario = "baseline"',
    ],
)
def test_claims_may_be_written_in_any_way_that_toml_knows(tmp_path: Path, written: str) -> None:
    assert "claim[0].says: nothing is checked" in read(tmp_path, written)


def test_a_claim_checks_something(tmp_path: Path) -> None:
    text = '[[claim]]\nfile = "text.md"\nsays = "all is well"\nscenario = "baseline"\n'
    assert "nothing is checked" in read(tmp_path, text)
    assert "a verdict of no direction" in read(tmp_path, text + 'verdict = "robust"\n')


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="name a file of claims"):
        read_claims(tmp_path / "nowhere.toml")
