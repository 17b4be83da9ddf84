"""The page Table: members of a room sit at tables, each in a seat of its own, asked at the moments of a history.

Everything is a form and an address. A seat is its member's: no address and no form names another one.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sim.web import access, safety, table_debrief, table_desk, table_words
from sim.web import table_standing as standing
from sim.web.game_pages import proposed
from sim.web.games import Seat
from sim.web.line import NOW
from sim.web.pages.explore import DEFAULT
from sim.web.rooms import Seen as Room
from sim.web.safety import Form
from sim.web.site import OWN, House, Page, house, library, limit, page, seat, speaking
from sim.web.table_desk import MINUTES, USUAL
from sim.web.table_jobs import TableCheck, named, read
from sim.web.tables import LONGEST_MESSAGE, MOST_TABLES, Moved, Rules, Seen
from sim.web.texts import Refusal

Data = dict[str, Any]

NOBODY = ""
WAIT, AGAIN = 8.0, 3  # seconds that a picture is waited for, and after which a page that waits asks again


# ---- who asks --------------------------------------------------------------------------------------------------------


async def door(request: Request) -> Response:
    """To the tables of one's room; without a room, how to come into one."""
    place = await seat(request)
    if place is not None:
        return RedirectResponse(f"/table/{place.code}", 303)
    mine = list(await access.living_keys(request))
    return page(request, "table_door", mine=mine, stem=request.query_params.get("scenario", ""))


async def _here(request: Request) -> tuple[Room, bool, Seat | None]:
    """The room, whether this browser teaches it, and its place there.  Errors: Refusal for anybody else."""
    room = await access.room_of(request, request.path_params["code"])
    teaches, place = await access.teaches(request, room.code), await access.member(request, room.code)
    if not teaches and place is None:
        raise Refusal(403, "refused.member")
    return room, teaches, place


async def _chair(request: Request, code: str, place: Seat | None) -> tuple[int, str] | None:
    if place is None:
        return None
    return await run_in_threadpool(house(request).rooms.tables.chair, code, place.member)


# ---- pages -----------------------------------------------------------------------------------------------------------


async def show(request: Request) -> Response:
    """The teacher's view of all tables, a seat, or the choice of one."""
    room, teaches, place = await _here(request)
    here = house(request)
    rules = await run_in_threadpool(here.rooms.tables.rules, room.code)
    chair = await _chair(request, room.code, place)
    if rules is not None and rules.dealt and chair is not None:
        return await _seat(request, rules, *chair)
    return await _room(request, room, rules, teaches, place, chair)


async def _room(
    request: Request,
    room: Room,
    rules: Rules | None,
    teaches: bool,
    place: Seat | None,
    chair: tuple[int, str] | None,
) -> Response:
    here = house(request)
    stem = request.query_params.get("scenario", rules.stem if rules else DEFAULT)
    content: Data = {"stem": stem, "own": stem.startswith(OWN), "library": library(), "minutes": MINUTES}
    content |= {"usual": USUAL, "replication": proposed(await seat(request)), "chair": chair, "seats": [], "open": []}
    if rules is not None:
        content["seats"], _ = standing.seats_of(rules)
        content["open"] = await _empty(here, rules, place)
    await speaking(request, stem)
    status = await standing.status(here, rules) if rules is not None and rules.dealt else []
    return page(request, "table_room", room=room, rules=rules, teaches=teaches, status=status, **content)


async def _empty(here: House, rules: Rules, place: Seat | None) -> list[Data]:
    """Chairs that may be taken: all tables before they begin, one more than have somebody; then those that play.

    Of who has sat on a side in this game, only chairs on that side.
    """
    seats, _ = standing.seats_of(rules)
    side = await run_in_threadpool(here.rooms.tables.side, rules.code, place.member) if place else ""
    seats = [each for each in seats if side in ("", each)]
    people = await run_in_threadpool(here.rooms.tables.people, rules.code)
    playing = [each.number for each in await run_in_threadpool(here.rooms.tables.tables, rules.code) if not each.over]
    if not rules.dealt:
        playing = list(range(1, min(max(people, default=0) + 1, MOST_TABLES) + 1))
    return [
        {"number": number, "seats": [each for each in seats if not people.get(number, {}).get(each)]}
        for number in playing
    ]


async def _seat(request: Request, rules: Rules, number: int, chair: str, problem: Data | None = None) -> Response:
    """The page of one seat."""
    await speaking(request, rules.stem)
    here, t = house(request), request.state.texts
    seen = await standing.table(here, rules, number)
    found = await standing.look(here, rules, seen)
    if found["over"] or rules.finished:
        return await _over(request, rules, seen, found["views"][chair])
    deals = standing.deals(seen)
    content = table_words.shown(t, found, chair, deals)
    mine = seen.now.get(chair)
    content |= {
        "code": rules.code,
        "stem": rules.stem,
        "number": number,
        "game": standing.game(here, rules),
        "moment": seen.moment,
        "left": standing.left(rules, seen),
        "rules": rules,
        "longest": LONGEST_MESSAGE,
        "done": mine,
        "mark": await standing.mark(here, rules, seen, chair),
        "people": {each: len(seen.people.get(each, ())) for each in standing.seats_of(rules)[0]},
        "decided": list(seen.now),
        "messages": table_words.messages(seen.moves, seen.moment) if rules.messages else [],
        "by_model": _by_model(seen),
    }
    return page(request, "table_seat", 422 if problem else 200, chair=chair, problem=problem, **content)


def _by_model(seen: Seen) -> list[str]:
    """Seats that the model played since the last moment."""
    return [each.seat for each in seen.moves if each.moment == seen.moment - 1 and standing.delegated(each)]


async def watch(request: Request) -> Response:
    """What everybody at a table sees: for the teacher, and members who have no chair."""
    room, _, place = await _here(request)
    here = house(request)
    rules = await standing.of_room(here, room.code)
    await speaking(request, rules.stem)
    if await _chair(request, room.code, place) is not None:
        return RedirectResponse(f"/table/{room.code}", 303)
    seen = await standing.table(here, rules, _number(request.path_params["number"]))
    found = await standing.look(here, rules, seen)
    content = table_words.shown(request.state.texts, found, NOBODY, {})
    said = table_words.messages(seen.moves, seen.moment) if rules.messages else []
    mark = await standing.mark(here, rules, seen, NOBODY)
    return page(
        request,
        "table_watch",
        code=room.code,
        stem=rules.stem,
        number=seen.number,
        mark=mark,
        rules=rules,
        messages=said,
        over=seen.over,
        **content,
    )


async def state(request: Request) -> Response:
    """How far things are, for a page that waits: nothing of what anybody decided."""
    room, teaches, place = await _here(request)
    here = house(request)
    rules = await run_in_threadpool(here.rooms.tables.rules, room.code)
    if rules is None:
        return JSONResponse({"mark": "none"})
    number = request.query_params.get("table", "")
    chair = await _chair(request, room.code, place)
    if not rules.dealt or (chair is None and not number):
        tables = await standing.status(here, rules) if rules.dealt else []
        mark = f"{rules.dealt} {rules.finished}"
        return JSONResponse({"mark": mark, "halt": rules.halt.why, "tables": tables if teaches else []})
    seen = await standing.table(here, rules, chair[0] if chair else _number(number))
    mark = await standing.mark(here, rules, seen, chair[1] if chair else NOBODY)
    return JSONResponse(
        {
            "mark": mark,
            "decided": list(seen.now),
            "halt": rules.halt.why,
            "elsewhere": rules.halt.elsewhere,
            "left": standing.left(rules, seen),
            "deals": len(standing.deals(seen)),
        }
    )


# ---- the end ---------------------------------------------------------------------------------------------------------


async def _over(request: Request, rules: Rules, seen: Seen, view: Data) -> Response:
    """A table is over: whoever still plays elsewhere must not hear how this history hides its numbers."""
    here = house(request)
    if await standing.all_over(here, rules):
        return RedirectResponse(f"/table/{rules.code}/debrief", 303)
    mark = await standing.mark(here, rules, seen, NOBODY)
    return page(request, "table_over", code=rules.code, number=seen.number, view=view, mark=mark)


async def debrief(request: Request) -> Response:
    """All tables in one picture, once all are over; the teacher may end them before."""
    room, teaches, place = await _here(request)
    here = house(request)
    rules = await standing.of_room(here, room.code)
    if not await standing.all_over(here, rules):
        return RedirectResponse(f"/table/{room.code}", 303)
    try:
        told = await asyncio.wait_for(standing.told(here, rules), WAIT)
    except TimeoutError:
        response = page(request, "game_wait", 202, words="game.wait")
        response.headers["refresh"] = str(AGAIN)
        return response
    await speaking(request, rules.stem)
    chair = await _chair(request, room.code, place)
    content = table_debrief.shown(request.state.texts, told, chair[0] if chair else 0)
    return page(request, "table_debrief", code=room.code, stem=rules.stem, teaches=teaches, rules=rules, **content)


# ---- forms -----------------------------------------------------------------------------------------------------------


async def sit(request: Request, form: Form) -> Response:
    """Take a chair that is empty."""
    limit(request, "write")
    room, _, place = await _here(request)
    rules = await standing.of_room(house(request), room.code)
    number, chair = _number(form.get("table", "")), form.get("seat", "")
    if place is None or chair not in standing.seats_of(rules)[0]:
        raise Refusal(404, "refused.table")
    tables = house(request).rooms.tables
    if not await run_in_threadpool(tables.sit, room.code, place.member, number, chair):
        raise Refusal(409, "refused.chair")
    return RedirectResponse(f"/table/{room.code}", 303)


async def decide(request: Request, form: Form) -> Response:
    """Keep what this browser's seat decides. What belongs to an earlier moment changes nothing."""
    limit(request, "turn")
    room, _, place = await _here(request)
    here = house(request)
    rules = await standing.of_room(here, room.code)
    chair = await _chair(request, room.code, place)
    back = RedirectResponse(f"/table/{room.code}", 303)
    if chair is None or place is None or not rules.dealt or rules.finished:
        return back
    if rules.halt.why:
        raise Refusal(409, "conduct.refused.locked")
    number, mine = chair
    seen = await standing.table(here, rules, number)
    asked = (standing.game(here, rules), str(seen.moment))
    if (form.get("game"), form.get("moment")) != asked or mine in seen.now or seen.over:
        return back
    found = await standing.look(here, rules, seen)
    if found["over"]:
        return back
    decision = json.dumps(table_words.decided(found["views"][mine], form, standing.deals(seen)), ensure_ascii=False)
    job = TableCheck(named(rules.start, seen.log), mine, decision)
    problem = read(await here.pool.ask(job, (rules.start, seen.log), NOW)).get("illegal")
    if problem:
        return await _seat(request, rules, number, mine, problem)
    message = " ".join(form.get("message", "").split())[:LONGEST_MESSAGE] if rules.messages else ""
    moved = Moved(seen.moment, mine, decision, message, place.number)
    await run_in_threadpool(here.rooms.tables.move, room.code, number, moved)
    return back


def _number(text: str) -> int:
    """The number of a table.  Errors: Refusal."""
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_TABLES):
        raise Refusal(400, "refused.whole", where="table", value=text[:40], low=1, high=MOST_TABLES)
    return int(text)


PAGE = Page(
    "table",
    4.5,
    [
        Route("/table", door),
        Route("/table/{code}", show),
        Route("/table/{code}/state", state),
        Route("/table/{code}/debrief", debrief),
        Route("/table/{code}/watch/{number}", watch),
        safety.post("/table/{code}/sit", sit),
        safety.post("/table/{code}/decide", decide),
        *table_desk.ROUTES,
    ],
)
