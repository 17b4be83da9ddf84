"""What a person at the table may see: who is where, what is on the table, what happened. No true numbers of others.

All of it is data: names, kinds, settlements and coarse steps, so that a page can word it in any language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from sim import kinds
from sim.agents.mediator import Mediator
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
STEP = 0.05  # what is told of another's numbers is told in such steps, always outward
SURE = 0.75  # from there on one question is told to come before another
SLIGHT = 1e-9  # a power of 2 may come out a little smaller


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


def estimates(mediator: Mediator, suggested: Mapping[str, Package] | None = None) -> Data:
    """What the mediator knows of each side in each group, by how far it knows the side.

    walk_away: a band; ranks: its questions by importance; first: the one that seems to matter
    most; worth: a band for each text on the table, by author, and for
    the one that is `suggested` under "". A band holds the truth, and two of them tell no more than the narrower one.
    """
    return {
        group.name: {
            party: _estimate(mediator, group, party, (suggested or {}).get(group.name)) for party in group.parties
        }
        for group in mediator.model.groups.values()
    }


def _estimate(mediator: Mediator, group: Group, party: str, suggested: Package | None) -> Data:
    host, known = mediator.model.parties_by_name[party], float(mediator.knowledge[party][0])
    seat = host.seats[group.name]
    texts = {author: offer for author, offer in group.offers.items() if offer.combination[0] >= 0}
    if suggested is not None:
        texts[""] = suggested
    own = shares(seat.weights)
    worths = {author: seat.preferences.at(HERE).utility(text.at(HERE)) for author, text in texts.items()}
    return {
        "walk_away": band(float(host.reservation_in(group.name, HERE)[0]), known),
        "ranks": ranks(own, known),
        "first": first(own, known),
        "worth": {
            author: band(float(worths[author][0]), known)
            if group.spec.interactions  # then no question's settlement is worth anything on its own
            else _worth_band(_values(group, party, text), own, float(worths[author][0]), known)
            for author, text in texts.items()
        },
    }


def _worth_band(values: dict[str, float], own: dict[str, float], worth: float, known: float) -> Data:
    """A band for what a text is worth to a party, no wider than if only one question counted for it.

    values: what each question's settlement is worth to it on its own, which everybody can see.
    """
    cost = sum(weight * values[issue] for issue, weight in own.items()) - worth  # of leaving earlier commitments
    found = band(worth, known)
    least = math.floor((min(values.values()) - cost) / STEP) * STEP
    most = math.ceil((max(values.values()) - cost) / STEP) * STEP
    return {"low": round(max(found["low"], least), 2), "high": round(min(found["high"], most), 2)}


def _values(group: Group, party: str, text: Package) -> dict[str, float]:
    """What each question's settlement is worth to a party on its own, 0 to 1 (see `sim.bargaining.preferences`)."""
    found = {}
    for issue, settlement in (text_of(group, text) or {}).items():
        spec = group.spec.issues[issue]
        if isinstance(settlement, str):
            assert spec.options is not None
            found[issue] = float(np.ravel(spec.options[settlement][party])[0])
        else:
            assert spec.positions is not None
            ideal = float(np.ravel(spec.positions[party])[0])
            found[issue] = 1 - abs(settlement - ideal) / max(ideal, 1 - ideal)
    return found


def ranks(true: dict[str, float], known: float) -> list[Data]:
    """The questions of a side by importance, each with the places that it may have, and how sure that is.

    One question is told to come before another where that is at least `SURE`. What is not known, a share 1 - known of
    all importance, may be split over the questions in any way, each as likely (a flat Dirichlet distribution over K
    questions: two parts differ by a standard deviation of sqrt(2 / (K (K + 1)))). `sure` is that of the least certain
    of the comparisons that gave the places, 1 where there is none. Those with the same places come in the scenario's
    order.
    """
    count = len(true)
    spread = (1 - known) * math.sqrt(2 / (count * (count + 1)))
    found = []
    for issue, weight in true.items():
        gaps = [known * (weight - other) for name, other in true.items() if name != issue]
        chances = [_chance(gap, spread) for gap in gaps]
        ahead = [1 - chance for chance in chances if 1 - chance >= SURE]
        behind = [chance for chance in chances if chance >= SURE]
        sure = min([*ahead, *behind], default=1.0)
        told = {"best": 1 + len(ahead), "worst": count - len(behind), "sure": round(math.floor(sure / STEP) * STEP, 2)}
        found.append({"issue": issue, **told})
    return sorted(found, key=lambda each: each["best"] + each["worst"])


def first(true: dict[str, float], known: float) -> Data:
    """The question that seems to matter most, and how sure it is that it matters more than the next (see `ranks`)."""
    count, ranked = len(true), sorted(true, key=lambda issue: -true[issue])
    if count == 1:
        return {"issue": ranked[0], "sure": 1.0}
    spread = (1 - known) * math.sqrt(2 / (count * (count + 1)))
    sure = _chance(known * (true[ranked[0]] - true[ranked[1]]), spread)
    return {"issue": ranked[0] if known > 0 else None, "sure": round(math.floor(sure / STEP) * STEP, 2)}


def _chance(gap: float, spread: float) -> float:
    """How sure is it that what seems larger by `gap` is larger?"""
    if spread > 0:
        return float(ndtr(gap / spread))
    return 0.5 if gap == 0 else float(gap > 0)


def band(true: float, known: float) -> Data:
    """The one of 1, 2, 4, 8, ... equal parts of [0, 1] that holds a number, none narrower than 1 - known.

    Known to 0.6, 0.44 is told as 0 to 0.5; to 0.8, as 0.25 to 0.5.
    """
    parts = 2 ** math.floor(-math.log2(max(1 - known, STEP)) + SLIGHT)
    place = min(math.floor(true * parts), parts - 1)
    return {"low": place / parts, "high": (place + 1) / parts}


def shares(weights: Any) -> dict[str, float]:
    """Weights of issues in the first row, made to sum to 1."""
    plain = {issue: float(np.ravel(weight)[0]) for issue, weight in weights.items()}
    whole = float(total(plain.values()))
    return {issue: weight / whole for issue, weight in plain.items()}


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
