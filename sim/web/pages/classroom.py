"""The page Class: a teacher opens a room, students join it with a code and no name, and see what all of them found."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sim.spreadsheet import as_csv
from sim.web import safety, stage_forms, stage_pages
from sim.web.access import TAUGHT, keys, living_keys, remember_keys, room_of, taught
from sim.web.safety import Form
from sim.web.site import STUDENT, Page, address, house, limit, page, remember, seat, seat_token
from sim.web.stage_pages import alone
from sim.web.texts import Refusal

COLUMNS = (
    "kind", "member", "predicted", "replications", "settled_a", "settled_b", "difference", "low", "high", "role",
    "scenario", "replication", "score", "address", "activity", "question", "sentence",
)  # fmt: skip


# ---- pages -----------------------------------------------------------------------------------------------------------


async def door(request: Request) -> Response:
    """Open a room, or join one."""
    here, place = house(request), await seat(request)
    mine = [(code, await run_in_threadpool(here.rooms.find, code)) for code in await living_keys(request)]
    local = alone(here.address or str(request.base_url))
    return page(request, "door", mine=mine, joined=place.code if place else "", alone=local)


async def table(request: Request) -> Response:
    """Everything of the room as CSV, for its teacher."""
    room = await taught(request)
    found = await run_in_threadpool(house(request).rooms.pooled, room.code)
    text = as_csv(COLUMNS, [[row.get(column) for column in COLUMNS] for row in _flat(found)])
    name = f'attachment; filename="class-{room.code}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


def _flat(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Answers, predictions, runs and games as rows of one table."""
    predictions = [
        {"kind": "prediction", "member": row["member"], "predicted": row["guess"], "address": row["state"]}
        for row in found["predictions"]
    ]
    runs = [
        {"kind": "run", **row, "settled_a": row["a"], "settled_b": row["b"], "address": row["state"]}
        for row in found["runs"]
    ]
    answers = [{"kind": "answer", **row} for row in found["answers"]]
    return [*answers, *predictions, *runs, *({"kind": "game", **row} for row in found["games"])]


# ---- forms -----------------------------------------------------------------------------------------------------------


async def open_room(request: Request, form: Form) -> Response:
    """A new room; this browser becomes its teacher's, and stays that of its other rooms."""
    limit(request, "write")
    others = await _other_rooms(request)
    code, token = await run_in_threadpool(house(request).rooms.open)
    return _opened(code, {code: token, **others})


async def _other_rooms(request: Request, code: str = "") -> dict[str, str]:
    """The keys of this browser, without that of a code.  Errors: Refusal, where there is no place for one more."""
    found = await living_keys(request)
    found.pop(code, None)
    if len(found) >= TAUGHT:
        raise Refusal(409, "conduct.refused.rooms", most=TAUGHT)
    return found


def _opened(code: str, rooms: dict[str, str]) -> Response:
    response = RedirectResponse(f"/class/{code}", 303)
    remember_keys(response, rooms)
    return response


async def join(request: Request, form: Form) -> Response:
    """Take a seat; who has one in this room keeps it."""
    limit(request, "write")
    room = await room_of(request, form.get("code", "").strip().upper())
    response = RedirectResponse(f"/class/{room.code}", 303)
    place = await seat(request)
    if place is None or place.code != room.code:
        here, token = house(request), seat_token(request, room.code)
        if await run_in_threadpool(here.rooms.seat, token) is None:
            here.limits.spend("seat", address(request))
        if await run_in_threadpool(here.rooms.join, room.code, token) is None:
            raise Refusal(409, "refused.full")
        here.board.changed(room.code)
        remember(response, STUDENT, token)
    return response


async def teach(request: Request, form: Form) -> Response:
    """The teacher on another device: the code and the teacher's key open the room's desk there."""
    limit(request, "write")
    room = await room_of(request, form.get("code", "").strip().upper())
    token = form.get("token", "").strip()
    if not await run_in_threadpool(house(request).rooms.teaches, room.code, token):
        house(request).limits.spend("code", address(request))
        raise Refusal(403, "refused.teacher")
    return _opened(room.code, {room.code: token, **await _other_rooms(request, room.code)})


async def free(request: Request, form: Form) -> Response:
    """Free one seat, or those of all who did nothing yet."""
    room = await taught(request)
    text = form.get("number", "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refusal(400, "refused.whole", where="number", value=text[:40], low=1, high=99_999)
    await run_in_threadpool(house(request).rooms.free, room.code, int(text) if text else None)
    house(request).board.changed(room.code)
    return RedirectResponse(f"/class/{room.code}", 303)


async def shut(request: Request, form: Form) -> Response:
    """Forget the room and everything in it."""
    room = await taught(request)
    await run_in_threadpool(house(request).rooms.shut, room.code)
    house(request).board.changed(room.code)
    response = RedirectResponse("/class", 303)
    remember_keys(response, {code: token for code, token in keys(request).items() if code != room.code})
    return response


PAGE = Page(
    "class",
    5,
    [
        Route("/class", door),
        Route("/class/{code}/table.csv", table),
        safety.post("/class/open", open_room),
        safety.post("/class/join", join),
        safety.post("/class/teach", teach),
        safety.post("/class/{code}/free", free),
        safety.post("/class/{code}/shut", shut),
        *stage_pages.ROUTES,
        *stage_forms.ROUTES,
    ],
)
