"""The page Class: a teacher opens a room, students join it with a code and no name, and see what all of them found."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sim.spreadsheet import as_csv
from sim.web import safety
from sim.web.database import LENGTH
from sim.web.pages.explore import asked, foresee
from sim.web.rooms import ALPHABET, Seen
from sim.web.safety import Form
from sim.web.site import STUDENT, TEACHER, House, Page, address, house, limit, page, remember, seat, seat_token
from sim.web.texts import Refusal

CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
NO_PHONE = (*safety.LOOPBACK, "::1", "0.0.0.0")  # hosts of addresses that nobody else reaches
TAUGHT = 20  # rooms that one browser is the teacher's of, the latest first
MOST_SHOWN = 4_000  # rows of each kind on the page; the file has all
COLUMNS = (
    "kind", "member", "predicted", "replications", "settled_a", "settled_b", "difference", "low", "high", "role",
    "scenario", "replication", "score", "address",
)  # fmt: skip


# ---- who is who ------------------------------------------------------------------------------------------------------


async def _room(request: Request, code: str) -> Seen:
    """The room of a code; guesses are counted, and soon refused.  Errors: Refusal."""
    limits, who = house(request).limits, address(request)
    try:
        limits.check("code", who)
    except Refusal:
        if not await _belongs(request, code):  # a school may have one address for all: who is inside stays inside
            raise
    found = await run_in_threadpool(house(request).rooms.find, code) if CODE.fullmatch(code) else None
    if found is None:
        limits.spend("codes", "")
        limits.spend("code", who)
        raise Refusal(404, "refused.code")
    return found


def _taught_here(request: Request) -> dict[str, str]:
    """Rooms that this browser says it teaches, with their tokens, the latest first: `CODE:TOKEN.CODE:TOKEN`"""
    found = (room.partition(":") for room in request.cookies.get(TEACHER, "").split(".")[:TAUGHT])
    return {code: token for code, _, token in found if CODE.fullmatch(code)}


def _remember_taught(response: Response, rooms: dict[str, str]) -> None:
    remember(response, TEACHER, ".".join(f"{code}:{token}" for code, token in list(rooms.items())[:TAUGHT]))


async def _teaches(request: Request, code: str) -> bool:
    """Whether this browser holds the token of the room's teacher."""
    token = _taught_here(request).get(code)
    return token is not None and await run_in_threadpool(house(request).rooms.teaches, code, token)


async def _belongs(request: Request, code: str) -> bool:
    """Whether this browser has a seat in the room, or is its teacher's."""
    place = await seat(request)
    return (place is not None and place.code == code) or await _teaches(request, code)


async def rooms_of(request: Request) -> list[str]:
    """The codes of all rooms in which this browser sits or teaches."""
    place = await seat(request)
    sits = [place.code] if place is not None else []
    return [*sits, *[code for code in _taught_here(request) if await _teaches(request, code)]]


async def _taught(request: Request) -> Seen:
    """The room of the address, for its teacher.  Errors: Refusal."""
    room = await _room(request, request.path_params["code"])
    if not await _teaches(request, room.code):
        raise Refusal(403, "refused.teacher")
    return room


# ---- pages -----------------------------------------------------------------------------------------------------------


async def door(request: Request) -> Response:
    """Open a room, or join one."""
    place = await seat(request)
    mine = [code for code in _taught_here(request) if await _teaches(request, code)]
    return page(request, "door", mine=mine, joined=place.code if place else "")


async def show(request: Request) -> Response:
    """The room: the teacher's desk, a student's place, or the door."""
    room = await _room(request, request.path_params["code"])
    place = await seat(request)
    teaches = await _teaches(request, room.code)
    if not teaches and (place is None or place.code != room.code):
        return page(request, "door", mine=[], joined="", code=room.code)
    join = _join(request, room)
    token = _taught_here(request)[room.code] if teaches else ""
    alone = urlsplit(join).hostname in NO_PHONE
    return page(request, "room", room=room, teaches=teaches, join=join, alone=alone, token=token, place=place)


def _join(request: Request, room: Seen) -> str:
    """The address at which others join a room."""
    return f"{house(request).address or str(request.base_url).rstrip('/')}/class/{room.code}"


async def pooled(request: Request) -> Response:
    """What the class found, as data, once it is shown: the teacher's page is on the wall, and hides what members may
    not see. Before that the teacher sees how many have done something.
    """
    room = await _room(request, request.path_params["code"])
    place = await seat(request)
    teaches = await _teaches(request, room.code)
    if not teaches and (place is None or place.code != room.code):
        raise Refusal(403, "refused.member")
    seen = {"members": room.members, "shown": room.shown, "question": room.question}
    if not (teaches or room.shown):
        return JSONResponse(seen)
    found = await _together(house(request), room.code)
    if not room.shown:
        return JSONResponse(seen | {"counts": {kind: _members(rows, room.question) for kind, rows in found.items()}})
    left = max(len(rows) for rows in found.values()) - MOST_SHOWN
    return JSONResponse(seen | {kind: rows[-MOST_SHOWN:] for kind, rows in found.items()} | {"left": max(left, 0)})


def _members(rows: list[dict[str, Any]], question: str) -> int:
    """How many members have such a row, of the question if the room has one."""
    return len({row["member"] for row in rows if not question or row.get("state", question) == question})


async def _together(here: House, code: str) -> dict[str, Any]:
    return dict(await here.pool.once(("pooled", code), lambda: run_in_threadpool(here.rooms.pooled, code)))


async def table(request: Request) -> Response:
    """Everything of the room as CSV, for its teacher."""
    room = await _taught(request)
    found = await _together(house(request), room.code)
    text = as_csv(COLUMNS, [[row.get(column) for column in COLUMNS] for row in _flat(found)])
    name = f'attachment; filename="class-{room.code}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


def _flat(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Predictions, runs and games as rows of one table."""
    predictions = [
        {"kind": "prediction", "member": row["member"], "predicted": row["guess"], "address": row["state"]}
        for row in found["predictions"]
    ]
    runs = [
        {"kind": "run", **row, "settled_a": row["a"], "settled_b": row["b"], "address": row["state"]}
        for row in found["runs"]
    ]
    return [*predictions, *runs, *({"kind": "game", **row} for row in found["games"])]


async def code_picture(request: Request) -> Response:
    """The address of the room as a QR code."""
    import segno

    room = await _room(request, request.path_params["code"])
    picture = io.BytesIO()
    segno.make(_join(request, room), error="m").save(
        picture, kind="svg", scale=8, border=2, xmldecl=False, light="#fff"
    )
    return Response(picture.getvalue(), media_type="image/svg+xml")


# ---- forms -----------------------------------------------------------------------------------------------------------


async def open_room(request: Request, form: Form) -> Response:
    """A new room; this browser becomes its teacher's."""
    limit(request, "write")
    code, token = await run_in_threadpool(house(request).rooms.open)
    response = RedirectResponse(f"/class/{code}", 303)
    _remember_taught(response, {code: token, **_taught_here(request)})
    return response


async def join(request: Request, form: Form) -> Response:
    """Take a seat; who has one in this room keeps it."""
    limit(request, "write")
    room = await _room(request, form.get("code", "").strip().upper())
    response = RedirectResponse(f"/class/{room.code}", 303)
    place = await seat(request)
    if place is None or place.code != room.code:
        here, token = house(request), seat_token(request, room.code)
        if await run_in_threadpool(here.rooms.seat, token) is None:
            here.limits.spend("seat", address(request))
        if await run_in_threadpool(here.rooms.join, room.code, token) is None:
            raise Refusal(409, "refused.full")
        remember(response, STUDENT, token)
    return response


async def teach(request: Request, form: Form) -> Response:
    """The teacher on another device: the code and the teacher's key open the room's desk there."""
    limit(request, "write")
    room = await _room(request, form.get("code", "").strip().upper())
    token = form.get("token", "").strip()
    if not await run_in_threadpool(house(request).rooms.teaches, room.code, token):
        house(request).limits.spend("code", address(request))
        raise Refusal(403, "refused.teacher")
    response = RedirectResponse(f"/class/{room.code}", 303)
    _remember_taught(response, {room.code: token} | _taught_here(request) | {room.code: token})
    return response


async def ask(request: Request, form: Form) -> Response:
    """Set the class a question: an address of the page Explore, or only what follows its question mark."""
    room = await _taught(request)
    limit(request, "write")
    text = form.get("question", "").strip()
    state = ""
    if text:
        fields = dict(parse_qsl(text.rpartition("?")[2], max_num_fields=safety.FIELDS))
        fields = {key: value for key, value in fields.items() if key not in ("guess", "lang")}
        choice, a, b = await asked(request, fields)
        foresee(house(request), a, b)
        state = choice.state
    await run_in_threadpool(house(request).rooms.ask, room.code, state)
    return RedirectResponse(f"/class/{room.code}", 303)


async def reveal(request: Request, form: Form) -> Response:
    """Show the class what it found, or hide it again."""
    room = await _taught(request)
    await run_in_threadpool(house(request).rooms.show, room.code, form.get("shown") == "yes")
    return RedirectResponse(f"/class/{room.code}", 303)


async def free(request: Request, form: Form) -> Response:
    """Free one seat, or those of all who did nothing yet."""
    room = await _taught(request)
    text = form.get("number", "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refusal(400, "refused.whole", where="number", value=text[:40], low=1, high=99_999)
    await run_in_threadpool(house(request).rooms.free, room.code, int(text) if text else None)
    return RedirectResponse(f"/class/{room.code}", 303)


async def shut(request: Request, form: Form) -> Response:
    """Forget the room and everything in it."""
    room = await _taught(request)
    await run_in_threadpool(house(request).rooms.shut, room.code)
    response = RedirectResponse("/class", 303)
    _remember_taught(response, {code: token for code, token in _taught_here(request).items() if code != room.code})
    return response


PAGE = Page(
    "class",
    5,
    [
        Route("/class", door),
        Route("/class/{code}", show),
        Route("/class/{code}/pooled", pooled),
        Route("/class/{code}/table.csv", table),
        Route("/class/{code}/code.svg", code_picture),
        safety.post("/class/open", open_room),
        safety.post("/class/join", join),
        safety.post("/class/teach", teach),
        safety.post("/class/{code}/ask", ask),
        safety.post("/class/{code}/reveal", reveal),
        safety.post("/class/{code}/free", free),
        safety.post("/class/{code}/shut", shut),
    ],
)
