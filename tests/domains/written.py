"""A linear additive domain written in each format, apart from the code that reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import yaml

from sim.scenario import load_text
from sim.scenario.to_bargaining import agenda_of, preferences_of, reservation_of

Outcome = Mapping[str, str]


@dataclass(frozen=True)
class Side:
    """What a side wants: of each issue a weight and the worth of each option, and the utility of no agreement."""

    weights: Mapping[str, float]
    worths: Mapping[str, Mapping[str, float]]
    reservation: float
    constant: float = 0.0

    def utility(self, outcome: Outcome) -> float:
        return self.constant + sum(
            self.weights[issue] * self.worths[issue][option] for issue, option in outcome.items()
        )

    @property
    def issues(self) -> list[str]:
        return list(self.worths)

    @property
    def outcomes(self) -> list[Outcome]:
        return [dict(zip(self.issues, chosen, strict=True)) for chosen in product(*self.worths.values())]


Write = Callable[[Path, Sequence[Side]], list[Path]]


def genius(folder: Path, sides: Sequence[Side]) -> list[Path]:
    """XML, where each evaluation is divided by the largest of its issue: so the largest is said to be 1, or more."""
    domain = [
        "<negotiation_template>",
        '<utility_space number_of_issues="1">',
        *_objective(sides[0], None),
        "</utility_space>",
    ]
    files = {"domain.xml": [*domain, "</negotiation_template>"]}
    for number, side in enumerate(sides):
        after = ['<discount_factor value="1.0"/>', f'<reservation value="{side.reservation!r}"/>', "</utility_space>"]
        files[f"side{number}.xml"] = ["<utility_space>", *_objective(side, side.weights), *after]
    return _files(folder, {name: "\n".join(lines) for name, lines in files.items()})


def _objective(side: Side, weights: Mapping[str, float] | None) -> list[str]:
    lines = ['<objective index="0" name="root" type="objective" etype="objective">']
    for index, (issue, worths) in enumerate(side.worths.items(), 1):
        lines.append(f'<issue index="{index}" name={quoteattr(issue)} type="discrete" etype="discrete">')
        for option, worth in worths.items():
            evaluation = "" if weights is None else f' evaluation="{worth!r}"'
            lines.append(f"<item value={quoteattr(option)}{evaluation}></item>")
        lines.append("</issue>")
        if weights is not None:
            lines.append(f'<weight index="{index}" value="{weights[issue]!r}"/>')
    return [*lines, "</objective>"]


def negmas(folder: Path, sides: Sequence[Side], write: Callable[[Any], str] = yaml.safe_dump) -> list[Path]:
    """YAML or JSON, values and weights in the order of the issues."""
    issues = [
        {"name": issue, "type": "CategoricalIssue", "values": list(worths)} for issue, worths in sides[0].worths.items()
    ]
    domain = {"name": "written", "type": "DiscreteCartesianOutcomeSpace", "issues": issues}
    files = {"domain.yml": write(domain)}
    for number, side in enumerate(sides):
        functions = [{"type": "TableFun", "mapping": dict(worths)} for worths in side.worths.values()]
        said = {
            "name": f"side{number}",
            "type": "LinearAdditiveUtilityFunction",
            "reserved_value": side.reservation,
            "weights": [side.weights[issue] for issue in side.worths],
            "values": functions,
            "bias": side.constant,
        }
        files[f"side{number}.yml"] = write(said)
    return _files(folder, files)


def negmas_json(folder: Path, sides: Sequence[Side]) -> list[Path]:
    return negmas(folder, sides, lambda value: json.dumps(value, indent="\t"))


def geniusweb(folder: Path, sides: Sequence[Side]) -> list[Path]:
    """JSON; no agreement is worth what a bid is worth, so it has to be one: whoever calls, see to that."""
    files = {}
    for number, side in enumerate(sides):
        bid = min(side.outcomes, key=lambda outcome: abs(side.utility(outcome) - side.reservation))
        space = {
            "name": f"side{number}",
            "domain": {
                "name": "written",
                "issuesValues": {issue: {"values": list(w)} for issue, w in side.worths.items()},
            },
            "issueUtilities": {
                issue: {"discreteutils": {"valueUtilities": dict(worths)}} for issue, worths in side.worths.items()
            },
            "issueWeights": dict(side.weights),
            "reservationBid": {"issuevalues": bid},
        }
        files[f"side{number}.json"] = json.dumps({"LinearAdditiveUtilitySpace": space}, ensure_ascii=False)
    return _files(folder, files)


def _files(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def utilities(text: str, outcomes: Sequence[Outcome]) -> list[list[float]]:
    """What each outcome is worth to each party of the imported scenario, by the code that simulates it.

    Issues and options stand in the order of the domain, whatever they are called.
    """
    spec = load_text(text)
    agenda = agenda_of(spec, "table", len(outcomes))
    issues = list(spec.working_groups["table"].issues)
    originals = [issue for issue in outcomes[0] if len({outcome[issue] for outcome in outcomes}) > 1]
    places = {issue: list(dict.fromkeys(outcome[issue] for outcome in outcomes)) for issue in originals}
    numbers = {
        name: np.array([places[issue].index(outcome[issue]) for outcome in outcomes], dtype=float)
        for name, issue in zip(issues, originals, strict=True)
    }
    package = agenda.package(numbers)
    return [
        preferences_of(spec, "table", party, agenda, replications=len(outcomes)).utility(package).tolist()
        for party in spec.parties
    ]


def reservations(text: str) -> list[Any]:
    spec = load_text(text)
    return [reservation_of(spec, "table", party) for party in spec.parties]
