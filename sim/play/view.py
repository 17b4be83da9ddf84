"""What a person at the table may see: who is where, what is on the table, what happened. No true numbers of others.

All of it is data: names, kinds, settlements and coarse steps, so that a page can word it in any language.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from sim import kinds
from sim.agents.mediator import GUESSED_RESERVATION, Mediator
from sim.agents.working_group import WorkingGroup
from sim.agents.world import Group
from sim.arrays import Index, total
from sim.bargaining.preferences import Package
from sim.play.game import Data
from sim.play.rules import Illegal, mapping, number, one_of
from sim.scenario.schema import Issue, Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sim.model import NegotiationModel

HERE = np.array([0])  # the row of the history that is played
STEP = 0.05  # estimates are told in such steps, always outward: finer ones would give the true number away


def standing(model: NegotiationModel) -> Data:
    """The date, the parties and the tables, as everybody sees them."""
    week = min(model.week, model.horizon - 1)
    return {
        "week": model.week,
        "date": model.spec.date_of(week).isoformat(),
        "weeks": model.spec.clock.weeks,
        "parties": {name: {"title": party.title} for name, party in model.spec.parties.items()},
        "groups": {name: _table(group) for name, group in model.groups.items()},
        "settled": bool(model.agreements.settled[0]),
    }


def _table(group: WorkingGroup) -> Data:
    """One table: its questions, its state, and what was offered last."""
    offers = {party: in_full(group, text_of(group, offer)) for party, offer in group.offers.items()}
    return {
        "title": group.spec.title,
        "level": group.spec.level,
        "parties": list(group.parties),
        "state": _state(group),
        "rounds": int(group.rounds[0]),
        "disruptions": int(group.disruptions[0]),
        "issues": {name: _issue(group, name) for name in group.spec.issues},
        "offers": {party: offer for party, offer in offers.items() if offer},
        "signed": in_full(group, text_of(group, group.text)) if group.signed[0] else None,
    }


def _state(group: WorkingGroup) -> str:
    states = {
        "in force": group.in_force,
        "signed": group.signed,
        "closed": ~group.opened,
        "frozen": group.frozen,
    }
    return next((name for name, holds in states.items() if holds[0]), "open")


def _issue(group: WorkingGroup, name: str) -> Data:
    issue = group.spec.issues[name]
    labels = [{"point": point, "label": label} for point, label in issue.labels.items()]
    return {"title": issue.title, "options": list(issue.options or {}), "labels": labels}


def in_full(group: Group, text: dict[str, float | str] | None) -> Data | None:
    """Each settlement with what it means."""
    if text is None:
        return None
    return {
        issue: {"settlement": settlement, "means": in_words(group.spec.issues[issue], settlement)}
        for issue, settlement in text.items()
    }


# ---- news ------------------------------------------------------------------------------------------------------------


def news(model: NegotiationModel, since: int) -> list[Data]:
    """What became known from a week on, as it happened."""
    events = model.history.events()
    return news_of(events[events["week"] >= since])


def news_of(events: pd.DataFrame) -> list[Data]:
    """The events of one history that everybody hears of, as news."""
    return [_item(row) for row in events.to_dict("records") if kinds.of(row["kind"]).public]


def _item(row: dict[Any, Any]) -> Data:
    item = {key: row[key] for key in ("week", "date", "kind", "group", "actor", "to", "text") if row[key] != ""}
    kind = kinds.of(row["kind"])
    if kind.graded:
        item["size"] = kinds.grade(row["value"])
    if kind.counted:
        item["number"] = int(row["value"])
    return item


# ---- estimates -------------------------------------------------------------------------------------------------------


def estimates(mediator: Mediator) -> Data:
    """Bands for each side's priorities and walk-away point in each group, by how far the mediator knows the side.

    A band holds the truth. Without any knowledge it is all of 0 to 1. Beside them the `first` of its questions: which
    one seems to matter most to it, and how `sure` the mediator may be of that.
    """
    return {
        group.name: {party: _estimate(mediator, group, party) for party in group.parties}
        for group in mediator.model.groups.values()
    }


def _estimate(mediator: Mediator, group: Group, party: str) -> Data:
    host, known = mediator.model.parties_by_name[party], float(mediator.knowledge[party][0])
    true, guess = shares(host.seats[group.name].weights), 1 / len(group.spec.issues)
    walk_away = float(host.reservation_in(group.name, HERE)[0])
    return {
        "walk_away": band(walk_away, known, GUESSED_RESERVATION),
        "priorities": {issue: band(weight, known, guess) for issue, weight in true.items()},
        "first": first(true, known),
    }


def first(true: dict[str, float], known: float) -> Data:
    """The question that seems to matter most, and how sure it is that it matters more than the next.

    What is not known, a share 1 - known of all importance, may be split over the questions in any way, each as likely
    (a flat Dirichlet distribution over K questions: two parts differ by a standard deviation of sqrt(2 / (K (K + 1)))).
    """
    count, ranked = len(true), sorted(true, key=lambda issue: -true[issue])
    if count == 1:
        return {"issue": ranked[0], "sure": 1.0}
    gap = known * (true[ranked[0]] - true[ranked[1]])
    spread = (1 - known) * math.sqrt(2 / (count * (count + 1)))
    sure = float(ndtr(gap / spread)) if spread > 0 else 1.0
    return {"issue": ranked[0] if known > 0 else None, "sure": round(math.floor(sure / STEP) * STEP, 2)}


def band(true: float, known: float, guess: float) -> Data:
    """What is known of a number in [0, 1], told in steps: `known * true` for sure, 1 - known not at all.

    guess: what takes the place of what is not known.
    """
    low, high, best = known * true, known * true + 1 - known, known * true + (1 - known) * guess
    return {
        "low": round(max(math.floor(low / STEP) * STEP, 0.0), 2),
        "best": round(round(best / STEP) * STEP, 2),
        "high": round(min(math.ceil(high / STEP) * STEP, 1.0), 2),
    }


def shares(weights: Any) -> dict[str, float]:
    """Weights of issues in the first row, made to sum to 1."""
    plain = {issue: float(np.ravel(weight)[0]) for issue, weight in weights.items()}
    whole = float(total(plain.values()))
    return {issue: weight / whole for issue, weight in plain.items()}


def numbers(values: Iterable[float]) -> list[float | None]:
    """Numbers as JSON has them: None for NaN."""
    return [None if math.isnan(value) else float(value) for value in values]


# ---- Packages as a person reads and writes them: a point on a scale or the name of an option for each issue ----------


Settlements = Mapping[str, float | str]


def settlements(where: str, value: Any, scenario: Scenario, group: str) -> Settlements:
    """A text that settles every issue of a group.  Errors: Illegal."""
    issues = scenario.working_groups[group].issues
    given = mapping(where, value, issues, f"a text settles the issues of {group}")
    for name in issues:
        if name not in given:
            raise Illegal(where, sorted(given), "a text settles every issue", f"settle {name} too")
    return {name: _settlement(f"{where}.{name}", given[name], issue) for name, issue in issues.items()}


def _settlement(where: str, value: Any, issue: Issue) -> float | str:
    if issue.options:
        return one_of(where, value, issue.options, "this issue is settled by one of its options")
    return number(where, value, 0, 1, "this issue is settled at a point of its scale")


def package_of(group: Group, text: Settlements, here: Index) -> Package:
    """The text as a package, the same in all the rows `here`.

    A point outside the parties' positions on a scale is moved to the nearest of them, where everybody is better off.
    """
    points = {
        issue: group.agenda.options[issue].index(str(x)) if issue in group.agenda.options else float(x)
        for issue, x in text.items()
    }
    return group.agenda.at(here).package({issue: np.full(len(here), point) for issue, point in points.items()})


def text_of(group: Group, package: Package) -> dict[str, float | str] | None:
    """The first row of a package as a text; None where nothing is on the table."""
    if package.combination[0] < 0:
        return None
    points = group.agenda.at(np.array([0])).settlements(package.at(np.array([0])))
    options = group.agenda.options
    return {
        issue: options[issue][int(points[issue][0])] if issue in options else round(float(points[issue][0]), 4)
        for issue in group.spec.issues
    }


def in_words(issue: Issue, settlement: float | str) -> str:
    """What a settlement means: the option, or the label nearest to the point ("" without labels)."""
    if isinstance(settlement, str):
        return settlement
    return min(issue.labels.items(), key=lambda label: abs(label[0] - settlement))[1] if issue.labels else ""
