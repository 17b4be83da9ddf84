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
        "elsewhere": _elsewhere(t, end["score"]["elsewhere"]),
        "place": _place(t, end["among"]),
        "prospects": prospects(t, view["role"], view["title"] or view["name"], end["prospects"]),
        "best": _best(t, view["role"], end["prospects"]),
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


def _interval(t: Texts, found: Data) -> dict[str, str]:
    """A mean and its interval as words, with their signs."""
    return {"mean": signed(t, found["mean"]), "low": signed(t, found["low"]), "high": signed(t, found["high"])}


def prospects(t: Texts, role: str, seat: str, found: Data) -> list[str]:
    """What can be won in a seat: how who does nothing stands among the scripted, and what the best of them brings."""
    best, idle = found["best"], {key: t.number(found["idle"][key]) for key in ("scripted", "better", "worse")}
    numbers = {"histories": t.number(best["histories"])} | _interval(t, best)
    key = "brings" if found["open"] else f"same.{role}"
    return [t(f"moment.idle.{role}", seat=seat, **idle), t(f"moment.best.{key}", **numbers)]


def _best(t: Texts, role: str, found: Data) -> list[str]:
    """What the best of the scripted players did, where it can be told from doing nothing: not told before the end."""
    planned = found["best"]["plan"]
    key = f"{role}.offer" if planned.get("keeps") else role
    plan = {name: t.number(100 * value) for name, value in planned.items()}
    return [t(f"moment.best.{key}", **plan)] if found["open"] else []


def _revealed(t: Texts, issues: Data, parties: Data, known: Data) -> list[Data]:
    """True numbers of a group, a row each: beside priorities the places that a mediator knew when it decided last."""

    def row(title: str, values: dict[str, float], knew: dict[str, str]) -> Data:
        return {
            "title": title,
            "cells": [_cell(t, party, value, knew.get(party, "")) for party, value in values.items()],
        }

    rows = [
        row(t(f"end.walk_away.{when}"), {party: true[key] for party, true in parties.items()}, {})
        for when, key in (("first", "walk_away"), ("last", "walk_away_now"))
    ]
    for issue, spec in issues.items():
        values = {party: true["priorities"][issue] for party, true in parties.items()}
        knew = {
            party: newsroom.rank(t, found)
            for party, each in known.items()
            for found in each["ranks"]
            if found["issue"] == issue
        }
        rows.append(row(t.say(spec["title"] or issue), values, knew))
    return rows


def _cell(t: Texts, party: str, value: float, knew: str) -> Data:
    return {"party": party, "words": newsroom.share(t, value), "truth": value, "band": None, "knew": knew}


# ---- a mediator ------------------------------------------------------------------------------------------------------


def of_mediator(t: Texts, told: Data) -> Data:
    """What the template `mediate_end` needs."""
    end = told["end"]
    turns = [_turn(t, told, turn) for turn in end["turns"]]
    effort = {key: t.number(end["effort"][key], 1) for key in ("spent", "given")}
    return _common(t, told) | {
        "parts": [_part(t, end["score"], part) for part in end["score"]["parts"]],
        "mattered": [turns[turn["turn"] - 1] for turn in end["mattered"]],
        "turns": turns,
        "effort": t("moment.effort", **effort),
    }


def _way(found: Data) -> str:
    """`up` or `down` where an interval leaves 0, else `same`."""
    if found["low"] > 0:
        return "up"
    return "down" if found["high"] < 0 else "same"


def _elsewhere(t: Texts, mean: Data) -> str:
    """What the same decisions changed in other histories, with a verb only where the interval leaves 0."""
    return t(f"end.elsewhere.{_way(mean)}", histories=t.number(mean["histories"]), **_interval(t, mean))


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
    """One decision: what was ordered, and what it was worth in other histories and in this one."""
    began = newsroom.week_of(told["began"], told["end"]["weeks"][turn["turn"] - 1])
    elsewhere = turn["elsewhere"]
    return {
        "number": turn["turn"],
        "date": t.date(began),
        "did": did(t, told["decisions"][turn["turn"] - 1]),
        "words": t(
            f"moment.paid.{_way(elsewhere)}", histories=t.number(elsewhere["histories"]), **_interval(t, elsewhere)
        ),
        "worth": t("moment.interval", **_interval(t, elsewhere)),
        "here": t("moment.here", points=signed(t, turn["difference"])),
    }


def did(t: Texts, decision: Data) -> str:
    """Orders in a few words."""
    said = []
    for key in ("shuttle", "convene", "draft", "press", "guarantee"):
        points = decision.get(key)
        if isinstance(points, dict):
            places = ", ".join(f"{t.say(place)} {newsroom.short(t, x)}" for place, x in points.items())
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
    return _common(t, told) | {
        "left": [_left(t, name, left) for name, left in end["left_on_the_table"].items()],
    }


def _left(t: Texts, name: str, left: Data | None) -> str:
    if left is None:
        return t("end.left.none", group=name)
    if left["mine"] is None:
        return t("end.left.together", group=name, together=t.number(100 * left["together"], 1))
    both = {key: t.number(100 * left[key], 1) for key in ("together", "mine")}
    return t("end.left.both" if left["mine"] >= 0.005 else "end.left.nothing", group=name, **both)
