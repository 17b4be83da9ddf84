"""One history, week by week: a lane for each working group, a strip for each mediator's effort, incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pandas as pd

from sim import words
from sim.answers.results_protocol import Results, subtitle, told
from sim.figures import registry, timeaxis, timeline_lanes
from sim.figures.canvas import KEY_ROW, Canvas, Figure, Mark, draw_key, drawing_style, key_rows
from sim.figures.registry import Shown
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH, Cues, cues
from sim.figures.text import fit_all
from sim.words import dates

LEFT = 330
TALLEST = 180
UNDER = 66  # pixels for dates under the lanes
Named = tuple[str, str, Callable[[timeline_lanes.Page, str, timeline_lanes.Lane], None]]


def _reported(shown: Shown) -> Iterator[Figure]:
    """The typical history, and one that ended otherwise."""
    if shown.has_story:
        yield timeline(shown.results, shown.chosen.typical)
    if shown.has_story and shown.chosen.other is not None:
        yield replace(timeline(shown.results, shown.chosen.other), name="timeline.other")


@registry.of_run("timeline", place=4, reported=_reported)
def timeline(results: Results, replication: int = 0) -> Figure:
    """One replication: rounds, freezes, drafts, signatures and collapses in lanes; trips and effort; incidents."""
    events = told(results, replication)
    events = events[events["week"] < results.scenario.clock.weeks]
    title = f"One history: {_how_it_ended(results, replication)}"
    with drawing_style():
        canvas, looks = Canvas(title, subtitle(results, f"this is replication {replication}")), cues(results.scenario)
        key = key_rows(_key(canvas, looks, events, results), SPACE["edge"], WIDTH - SPACE["edge"])
        named = _named_lanes(results, events)
        room = canvas.bottom - canvas.top - UNDER - KEY_ROW * len(key)
        tall = min(room / len(named), TALLEST)
        axes = canvas.axes(LEFT, canvas.top, WIDTH - LEFT - SPACE["edge"], tall * len(named))
        page = timeline_lanes.Page(canvas, axes, events, looks, results)
        _frame(page, tall * len(named))
        _draw_lanes(page, named, tall)
        draw_key(canvas, key, canvas.top + tall * len(named) + UNDER)
    return Figure("timeline", title, canvas.drawing, _data(events), _alt(results, replication, events))


def _frame(page: timeline_lanes.Page, height: float) -> None:
    axes = page.axes
    timeaxis.dated(axes, page.results.scenario)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=COLOUR["grid"], linewidth=1)


def _named_lanes(results: Results, events: pd.DataFrame) -> list[Named]:
    """Name, key and drawing of each lane: mediators, incidents if there are any, working groups."""
    scenario, known = results.scenario, set(events["kind"])
    between: list[Named] = [("Incidents, statements", "", timeline_lanes.incidents)]
    return [
        *((words.short(name), name, timeline_lanes.mediator) for name in scenario.mediators),
        *(between if known & {"incident", "statement"} else []),
        *((words.short(name), name, timeline_lanes.group_lane) for name in scenario.working_groups),
    ]


def _draw_lanes(page: timeline_lanes.Page, named: list[Named], tall: float) -> None:
    said = {str(number): name for number, (name, *_) in enumerate(named)}
    names = fit_all(list(said), LEFT - SPACE["edge"] - 24, SIZE["tick"], 2 if tall > 60 else 1, said.__getitem__)
    for number, ((_, key, draw), shown) in enumerate(zip(named, names, strict=True)):
        lane = timeline_lanes.Lane(number * tall + 0.12 * tall, (number + 1) * tall - 0.08 * tall)
        page.canvas.text(SPACE["edge"], page.canvas.top + lane.middle, shown, SIZE["tick"])
        draw(page, key, lane)


# ---- the key ---------------------------------------------------------------------------------------------------------


def _key(canvas: Canvas, looks: Cues, events: pd.DataFrame, results: Results) -> list[Mark]:
    """Marks with their words, only those that this history shows."""
    kinds, ink = set(events["kind"]), COLOUR["ink"]
    marks = []
    if "round" in kinds:
        marks.append(Mark("round", lambda x, y: canvas.line([x, x], [y - 10, y + 10], ink, 3), 14))
    for kind, sign in timeline_lanes.SIGNS.items():
        if kind in kinds:
            marks.append(Mark(sign.words, partial(_mark, canvas, sign)))
    if kinds & set(timeline_lanes.CLOSED):
        marks.append(Mark("frozen", lambda x, y: canvas.box(x - 20, y - 10, 40, 20, **timeline_lanes.HATCHED), 40))
    if "provisional" in kinds:
        marks.append(
            Mark(
                "provisional",
                lambda x, y: canvas.box(x - 20, y - 9, 40, 18, facecolor="white", edgecolor=ink, linewidth=2),
                40,
            )
        )
    if "in_force" in kinds:
        marks.append(
            Mark(
                "in force",
                lambda x, y: canvas.box(
                    x - 20, y - 9, 40, 18, facecolor=timeline_lanes.pale(ink), edgecolor=ink, linewidth=2
                ),
                40,
            )
        )
    if "incident" in kinds:
        marks.append(Mark("incident, by severity", partial(_stem, canvas)))
    if "statement" in kinds:
        marks.append(Mark("statement", lambda x, y: canvas.mark(x, y, "o", COLOUR["quiet"], 11, "white")))
    if timeaxis.observed(results.scenario):
        known = looks.groups[next(iter(timeaxis.observed(results.scenario)))]
        marks.append(
            Mark("open mark on a lane: agreed in fact", lambda x, y: canvas.mark(x, y, known.marker, ink, 13, "white"))
        )
    return [*marks, *_party_marks(canvas, looks, events)]


def _mark(canvas: Canvas, sign: timeline_lanes.Sign, x: float, y: float) -> None:
    canvas.mark(x, y, sign.marker, COLOUR["ink"], sign.size, sign.face)


def _stem(canvas: Canvas, x: float, y: float) -> None:
    canvas.line([x, x], [y + 10, y - 8], COLOUR["ink"], 3)
    canvas.mark(x, y - 8, "o", COLOUR["ink"], 6)


def _party_marks(canvas: Canvas, looks: Cues, events: pd.DataFrame) -> list[Mark]:
    """One mark for each party that is visited or walks out."""
    met = {
        "visit": set(events.loc[events["kind"] == "visit", "to"]),
        "walkout": set(events.loc[events["kind"] == "walkout", "actor"]),
    }
    found = []
    for party, look in looks.parties.items():
        does = [does for kind, does in (("visit", "is visited"), ("walkout", "leaves the talks")) if party in met[kind]]
        if does:
            draw = partial(_party_mark, canvas, look.marker, look.colour)
            found.append(Mark(f"{words.short(party)} {' / '.join(does)}", draw, 22))
    return found


def _party_mark(canvas: Canvas, marker: str, colour: str, x: float, y: float) -> None:
    canvas.mark(x, y, marker, colour, 10)


# ---- words -----------------------------------------------------------------------------------------------------------


def _how_it_ended(results: Results, replication: int) -> str:
    """`all chapters agreed by 3 March 2024`, or how many were."""
    outcome = results.outcomes[results.outcomes["replication"] == replication].to_dict("records")[0]
    groups = list(results.scenario.working_groups)
    if outcome["settled"]:
        whole = "all chapters" if len(groups) > 1 else words.short(groups[0])
        return f"{whole} agreed by {dates.day(results.scenario.date_of(int(outcome['settled_week'])))}"
    agreed = [words.short(group) for group in groups if outcome[f"agreed.{group}"]]
    if not agreed:
        return "no agreement"
    if len(groups) > 4:
        return f"{len(agreed)} of {len(groups)} chapters agreed"
    missing = [words.short(group) for group in groups if not outcome[f"agreed.{group}"]]
    return f"{words.both(agreed)} agreed, {f'{words.both(missing)} not' if missing else 'but never all at once'}"


def _data(events: pd.DataFrame) -> pd.DataFrame:
    shown = {
        "round",
        "freeze",
        "walkout",
        "resume",
        "effort",
        "visit",
        "incident",
        "statement",
        "in_force",
        "provisional",
        *timeline_lanes.SIGNS,
    }
    return events.loc[events["kind"].isin(shown), ["week", "date", "group", "kind", "actor", "to", "value", "text"]]


def _alt(results: Results, replication: int, events: pd.DataFrame) -> str:
    kinds = events["kind"].value_counts()
    counted = [
        words.count(kinds.get("round", 0), "round"),
        words.count(kinds.get("incident", 0), "incident"),
        words.count(kinds.get("freeze", 0) + kinds.get("walkout", 0), "freeze"),
    ]
    return f"Timeline of replication {replication}: {words.both(counted)}; {_how_it_ended(results, replication)}."
