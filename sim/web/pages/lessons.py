"""The page Lessons: each lesson as a path of scenes, one thing to do at a time; its texts to print.

A path is the lesson's plan (`plan.toml`) between what its worksheet says first and what it asks last. A new lesson is
a folder; nothing is written here for it.
"""

from __future__ import annotations

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
from sim.web.texts import Refusal

READ, PREDICT, WRITE, PLAY = "read", "predict", "write", "play"


@dataclass(frozen=True)
class Scene:
    """One thing to do.

    words: in the page's language; text: HTML, in English; about: what A and B are; setup: what is run
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
    t = request.state.texts
    asked = [await _scene(request, each) for each in lesson.activities(t.language)]
    explained = [Scene(WRITE, text=markup.html(question)) for question in lesson.questions]
    scenes = [Scene(READ, text=markup.html(lesson.introduction)), *asked, *explained]
    return page(request, "lesson", lesson=lesson, scenes=scenes)


def _lesson(request: Request) -> Lesson:
    found = lessons().get(request.path_params["name"])
    if found is None:
        raise Refusal(404, "refused.nothing")
    return found


async def _scene(request: Request, activity: Wanted) -> Scene:
    kind, t = KINDS[activity.kind], request.state.texts
    if kind.answer == NUMBER and activity.setup:
        about = await setups.told(t, house(request), activity.setup)
        return Scene(
            PREDICT, activity.words, about=tuple(about), setup=activity.setup, link=setups.explored(activity.setup)
        )
    if kind.role:
        return Scene(PLAY, activity.words, link=f"/{activity.kind}?{activity.setup}")
    return Scene(WRITE, activity.words)


async def sheet(request: Request) -> Response:
    """The worksheet, to print."""
    lesson = _lesson(request)
    return page(request, "lesson_sheet", lesson=lesson, text=markup.html(lesson.text(SHEET)))


async def note(request: Request) -> Response:
    """The teacher's note, to print: for whoever teaches a room, since it tells the results.  Errors: Refusal."""
    lesson = _lesson(request)
    if not await living_keys(request):
        raise Refusal(403, "lesson.teacher")
    return page(request, "lesson_sheet", lesson=lesson, text=markup.html(lesson.text(NOTE)))


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
