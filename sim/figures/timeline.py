"""One history, week by week: a lane for each working group, a strip for each mediator's effort, incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pandas as pd

from sim import kinds, words
from sim.answers.results_protocol import Results, subtitle, told
from sim.figures import registry, timeaxis, timeline_lanes
from sim.figures.canvas import KEY_ROW, Canvas, Figure, Mark, draw_key, drawing_style, key_rows
from sim.figures.registry import Shown
from sim.figures.style import COLOUR, SIZE, SPACE, WIDTH, Cues, cues
from sim.figures.text import fit_all
from sim.figures.timeline_lanes import SHAPES, look_of, shape
from sim.words import dates

LEFT = 330
TALLEST = 180
UNDER = 66  # pixels for dates under the lanes
WIDTHS = {"line": 14, "hatched": 40, "frame": 40, "bar": 40}  # pixels of a mark in the key
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
    """Name, key and drawing of each lane: mediators, what happens around the talks, working groups."""
    scenario = results.scenario
    between: list[Named] = [("Around the talks", "", timeline_lanes.around)]
    return [
        *((words.short(name), name, timeline_lanes.mediator) for name in scenario.mediators),
        *(between if _happens_between(events) else []),
        *((words.short(name), name, timeline_lanes.group_lane) for name in scenario.working_groups),
    ]


def _happens_between(events: pd.DataFrame) -> bool:
    """Is there anything to draw that belongs to no group and no mediator?"""
    for name, group in zip(events["kind"], events["group"], strict=True):
        mark = kinds.of(name).mark
        if mark and mark.shape != "own" and (not group or mark.shape == "ring"):
            return True
    return False


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
    marks: dict[str, Mark] = {}
    drawn = [(kind.mark, kind.title) for kind in kinds.among(events["kind"]) if kind.mark and kind.mark.shape != "own"]
    for mark, title in sorted(drawn, key=lambda found: SHAPES.index(shape(found[0]))):
        said = mark.words or title
        marks[said] = Mark(said, partial(_key_mark, canvas, mark), WIDTHS.get(mark.shape, 30))
    observed = timeaxis.observed(results.scenario)
    if observed:
        known = looks.groups[next(iter(observed))]
        said = "open mark on a lane: agreed in fact"
        marks[said] = Mark(said, lambda x, y: canvas.mark(x, y, known.marker, COLOUR["ink"], 13, "white"))
    return [*marks.values(), *_party_marks(canvas, looks, events)]


def _key_mark(canvas: Canvas, mark: kinds.Mark, x: float, y: float) -> None:
    """The mark of a kind of event, centred on a pixel."""
    ink = COLOUR["ink"]
    match mark.shape:
        case "line":
            canvas.line([x, x], [y - 10, y + 10], ink, 3)
        case "hatched":
            canvas.box(x - 20, y - 10, 40, 20, **timeline_lanes.HATCHED)
        case "frame":
            canvas.box(x - 20, y - 9, 40, 18, facecolor="white", edgecolor=ink, linewidth=2)
        case "bar":
            canvas.box(x - 20, y - 9, 40, 18, facecolor=timeline_lanes.pale(ink), edgecolor=ink, linewidth=2)
        case "stem":
            canvas.line([x, x], [y + 10, y - 8], ink, 3)
            canvas.mark(x, y - 8, "o", ink, 6)
        case _:
            canvas.mark(x, y, *look_of(mark))


def _party_marks(canvas: Canvas, looks: Cues, events: pd.DataFrame) -> list[Mark]:
    """One mark for each party that is visited or walks out."""
    visited = set(events.loc[events["kind"] == "visit", "to"])
    left = set(events.loc[events["kind"] == "walkout", "actor"])
    found = []
    for party, look in looks.parties.items():
        does = ["is visited"] if party in visited else []
        does += ["leaves the talks"] if party in left else []
        if does:
            draw = partial(canvas.mark, marker=look.marker, colour=look.colour, size=10)
            found.append(Mark(f"{words.short(party)} {' / '.join(does)}", draw, 22))
    return found


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
    shown = [kind.name for kind in kinds.among(events["kind"]) if kind.mark]
    return events.loc[events["kind"].isin(shown), ["week", "date", "group", "kind", "actor", "to", "value", "text"]]


def _alt(results: Results, replication: int, events: pd.DataFrame) -> str:
    freezes = events["kind"].isin(kinds.counting_as("freeze"))
    happened = [*words.counted(events.loc[~freezes, "kind"]), words.count(freezes.sum(), "freeze")]
    return f"Timeline of replication {replication}: {words.both(happened)}; {_how_it_ended(results, replication)}."
