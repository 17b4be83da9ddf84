"""What a teacher does with a room, and what a member answers: forms that bring the room on, and tell all who listen."""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sim.web import safety, setups
from sim.web.access import member, room_of, taught
from sim.web.activities import KINDS, NUMBER, SCENARIO, SENTENCE, VERSIONS
from sim.web.lessons import lessons
from sim.web.plans import HALTS, LOBBY, PHASES, Wanted
from sim.web.rooms import Seen
from sim.web.safety import Form
from sim.web.site import house, limit
from sim.web.stage import foresee
from sim.web.stage_pages import MINUTES, MORE, YES
from sim.web.texts import Refusal

# ---- what the teacher does -------------------------------------------------------------------------------------------


async def add(request: Request, form: Form) -> Response:
    """Put an activity at the end of the plan."""
    room = await taught(request)
    limit(request, "write")
    name = form.get("kind", "")
    if name not in KINDS or KINDS[name].follows:
        raise Refusal(400, "refused.name", where="kind", value=name[:40], known=", ".join(_offered()))
    words, setup = await _question(request, name, form)
    wanted = [Wanted(name, words, setup, _minutes(form.get("minutes", "0")))]
    if KINDS[name].then:
        wanted.append(replace(wanted[0], kind=KINDS[name].then, of=0))
    await run_in_threadpool(house(request).rooms.plans.add, room.code, wanted)
    return _changed(request, room)


def _offered() -> list[str]:
    return [name for name, kind in KINDS.items() if not kind.follows]


async def _question(request: Request, name: str, form: Form) -> tuple[str, str]:
    """The words of a question, and its set-up. Words in the field of the address stay words.  Errors: Refusal."""
    here, kind = house(request), KINDS[name]
    words = form.get("words", "").strip()
    text = form.get("address", "").strip()
    setup = ""
    if kind.setup == SCENARIO:
        setup = await setups.history(here, form.get("scenario", ""), form.get("replication", "").strip())
    elif kind.setup == VERSIONS:
        a, b, query = form.get("a", ""), form.get("b", ""), setups.in_address(text)
        if text and query is None and words:
            raise Refusal(400, "conduct.refused.address", value=text[:60])
        if bool(a) != bool(b):
            raise Refusal(400, "conduct.refused.two")
        if query is not None:
            setup = await setups.changed(here, query)
        elif text:
            words = text
        elif a:
            setup = await setups.two(here, a, b)
    if not (words or setup):
        raise Refusal(400, "conduct.refused.words")
    return words, setup


def _minutes(text: str) -> int:
    if text not in map(str, MINUTES):
        raise Refusal(400, "refused.name", where="minutes", value=text[:40], known=", ".join(map(str, MINUTES)))
    return int(text)


async def take_lesson(request: Request, form: Form) -> Response:
    """Put the activities of a lesson at the end of the plan, in the language of the page."""
    room = await taught(request)
    limit(request, "write")
    name = form.get("lesson", "")
    if name not in lessons():
        raise Refusal(400, "refused.name", where="lesson", value=name[:40], known=", ".join(lessons()))
    wanted = lessons()[name].activities(request.state.texts.language)
    await run_in_threadpool(house(request).rooms.plans.add, room.code, wanted)
    return _changed(request, room)


async def edit(request: Request, form: Form) -> Response:
    """Take an activity out of the plan, or move it."""
    room = await taught(request)
    limit(request, "write")
    plans, activity = house(request).rooms.plans, _key(form, "activity")
    do = form.get("do", "")
    if do == "drop":
        await run_in_threadpool(plans.remove, room.code, activity)
    elif do in ("up", "down"):
        await run_in_threadpool(plans.move, room.code, activity, -1 if do == "up" else 1)
    return _changed(request, room)


async def turn(request: Request, form: Form) -> Response:
    """Bring everybody to a phase of an activity."""
    room = await taught(request)
    limit(request, "write")
    here, phase = house(request), form.get("phase", "")
    if phase not in PHASES:
        raise Refusal(400, "refused.name", where="phase", value=phase[:40], known=", ".join(PHASES))
    activity = None if phase == LOBBY else _key(form, "activity")
    await run_in_threadpool(here.rooms.plans.turn, room.code, activity, phase)
    await foresee(here, room.code, await run_in_threadpool(here.rooms.plans.now, room.code))
    return _changed(request, room)


async def halt(request: Request, form: Form) -> Response:
    """Pause, stop everybody, or go on."""
    room = await taught(request)
    limit(request, "write")
    how = form.get("how", "")
    if how not in HALTS:
        raise Refusal(400, "refused.name", where="how", value=how[:40], known=", ".join(HALTS))
    await run_in_threadpool(house(request).rooms.plans.halt, room.code, how)
    return _changed(request, room)


async def timer(request: Request, form: Form) -> Response:
    """Give more time, or take the timer away."""
    room = await taught(request)
    limit(request, "write")
    text = form.get("seconds", "")
    if text not in ("", *map(str, MORE)):
        raise Refusal(400, "refused.name", where="seconds", value=text[:40], known=", ".join(map(str, MORE)))
    await run_in_threadpool(house(request).rooms.plans.time, room.code, int(text) if text else None)
    return _changed(request, room)


async def hide(request: Request, form: Form) -> Response:
    """Keep a sentence from everybody's eyes, or show it again."""
    room = await taught(request)
    limit(request, "write")
    hidden = form.get("hidden") == YES
    await run_in_threadpool(house(request).rooms.plans.hide, room.code, _key(form, "answer"), hidden)
    return _changed(request, room, f"?look={YES}")


def _key(form: Form, name: str) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refusal(400, "refused.whole", where=name, value=text[:40], low=1, high=999_999_999)
    return int(text)


def _changed(request: Request, room: Seen, query: str = "") -> Response:
    house(request).board.changed(room.code)
    return RedirectResponse(f"/class/{room.code}{query}", 303)


# ---- what a member does ----------------------------------------------------------------------------------------------


async def answer(request: Request, form: Form) -> Response:
    """Answer what is asked; until it is locked, another answer takes its place."""
    room = await room_of(request, request.path_params["code"])
    place = await member(request, room.code)
    if place is None:
        raise Refusal(403, "refused.member")
    limit(request, "turn")
    here = house(request)
    seen = await run_in_threadpool(here.rooms.plans.now, room.code)
    wanted = KINDS[seen.item.kind].answer if seen.item else ""
    number = None
    text = ""
    if wanted == NUMBER:
        number = _guess(form.get("number", "").strip())
    elif wanted == SENTENCE:
        text = " ".join(form.get("sentence", "").split())
        if not text:
            raise Refusal(400, "conduct.refused.sentence")
    activity = _key(form, "activity")
    reply = here.rooms.plans.reply
    kept = await run_in_threadpool(reply, room.code, place.member, activity, number, text) if wanted else False
    if not kept:
        raise Refusal(409, "conduct.refused.locked")
    return _changed(request, room)


def _guess(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= 100):
        raise Refusal(400, "refused.guess")
    return int(text)


ROUTES = [
    safety.post("/class/{code}/plan", add),
    safety.post("/class/{code}/lesson", take_lesson),
    safety.post("/class/{code}/edit", edit),
    safety.post("/class/{code}/turn", turn),
    safety.post("/class/{code}/halt", halt),
    safety.post("/class/{code}/timer", timer),
    safety.post("/class/{code}/hide", hide),
    safety.post("/class/{code}/answer", answer),
]
