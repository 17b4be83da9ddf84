"""Who a browser is in a room: its teacher, a member, or somebody who knows the code."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sim.web.database import LENGTH
from sim.web.games import Seat
from sim.web.rooms import ALPHABET, Seen
from sim.web.site import TEACHER, address, house, remember, seat
from sim.web.texts import Refusal

CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
MINE = "mine"  # instead of a code: the room in which this browser has its seat
TAUGHT = 60  # rooms that one browser teaches at once; their keys fit a cookie


async def room_of(request: Request, code: str) -> Seen:
    """The room of a code; guesses are counted, and soon refused.  Errors: Refusal."""
    if code == MINE:
        place = await seat(request)
        if place is None:
            raise Refusal(403, "refused.member")
        code = place.code
    limits, who = house(request).limits, address(request)
    try:
        limits.check("code", who)
    except Refusal:
        if not await belongs(request, code):  # a school may have one address for all: who is inside stays inside
            raise
    found = await run_in_threadpool(house(request).rooms.find, code) if CODE.fullmatch(code) else None
    if found is None:
        limits.spend("codes", "")
        limits.spend("code", who)
        raise Refusal(404, "refused.code")
    return found


def keys(request: Request) -> dict[str, str]:
    """Rooms that this browser says it teaches, with their tokens, the latest first: `CODE:TOKEN.CODE:TOKEN`"""
    found = (room.partition(":") for room in request.cookies.get(TEACHER, "").split(".")[:TAUGHT])
    return {code: token for code, _, token in found if CODE.fullmatch(code)}


def remember_keys(response: Response, rooms: dict[str, str]) -> None:
    """Let the browser keep the keys of these rooms."""
    remember(response, TEACHER, ".".join(f"{code}:{token}" for code, token in rooms.items()))


async def living_keys(request: Request) -> dict[str, str]:
    """The keys of rooms that are still there and are this browser's to teach."""
    return {code: token for code, token in keys(request).items() if await teaches(request, code)}


async def teaches(request: Request, code: str) -> bool:
    """Whether this browser holds the token of the room's teacher."""
    token = keys(request).get(code)
    return token is not None and await run_in_threadpool(house(request).rooms.teaches, code, token)


async def member(request: Request, code: str) -> Seat | None:
    """The seat of this browser in this room."""
    place = await seat(request)
    return place if place is not None and place.code == code else None


async def rooms_of(request: Request) -> list[str]:
    """The codes of all rooms in which this browser sits or teaches."""
    place = await seat(request)
    return list(dict.fromkeys([*([place.code] if place is not None else []), *await living_keys(request)]))


async def belongs(request: Request, code: str) -> bool:
    """Whether this browser has a seat in the room, or is its teacher's."""
    return await member(request, code) is not None or await teaches(request, code)


async def taught(request: Request) -> Seen:
    """The room of the address, for its teacher.  Errors: Refusal."""
    room = await room_of(request, request.path_params["code"])
    if not await teaches(request, room.code):
        raise Refusal(403, "refused.teacher")
    return room
