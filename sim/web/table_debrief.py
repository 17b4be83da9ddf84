"""What a class learns when all its tables are over: where each ended in utility space, and what it did otherwise.

All tables met the same chance, so what differs is what people did. The same history with scripted players stands beside
them. Counts are told as counts: nothing is said to have caused anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from sim.scenario.parties import ACTIVITIES
from sim.web import newsroom
from sim.web.texts import Texts

Data = dict[str, Any]

SIZE, EDGE, WIDE = 360, 44, 13  # of a picture, of its margins, of a dot
MARGIN = 0.04  # of all worth, around what is shown
SPENT = 0.05  # of a mediator's effort: from there on something was spent on an activity
SCRIPT = 0  # the number under which the script stands among the tables


def shown(t: Texts, told: Data, mine: int) -> Data:
    """What the template needs.  told: ends by number of the table; mine: the reader's table, 0 for none."""
    tables = {int(number): end for number, end in told["tables"].items()}
    ends = {SCRIPT: told["script"]} | tables
    parties = parties_of(told["script"])
    return {
        "parties": parties,
        "pictures": [_picture(t, name, space, ends, mine) for name, space in told["spaces"].items()],
        "rows": [_row(t, number, ends[number], parties, number == mine) for number in [*tables, SCRIPT]],
        "sentences": {number: _three(t, number, tables, told) for number in tables},
        "mine": mine,
        "colours": told["colours"],
        "revealed": _revealed(t, told),
    }


def parties_of(end: Data) -> list[str]:
    """All parties, as they sit at the tables of the chapters."""
    return list(dict.fromkeys(party for chapter in end["revealed"].values() for party in chapter))


# ---- pictures --------------------------------------------------------------------------------------------------------


def _picture(t: Texts, name: str, space: Data, ends: dict[int, Data], mine: int) -> Data:
    """One chapter: the frontier, no agreement, Nash's solution, and a dot for each table that agreed."""
    agreed = {number: end["agreed"][name] for number, end in ends.items()}
    dots = [_dot(number, text["worth"], mine) for number, text in agreed.items() if text]
    missing = [number for number, text in agreed.items() if not text and number != SCRIPT]
    named = ", ".join(t.number(number) for number in missing)
    content: Data = {"name": name, "parties": space["parties"], "dots": dots, "size": SIZE, "edge": EDGE}
    content["missing"] = t("table.debrief.missing", tables=named) if missing else ""
    content["rows"] = [
        {
            "name": _name(t, dot["number"]),
            "worth": [newsroom.points(t, dot["worth"][each]) for each in space["parties"]],
        }
        for dot in sorted(dots, key=lambda dot: dot["number"] or len(ends))
    ]
    content["words"] = t("table.debrief.picture", group=name, n=t.number(len([dot for dot in dots if dot["number"]])))
    if len(space["parties"]) == 2:
        content |= _space(t, space, dots)
    else:
        content["strips"] = [_strip(party, space, dots) for party in space["parties"]]
    return content


def _dot(number: int, worth: dict[str, float], mine: int) -> Data:
    kind = "mine" if number == mine else "table"
    return {"number": number, "worth": worth, "kind": "script" if number == SCRIPT else kind}


def _space(t: Texts, space: Data, dots: list[Data]) -> Data:
    """Utility space of two parties, as much of it as there is to agree on."""
    x, y = (_scale(party, space, dots) for party in space["parties"])
    one, other = space["parties"]
    for dot in dots:
        dot |= {"x": x(dot["worth"][one]), "y": SIZE - y(dot["worth"][other])}
    for dot in dots:
        dot["told"] = dot["kind"] == "mine" or not _crowded(dot, dots)
    corners = sorted((point[one], point[other]) for point in space["pareto"])
    marks = {"away": space["no_agreement"], "nash": space["nash"]}
    return {
        "frontier": " ".join(f"{x(across)},{SIZE - y(up)}" for across, up in corners),
        "marks": {kind: {"x": x(at[one]), "y": SIZE - y(at[other])} for kind, at in marks.items() if at},
        "ends": [[newsroom.points(t, end) for end in (scale.low, scale.high)] for scale in (x, y)],
    }


@dataclass(frozen=True)
class Scale:
    """Where a worth is drawn, on an axis of the picture."""

    low: float
    high: float

    def __call__(self, worth: float) -> int:
        return round(EDGE + (worth - self.low) / (self.high - self.low) * (SIZE - 2 * EDGE))


def _scale(party: str, space: Data, dots: list[Data]) -> Scale:
    """From a little less than no agreement to the most that leaves everybody else no less than that; with all dots."""
    away = space["no_agreement"]
    within = [point[party] for point in space["pareto"] if all(point[each] >= away[each] for each in away)]
    shown = [away[party], *within, *(dot["worth"][party] for dot in dots)]
    shown += [space["nash"][party]] if space["nash"] else []
    return Scale(max(min(shown) - MARGIN, 0.0), min(max(shown) + MARGIN, 1.0))


def _crowded(dot: Data, dots: list[Data]) -> bool:
    """Is there no room for its number beside another dot?"""
    others = [each for each in dots if each is not dot]
    return any(abs(each["x"] - dot["x"]) < WIDE and abs(each["y"] - dot["y"]) < WIDE for each in others)


def _strip(party: str, space: Data, dots: list[Data]) -> Data:
    """What the texts are worth to one of several parties, on a line."""
    scale = _scale(party, space, dots)
    return {
        "party": party,
        "away": scale(space["no_agreement"][party]),
        "nash": scale(space["nash"][party]) if space["nash"] else None,
        "dots": [dot | {"x": scale(dot["worth"][party]), "told": dot["kind"] == "mine"} for dot in dots],
    }


# ---- a row and three sentences ---------------------------------------------------------------------------------------


def _row(t: Texts, number: int, end: Data, parties: list[str], mine: bool) -> Data:
    outcome = end["outcome"]
    fairness = outcome["fairness"]
    return {
        "number": number,
        "name": _name(t, number),
        "mine": mine,
        "agreed": _of(t, [text is not None for text in end["agreed"].values()]),
        "settled": _yes(t, outcome["settled"]),
        "lasting": _yes(t, outcome["lasting"]),
        "fair": t.number(100 * fairness) if fairness is not None else t("table.none"),
        "people": newsroom.share(t, by_people(end)),
        "worth": [newsroom.points(t, outcome[f"utility.{party}"]) for party in parties],
    }


def by_people(end: Data) -> float:
    """The share of a table's decisions that people made."""
    made = [sum(each) for each in zip(*end.get("decided", {}).values(), strict=True)]
    return made[0] / sum(made) if made else 0.0


def _name(t: Texts, number: int) -> str:
    return t("table.script") if number == SCRIPT else t("table.number", number=number)


def _yes(t: Texts, holds: bool) -> str:
    return t("table.yes" if holds else "table.no")


def _of(t: Texts, holds: list[bool]) -> str:
    return t("table.of", n=t.number(sum(holds)), all=t.number(len(holds)))


def _three(t: Texts, number: int, tables: dict[int, Data], told: Data) -> list[str]:
    """How it ended; what it did otherwise than others; how it stands beside the script."""
    return [_ended(t, tables[number]), _otherwise(t, number, tables), _beside(t, tables[number], told["script"])]


def _ended(t: Texts, end: Data) -> str:
    holds = [text is not None for text in end["agreed"].values()]
    key = "table.ended.none"
    if any(holds):
        key = "table.ended.some"
    if end["outcome"]["settled"]:
        key = "table.ended.held" if end["outcome"]["lasting"] else "table.ended.broke"
    return t(key, n=t.number(sum(holds)), all=t.number(len(holds)))


def _otherwise(t: Texts, number: int, tables: dict[int, Data]) -> str:
    """Where tables spent effort differently: how many of those that did as this one, and of the others, still stand.

    The activity in which they differ most evenly, whatever came of it. Where all tables did alike, or nothing or all of
    it stands, when the first chapter took effect.
    """
    did = {activity: _did(tables, activity) for activity in ACTIVITIES}
    parted = {activity: min(sum(each.values()), len(each) - sum(each.values())) for activity, each in did.items()}
    activity = max(ACTIVITIES, key=lambda each: parted[each])
    held = {bool(end["outcome"]["lasting"]) for end in tables.values()}
    if not parted[activity] or len(held) == 1:
        return _first(t, number, tables)
    mine = did[activity][number]
    stands = {True: [], False: []}  # type: dict[bool, list[bool]]
    for other, does in did[activity].items():
        stands[does].append(bool(tables[other]["outcome"]["lasting"]))
    return t(
        "table.spent" if mine else "table.unspent",
        activity=t(f"table.activity.{activity}"),
        did=_of(t, stands[True]),
        others=_of(t, stands[False]),
    )


def _did(tables: dict[int, Data], activity: str) -> dict[int, bool]:
    """Which tables spent more than a little on an activity."""
    found = {}
    for number, end in tables.items():
        whole = sum(sum(spent.values()) for spent in end["spent"].values())
        mine = sum(spent[activity] for spent in end["spent"].values())
        found[number] = whole > 0 and mine / whole >= SPENT
    return found


def _first(t: Texts, number: int, tables: dict[int, Data]) -> str:
    weeks = {each: _first_week(end) for each, end in tables.items()}
    known = [week for week in weeks.values() if week is not None]
    mine = weeks[number]
    if mine is None:
        return t("table.first.none", n=t.number(len(known)), all=t.number(len(tables)))
    return t("table.first.week", week=t.number(mine + 1), median=t.number(median(known) + 1))


def _first_week(end: Data) -> int | None:
    return min((text["week"] for text in end["agreed"].values() if text), default=None)


def _beside(t: Texts, end: Data, script: Data) -> str:
    """What each party has more or less than in the script."""
    parties = parties_of(script)
    gaps = {party: end["outcome"][f"utility.{party}"] - script["outcome"][f"utility.{party}"] for party in parties}
    said = [f"{t.say(party)} {t.written.signed(newsroom.POINTS * gap, 1)}" for party, gap in gaps.items()]
    return t("table.beside", gaps="; ".join(said))


def _revealed(t: Texts, told: Data) -> list[Data]:
    """What was hidden: each party's walk-away point and what mattered most to it, chapter by chapter."""
    return [
        {
            "group": group,
            "party": party,
            "away": newsroom.points(t, found["walk_away"]),
            "most": _title(told["groups"][group], max(found["priorities"], key=found["priorities"].get)),
        }
        for group, parties in told["script"]["revealed"].items()
        for party, found in parties.items()
    ]


def _title(group: Data, issue: str) -> str:
    return str(group["issues"][issue]["title"] or issue)
