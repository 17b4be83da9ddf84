"""What happened, in words of the page's language: dates, news, texts on the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sim import kinds
from sim.web.texts import Texts

Data = dict[str, Any]

POINTS = 100  # worths are shown as points of so many, as scores are
UNSAID = {kind.unsaid: f"news.unsaid.{kind.name}" for kind in kinds.KINDS.values() if kind.unsaid}
"""What is told of a dated event without words of its own, and where the words for it stand."""


def week_of(began: str, week: int) -> str:
    """The date of a week.  -> ISO"""
    return (dt.date.fromisoformat(began) + dt.timedelta(weeks=week)).isoformat()


def news(t: Texts, items: Iterable[Data]) -> list[Data]:
    """Each thing that happened as a date and a sentence; who declined is told with the round."""
    told: list[Data] = []
    for item in items:
        last = told[-1] if told else None
        if (
            item["kind"] == "decline"
            and last
            and (last["week"], last["group"]) == (item["week"], item.get("group", ""))
        ):
            if item["actor"] not in last["declined"]:
                last["declined"].append(item["actor"])
            continue
        told.append({"week": item["week"], "group": item.get("group", ""), "item": item, "declined": []})
    return [
        {"date": t.date(each["item"]["date"]), "grave": each["item"].get("size") == "grave", **_told(t, each)}
        for each in told
    ]


def _told(t: Texts, each: Data) -> dict[str, str]:
    said = sentence(t, each["item"])
    if each["declined"]:
        said["words"] = f"{said['words']} {t('news.declined', names=', '.join(map(t.say, each['declined'])))}"
    return said


def sentence(t: Texts, item: Data) -> dict[str, str]:
    """`words`: in the page's language; `quoted`: what the scenario says, or, of a kind without words, English."""
    names = {key: item.get(key, "") for key in ("group", "actor", "to", "number", "text")}
    kind, text = item["kind"], str(names["text"])
    if kind == "statement":
        where = f"{t.put(names['group'])}:" if names["group"] else ""
        unsaid = UNSAID.get(text)
        return {"words": f"{where} {t(unsaid)}".strip(), "quoted": ""} if unsaid else {"words": where, "quoted": text}
    key = f"news.{kind}.{item['size']}" if "size" in item else f"news.{kind}"
    if not names["actor"] and f"{key}.somebody" in t.entries:
        key = f"{key}.somebody"
    if not names["to"] and f"{key}.plain" in t.entries:
        key = f"{key}.plain"
    if key in t.entries:
        return {"words": t(key, **names), "quoted": text}
    plain = kinds.of(kind).plain(names["actor"], names["to"], names["group"])
    return {"words": "", "quoted": f"{plain} {text}".strip()}


def reasons(t: Texts, items: Iterable[Data]) -> list[dict[str, str]]:
    """Why people are asked now, a sentence each; what happened twice is said once."""
    found: list[dict[str, str]] = []
    for item in items:
        said = sentence(t, item)
        if said not in found:
            found.append(said)
    return found


def ranks(t: Texts, group: Data, known: Data) -> list[Data]:
    """Places of each question by importance, a row each, a cell for each side: 1, or 2–4, and how sure that is."""
    found = {party: {rank["issue"]: rank for rank in each["ranks"]} for party, each in known.items()}
    return [
        {
            "title": t.say(spec["title"] or issue),
            "cells": {party: rank(t, each[issue]) for party, each in found.items()},
        }
        for issue, spec in group["issues"].items()
    ]


def rank(t: Texts, found: Data) -> str:
    """The places that a question may have in a side's order."""
    best, worst = t.number(found["best"]), t.number(found["worst"])
    places = best if best == worst else f"{best}–{worst}"
    return places if found["sure"] == 1 else t("moment.sure", places=places, sure=share(t, found["sure"]))


def short(t: Texts, points: float) -> str:
    """Points with no more places than they have, one at the most."""
    return t.number(points, 0 if round(points, 1).is_integer() else 1)


def points(t: Texts, worth: float) -> str:
    """A worth as points of a hundred."""
    return t.number(POINTS * worth, 1)


def share(t: Texts, value: float) -> str:
    """A share of 1 as a percentage."""
    return t("percent", n=t.number(100 * value))


def band(t: Texts, found: Data) -> str:
    """A band of shares."""
    return t("percent.band", low=t.number(100 * found["low"]), high=t.number(100 * found["high"]))


def settlement(t: Texts, settled: Data) -> str:
    """A settlement in words; a point between the labels of its scale with its place."""
    point = settled["settlement"]
    if isinstance(point, str):
        return t.say(point)
    place = t.number(point, 2)
    return t("game.near", means=settled["means"], point=place) if settled["means"] else place


def offers(t: Texts, group: Data) -> Data:
    """What each party has on the table of a group, issue by issue.  -> {issue: [(party, words, point)]}"""
    return {
        issue: [
            {
                "party": party,
                "words": settlement(t, offer[issue]),
                "point": offer[issue]["settlement"] if not isinstance(offer[issue]["settlement"], str) else None,
            }
            for party, offer in group["offers"].items()
        ]
        for issue in group["issues"]
    }


def signed(t: Texts, group: Data) -> Data:
    """What a signed text settles, issue by issue."""
    return said(t, group["signed"] or {})


def described(group: Data, text: Data) -> Data:
    """A plain text of a group as views tell texts: each settlement with what it means."""
    return {
        issue: {"settlement": settled, "means": _nearest(group["issues"][issue], settled)}
        for issue, settled in text.items()
    }


def said(t: Texts, text: Data) -> dict[str, str]:
    """What a text settles, issue by issue, in words."""
    return {issue: settlement(t, settled) for issue, settled in text.items()}


def _nearest(issue: Data, point: float | str) -> str:
    """The label of a scale next to a point; "" of an option."""
    labels = issue["labels"]
    if isinstance(point, str) or not labels:
        return ""
    return str(min(labels, key=lambda label: abs(label["point"] - point))["label"])


def sliders(t: Texts, group: Data, text: Data) -> list[Data]:
    """Controls for a text of a group, one for each issue, set as `text` settles it."""
    return [
        {
            "name": issue,
            "title": spec["title"] or issue,
            "options": spec["options"],
            "labels": [each | {"label": t.say(each["label"])} for each in spec["labels"]],
            "value": text.get(issue, spec["options"][0] if spec["options"] else 0.5),
        }
        for issue, spec in group["issues"].items()
    ]
