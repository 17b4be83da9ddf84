"""The page Negotiate: a person speaks for one party, against the model's others."""

from __future__ import annotations

from typing import Any

from sim.scenario import Scenario
from sim.web import endings, newsroom
from sim.web.game_forms import number, settled
from sim.web.game_pages import Role, moment
from sim.web.newsroom import POINTS, points
from sim.web.safety import Form
from sim.web.site import Page
from sim.web.texts import Texts

Data = dict[str, Any]

LEAST = ("delegate", "offer")  # what takes a least worth beside it
SAME, ALONE = "same", "delegate"  # what is decided for all tables with one press


def _seats(scenario: Scenario) -> dict[str, str]:
    return {name: spec.title or name for name, spec in scenario.parties.items()}


def _options(form: Form) -> Data:
    return {"party": form["seat"]} if "seat" in form else {}


# ---- a decision ------------------------------------------------------------------------------------------------------


def read(view: Data, form: Form) -> Data:
    """A mandate for each group that the form names; what is not allowed in it the game says.

    With one press all mandates stay as they are, or all tables are left to the delegation.
    """
    everywhere = form.get("all")
    if everywhere == SAME:
        return {}
    if everywhere == ALONE:
        return {name: {"do": "delegate"} for name in view["tables"]}
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
        mandate["offer"] = settled(view["groups"][name]["issues"], form, f"offer.{name}")
    return mandate


# ---- what is shown ---------------------------------------------------------------------------------------------------


def _now(t: Texts, shown: Data) -> Data:
    view = shown["view"]
    colours = {name: look["colour"] for name, look in shown["looks"].items()}
    tables = {name: _table(t, view, name, colours) for name in view["tables"]}
    alone = all(each["alone"] for each in tables.values())
    return moment(t, shown) | {
        "tables": tables,
        "colours": colours,
        "unfolded": _unfolded(view),
        "at_once": [ALONE] if alone else [SAME, ALONE],
        "elsewhere": [_elsewhere(t, view, name) for name in view["groups"] if name not in view["tables"]],
    }


def _unfolded(view: Data) -> str:
    """The one table that the page opens: that of the most urgent reason, else the first."""
    called = (item.get("group", "") for item in view["moment"]["why"])
    return next((name for name in called if name in view["tables"]), next(iter(view["tables"]), ""))


def _table(t: Texts, view: Data, name: str, colours: Data) -> Data:
    """One table of mine that is at work: the texts on it, and the mandate that stands."""
    found, mine, group = view["tables"][name], view["mine"][name], view["groups"][name]
    texts = [_text(t, author, each) for author, each in found["texts"].items()]
    mandate, own = found["mandate"], found["own_offer"]
    tabled = (own or found["suggested"])["text"]
    before = mandate["offer"] or {issue: each["settlement"] for issue, each in tabled.items()}
    least = mandate["least"] if mandate["do"] in LEAST else 0
    if own:
        texts.append(_text(t, view["name"], own) | {"own": True})
    return {
        "group": group,
        "texts": texts,
        "answers": _answers(t, view["do"], texts),
        "chosen": mandate["do"],
        "stands": _stands(t, mandate["do"], least),
        "alone": mandate["do"] == "delegate" and not least,
        "sliders": newsroom.sliders(t, group, before),
        "away": points(t, mine["walk_away"]),
        "least": round(POINTS * least, 1) if least else "",
        "mine": _mine(mine, texts, colours),
    }


def _stands(t: Texts, do: str, least: float) -> str:
    """What the delegation does if nothing is changed."""
    if do == "delegate":
        do = "bargain" if least else "delegate"
    return t(f"table.stands.{do}", take=t.number(POINTS * least, 1))


def _text(t: Texts, author: str, found: Data) -> Data:
    """One text: whose it is, what it says of each issue, what it is worth to me, and what it feels worth."""
    return {
        "author": author,
        "own": False,
        "deal": False,
        "says": newsroom.said(t, found["text"]),
        "worth": points(t, found["worth"]),
        "felt": points(t, found["felt"]),
        "value": found["worth"],
    }


def _answers(t: Texts, does: list[str], texts: list[Data]) -> list[Data]:
    """What may be done, each as a value of the form with its words; signing once for each text of others."""
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
                if not text["own"]
            ]
        else:
            found.append({"do": do, "value": do, "words": t(f"moment.do.{do}")})
    return found


def _mine(own: Data, texts: list[Data], colours: Data) -> Data:
    """What the page's script needs to work out what my sliders are worth to me: my own numbers, nobody else's."""
    kept = {key: own[key] for key in ("priorities", "ideal", "values", "commitments", "together")}
    marks = [
        {
            "author": text["author"],
            "own": text["own"],
            "worth": text["value"],
            "colour": colours.get(text["author"]),
        }
        for text in texts
    ]
    return kept | {"walkAway": own["walk_away"], "texts": marks}


def _elsewhere(t: Texts, view: Data, name: str) -> Data:
    """A table that is not at work, or not mine: its state, and what was signed there is worth to me."""
    signed = view["mine"].get(name, {}).get("signed")
    return {"name": name, "group": view["groups"][name], "signed": None if signed is None else points(t, signed)}


PAGE = Page("negotiate", 4, Role("negotiate", "party", _seats, _options, read, _now, endings.of_party).routes)
