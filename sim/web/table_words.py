"""A seat at a table in words of the page's language, and what its form decides."""

from __future__ import annotations

from typing import Any

from sim.scenario.parties import ACTIVITIES
from sim.web import newsroom
from sim.web.game_forms import number, settled, whole
from sim.web.newsroom import POINTS, points
from sim.web.safety import Form
from sim.web.tables import Moved
from sim.web.texts import Texts

Data = dict[str, Any]

OPEN = ("open", "frozen")  # states of a chapter in which there is something to decide
LATELY = 10  # news that are shown at once
DEAL = "deal:"  # before the name of whoever has entered what was agreed face to face
SURE = 0.6  # from there on it is said what seems to matter most to another party


# ---- what is decided -------------------------------------------------------------------------------------------------


def decided(view: Data, form: Form, deals: dict[str, dict[str, Data]]) -> Data:
    """A decision, as the form has it; what is not allowed in it the rules of the table say.

    deals: by chapter and seat, texts that were entered at this moment as agreed face to face.
    """
    if form.get("left") == "yes":
        return {"do": "delegate"}
    return _errand(view, form) if view["kind"] == "mediator" else _instructions(view, form, deals)


def _instructions(view: Data, form: Form, deals: dict[str, dict[str, Data]]) -> Data:
    groups = {}
    for name in view["mine"]:
        do, _, author = form.get(f"do.{name}", "").partition("|")
        if not do:
            continue
        instruction: Data = {"do": do}
        issues = view["groups"][name]["issues"]
        if do in ("offer", "sign"):
            texts = _signable(view, name) | {f"{DEAL}{seat}": text for seat, text in deals.get(name, {}).items()}
            instruction["offer"] = texts[author] if author in texts else settled(issues, form, f"offer.{name}")
        if do in ("offer", "bargain"):
            take = number(form.get(f"take.{name}", ""))
            instruction["take"] = take if isinstance(take, str) else take / POINTS
        groups[name] = instruction
    return {"groups": groups}


def _signable(view: Data, name: str) -> dict[str, Data]:
    """Texts that lie before a party in a chapter, by author: offers of others, texts of mediators."""
    offers = {who: offer for who, offer in view["groups"][name]["offers"].items() if who != view["seat"]}
    texts = {who: read["text"] for who, read in view["mine"][name]["texts"].items()}
    return {
        who: {issue: settled["settlement"] for issue, settled in text.items()}
        for who, text in {**offers, **texts}.items()
    }


def _errand(view: Data, form: Form) -> Data:
    effort = number(form.get("effort", "0"))
    shares = {activity: number(form.get(f"share.{activity}", "0") or "0") for activity in ACTIVITIES}
    decision: Data = {"effort": effort if isinstance(effort, str) else effort / POINTS, "shares": shares}
    own = [name for name in view["pausable"] if form.get(f"own.{name}") == "yes"]
    decision["texts"] = {name: settled(view["groups"][name]["issues"], form, f"text.{name}") for name in own}
    pauses = {name: form.get(f"pause.{name}", "").strip() for name in view["pausable"]}
    decision["pause"] = {name: whole(text) for name, text in pauses.items() if text not in ("", "0")}
    decision["lift"] = [name for name in view["liftable"] if form.get(f"lift.{name}") == "yes"]
    return decision


# ---- what is shown ---------------------------------------------------------------------------------------------------


def shown(t: Texts, found: Data, seat: str, deals: dict[str, dict[str, Data]]) -> Data:
    """What the template of a seat needs. Nothing of another seat's view is looked at."""
    view, colours = found["views"][seat], found["colours"]
    news = newsroom.news(t, view["news"])
    common = {
        "view": view,
        "colours": colours,
        "today": t.date(view["date"]),
        "why": [newsroom.sentence(t, item) for item in view["why"]],
        "news": news[-LATELY:],
        "earlier": news[:-LATELY],
        "public": {name: _public(t, group) for name, group in view["groups"].items()},
    }
    kind = view.get("kind")
    if kind == "party":
        return common | _party(t, view, deals)
    return common | (_mediator(t, view) if kind == "mediator" else {})


def _public(t: Texts, group: Data) -> Data:
    return {"offers": newsroom.offers(t, group), "signed": newsroom.signed(t, group)}


def _party(t: Texts, view: Data, deals: dict[str, dict[str, Data]]) -> Data:
    chapters = [_chapter(t, view, name, deals.get(name, {})) for name in view["mine"]]
    return {
        "chapters": chapters,
        "scripts": {each["name"]: each["script"] for each in chapters if each["open"]},
        "knows": _knows(t, view),
    }


def _chapter(t: Texts, view: Data, name: str, deals: dict[str, Data]) -> Data:
    """One chapter as a party sees it: role, texts with their worth to it, and the controls."""
    group, mine = view["groups"][name], view["mine"][name]
    texts = _texts(t, view, name, deals)
    before = mine["offer"] or _plain(mine["suggested"])
    called = {item.get("group", "") for item in view["why"]}
    general = {item["kind"] for item in view["why"]} & {"start", "deadline"}
    return {
        "name": name,
        "group": group,
        "open": group["state"] in OPEN,
        "away": points(t, mine["walk_away"]),
        "wants": _wants(group, mine),
        "before": [_before(t, group, held) for held in mine["commitments"]],
        "texts": texts,
        "do": "bargain" if mine["do"] in ("delegate", "walk_out") else mine["do"],
        "unfolded": bool(general) or name in called or bool(deals),
        "take": _take(mine),
        "least": t.number(_take(mine), 1),
        "sliders": newsroom.sliders(t, group, before or {}),
        "script": {key: mine[key] for key in ("priorities", "ideal", "values", "commitments", "together")}
        | {"walkAway": mine["walk_away"]},
    }


def _take(mine: Data) -> float:
    """What the field for the least worth begins with, in points: as it was told before, else no agreement."""
    told: float = mine["take"] if mine["do"] in ("offer", "bargain") else mine["walk_away"]
    return round(POINTS * told, 1)


def _texts(t: Texts, view: Data, name: str, deals: dict[str, Data]) -> list[Data]:
    """Texts before a party, with what each settles and what it is worth to it."""
    group, mine = view["groups"][name], view["mine"][name]
    found = []
    for who, offer in group["offers"].items():
        worth = mine["offers"].get(who, {}).get("worth")
        found.append(_text(t, who, "", offer, worth, who == view["seat"]))
    for who, read in mine["texts"].items():
        found.append(_text(t, who, "", read["text"], read["worth"], False))
    for who, text in deals.items():
        told = newsroom.described(group, text)
        found.append(_text(t, who, DEAL, told, worth_of(mine, text), who == view["seat"]))
    return found


def _text(t: Texts, author: str, prefix: str, text: Data, worth: float | None, own: bool) -> Data:
    return {
        "author": author,
        "value": f"{prefix}{author}",
        "deal": bool(prefix),
        "own": own,
        "says": newsroom.said(t, text),
        "worth": None if worth is None else points(t, worth),
        "felt": None,
    }


def _plain(reading: Data | None) -> Data | None:
    return reading and {issue: settled["settlement"] for issue, settled in reading["text"].items()}


def _wants(group: Data, mine: Data) -> list[Data]:
    """What a party wants, question by question, most important first: its own end in the scenario's words."""
    ranked = sorted(mine["priorities"].items(), key=lambda each: -each[1])
    return [
        {"title": group["issues"][issue]["title"] or issue, "share": share, "end": _end(group, mine, issue)}
        for issue, share in ranked
    ]


def _before(t: Texts, group: Data, held: Data) -> str:
    """What was agreed before on a question, and what leaving it altogether costs."""
    issue = held["issue"]
    means = newsroom.said(t, newsroom.described(group, {issue: held["settlement"]}))[issue]
    title = group["issues"][issue]["title"] or issue
    return t("table.before", issue=title, means=means, cost=points(t, held["hold"]))


def _end(group: Data, mine: Data, issue: str) -> str:
    ideal, values = mine["ideal"][issue], mine["values"][issue]
    if ideal is None:
        return max(values, key=lambda option: float(values[option])) if values else ""
    return str(newsroom.described(group, {issue: ideal})[issue]["means"])


def _knows(t: Texts, view: Data) -> list[str]:
    """What seems to matter most to the others, where that is likelier than not by some way."""
    said = []
    for other, chapters in view["knows"].items():
        for name, found in chapters.items():
            if found["issue"] and found["sure"] >= SURE:
                title = view["groups"][name]["issues"][found["issue"]]["title"] or found["issue"]
                sure = t.number(POINTS * found["sure"])
                said.append(t("table.knows", who=other, group=name, issue=title, sure=sure))
    return said


def worth_of(mine: Data, text: Data) -> float:
    """What a text is worth to a party, from its own numbers, as `worth.js` works it out too.

    sum of priority * (1 - |x - ideal| / max(ideal, 1 - ideal)), less hold * |x - what was agreed before|;
    where questions interact, what the list of all combinations says, the last question fastest.
    """
    if mine["together"]:
        place = 0
        for issue, options in mine["together"]["issues"]:
            place = place * len(options) + options.index(text[issue])
        return float(mine["together"]["worth"][place])
    worth = 0.0
    for issue, chosen in text.items():
        ideal = mine["ideal"][issue]
        if ideal is None:
            value = mine["values"][issue].get(chosen, 0.0)
        else:
            value = 1 - abs(chosen - ideal) / max(ideal, 1 - ideal)
        worth += mine["priorities"][issue] * value
        for held in mine["commitments"]:
            if held["issue"] == issue:
                left = abs(chosen - held["settlement"]) if ideal is not None else chosen != held["settlement"]
                worth -= held["hold"] * left
    return worth


def _mediator(t: Texts, view: Data) -> Data:
    errand = view["errand"] or {"effort": None, "shares": view["shares"], "texts": {}}
    effort = 1.0 if errand["effort"] is None else errand["effort"]
    return {
        "effort": round(POINTS * effort),
        "purse": t.number(view["purse"], 1),
        "shares": {activity: round(10 * errand["shares"].get(activity, 0.0)) for activity in ACTIVITIES},
        "desks": [_desk(t, view, name, errand["texts"].get(name)) for name in view["groups"]],
    }


def _desk(t: Texts, view: Data, name: str, own: Data | None) -> Data:
    """One chapter as a mediator sees it."""
    group, suggested = view["groups"][name], view["suggested"].get(name)
    before = own or _plain({"text": suggested} if suggested else None)
    sides = {}
    for party, found in view["estimates"][name].items():
        first = found["first"]
        said = ""
        if first["issue"] and first["sure"] >= SURE:
            title = group["issues"][first["issue"]]["title"] or first["issue"]
            said = t("table.first", issue=title, sure=t.number(POINTS * first["sure"]))
        sides[party] = {
            "away": newsroom.band(t, found["walk_away"]),
            "first": said,
        }
    return {
        "name": name,
        "group": group,
        "open": name in view["pausable"],
        "own": bool(own),
        "sides": sides,
        "may_lift": name in view["liftable"],
        "sliders": newsroom.sliders(t, group, before or {}),
    }


def messages(moves: tuple[Moved, ...], moment: int) -> list[Data]:
    """What was said with the decisions of the moment before."""
    return [{"seat": each.seat, "words": each.message} for each in moves if each.moment == moment - 1 and each.message]
