"""Domains that others published, in the numbers that they published (`data/`, with the source in each file)."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from sim.domains import import_domain
from sim.experiments.frontier import frontier
from sim.scenario import load_text

from .written import Outcome, reservations, utilities

DATA = Path(__file__).with_name("data")
EXACT = 1e-12


def outcomes_of(values: dict[str, list[str]]) -> list[Outcome]:
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


def by_hand(file: Path) -> tuple[dict[str, dict[str, float]], float]:
    """Of a GENIUS profile, what each value adds, read once more without a line of ours, and the reservation value."""
    root = ElementTree.parse(file).getroot()
    weights = {each.get("index"): float(each.get("value", "")) for each in root.iter("weight")}
    adds = {}
    for issue in root.iter("issue"):
        evaluations = {item.get("value", ""): float(item.get("evaluation", "")) for item in issue.iter("item")}
        most = max(evaluations.values())
        adds[issue.get("name", "")] = {
            value: weights[issue.get("index")] * number / most for value, number in evaluations.items()
        }
    return adds, float(next(root.iter("reservation")).get("value", ""))


@pytest.mark.parametrize(
    ("files", "outcomes"),
    [(("EnglandZimbabwe.xml", "England10.xml", "Zimbabwe10.xml"), 576), (("Itex.xml", "Cypress100.xml"), 180)],
    ids=["England-Zimbabwe", "Itex-Cypress"],
)
def test_genius(files: tuple[str, ...], outcomes: int) -> None:
    imported = import_domain([DATA / name for name in files])
    sides = [by_hand(DATA / name) for name in files[-2:]]
    possible = outcomes_of({issue: list(values) for issue, values in sides[0][0].items()})
    assert len(possible) == outcomes
    for found, (adds, _) in zip(utilities(imported.text, possible), sides, strict=True):
        expected = [sum(adds[issue][value] for issue, value in outcome.items()) for outcome in possible]
        assert found == pytest.approx(expected, abs=EXACT, rel=0)
    assert reservations(imported.text) == [no_agreement for _, no_agreement in sides]


def test_weights_and_values_of_a_usual_domain_can_be_recognised() -> None:
    text = import_domain([DATA / name for name in ("Itex.xml", "Cypress100.xml")]).text
    price = load_text(text).working_groups["table"].issues["Price"]
    assert price.weights == {"Itex": 0.28812635027374, "Cypress100": 0.47048248943663656}
    assert price.options is not None
    assert price.options["$3.98"] == {"Itex": 10 / 30, "Cypress100": 25 / 40}


def test_geniusweb() -> None:
    """The party domain of GeniusWeb, where no agreement is worth what a bid is worth."""
    files = [DATA / "party1.json", DATA / "party2.json"]
    imported = import_domain(files)
    spaces = [json.loads(file.read_text(encoding="utf-8"))["LinearAdditiveUtilitySpace"] for file in files]
    issues = {issue: values["values"] for issue, values in spaces[0]["domain"]["issuesValues"].items()}
    possible = outcomes_of(issues)
    assert len(possible) == 4**5 * 3

    def worth(space: dict, outcome: Outcome) -> float:
        tables = {issue: each["discreteutils"]["valueUtilities"] for issue, each in space["issueUtilities"].items()}
        return sum(space["issueWeights"][issue] * tables[issue][value] for issue, value in outcome.items())

    for found, space in zip(utilities(imported.text, possible), spaces, strict=True):
        assert found == pytest.approx([worth(space, outcome) for outcome in possible], abs=EXACT, rel=0)
    expected = [worth(space, space["reservationBid"]["issuevalues"]) for space in spaces]
    assert reservations(imported.text) == pytest.approx(expected, abs=EXACT, rel=0)


def test_negmas() -> None:
    files = [DATA / "trade.yml", DATA / "buyer.yml", DATA / "seller.yml"]
    imported = import_domain(files)
    tables = [each["mapping"] for each in yaml.safe_load(files[1].read_text(encoding="utf-8"))["values"]]
    possible = outcomes_of({"Quantity": [str(n) for n in range(1, 7)], "Price": ["100", "110", "120", "200"]})
    buyer, seller = utilities(imported.text, possible)
    for outcome, mine, theirs in zip(possible, buyer, seller, strict=True):
        quantity, price = int(outcome["Quantity"]), int(outcome["Price"])
        assert mine == pytest.approx(0.25 * tables[0][quantity] + 0.75 * tables[1][price], abs=EXACT, rel=0)
        assert theirs == pytest.approx(0.5 * (0.1 * quantity + 0.3) + 0.5 * 0.005 * price, abs=EXACT, rel=0)


def test_the_order_of_the_files_decides_who_is_first_and_nothing_else() -> None:
    """The Nash solution of England and Zimbabwe is the same outcome, whoever is named first."""
    files = [DATA / name for name in ("England10.xml", "Zimbabwe10.xml")]
    ways = [frontier(load_text(import_domain(order).text))["groups"]["table"]["nash"] for order in (files, files[::-1])]
    assert ways[0] == ways[1]
