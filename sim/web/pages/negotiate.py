"""The page Negotiate: a person speaks for one party, against the model's others."""

from __future__ import annotations

import math
from typing import Any

from sim.scenario import Scenario
from sim.web import endings, newsroom
from sim.web.game_pages import Role, number, whole
from sim.web.safety import Form
from sim.web.site import Page
from sim.web.texts import Texts

Data = dict[str, Any]

TABLES = ("come", "counter", "mandate")  # answers that put an offer on the table
LASTS = ("mandate", "delegate")  # answers that may hold for more rounds
LATELY = 12  # news that are shown at once; earlier ones are folded away
POINTS = 100  # worths are shown as points of so many, as scores are


def _seats(scenario: Scenario) -> dict[str, str]:
    return {name: spec.title or name for name, spec in scenario.parties.items()}


def _options(form: Form) -> Data:
    chosen = {"party": form["seat"]} if "seat" in form else {}
    return chosen | ({"walkouts": form["walkouts"]} if "walkouts" in form else {})


# ---- a decision ------------------------------------------------------------------------------------------------------


def read(view: Data, form: Form) -> Data:
    """The answer as the form has it; what is not allowed in it the game says."""
    do, _, of = form.get("do", "").partition("|")
    answer: Data = {"do": do}
    if of:
        answer["of"] = of
    issues = view["groups"][view["question"]["group"]]["issues"]
    if do in TABLES and any(f"offer.{issue}" in form for issue in issues):
        answer["offer"] = {
            issue: form.get(f"offer.{issue}", "") if spec["options"] else number(form.get(f"offer.{issue}", ""))
            for issue, spec in issues.items()
        }
    if do == "mandate":
        take = number(form.get("take", ""))
        answer["take"] = take if isinstance(take, str) else take / POINTS
    if do in LASTS:
        answer["rounds"] = whole(form.get("rounds", "1"))
    return answer


# ---- what is shown ---------------------------------------------------------------------------------------------------


def _now(t: Texts, shown: Data) -> Data:
    view = shown["view"]
    question, group = view["question"], view["groups"][view["question"]["group"]]
    before = question["own_offer"] or question["suggested"]
    texts = [_text(t, author, found, shown["looks"]) for author, found in question["texts"].items()]
    news = newsroom.news(t, view["news"])
    return {
        "news": news[-LATELY:],
        "earlier": news[:-LATELY],
        "today": t.date(view["date"]),
        "group": group,
        "texts": texts,
        "own_offer": _text(t, view["name"], question["own_offer"], shown["looks"]) if question["own_offer"] else None,
        "answers": _answers(t, question, texts),
        "sliders": newsroom.sliders(group, {issue: each["settlement"] for issue, each in before["text"].items()}),
        "away": _points(t, question["walk_away"]),
        "take": math.ceil(POINTS * question["walk_away"]),
        "mine": _mine(view, question, texts),
        "elsewhere": [_elsewhere(t, view, name) for name in view["groups"] if name != question["group"]],
        "number": len(shown["decisions"]),
    }


def _text(t: Texts, author: str, found: Data, looks: Data) -> Data:
    """One text: whose it is, what it says of each issue, what it is worth to me, and what it feels worth."""
    return {
        "author": author,
        "colour": looks[author]["colour"] if author in looks else None,
        "says": {issue: newsroom.settlement(t, settled) for issue, settled in found["text"].items()},
        "worth": _points(t, found["worth"]),
        "felt": _points(t, found["felt"]),
        "value": found["worth"],
    }


def _points(t: Texts, worth: float) -> str:
    return t.number(POINTS * worth, 1)


def _answers(t: Texts, question: Data, texts: list[Data]) -> list[Data]:
    """What may be done, each as a value of the form with its words; accepting once for each text."""
    found = []
    for do in question["do"]:
        if do == "accept":
            found += [
                {"do": do, "value": f"accept|{text['author']}", "words": t("do.accept", author=text["author"])}
                for text in texts
            ]
        else:
            found.append({"do": do, "value": do, "words": t(f"do.{do}")})
    return found


def _mine(view: Data, question: Data, texts: list[Data]) -> Data:
    """What the page's script needs to work out what my sliders are worth to me: my own numbers, nobody else's."""
    own = view["mine"][question["group"]]
    kept = {key: own[key] for key in ("priorities", "ideal", "values", "commitments", "together")}
    offers = [{"author": text["author"], "worth": text["value"], "colour": text["colour"]} for text in texts]
    before = question["own_offer"]["worth"] if question["own_offer"] else None
    return kept | {"walkAway": question["walk_away"], "texts": offers, "ownOffer": before}


def _elsewhere(t: Texts, view: Data, name: str) -> Data:
    """Another table of mine: its state and what its last offers are worth to me."""
    own = view["mine"].get(name)
    offers = {} if own is None else {who: _points(t, each["worth"]) for who, each in own["offers"].items()}
    return {"name": name, "group": view["groups"][name], "offers": offers}


PAGE = Page("negotiate", 4, Role("negotiate", "party", _seats, _options, read, _now, endings.of_party).routes)
