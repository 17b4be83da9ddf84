"""The end of a game in words: how it came out, the score and its place, what mattered, what had been hidden."""

from __future__ import annotations

from typing import Any

from sim.web import newsroom
from sim.web.texts import Texts

Data = dict[str, Any]

SAME = 0.05  # scores that differ by less look the same


# ---- both roles ------------------------------------------------------------------------------------------------------


def _common(t: Texts, told: Data) -> Data:
    end, view = told["end"], told["view"]
    return {
        "outcome": _outcome(t, end["outcome"], view),
        "points": signed(t, end["score"]["points"]),
        "place": _place(t, end["among"]),
        "mine": signed(t, end["among"]["mine"]),
        "scripted": t.number(end["among"]["scripted"]),
        "marks": {key: end["among"][key] for key in ("scores", "mine")},
        "spread": _spread(t, end["among"]["scores"]),
        "revealed": {
            name: _revealed(t, view["groups"][name]["issues"], parties, told["known"].get(name, {}))
            for name, parties in end["revealed"].items()
        },
        "chronicle": newsroom.news(t, end["chronicle"]),
    }


def _outcome(t: Texts, outcome: Data, view: Data) -> list[str]:
    """Settled or not, held or not, and what became of each chapter."""
    if outcome["settled"]:
        said = [t("end.lasting" if outcome["lasting"] else "end.broke", week=t.number(outcome["settled_week"]))]
    else:
        said = [t("end.unsettled")]
    return said + [_chapter(t, outcome, name) for name in view["groups"]]


def _chapter(t: Texts, outcome: Data, name: str) -> str:
    if not outcome[f"agreed.{name}"]:
        return t("end.chapter.none", group=name)
    key = "end.chapter.broke" if outcome[f"collapsed.{name}"] else "end.chapter.agreed"
    return t(key, group=name, week=t.number(outcome[f"week.{name}"] or 0))


def _place(t: Texts, among: Data) -> str:
    return t("end.place", **{key: among[key] for key in ("scripted", "better", "same", "worse")})


def _spread(t: Texts, scores: list[float]) -> list[tuple[str, str]]:
    """The scores in five numbers, from the worst to the best."""
    last = len(scores) - 1
    names = ("worst", "quarter", "middle", "three", "best")
    return [(t(f"end.spread.{name}"), t.number(scores[last * n // 4], 1)) for n, name in enumerate(names)]


def _best(t: Texts, told: Data, role: str, **plan: str) -> str:
    """What the best of the scripted players did, if it made a difference."""
    scores = told["end"]["among"]["scores"]
    if scores[-1] - scores[0] < SAME:
        return t("end.best.same")
    return t(f"end.best.{role}", score=t.number(scores[-1], 1), **plan)


def _revealed(t: Texts, issues: Data, parties: Data, known: Data) -> list[Data]:
    """True numbers of a group, a row each: beside priorities the bands that a mediator had when it decided last.

    A walk-away point has moved on since, so that its last band says nothing of either.
    """

    def row(title: str, values: dict[str, float], bands: Data) -> Data:
        return {"title": title, "cells": [_cell(t, party, value, bands.get(party)) for party, value in values.items()]}

    rows = [
        row(t(f"end.walk_away.{when}"), {party: true[key] for party, true in parties.items()}, {})
        for when, key in (("first", "walk_away"), ("last", "walk_away_now"))
    ]
    for issue, spec in issues.items():
        values = {party: true["priorities"][issue] for party, true in parties.items()}
        rows.append(
            row(spec["title"] or issue, values, {who: each["priorities"][issue] for who, each in known.items()})
        )
    return rows


def _cell(t: Texts, party: str, value: float, band: Data | None) -> Data:
    knew = newsroom.band(t, band) if band else ""
    return {"party": party, "words": newsroom.share(t, value), "truth": value, "band": band, "knew": knew}


# ---- a mediator ------------------------------------------------------------------------------------------------------


def of_mediator(t: Texts, told: Data) -> Data:
    """What the template `mediate_end` needs."""
    end = told["end"]
    turns = [_turn(t, told, turn) for turn in end["turns"]]
    plan = {key: t.number(100 * value) for key, value in end["among"]["best"]["plan"].items()}
    return _common(t, told) | {
        "elsewhere": _elsewhere(t, end["score"]["elsewhere"]),
        "parts": [_part(t, end["score"], part) for part in end["score"]["parts"]],
        "mattered": [turns[turn["turn"] - 1] for turn in end["mattered"] if abs(turn["difference"]) >= SAME],
        "turns": turns,
        "best": _best(t, told, "mediator", **plan),
    }


def _way(low: float, high: float, least: float = 0.0) -> str:
    """`up` or `down` where all that lies between the two is at least so far from nothing, else `same`."""
    if low > 0 and low >= least:
        return "up"
    return "down" if high < 0 and high <= -least else "same"


def _elsewhere(t: Texts, mean: Data) -> str:
    """What the same orders changed in other histories, with a verb only where the interval leaves 0."""
    key = _way(mean["low"], mean["high"])
    numbers = {name: signed(t, mean[name]) for name in ("mean", "low", "high")}
    return t(f"end.elsewhere.{key}", histories=t.number(mean["histories"]), **numbers)


def _part(t: Texts, score: Data, part: str) -> Data:
    share, idle = score["parts"][part], score["idle"][part]
    return {
        "name": t(f"end.part.{part}"),
        "share": newsroom.share(t, share),
        "idle": newsroom.share(t, idle),
        "points": signed(t, (share - idle) * score["weights"][part]),
    }


def signed(t: Texts, points: float) -> str:
    """Points with their sign; what looks like 0 has none."""
    return ("+" if points >= SAME else "") + t.number(points if abs(points) >= SAME else 0.0, 1)


def _turn(t: Texts, told: Data, turn: Data) -> Data:
    """One turn: what was done in it, and what the game without it would have come to."""
    weeks = told["options"]["turn_weeks"]
    began = newsroom.week_of(told["began"], (turn["turn"] - 1) * weeks)
    difference = turn["difference"]
    direction = _way(difference, difference, SAME)
    return {
        "number": turn["turn"],
        "date": t.date(began),
        "did": did(t, told["decisions"][turn["turn"] - 1]),
        "without": t.number(turn["without"], 1),
        "difference": signed(t, difference),
        "words": t(f"end.turn.{direction}", points=t.number(abs(difference), 1), without=t.number(turn["without"], 1)),
        "otherwise": _otherwise(t, told["end"]["outcome"], turn["outcome_without"], told["view"]["groups"]),
    }


def _otherwise(t: Texts, outcome: Data, without: Data, groups: Data) -> list[str]:
    """What would have come out otherwise without a turn."""
    said = []
    for name in groups:
        mine, other = outcome[f"agreed.{name}"], without[f"agreed.{name}"]
        if mine != other:
            said.append(t("end.otherwise.lost" if mine else "end.otherwise.won", group=name))
        elif mine and outcome[f"collapsed.{name}"] != without[f"collapsed.{name}"]:
            said.append(t("end.otherwise.held" if outcome[f"collapsed.{name}"] else "end.otherwise.broke", group=name))
        elif mine and outcome[f"week.{name}"] != without[f"week.{name}"]:
            said.append(t("end.otherwise.week", group=name, week=t.number(without[f"week.{name}"] or 0)))
    return said or [t("end.otherwise.same")]


def did(t: Texts, decision: Data) -> str:
    """A turn's orders in a few words."""
    said = []
    for key in ("shuttle", "convene", "draft", "press", "guarantee"):
        points = decision.get(key)
        if isinstance(points, dict):
            places = ", ".join(f"{place} {newsroom.short(t, x)}" for place, x in points.items())
            said.append(f"{t('activity.' + key)} ({places})")
        elif points:
            said.append(f"{t('activity.' + key)} {newsroom.short(t, points)}")
    said += [t("did.pause", group=group, weeks=weeks) for group, weeks in decision.get("pause", {}).items()]
    said += [t("did.lift", group=group) for group in decision.get("lift", [])]
    said += [t("did.text", group=group) for group in decision.get("texts", {})]
    return "; ".join(said) or t("did.nothing")


# ---- a party ---------------------------------------------------------------------------------------------------------


def of_party(t: Texts, told: Data) -> Data:
    """What the template `negotiate_end` needs."""
    end = told["end"]
    rounds = t.number(end["among"]["best"]["plan"]["half_way"], 1)
    return _common(t, told) | {
        "patience": _patience(t, end["patience"]),
        "left": [_left(t, name, left) for name, left in end["left_on_the_table"].items()],
        "best": _best(t, told, "party", rounds=rounds),
    }


def _patience(t: Texts, patience: Data) -> str:
    """What haste or patience brought those who faced the same chance."""
    gap = patience["patient"] - patience["hasty"]
    key = {"up": "patient", "down": "hasty", "same": "same"}[_way(gap, gap, SAME)]
    numbers = {name: t.number(patience[name], 1) for name in ("patient", "hasty")}
    return t(f"end.patience.{key}", gap=t.number(abs(gap), 1), **numbers)


def _left(t: Texts, name: str, left: Data | None) -> str:
    if left is None:
        return t("end.left.none", group=name)
    if left["mine"] is None:
        return t("end.left.together", group=name, together=t.number(100 * left["together"], 1))
    both = {key: t.number(100 * left[key], 1) for key in ("together", "mine")}
    return t("end.left.both" if left["mine"] >= 0.005 else "end.left.nothing", group=name, **both)
