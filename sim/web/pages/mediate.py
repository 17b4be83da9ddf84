"""The page Mediate: a person mediates from moment to moment, and stands among a thousand scripted mediators."""

from __future__ import annotations

from typing import Any

from sim.scenario import Scenario
from sim.web import endings, newsroom
from sim.web.game_forms import given, number, settled, whole
from sim.web.game_pages import Role, moment
from sim.web.safety import Form
from sim.web.site import Page
from sim.web.texts import Texts

Data = dict[str, Any]

PLACED = ("shuttle", "convene", "draft")  # activities that are done at a place
WHOLE = ("press", "guarantee")  # those for the talks as a whole
LONGEST_PAUSE = 52
ON = "yes"


def _seats(scenario: Scenario) -> dict[str, str]:
    return {name: spec.title or name for name, spec in scenario.mediators.items()}


def _options(form: Form) -> Data:
    return {"mediator": form["seat"]} if "seat" in form else {}


# ---- a decision ------------------------------------------------------------------------------------------------------


def read(view: Data, form: Form) -> Data:
    """The orders as the form has them; what is not allowed in them the game says."""
    orders: Data = {activity: _numbers(form, activity) for activity in PLACED}
    orders |= {activity: number(form[activity]) for activity in WHOLE if form.get(activity, "").strip()}
    orders["pause"] = {group: whole(text) for group, text in given(form, "pause").items() if text.strip() != "0"}
    orders["lift"] = list(given(form, "lift"))
    orders["texts"] = {
        name: settled(group["issues"], form, f"text.{name}")
        for name, group in view["groups"].items()
        if form.get(f"own.{name}") == ON
    }
    return {key: order for key, order in orders.items() if order}


def _numbers(form: Form, activity: str) -> Data:
    return {place: value for place, text in given(form, activity).items() if (value := number(text)) != 0}


# ---- what is shown ---------------------------------------------------------------------------------------------------


def _now(t: Texts, shown: Data) -> Data:
    view, before = shown["view"], shown["decisions"][-1] if shown["decisions"] else {}
    budget = view["budget"]
    points = {key: newsroom.short(t, budget[key]) for key in ("points", "given")}
    return moment(t, shown) | {
        "budget": t("moment.budget", saved=t.number(budget["saved"], 1), **points),
        "trips": t.number(budget["a_point_brings"]["trips"], 2),
        "groups": {name: _group(t, view, name, before) for name in view["groups"]},
        "placed": _placed(view, before),
        "longest": LONGEST_PAUSE,
    }


def _placed(view: Data, before: Data) -> dict[str, float]:
    """Points that the form shows at first: those of the orders that stand, as far as there are as many now."""
    open_to = {
        "shuttle": set(view["parties"]),
        "convene": set(view["pausable"]),
        "draft": set(view["pausable"]),
    }
    points = {
        f"{activity}.{place}": x
        for activity, places in open_to.items()
        for place, x in before.get(activity, {}).items()
        if place in places
    }
    points |= {activity: before[activity] for activity in WHOLE if activity in before}
    most = {name: view["budget"]["most"][name.partition(".")[0]] for name in points}
    fits = all(x <= most[name] for name, x in points.items()) and sum(points.values()) <= view["budget"]["points"]
    return {name: round(x, 2) for name, x in points.items()} if fits else {}


def _group(t: Texts, view: Data, name: str, before: Data) -> Data:
    group: Data = view["groups"][name]
    known = view["estimates"][name]
    own = before.get("texts", {}).get(name)
    return group | {
        "said": newsroom.offers(t, group),
        "settles": newsroom.signed(t, group),
        "ranks": newsroom.ranks(t, group, known),
        "bands": _bands(t, known),
        "sliders": newsroom.sliders(t, group, own or view["suggested"][name] or {}),
        "own": own is not None,
        "suggested": newsroom.said(t, newsroom.described(group, view["suggested"][name] or {})),
        "at_work": name in view["pausable"],
        "may_lift": name in view["liftable"],
    }


def _bands(t: Texts, known: Data) -> list[Data]:
    """What is known of the sides in numbers, a row each: what no agreement is worth, and each text on the table."""

    def row(title: str, found: dict[str, Data]) -> Data:
        cells = [{"party": party, "words": newsroom.band(t, each), **each} for party, each in found.items()]
        return {"title": title, "cells": cells}

    rows = [row(t("game.walk_away"), {party: each["walk_away"] for party, each in known.items()})]
    for author in next(iter(known.values()))["worth"]:
        title = t.say(author) or t("moment.suggested")
        rows.append(row(title, {party: each["worth"][author] for party, each in known.items()}))
    return rows


PAGE = Page("mediate", 3, Role("mediate", "mediator", _seats, _options, read, _now, endings.of_mediator).routes)
