"""The page Lessons: each lesson as a path of scenes, one thing to do at a time; its texts to print.

A path is the lesson's plan (`plan.toml`) between what its worksheet says first and what it asks last. A new lesson is
a folder; nothing is written here for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sim.web import markup, setups
from sim.web.access import living_keys
from sim.web.activities import KINDS, NUMBER
from sim.web.lessons import NOTE, SHEET, Lesson, lessons
from sim.web.plans import Wanted
from sim.web.site import Page, house, page
from sim.web.texts import Refusal, Texts

READ, PREDICT, WRITE, PLAY = "read", "predict", "write", "play"


@dataclass(frozen=True)
class Scene:
    """One thing to do.

    words: in the page's language; text: HTML, in English; about: what A and B are; setup: what is run;
    link: where one goes on, or on a page that is a file the command for it
    """

    kind: str
    words: str = ""
    text: str = ""
    about: tuple[str, ...] = ()
    setup: str = ""
    link: str = ""


async def index(request: Request) -> Response:
    """All lessons."""
    return page(request, "lessons", lessons=lessons())


async def path(request: Request) -> Response:
    """A lesson as a path of scenes."""
    lesson = _lesson(request)
    t, here = request.state.texts, house(request)
    asked = [each.setup for each in lesson.activities(t.language) if measured(each)]
    told = {setup: await setups.told(t, here, setup) for setup in asked}
    return page(request, "lesson", lesson=lesson, scenes=scenes(lesson, t, told, _address))


def _lesson(request: Request) -> Lesson:
    found = lessons().get(request.path_params["name"])
    if found is None:
        raise Refusal(404, "refused.nothing")
    return found


def _address(activity: Wanted) -> str:
    """Where an activity is gone on with, or is done."""
    return setups.explored(activity.setup) if measured(activity) else f"/{activity.kind}?{activity.setup}"


def scenes(lesson: Lesson, t: Texts, told: Mapping[str, Sequence[str]], onward: Callable[[Wanted], str]) -> list[Scene]:
    """What a lesson asks to do, one thing after the other, but for its end.

    told: what A and B are, by set-up; onward: gives where an activity is gone on with
    """
    asked = [_scene(each, told, onward) for each in lesson.activities(t.language)]
    explained = [Scene(WRITE, text=markup.html(question)) for question in lesson.questions]
    return [Scene(READ, text=markup.html(lesson.introduction)), *asked, *explained]


def _scene(activity: Wanted, told: Mapping[str, Sequence[str]], onward: Callable[[Wanted], str]) -> Scene:
    if measured(activity):
        about = tuple(told[activity.setup])
        return Scene(PREDICT, activity.words, about=about, setup=activity.setup, link=onward(activity))
    if KINDS[activity.kind].page:
        return Scene(PLAY, activity.words, link=onward(activity))
    return Scene(WRITE, activity.words)


def measured(activity: Wanted) -> bool:
    """Whether a run says what a prediction is measured by."""
    return KINDS[activity.kind].answer == NUMBER and bool(activity.setup)


async def sheet(request: Request) -> Response:
    """The worksheet, to print; first, on a page that is not English, what the lesson asks, with room to write."""
    lesson = _lesson(request)
    asked = lesson.activities(request.state.texts.language)
    return page(request, "lesson_sheet", lesson=lesson, text=markup.html(lesson.text(SHEET)), asked=asked)


async def note(request: Request) -> Response:
    """The teacher's note, to print: for whoever teaches a room, since it tells the results.  Errors: Refusal."""
    lesson = _lesson(request)
    if not await living_keys(request):
        raise Refusal(403, "lesson.teacher")
    return page(request, "lesson_sheet", lesson=lesson, text=markup.html(lesson.text(NOTE)), asked=[])


PAGE = Page(
    "lessons",
    2.5,
    [
        Route("/lessons", index),
        Route("/lessons/{name}", path),
        Route(f"/lessons/{{name}}/{SHEET}", sheet),
        Route(f"/lessons/{{name}}/{NOTE}", note),
    ],
)
