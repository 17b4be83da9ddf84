"""The page Negotiate: a person speaks for one party, against the model's others."""

from __future__ import annotations

from typing import Any

from sim.scenario import Scenario
from sim.web import endings, newsroom
from sim.web.game_pages import Role, moment, number
from sim.web.safety import Form
from sim.web.site import Page
from sim.web.texts import Texts

Data = dict[str, Any]

LEAST = ("delegate", "offer")  # what takes a least worth beside it
POINTS = 100  # worths are shown as points of so many, as scores are


def _seats(scenario: Scenario) -> dict[str, str]:
    return {name: spec.title or name for name, spec in scenario.parties.items()}


def _options(form: Form) -> Data:
    return {"party": form["seat"]} if "seat" in form else {}


# ---- a decision ------------------------------------------------------------------------------------------------------


def read(view: Data, form: Form) -> Data:
    """A mandate for each group that the form names; what is not allowed in it the game says."""
    given = {name: form[f"do.{name}"] for name in view["tables"] if form.get(f"do.{name}")}
    return {name: _mandate(view, form, name, chosen) for name, chosen in given.items()}


def _mandate(view: Data, form: Form, name: str, chosen: str) -> Data:
    do, _, of = chosen.partition("|")
    mandate: Data = {"do": do}
    if of:
        mandate["of"] = of
    text = form.get(f"least.{name}", "").strip()
    if do in LEAST and text:
        least = number(text)
        mandate["least"] = least if isinstance(least, str) else least / POINTS
    if do == "offer":
        mandate.setdefault("least", view["mine"][name]["walk_away"])
        mandate["offer"] = _offer(view["groups"][name]["issues"], form, name)
    return mandate


def _offer(issues: Data, form: Form, name: str) -> Data:
    """The text that the sliders of a group say."""
    offer: Data = {}
    for issue, spec in issues.items():
        settled = form.get(f"offer.{name}.{issue}", "")
        offer[issue] = settled if spec["options"] else number(settled)
    return offer


# ---- what is shown ---------------------------------------------------------------------------------------------------


def _now(t: Texts, shown: Data) -> Data:
    view = shown["view"]
    return moment(t, shown) | {
        "tables": {name: _table(t, view, name, shown["looks"]) for name in view["tables"]},
        "elsewhere": [_elsewhere(t, view, name) for name in view["groups"] if name not in view["tables"]],
    }


def _table(t: Texts, view: Data, name: str, looks: Data) -> Data:
    """One table of mine that is at work: the texts on it, and the mandate that stands."""
    found, mine, group = view["tables"][name], view["mine"][name], view["groups"][name]
    texts = [_text(t, author, each, looks) for author, each in found["texts"].items()]
    mandate, own = found["mandate"], found["own_offer"]
    tabled = (own or found["suggested"])["text"]
    before = mandate["offer"] or {issue: each["settlement"] for issue, each in tabled.items()}
    return {
        "group": group,
        "texts": texts,
        "own_offer": _text(t, view["name"], own, looks) if own else None,
        "answers": _answers(t, view["do"], texts),
        "chosen": mandate["do"],
        "sliders": newsroom.sliders(t, group, before),
        "away": _points(t, mine["walk_away"]),
        "least": round(POINTS * mandate["least"], 1) if mandate["least"] and mandate["do"] in LEAST else "",
        "mine": _mine(mine, texts, own),
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


def _answers(t: Texts, does: list[str], texts: list[Data]) -> list[Data]:
    """What may be done, each as a value of the form with its words; signing once for each text."""
    found = []
    for do in does:
        if do == "sign":
            found += [
                {
                    "do": do,
                    "value": f"sign|{text['author']}",
                    "words": t("moment.do.sign", author=text["author"], worth=text["worth"]),
                }
                for text in texts
            ]
        else:
            found.append({"do": do, "value": do, "words": t(f"moment.do.{do}")})
    return found


def _mine(own: Data, texts: list[Data], offer: Data | None) -> Data:
    """What the page's script needs to work out what my sliders are worth to me: my own numbers, nobody else's."""
    kept = {key: own[key] for key in ("priorities", "ideal", "values", "commitments", "together")}
    marks = [{"author": text["author"], "worth": text["value"], "colour": text["colour"]} for text in texts]
    return kept | {"walkAway": own["walk_away"], "texts": marks, "ownOffer": offer["worth"] if offer else None}


def _elsewhere(t: Texts, view: Data, name: str) -> Data:
    """A table that is not at work, or not mine: its state, and what was signed there is worth to me."""
    signed = view["mine"].get(name, {}).get("signed")
    return {"name": name, "group": view["groups"][name], "signed": None if signed is None else _points(t, signed)}


PAGE = Page("negotiate", 4, Role("negotiate", "party", _seats, _options, read, _now, endings.of_party).routes)
