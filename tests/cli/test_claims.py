"""`sim claims`: what it prints, when it fails, what is not computed twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.experiments.claims import near_limit, verdict_of

from .conftest import SMALL, Command
from .test_run import never_simulate

__all__ = ["never_simulate"]

CALM = SMALL.replace("Two wells", "Calm wells").replace("seed: 7", "seed: 7\nincidents: {per_year: 0}")
CLAIMS = """\
models = 4
pairs = 10

[[claim]]
file = "text.md"
says = "{settled} % settle"
scenario = "small.yaml"
histories = 20

[[claim]]
file = "text.md"
says = "in {settled fewer} % of the models fewer"
scenario = "small.yaml"
reference = "calm.yaml"
set = ["parties.Upstream.trust=0.3"]
histories = 20
expects = {settled = "same", trust = "fewer"}
between = {"effort before" = [0, 100]}

[[claim]]
file = "text.md"
says = "Here"
scenario = "calm.yaml"
reference = "small.yaml"
histories = 20
expects = {settled = "same"}
"""
ASKED = ["claims", "mine.toml", "--models", 4, "-n", 10, "--jobs", 1]
PLAIN = ["claims", "mine.toml", "--models", 0, "--jobs", 1]


@pytest.fixture
def claims(sim: Command) -> Command:
    """`sim` in a folder with two scenarios, three claims, and a text that says what is so."""
    Path("calm.yaml").write_text(CALM, encoding="utf-8")
    Path("mine.toml").write_text(CLAIMS, encoding="utf-8")
    Path("text.md").write_text("Here 50 % settle;\nin 0 % of the models fewer.\n", encoding="utf-8")
    share = json.loads(sim("run", "small.yaml", "-n", 20, "--no-plots", "--json").out)["settled"]["share"]
    Path("text.md").write_text(f"Here {100 * share:.0f} % settle;\nin 0 % of the models fewer.\n", encoding="utf-8")
    return sim


def test_numbers_and_shares_of_models_are_those_of_compare(claims: Command) -> None:
    found = json.loads(claims(*ASKED, "--json").out)["claims"][1]
    settings = ("--set", "parties.Upstream.trust=0.3", "--no-plots", "--json")
    compared = json.loads(claims("compare", "calm.yaml", "small.yaml", "-n", 20, *settings).out)
    row = next(row for row in compared["differences"] if row["measure"] == "settled")
    for end in ("difference", "low", "high"):
        assert found["found"][f"settled {end}"] == pytest.approx(100 * row[end])
    models = ("--models", 4, "-n", 10)
    rows = json.loads(claims("compare", "calm.yaml", "small.yaml", *models, *settings).out)["differences"]
    said = next(row["models"] for row in rows if row["measure"] == "settled")
    assert found["signs"][0]["agree"] == pytest.approx(said["undecided"])
    assert found["found"]["settled fewer"] == pytest.approx(100 * said["hurts"])


def test_a_table_says_what_holds(claims: Command) -> None:
    answered = claims(*ASKED)
    assert answered.code == 0, answered.out
    assert "3 of 3 claims hold." in answered.out
    assert "… trust" in answered.out
    assert len(max(answered.out.splitlines(), key=len)) <= 80


def test_what_does_not_hold_fails_and_is_said_again(claims: Command) -> None:
    text = Path("text.md").read_text(encoding="utf-8")
    Path("text.md").write_text(text.replace("Here", "Here 2").replace(" % settle", "1 % settle"), encoding="utf-8")
    answered = claims(*PLAIN, "--found")
    assert answered.code == 1
    assert "1 of 3 claims do not hold" in answered.err
    assert "text.md: does not hold" in answered.out
    assert " is said, " in answered.out
    said, again = (line.split(": ", 1)[1].strip() for line in answered.out.splitlines()[1:3])
    assert said.endswith("1 % settle")
    assert again + ";" == text.split(" ", 1)[1].splitlines()[0]


def test_a_direction_that_is_not_found_does_not_hold(claims: Command) -> None:
    Path("mine.toml").write_text(CLAIMS.replace('trust = "fewer"', 'trust = "more"'), encoding="utf-8")
    answered = claims(*PLAIN)
    assert answered.code == 1
    assert "trust: more is said, " in answered.out


def test_what_a_text_says_of_models_is_judged_in_as_many_as_it_counts(claims: Command) -> None:
    """However few are asked for; of a pair of which no text counts models, so many are asked."""
    fewer = ["claims", "mine.toml", "--models", 3, "-n", 5, "--jobs", 1]
    few, many = (json.loads(claims(*asked, "--json").out)["claims"] for asked in (fewer, ASKED))
    assert [sign["models"] for claim in few for sign in claim["signs"]] == [4, 4, 3]
    assert few[1] == many[1]
    text = Path("text.md").read_text(encoding="utf-8").replace("in 0 %", "in 77 %")
    Path("text.md").write_text(text, encoding="utf-8")
    assert claims(*fewer).code == 1
    assert claims(*PLAIN).code == 0


@pytest.mark.validate
def test_nothing_is_computed_twice(claims: Command, request: pytest.FixtureRequest) -> None:
    first = claims(*ASKED, "--json").out
    request.getfixturevalue("never_simulate")
    assert claims(*ASKED, "--json").out == first
    assert claims("results").code == 0


def test_a_text_that_is_not_there_is_named_once(claims: Command) -> None:
    Path("text.md").unlink()
    assert claims(*PLAIN).err.count("name a text") == 1


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("{settled} % settle", "{settled} % setle", "0 sentences of text.md say this"),
        ("{settled} %", "{stetled} %", "'stetled' is no measure of Two wells; write one of settled"),
        ('"small.yaml"', '"smal.yaml"', "smal.yaml"),
    ],
)
def test_what_cannot_be_asked_is_refused(claims: Command, good: str, bad: str, said: str) -> None:
    Path("mine.toml").write_text(CLAIMS.replace(good, bad, 1), encoding="utf-8")
    answered = claims(*PLAIN)
    assert answered.code == 2
    assert said in answered.err


def test_a_verdict_is_that_of_the_models_that_tell() -> None:
    assert verdict_of(0.42, 0.02, 0.9) == "robust"
    assert verdict_of(0.42, 0.20, 0.9) == "depends"
    assert verdict_of(0.20, 0.42, 0.9) == "fragile"
    assert verdict_of(0.05, 0.00, 0.9) == "fragile"
    assert verdict_of(0.00, 0.00, 0.9) == "fragile"


def test_a_verdict_is_near_the_limit_where_a_handful_of_models_would_turn_it() -> None:
    assert not near_limit(208, 4, 500, 0.9)
    assert near_limit(95, 8, 500, 0.9)  # robust, of nine tenths
    assert near_limit(90, 12, 500, 0.9)  # it depends, on a tenth
    assert near_limit(60, 55, 500, 0.9)  # it depends, on a half
    assert near_limit(48, 0, 500, 0.9)  # fragile: too few of all agree
    assert not near_limit(16, 115, 500, 0.9)
    assert not near_limit(0, 0, 500, 0.9)


@pytest.mark.validate
def test_a_verdict_says_on_how_many_models_it_rests(claims: Command) -> None:
    """In the table every one; in words one that its text states."""
    Path("mine.toml").write_text(f'{CLAIMS}verdict = "fragile"\n', encoding="utf-8")
    answered = claims(*ASKED)
    signs = [sign for claim in json.loads(claims(*ASKED, "--json").out)["claims"] for sign in claim["signs"]]
    for sign in signs:
        agree, telling = (round(4 * share) for share in (sign["agree"], sign["agree"] + sign["against"]))
        assert f" {agree}/{telling}/4 " in answered.out
    assert f"Here\n  {signs[-1]['verdict']}: {agree} of the {telling} models that tell agree, of 4" in answered.out
