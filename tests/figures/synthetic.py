"""Made-up results in the shape of real ones: no model runs here, only the tables that figures and stories read."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.bargaining.preferences import value
from sim.experiments.compare import Comparison, beside
from sim.scenario.numbers import mean_of
from sim.scenario.schema import Scenario

LONG = "The Most Serene Republic of Ultramarinia"  # 40 letters
MISSED = "The round of ministers is not held."
NASTY = ["Cost $\\frac{1}{ $", "<script>alert(1)</script>", "{{ braces }}", "[brackets] & $x_1^2$", LONG]
QUANTILES = {"q025": 2.5, "q05": 5, "q10": 10, "q25": 25, "q50": 50, "q75": 75, "q90": 90, "q95": 95, "q975": 97.5}


@dataclass
class Results:
    scenario: Scenario
    replications: int
    seed: int
    summary: dict[str, Any]
    outcomes: pd.DataFrame
    weekly: pd.DataFrame
    events: pd.DataFrame
    paths: pd.DataFrame
    wall_seconds: float = 1.5
    measures: tuple[Any, ...] = ()


def scenario(parties: list[str], groups: list[str], mediators: list[str], **more: Any) -> Scenario:
    """A scenario with these names: on each issue positions spread over the scale, weights that allow trade."""
    n = len(parties)
    issues = {
        f"issue_{k}": {
            "title": f"Question {k}: who decides on what comes next along the route?",
            "positions": {p: (i / (n - 1) if k % 2 else 1 - i / (n - 1)) for i, p in enumerate(parties)},
            "weights": {p: 1.0 + ((i + k) % 3) * 2 for i, p in enumerate(parties)},
            "labels": {0.0: "sovereign checks", 0.5: "third-party operator", 1.0: "no checks"},
        }
        for k in range(3)
    }
    issues["disputes"] = {
        "title": "How disputes are settled",
        "options": {
            "arbitration": {p: 1.0 if i == 0 else 0.3 for i, p in enumerate(parties)},
            "joint commission": {p: 0.4 if i == 0 else 1.0 for i, p in enumerate(parties)},
        },
    }
    base = {
        "name": "Made-up talks",
        "summary": "Transport links, a border and a treaty.",
        "clock": {"start": "2022-12-05", "weeks": 156, "hold_weeks": 52},
        "parties": {p: {"reservation": 0.42} for p in parties},
        "mediators": {m: {"effort": [{"from": 0, "effort": 0.3}, {"from": 60, "effort": 0.8}]} for m in mediators},
        "working_groups": {g: {"issues": issues, "title": f"Working group on {g}"} for g in groups},
        "freezes": [{"groups": groups[:1], "start": "2023-06-05", "weeks": 18, "reason": "no round until October"}],
        "events": [
            {
                "date": "2022-12-23",
                "kind": "disruption",
                "group": groups[-1],
                "what": MISSED,
                "framing": {p: f"{p} tells it so" for p in parties},
            },
            {
                "date": "2022-12-12",
                "kind": "statement",
                "what": "A dispute begins over traffic.",
                "framing": {p: f"{p} sees a road" for p in parties},
            },
            *(
                {
                    "date": "2023-02-09",
                    "kind": "shuttle",
                    "mediator": m,
                    "to": parties[:1],
                    "what": "The envoy is in the capital.",
                }
                for m in mediators[:1]
            ),
        ],
        "observed": {"agreed": {groups[-1]: "2024-08-30"}},
    }
    return Scenario.model_validate({**base, **more})


def utility(s: Scenario, group: str, party: str, package: dict[str, Any]) -> float:
    """Utility of a package by the scenario's means, without the framework."""
    issues = s.working_groups[group].issues
    weights = {k: mean_of(i.weights.get(party, 1.0)) for k, i in issues.items()}
    worth = 0.0
    for k, i in issues.items():
        if i.positions is not None:
            worth += weights[k] * float(value(np.array(package[k]), np.array(mean_of(i.positions[party]))))
        else:
            worth += weights[k] * mean_of(i.options[package[k]][party])
    return worth / sum(weights.values())


def _package(s: Scenario, group: str, shares: np.ndarray, pick: int) -> dict[str, Any]:
    package: dict[str, Any] = {}
    for (name, issue), share in zip(s.working_groups[group].issues.items(), shares, strict=True):
        package[name] = round(float(share), 3) if issue.positions is not None else list(issue.options)[pick]
    return package


class Teller:
    """Writes events of one replication."""

    def __init__(self, s: Scenario, replication: int) -> None:
        self.s, self.replication, self.rows = s, replication, []

    def tell(self, week: int, kind: str, **more: Any) -> None:
        package = more.pop("package", None)
        row = {
            "replication": self.replication, "week": week, "date": self.s.date_of(week).isoformat(), "group": "",
            "actor": "", "kind": kind, "to": "", "package": "", "worth": np.nan, "asked": np.nan, "value": np.nan,
            "text": "", **more, **{f"utility.{p}": np.nan for p in self.s.parties},
        }  # fmt: skip
        if package is not None:
            row["package"] = json.dumps(package)
            row |= {f"utility.{p}": utility(self.s, row["group"], p, package) for p in self.s.parties}
        self.rows.append(row)


def events(s: Scenario, outcomes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Rounds, offers, visits, freezes, drafts, signatures for each replication of `outcomes` (the told ones)."""
    rows: list[dict[str, Any]] = []
    for outcome in outcomes.to_dict("records"):
        teller = Teller(s, int(outcome["replication"]))
        for m in s.mediators:
            teller.tell(0, "effort", actor=m, value=0.3)
            teller.tell(60, "effort", actor=m, value=0.8)
        for week in range(s.clock.weeks):
            _week(teller, week, outcome, rng)
        if outcome["settled"]:
            teller.tell(int(outcome["settled_week"]), "settled")
        teller.tell(s.clock.weeks - 1, "end")
        rows += sorted(teller.rows, key=lambda r: r["week"])
    return pd.DataFrame(rows)


def _week(teller: Teller, week: int, outcome: dict[str, Any], rng: np.random.Generator) -> None:
    s = teller.s
    parties, mediators = list(s.parties), list(s.mediators)
    if rng.random() < 0.03:
        teller.tell(week, "incident", value=float(rng.uniform(0.05, 0.8)))
    for event in s.events:
        if s.week_of(event.date) == week and event.kind in ("statement", "disruption"):
            teller.tell(week, event.kind, group=event.group or "", actor="", text=event.what)
        if s.week_of(event.date) == week and event.kind == "shuttle":
            teller.tell(week, "visit", actor=event.mediator, to=event.to[0])
    for m in mediators:
        if rng.random() < 0.1:
            teller.tell(week, "visit", actor=m, to=parties[int(rng.integers(len(parties)))])
    for n, g in enumerate(s.working_groups):
        if n == 0 and week == 26:
            teller.tell(week, "freeze", group=g, value=18, text="no round until October")
        if n == 0 and week == 44:
            teller.tell(week, "resume", group=g, value=18)
        if n == len(s.working_groups) - 1 and week == 20:
            teller.tell(week, "walkout", group=g, actor=parties[0])
        if n == len(s.working_groups) - 1 and week == 31:
            teller.tell(week, "resume", group=g, value=11)
        if (n == 0 and 26 <= week < 44) or (n == len(s.working_groups) - 1 and 20 <= week < 31):
            continue
        if week % 7 == n % 7 and not week > np.nan_to_num(outcome[f"week.{g}"], nan=10**6):
            _round(teller, week, g, outcome, rng)


def _round(teller: Teller, week: int, g: str, outcome: dict[str, Any], rng: np.random.Generator) -> None:
    s = teller.s
    parties = list(s.parties)
    if rng.random() < 0.08:
        teller.tell(week, "disruption", group=g, actor=parties[-1])
        return
    number = week // 7 + 1
    teller.tell(week, "round", group=g, value=number)
    size = len(s.working_groups[g].issues)
    given = min(number / 26, 0.5)
    for i, p in enumerate(parties):
        ideal = [mean_of(x.positions[p]) if x.positions else 0 for x in s.working_groups[g].issues.values()]
        shares = np.abs(np.array(ideal) - given * rng.uniform(0.5, 1.0, size))
        package = _package(s, g, shares, i % 2)
        teller.tell(
            week, "proposal", group=g, actor=p, package=package, worth=utility(s, g, p, package), asked=0.7, value=1
        )
        for q in parties:
            if q != p:
                u = utility(s, g, q, package)
                teller.tell(week, "decline", group=g, actor=q, to=p, worth=u, asked=u + 0.08)
    if s.mediators and rng.random() < 0.2:
        package = _package(s, g, np.full(size, 0.5), 0)
        m = next(iter(s.mediators))
        teller.tell(week, "draft", group=g, actor=m, package=package)
        for q in parties[:1]:
            teller.tell(week, "decline", group=g, actor=q, to=m, worth=utility(s, g, q, package), asked=0.66)
    if week + 7 > np.nan_to_num(outcome[f"week.{g}"], nan=10**6):
        package = _package(s, g, np.full(size, 0.45), 0)
        if rng.random() < 0.3:
            teller.tell(week, "refusal", group=g, actor=parties[0])
        teller.tell(week, "signature", group=g, to=parties[0], package=package, value=number)
        teller.tell(int(outcome[f"week.{g}"]), "in_force", group=g)
        if rng.random() < 0.2 and week + 40 < s.clock.weeks:
            teller.tell(week + 30, "collapse", group=g)


def results(s: Scenario, replications: int = 300, seed: int = 7) -> Results:
    """All the tables, made up."""
    rng = np.random.default_rng(seed)
    outcomes = _outcomes(s, replications, rng)
    told = events(s, outcomes.head(12), rng)
    return Results(
        s, replications, seed, _summary(s, outcomes, seed), outcomes, _weekly(s, outcomes, rng), told, _paths(s, rng)
    )


def _outcomes(s: Scenario, n: int, rng: np.random.Generator) -> pd.DataFrame:
    weeks = {g: rng.exponential(70 + 15 * k, n).round() + 10 for k, g in enumerate(s.working_groups)}
    weeks = {g: np.where(w < s.clock.weeks, w, np.nan) for g, w in weeks.items()}
    settled = np.all([~np.isnan(w) for w in weeks.values()], axis=0)
    table: dict[str, Any] = {"replication": np.arange(n), "settled": settled}
    table["settled_week"] = np.where(settled, np.max(list(weeks.values()), axis=0), np.nan)
    table["lasting"] = settled & (rng.random(n) < 0.5)
    for g, w in weeks.items():
        table[f"agreed.{g}"], table[f"week.{g}"] = ~np.isnan(w), w
        table[f"broken_off.{g}"] = np.isnan(w) & (np.arange(n) % 10 == 0)
        table[f"collapsed.{g}"] = ~np.isnan(w) & (rng.random(n) < 0.2)
        table[f"rounds.{g}"] = rng.poisson(12, n)
        table[f"frozen_weeks.{g}"] = rng.poisson(9, n)
        table[f"nash_gap.{g}"] = np.where(np.isnan(w), np.nan, rng.uniform(0, 0.1, n))
    for p in s.parties:
        table[f"utility.{p}"] = np.clip(0.45 + 0.2 * settled + rng.normal(0, 0.06, n), 0, 1)
        table[f"trust.{p}"] = rng.uniform(0.1, 0.6, n)
    table["joint_utility"] = sum(table[f"utility.{p}"] for p in s.parties)
    table["fairness"] = np.where(settled, rng.beta(5, 2, n), np.nan)
    for m in s.mediators:
        table[f"mediator_weeks.{m}"] = np.full(n, 78.0)
    return pd.DataFrame(table)


def _share(p: float) -> dict[str, float]:
    return {"share": p, "low": max(p - 0.03, 0), "high": min(p + 0.03, 1)}


def _mean(values: Any) -> dict[str, float]:
    m = float(np.nanmean(values))
    return {"mean": m, "low": m - 0.01, "high": m + 0.01}


def _summary(s: Scenario, o: pd.DataFrame, seed: int) -> dict[str, Any]:
    return {
        "scenario": s.name, "replications": len(o), "seed": seed,
        "settled": _share(o["settled"].mean()), "lasting": _share(o["lasting"].mean()),
        "settled_week": {"median": None, "low": None, "high": None},
        "groups": {g: _group(g, o) for g in s.working_groups},
        "utility": {p: _mean(o[f"utility.{p}"]) for p in s.parties}, "joint_utility": _mean(o["joint_utility"]),
        "fairness": _mean(o["fairness"]), "mediator_weeks": {m: _mean(o[f"mediator_weeks.{m}"]) for m in s.mediators},
    }  # fmt: skip


def _group(g: str, o: pd.DataFrame) -> dict[str, Any]:
    shares = {name: _share(o[f"{name}.{g}"].mean()) for name in ("agreed", "collapsed", "broken_off")}
    return {**shares, "week": {"median": 70.0, "low": 65.0, "high": None}}


def _walks(start: float, weeks: int, n: int, rng: np.random.Generator) -> np.ndarray:
    steps = rng.normal(0.001, 0.012, (weeks, n)) - 0.12 * (rng.random((weeks, n)) < 0.012)
    return np.clip(start + np.cumsum(steps, axis=0), 0.02, 0.9)


def _weekly(s: Scenario, o: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts: list[pd.DataFrame] = []
    weeks = s.clock.weeks + s.clock.hold_weeks
    for p in s.parties:
        walks = _walks(0.2, weeks, 200, rng)
        marks = dict(zip(QUANTILES, np.percentile(walks, list(QUANTILES.values()), axis=1), strict=True))
        trust = {"measure": "trust", "group": "", "party": p, "mean": walks.mean(axis=1), **marks}
        parts.append(pd.DataFrame({"week": np.arange(weeks), **trust}))
    for g in [*s.working_groups, ""]:
        agreed = (o[f"week.{g}"] if g else o["settled_week"]).to_numpy()
        week = np.arange(weeks)
        share = (agreed <= week[:, None]).mean(axis=1) * (1 - 0.002 * week)
        parts.append(
            pd.DataFrame(
                {"week": week, "measure": "standing" if g else "settled", "group": g, "party": "", "mean": share}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _paths(s: Scenario, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for p in s.parties:
        walks = _walks(0.2, s.clock.weeks, 10, rng)
        rows += [
            {"replication": r, "week": w, "measure": "trust", "party": p, "value": walks[w, r]}
            for r in range(10)
            for w in range(s.clock.weeks)
        ]
    return pd.DataFrame(rows)


def frontier(s: Scenario, group: str) -> dict[str, Any]:
    """A frontier as `sim frontier --json` prints it, from random packages."""
    rng = np.random.default_rng(1)
    parties = s.group_parties(group)
    size = len(s.working_groups[group].issues)
    packages = [_package(s, group, rng.random(size).round(), int(rng.integers(2))) for _ in range(400)]
    points = np.array([[utility(s, group, p, x) for p in parties] for x in packages])
    kept = [i for i, x in enumerate(points) if not np.any(np.all(points >= x, 1) & np.any(points > x, 1))]
    kept = sorted({tuple(points[i]): i for i in kept}.values(), key=lambda i: points[i][0])
    gains = points[kept] - 0.42

    def solution(k: int) -> dict[str, Any]:
        return {"utilities": dict(zip(parties, points[kept[k]], strict=True)), "package": packages[kept[k]]}

    nash = solution(int(np.argmax(np.clip(gains, 0, None).prod(1))))
    other = solution(int(np.argmax(gains.min(1))))
    return {
        "no_agreement": dict.fromkeys(parties, 0.42), "packages": None,
        "pareto": [dict(zip(parties, points[i], strict=True)) for i in kept],
        "nash": nash, "kalai_smorodinsky": other, "egalitarian": other, "utilitarian": nash,
    }  # fmt: skip


# ---- a comparison ----------------------------------------------------------------------------------------------------


def shuffled(results: Results, scenario: Scenario, seed: int) -> Results:
    """The same run with its outcomes drawn anew among the replications, as if it were another scenario's."""
    outcomes = results.outcomes.sample(frac=1, replace=True, random_state=seed).reset_index(drop=True)
    numbers = results.outcomes["replication"]
    return replace(results, scenario=scenario, outcomes=outcomes.assign(replication=numbers))


def comparison(reference: Results, others: list[Results], names: list[str] | None = None) -> Comparison:
    """Runs as if they had the same seed, beside each other."""
    runs = [reference, *(replace(other, seed=reference.seed) for other in others)]
    return beside(runs, names or [run.scenario.name for run in runs])
