"""The pages of a room while it is taught: the phones' page, the teacher's desk, the wall, and what the teacher does."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from sim.web import safety, setups
from sim.web.access import keys, living_keys, member, room_of, taught, teaches
from sim.web.activities import KINDS, NUMBER, SCENARIO, SENTENCE, VERSIONS
from sim.web.lessons import lessons
from sim.web.plans import HALTS, LOBBY, PHASES, Wanted
from sim.web.rooms import Seat, Seen
from sim.web.safety import Form
from sim.web.site import address, house, library, limit, page
from sim.web.stage import DESK, SEAT, WALL, Stage, asked, foresee, news, result, shared, stage
from sim.web.texts import Refusal

NO_PHONE = (*safety.LOOPBACK, "::1", "0.0.0.0")  # hosts of addresses that nobody else reaches
MINUTES = (0, 1, 2, 3, 5, 10, 20)
MORE = (60, 300)  # seconds that a teacher may add at a time
YES = "yes"


# ---- what is shown ---------------------------------------------------------------------------------------------------


async def show(request: Request) -> Response:
    """The room: the teacher's desk, a member's place, or the door."""
    room = await room_of(request, request.path_params["code"])
    if await teaches(request, room.code):
        return await _desk(request, room)
    place = await member(request, room.code)
    if place is None:
        return page(request, "door", mine=[], joined="", code=room.code, alone=False)
    return await _phone(request, room, place)


async def _phone(request: Request, room: Seen, place: Seat) -> Response:
    here, t = house(request), request.state.texts
    seen = await shared(here, room.code)
    item = seen.now.item
    mine = await run_in_threadpool(here.rooms.plans.answer, room.code, place.member, item.id) if item else None
    guess = mine.number if mine else None
    return page(
        request,
        "room",
        room=room,
        place=place,
        mine=mine,
        link=seen.kind.link(item, room.code) if seen.kind and item else "",
        run=setups.explored(item.setup) if item and seen.kind and seen.kind.truth else "",
        **await _stage(request, seen),
        result=result(t, seen, guess),
    )


async def wall(request: Request) -> Response:
    """What is projected: how to join, the question, how many have answered; what was found, once it is revealed."""
    room = await room_of(request, request.path_params["code"])
    seen = await shared(house(request), room.code)
    here = await _stage(request, seen)
    return page(
        request, "wall", room=room, **_door(request, room), **here, result=result(request.state.texts, seen, None)
    )


async def _desk(request: Request, room: Seen) -> Response:
    here, t = house(request), request.state.texts
    seen = await stage(here, room.code)
    looking = request.query_params.get("look") == YES
    return page(
        request,
        "desk",
        room=room,
        others=[code for code in await living_keys(request) if code != room.code],
        token=keys(request)[room.code],
        **_door(request, room),
        **await _stage(request, seen),
        result=result(t, seen, None),
        answers=seen.look.answers if looking else None,
        library=library(),
        kinds=[(name, kind) for name, kind in KINDS.items() if not kind.follows],
        lessons={name: each.title(t.language) for name, each in lessons().items()},
        minutes=MINUTES,
        more=MORE,
    )


async def _stage(request: Request, seen: Stage) -> dict[str, Any]:
    """What all three pages show of a room at this moment."""
    item = seen.now.item
    question = await asked(request.state.texts, house(request), item) if item else None
    return {"stage": seen, "now": seen.now, "kind": seen.kind, "question": question}


def _door(request: Request, room: Seen) -> dict[str, Any]:
    """How others join, and whether a phone can."""
    where = join_address(request, room)
    return {"join": where, "alone": alone(where)}


def join_address(request: Request, room: Seen) -> str:
    """The address at which others join a room."""
    return f"{house(request).address or str(request.base_url).rstrip('/')}/class/{room.code}"


def alone(where: str) -> bool:
    """Whether only the computer that the server runs on reaches this address."""
    return urlsplit(where).hostname in NO_PHONE


async def code_picture(request: Request) -> Response:
    """The address of the room as a QR code."""
    import segno

    room = await room_of(request, request.path_params["code"])
    picture = io.BytesIO()
    segno.make(join_address(request, room), error="m").save(
        picture, kind="svg", scale=8, border=2, xmldecl=False, light="#fff"
    )
    return Response(picture.getvalue(), media_type="image/svg+xml")


# ---- news ------------------------------------------------------------------------------------------------------------


async def _listener(request: Request) -> tuple[str, str]:
    """The room of the address, and as what this browser listens to it.  Errors: Refusal."""
    room = await room_of(request, request.path_params["code"])
    if request.url.path.startswith("/wall/"):
        return room.code, WALL
    if await teaches(request, room.code):
        return room.code, DESK
    if await member(request, room.code) is None:
        raise Refusal(403, "refused.member")
    return room.code, SEAT


async def latest(request: Request) -> Response:
    """The latest news, for a browser that cannot listen."""
    code, listener = await _listener(request)
    return JSONResponse((await shared(house(request), code)).event(listener))


async def events(request: Request) -> Response:
    """The news as they come (server-sent events)."""
    code, listener = await _listener(request)
    here = house(request)
    here.board.check(address(request))
    told = here.board.listen(code, listener, address(request), lambda: news(here, code))
    return StreamingResponse(told, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


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
    words, text = form.get("words", "").strip(), form.get("address", "").strip()
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
    number, text = None, ""
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
    Route("/class/{code}", show),
    Route("/class/{code}/now", latest),
    Route("/class/{code}/events", events),
    Route("/class/{code}/code.svg", code_picture),
    Route("/wall/{code}", wall),
    Route("/wall/{code}/now", latest),
    Route("/wall/{code}/events", events),
    safety.post("/class/{code}/plan", add),
    safety.post("/class/{code}/lesson", take_lesson),
    safety.post("/class/{code}/edit", edit),
    safety.post("/class/{code}/turn", turn),
    safety.post("/class/{code}/halt", halt),
    safety.post("/class/{code}/timer", timer),
    safety.post("/class/{code}/hide", hide),
    safety.post("/class/{code}/answer", answer),
]
