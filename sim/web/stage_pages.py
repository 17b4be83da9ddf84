"""The pages of a room while it is taught: a member's phone, the teacher's desk and the wall, and the news for them."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sim.web import safety, setups
from sim.web.access import keys, living_keys, member, room_of, teaches
from sim.web.activities import KINDS
from sim.web.games import Seat
from sim.web.lessons import in_language, lessons
from sim.web.rooms import Seen
from sim.web.site import address, house, library, page
from sim.web.stage import DESK, SEAT, WALL, Stage, asked, news, result, shared, stage
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
    tables = await run_in_threadpool(here.rooms.tables.rules, room.code)
    return page(
        request,
        "desk",
        room=room,
        others=[code for code in await living_keys(request) if code != room.code],
        token=keys(request)[room.code],
        **_door(request, room),
        **await _stage(request, seen),
        result=result(t, seen, None),
        elsewhere=seen.kind.desk_link(seen.now.item, room.code) if seen.kind and seen.now.item else "",
        answers=seen.look.answers if looking else None,
        tables=tables is not None and tables.dealt,
        bare=tables is None,
        library=library(),
        kinds=[(name, kind) for name, kind in KINDS.items() if not kind.follows],
        asked=lambda words: in_language(words, t.language),
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


ROUTES = [
    Route("/class/{code}", show),
    Route("/class/{code}/now", latest),
    Route("/class/{code}/events", events),
    Route("/class/{code}/code.svg", code_picture),
    Route("/wall/{code}", wall),
    Route("/wall/{code}/now", latest),
    Route("/wall/{code}/events", events),
]
