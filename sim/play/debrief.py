"""What a person learns when the game is over: outcome, score, place, the turns that mattered, and what was hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.arrays import Array, at
from sim.bargaining.offers import TradeOff
from sim.outcomes import outcomes
from sim.play import debrief, view
from sim.play.game import Data
from sim.scenario.parties import ACTIVITIES

if TYPE_CHECKING:
    from sim.model import NegotiationModel

MATTERED = 2  # turns that are singled out
PLAN, TACTIC = ["early", "middle", "late", *ACTIVITIES], ["beta", "expected_rounds", "half_way"]  # of scripted players


def of_mediator(model: NegotiationModel, scored: pd.DataFrame, elsewhere: Array, others: pd.DataFrame) -> Data:
    """The end of a mediator's game. Row 0 of the model is the game, row k the same without turn k, the last one idle.

    scored: points and parts of the rows; elsewhere (H,): what the same orders changed in other histories.
    """
    table, idle = outcomes(model), len(scored) - 1
    changed = scored["points"].to_numpy() - float(scored["points"][idle])
    turns = [_turn(table, changed, row) for row in range(1, idle)]
    mean = debrief.mean(elsewhere)
    return {
        "outcome": outcome(table, 0),
        "score": {
            "points": float(changed[0]),
            "elsewhere": mean,
            "parts": {part: float(scored[part][0]) for part in debrief.MEDIATED},
            "idle": {part: float(scored[part][idle]) for part in debrief.MEDIATED},
            "weights": debrief.MEDIATED,
            "formula": debrief.MEDIATED_TEXT,
        },
        "among": _among(mean["mean"], others, PLAN),
        "turns": turns,
        "mattered": sorted(turns, key=lambda turn: -abs(turn["difference"]))[:MATTERED],
        "revealed": revealed(model),
        "chronicle": view.news(model, 0),
    }


def _turn(table: pd.DataFrame, changed: Array, row: int) -> Data:
    """What one turn was worth: the score with it less the score without it."""
    return {
        "turn": row,
        "without": float(changed[row]),
        "difference": float(changed[0] - changed[row]),
        "outcome_without": outcome(table, row),
    }


def _among(mine: float, others: pd.DataFrame, plan: list[str]) -> Data:
    """Where a score stands among those of the scripted players, and what the best of these had planned."""
    scores = others["score"].to_numpy()
    best = others.iloc[int(np.argmax(scores))]
    planned = {key: round(float(best[key]), 3) for key in plan}
    return debrief.place(mine, scores) | {"best": {"score": float(scores.max()), "plan": planned}}


def outcome(table: pd.DataFrame, row: int) -> Data:
    """The main columns of one history's outcome, as JSON."""
    kept = ("settled", "lasting", "agreed.", "collapsed.", "week.", "utility.", "fairness", "trust.", "mediator_weeks.")
    return {str(name): _plain(table[name].iloc[row]) for name in table if str(name).startswith(kept)}


def _plain(value: Any) -> bool | float | None:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return None if np.isnan(value) else float(value)


def revealed(model: NegotiationModel) -> Data:
    """The true numbers of this history: walk-away points at the start and at the end, priorities, stakes."""
    return {
        group.name: {
            party.name: {
                "walk_away": float(np.ravel(at(view.HERE, party.seats[group.name].reservation))[0]),
                "walk_away_now": float(party.reservation_in(group.name, view.HERE)[0]),
                "priorities": view.shares(party.seats[group.name].weights),
                "stake": float(np.ravel(party.seats[group.name].stake)[0]),
            }
            for party in group.members
        }
        for group in model.groups.values()
    }


# ---- a party ---------------------------------------------------------------------------------------------------------


def of_party(model: NegotiationModel, name: str, idle: float, others: pd.DataFrame) -> Data:
    """The end of a party's game.  idle: points of the history in which the delegation decides everything."""
    table = outcomes(model)
    mine = float(debrief.negotiated(table, name)[0]) - idle
    return {
        "outcome": outcome(table, 0),
        "score": {"points": mine, "formula": debrief.NEGOTIATED_TEXT},
        "among": _among(mine, others, TACTIC),
        "patience": _patience(others["half_way"].to_numpy(), others["score"].to_numpy()),
        "left_on_the_table": {group: _left(model, table, group, name) for group in model.parties_by_name[name].seats},
        "revealed": revealed(model),
        "chronicle": view.news(model, 0),
    }


def _patience(half_way: Array, scores: Array) -> Data:
    """Mean scores under the same chance of the quarter that gives way soonest, and of the one that holds out longest.

    half_way: rounds after which each has given way by half.
    """
    order, quarter = np.argsort(half_way, kind="stable"), max(len(scores) // 4, 1)
    return {
        "hasty": float(scores[order[:quarter]].mean()),
        "patient": float(scores[order[-quarter:]].mean()),
        "all": float(scores.mean()),
    }


def _left(model: NegotiationModel, table: pd.DataFrame, name: str, party: str) -> Data | None:
    """What an agreement left on the table; None without one.

    together: what all could have had more at once; mine: what the party could have had more without the other having
    less (two parties only).
    """
    group = model.groups[name]
    if not table[f"agreed.{name}"][0]:
        return None
    together = float(table[f"pareto_gap.{name}"][0])
    if len(group.parties) > 2:
        return {"together": together, "mine": None}
    (other,) = group.others_than(party)
    mine, theirs = (model.parties_by_name[who].seats[name].preferences.at(view.HERE) for who in (party, other))
    text = group.agreed_text.at(view.HERE)
    better = TradeOff.between(theirs, [mine]).best_for_others(theirs.utility(text))
    return {"together": together, "mine": max(float((mine.utility(better) - mine.utility(text))[0]), 0.0)}


# What a person's orders changed, in points, and its place among others.
#
# A history has points for how it ended: a mediator's add up four parts, each 0 to 1, with the weights of `MEDIATED`; a
# party's are what it has in the end. The score is the points of the game less those of its *idle twin*, the same
# history under the same chance in which the person did nothing (a mediator) or left everything to the delegation (a
# party).


MEDIATED = {"agreed": 40, "held": 30, "fair": 20, "saved": 10}
MEDIATED_TEXT = (
    "40 × share of the chapters that agreed + 30 if a full settlement held + 20 × fairness (smaller gain / larger gain)"
    " + 10 × share of the effort for the talks that was not spent; less the same of the idle twin"
)
NEGOTIATED_TEXT = (
    "100 × what the whole process is worth to you: each chapter by its stake, in the mean of all weeks; a week without "
    "agreement counts at your walk-away point as it was at the start; less the same of the history in which the "
    "delegation decides everything"
)
SAME = 1e-9  # scores that differ by less are the same


def mediated(outcomes: pd.DataFrame, spent: Array, allowance: float) -> pd.DataFrame:
    """Parts (0..1) and `points` (0..100) of each history.

    spent (R,): mediator-weeks that went into the talks; allowance: those that the scenario gives them. What is kept up
    after signature is not charged: it is what holds an agreement together.
    """
    agreed = [column for column in outcomes if str(column).startswith("agreed.")]
    parts = pd.DataFrame(
        {
            "agreed": outcomes[agreed].mean(axis=1),
            "held": outcomes["lasting"].astype(float),
            "fair": outcomes["fairness"].fillna(0.0),
            "saved": np.clip(1 - spent / max(allowance, SAME), 0, 1),
        }
    )
    return parts.assign(points=sum(points * parts[part] for part, points in MEDIATED.items()))


def negotiated(outcomes: pd.DataFrame, party: str) -> Array:
    """Points (0..100) of each history for one party."""
    return 100 * outcomes[f"utility.{party}"].to_numpy()


def mean(changed: Array) -> Data:
    """Mean of what the same orders changed in H histories (H,), with Student's 95 % interval."""
    count = len(changed)
    half = float(stdtrit(count - 1, 0.975) * changed.std(ddof=1) / np.sqrt(count))
    middle = float(changed.mean())
    return {"mean": middle, "low": middle - half, "high": middle + half, "histories": count}


def place(score: float, others: Array) -> Data:
    """Where a score stands among others: how many are better, the same, worse; `place` 1 is the best."""
    better, worse = int(np.sum(others > score + SAME)), int(np.sum(others < score - SAME))
    return {
        "mine": score,
        "scripted": len(others),
        "place": better + 1,
        "better": better,
        "same": len(others) - better - worse,
        "worse": worse,
        "scores": [round(float(x), 2) for x in np.sort(others)],
    }
