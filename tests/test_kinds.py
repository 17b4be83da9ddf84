"""A kind of event that exists only here appears in every output; each kind of the table has its words."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from matplotlib.text import Text

from sim import kinds
from sim.answers.results_protocol import told
from sim.experiments.run import Results, run
from sim.figures.timeline import timeline
from sim.figures.timeline_lanes import SHAPES, shape
from sim.kinds import KINDS, Kind, Mark
from sim.play import start
from sim.play.view import news_of
from sim.process.calendar import Calendar
from sim.scenario import load
from sim.scenario.schema import Event
from sim.stories.phrases import happening
from sim.stories.side_by_side import beside, side_by_side
from sim.stories.story import as_it_went, story
from sim.stories.story_events import Beat, beats, rows_of
from sim.stories.uneventful import quiet
from sim.stories.voice import voice
from sim.web import newsroom
from sim.web.history_data import telling
from sim.web.texts import languages, texts
from tests.play.conftest import few_scripted_players  # noqa: F401  (for all tests here)

TINY = Path(__file__).parent / "web" / "tiny.yaml"
SIM = Path(kinds.__file__).parent
WEEK, VALUE = 5, 0.43
USUAL = Calendar.tell
UNDESCRIBED = "Leak by Upper on water (0.43)."
DESCRIBED = "Upper leaks a paper on water."
LEAK = Kind("leak", "{actor} leaks a paper on {groups}.", mark=Mark("a paper leaks", "h"), one="paper that leaks")


def leaking(group: str = "water", actor: str = "Upper") -> Callable[[Calendar], None]:
    """What a calendar does that also makes a leak in one week."""

    def tell(calendar: Calendar) -> None:
        USUAL(calendar)
        if calendar.world.week == WEEK:
            calendar.world.tell("leak", group=group, actor=actor, value=VALUE)

    return tell


def one() -> Results:
    return run(load(TINY), replications=1, told=1)


@pytest.fixture(scope="module")
def usual() -> Results:
    """The history without a leak."""
    return one()


@pytest.fixture(params=[False, True], ids=["undescribed", "described"])
def said(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Leaks happen; what a story says of one, as a kind that the table lacks and as one that it has."""
    monkeypatch.setattr(Calendar, "tell", leaking())
    if request.param:
        monkeypatch.setitem(KINDS, "leak", LEAK)
    return DESCRIBED if request.param else UNDESCRIBED


def flat(text: str) -> str:
    return " ".join(text.split())


# ---- a kind that exists only here ------------------------------------------------------------------------------------


def test_the_story_tells_it(said: str) -> None:
    results = one()
    assert said in flat(story(results, 0).text)
    assert said in story(results, 0).html
    knows = {week: any(said in each.words for each in paragraphs) for week, paragraphs in as_it_went(results, 0)}
    assert knows == {week: week >= WEEK for week in knows}


def test_it_has_a_paragraph_of_its_own_or_is_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calendar, "tell", leaking())
    monkeypatch.setitem(KINDS, "leak", Kind("leak", told="summed up"))
    results = one()
    assert "Leak by" not in flat(story(results, 0).text)
    assert "One leak." in flat(story(results, 0).text)
    leaks = [beat for beat in beats(rows_of(told(results, 0))) if beat.kind == "leak"]
    assert "Two leaks." in quiet(voice(results.scenario), leaks * 2)


def test_both_tellings_in_two_columns_have_it(said: str, usual: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    results = one()
    assert said in side_by_side(usual, results, 0).html
    noun = kinds.of("leak").noun
    assert f"one {noun}" in flat(beside(results, results, 0, WEEK + 1, ("A", "B")))
    monkeypatch.setenv("COLUMNS", "80")
    assert said in flat(beside(usual, results, 0, WEEK, ("A", "B")))


def test_the_page_watch_has_it(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = {"week": WEEK, "group": "water", "kind": "leak", "actor": "Upper", "value": VALUE}
    found = telling(one(), 0)
    assert lane in found["lanes"]
    assert any(said in words for _, words in found["paragraphs"])
    monkeypatch.setattr(Calendar, "tell", leaking(group=""))
    around = {"week": WEEK, "kind": "leak", "actor": "Upper", "to": "", "value": VALUE}
    assert around in telling(one(), 0)["around"]


@pytest.mark.parametrize("group", ["water", ""])
def test_the_timeline_marks_it_in_its_lane_and_in_the_key(
    group: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Calendar, "tell", leaking(group))
    results = one()
    alone = results.events[results.events["kind"] != "incident"]  # whose lane it would share
    figure = timeline(replace(results, events=alone), 0)
    assert "leak" in set(figure.data["kind"])
    written = {text.get_text() for text in figure.drawing.findobj(Text)}
    mark = kinds.of("leak").mark
    assert mark is not None
    assert (mark.words or "leak") in written
    assert f"one {kinds.of('leak').noun}" in figure.alt
    drawn = [line for axes in figure.drawing.axes for line in axes.lines if line.get_marker() == mark.shape]
    assert any(list(line.get_xdata()) == [WEEK] and line.get_markersize() == mark.size for line in drawn)


@pytest.mark.parametrize("language", languages())
def test_a_person_at_the_table_hears_of_it_in_every_language_but_of_no_number(language: str, said: str) -> None:
    events = told(one(), 0)
    (item,) = [each for each in news_of(events) if each["kind"] == "leak"]
    assert VALUE not in item.values()
    (heard,) = [each["quoted"] for each in newsroom.news(texts(language), [item])]
    assert heard == "Leak by Upper on water."


def test_a_game_tells_it_at_the_table_and_at_the_end(said: str) -> None:
    game = start("mediator", TINY.read_text(encoding="utf-8"))
    assert "leak" not in {each["kind"] for each in game.view()["news"]}
    heard = set()
    while not game.over:
        game = game.decide({})
        heard |= {each["kind"] for each in game.view()["news"]}
    assert "leak" in heard
    assert "leak" in {each["kind"] for each in game.end()["chronicle"]}


def test_what_is_not_public_is_heard_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calendar, "tell", leaking())
    monkeypatch.setitem(KINDS, "leak", Kind("leak", public=False))
    assert "leak" not in {each["kind"] for each in news_of(told(one(), 0))}


# ---- the table -------------------------------------------------------------------------------------------------------


def _told_by(call: ast.Call) -> set[Any]:
    """The kind that a call tells of: `tell("freeze", ...)`, or `partial(tell, "freeze", ...)` for later."""
    function, *later = [call.func, *call.args] if getattr(call.func, "id", "") != "partial" else call.args
    if getattr(function, "attr", "") not in ("tell", "_tell") or not later:
        return set()
    return {later[0].value} if isinstance(later[0], ast.Constant) else set()


def test_every_kind_that_a_mechanism_makes_is_in_the_table_and_no_other() -> None:
    made = {"decline"}  # by `round` through a variable
    for path in SIM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                made |= _told_by(node)
    assert made == set(KINDS)


def test_a_scenario_file_plans_kinds_of_the_table() -> None:
    (planned,) = [get_args(field.annotation) for name, field in Event.model_fields.items() if name == "kind"]
    assert set(planned) == {kind.planned_as for kind in KINDS.values()} - {""}
    assert all(kinds.planned_as(key).planned for key in planned)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_has_its_words_in_every_language(kind: Kind) -> None:
    """Those of the news, and those of the marks on the page Watch."""
    for language in languages():
        own = json.loads((SIM / "web" / "texts" / f"{language}.json").read_text(encoding="utf-8"))
        grades = [f".{name}" for name, _ in kinds.GRADES] if kind.graded else [""]
        if kind.public and kind.name != "statement":  # which is told in the scenario's words
            assert all(f"news.{kind.name}{grade}" in own for grade in grades)
        if kind.watched and kind.name not in ("resume", "visit"):  # the end of a freeze; a mark for each mediator
            assert f"script.kind.{kind.name}" in own


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
@pytest.mark.parametrize("actor", ["", "Upper"])
@pytest.mark.parametrize("text", ["", "Something happens"])
def test_every_sentence_can_be_filled(kind: Kind, actor: str, text: str) -> None:
    row = {"week": WEEK, "kind": kind.name, "group": "water", "actor": actor, "to": "Lower", "text": text}
    numbers = {"value": VALUE, "worth": 0.4, "asked": 0.6}
    told_of_it = happening(voice(load(TINY)), Beat({**row, **numbers}, ("water",)))
    assert told_of_it.endswith(".")
    assert "{" not in told_of_it
    assert not text or text in told_of_it


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_mark_can_be_drawn(kind: Kind) -> None:
    assert kind.mark is None or shape(kind.mark) in (*SHAPES, "own")
    assert kind.mark is None or kind.mark.words or kind.mark.shape == "own"


@pytest.mark.parametrize(("severity", "name"), [(0.0, "minor"), (0.19, "minor"), (0.2, "serious"), (0.45, "serious")])
def test_one_scale_of_severity(severity: float, name: str) -> None:
    assert kinds.grade(severity) == name
    assert kinds.grade(0.5) == kinds.grade(0.9) == "grave"
