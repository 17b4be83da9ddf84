"""What a person learns when the game is over: outcome, score, place, what mattered, and what was hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.arrays import Array, at
from sim.bargaining.offers import TradeOff
from sim.outcomes import outcomes
from sim.play import view
from sim.play.game import Data

if TYPE_CHECKING:
    from sim.model import NegotiationModel

MATTERED = 2  # decisions that are singled out


def of_mediator(model: NegotiationModel, elsewhere: Array) -> Data:
    """The end of a mediator's game.

    Row 0 of the model is the game, row k the same without decision k, the last one idle. elsewhere (rows, H): points of
    the same rows in other histories.
    """
    table = outcomes(model)
    scored, idle = mediated(table), len(table) - 1
    changed = scored["points"].to_numpy() - float(scored["points"][idle])
    turns = [
        _turn(table, changed, row) | {"elsewhere": mean(elsewhere[0] - elsewhere[row], idle - 1)}
        for row in range(1, idle)
    ]
    mattered = [turn for turn in turns if leaves_0(turn["elsewhere"])]
    return {
        "outcome": outcome(table, 0),
        "score": {
            "points": float(changed[0]),
            "elsewhere": mean(elsewhere[0] - elsewhere[idle]),
            "parts": {part: float(scored[part][0]) for part in MEDIATED},
            "idle": {part: float(scored[part][idle]) for part in MEDIATED},
            "weights": MEDIATED,
            "formula": MEDIATED_TEXT,
        },
        "turns": turns,
        "mattered": sorted(mattered, key=lambda turn: -abs(turn["elsewhere"]["mean"]))[:MATTERED],
        "revealed": revealed(model),
        "chronicle": view.news(model, 0),
    }


def _turn(table: pd.DataFrame, changed: Array, row: int) -> Data:
    """What one decision was worth in this history: the score with it less the score without it."""
    return {
        "turn": row,
        "without": float(changed[row]),
        "difference": float(changed[0] - changed[row]),
        "outcome_without": outcome(table, row),
    }


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


def of_party(model: NegotiationModel, name: str, elsewhere: Array) -> Data:
    """The end of a party's game.

    Row 0 of the model is the game, in row 1 the delegation decides everything. elsewhere (2, H): points of the same
    rows in other histories.
    """
    table = outcomes(model)
    points = negotiated(table, name)
    return {
        "outcome": outcome(table, 0),
        "score": {
            "points": float(points[0] - points[1]),
            "elsewhere": mean(elsewhere[0] - elsewhere[1]),
            "formula": NEGOTIATED_TEXT,
        },
        "left_on_the_table": {group: _left(model, table, group, name) for group in model.parties_by_name[name].seats},
        "revealed": revealed(model),
        "chronicle": view.news(model, 0),
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


# What a person's decisions changed, in points, and its place among others.
#
# A history has points for how it ended: a mediator's add up three parts, each 0 to 1, with the weights of `MEDIATED`; a
# party's are what it has in the end. The score is the points of the game less those of its *idle twin*, the same
# history under the same chance in which the person did nothing (a mediator) or left everything to the delegation (a
# party). Effort is no part of it: a budget limits it already, and with a price on it whoever does nothing stands above
# the middle wherever most plans change little.


MEDIATED = {"agreed": 50, "held": 30, "fair": 20}
MEDIATED_TEXT = (
    "50 × share of the chapters that agreed + 30 if a full settlement held + 20 × fairness (smaller gain / larger gain)"
    "; less the same of the idle twin"
)
NEGOTIATED_TEXT = (
    "100 × what the whole process is worth to you: each chapter by its stake, in the mean of all weeks; a week without "
    "agreement counts at your walk-away point as it was at the start; less the same of the history in which the "
    "delegation decides everything"
)
SAME = 1e-9  # scores that differ by less are the same
WINNABLE = 1.0  # points between the quarters of the scripted players' scores; with no more, nothing can be won


def mediated(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Parts (0..1) and `points` (0..100) of each history."""
    agreed = [column for column in outcomes if str(column).startswith("agreed.")]
    parts = pd.DataFrame(
        {
            "agreed": outcomes[agreed].mean(axis=1),
            "held": outcomes["lasting"].astype(float),
            "fair": outcomes["fairness"].fillna(0.0),
        }
    )
    return parts.assign(points=sum(points * parts[part] for part, points in MEDIATED.items()))


def negotiated(outcomes: pd.DataFrame, party: str) -> Array:
    """Points (0..100) of each history for one party."""
    return 100 * outcomes[f"utility.{party}"].to_numpy()


def mean(changed: Array, of: int = 1) -> Data:
    """Mean of what the same decisions changed in H histories (H,), with Student's 95 % interval.

    of: how many such means are looked at together; all their intervals hold at once with 95 % (Bonferroni).
    """
    count = len(changed)
    half = float(stdtrit(count - 1, 1 - 0.025 / of) * changed.std(ddof=1) / np.sqrt(count))
    middle = float(changed.mean())
    return {"mean": middle, "low": middle - half, "high": middle + half, "histories": count}


def leaves_0(found: Data) -> bool:
    """Is it told from nothing? Only then may one say that something paid, or cost."""
    return bool(found["low"] > 0 or found["high"] < 0)


def quartiles(changed: Array) -> Data:
    """What could be won in one history: how far apart the plans of the scripted players come out there.

    changed (N,): points that each of them changes. Nothing can be won within a point from quarter to quarter, nor where
    whatever they try costs points.
    """
    low, middle, high = (float(x) for x in np.quantile(changed, (0.25, 0.5, 0.75)))
    best = float(changed.max())
    opens = high - low > WINNABLE and best > 0
    return {"low": low, "middle": middle, "high": high, "best": best, "open": opens}


def place(score: float, others: Array) -> Data:
    """Where a score stands among others (see `standing`), and all of theirs."""
    return standing(score, others) | {"scores": [round(float(x), 2) for x in np.sort(others)]}


def standing(score: float, others: Array) -> Data:
    """How many of the others are better, the same, worse than a score; `place` 1 is the best."""
    better, worse = int(np.sum(others > score + SAME)), int(np.sum(others < score - SAME))
    return {
        "mine": score,
        "scripted": len(others),
        "place": better + 1,
        "better": better,
        "same": len(others) - better - worse,
        "worse": worse,
    }
