"""How a game goes on the page, the same for both roles: begun, shown, decided, ended.

Everything is a form and an address. Who leaves comes back by the address; a decision that arrives twice counts once.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sim.scenario import Scenario
from sim.web import endings, newsroom, safety
from sim.web.game_jobs import Data, End, Look, Others, Prospects, Stakes, alike, digest
from sim.web.games import Kept, Seat
from sim.web.jobs import Table, Yaml
from sim.web.line import NOW, PERHAPS, SHARPER
from sim.web.pages.explore import DEFAULT
from sim.web.pool import unwatched
from sim.web.safety import Form
from sim.web.site import OWN, House, house, library, limit, page, seat, speaking
from sim.web.texts import Refusal, Texts

MOST = 9_999  # the last history that may be played
WAIT = 8.0  # seconds that an end is waited for before the page says that it is being worked out
AGAIN = 3  # seconds after which such a page asks again
TRIES = 12  # histories of a room that are looked at for one in which something can be won
LISTED = 12  # histories on one page
CAN = {"open": True}  # what is not known to be lost may be tried
PARTS = 20  # of the scripted players, of two or three seconds of a processor: a decision waits for one at the most


@dataclass(frozen=True)
class Role:
    """What is particular to a role.

    page: its place in the address, and its templates; role: its name in a game; seats: who may be played in a scenario;
    options: of a game, from the form that begins it; read: a decision, from a form and what was shown; now, ended: what
    the templates need to show.
    """

    page: str
    role: str
    seats: Callable[[Scenario], dict[str, str]]
    options: Callable[[Form], Data]
    read: Callable[[Data, Form], Data]
    now: Callable[[Texts, Data], Data]
    ended: Callable[[Texts, Data], Data]

    @property
    def routes(self) -> list[Route]:
        """The pages and forms of this role."""
        return [
            Route(f"/{self.page}", self.door),
            Route(f"/{self.page}/histories", self.histories),
            Route(f"/{self.page}/{{key}}", self.show),
            safety.post(f"/{self.page}/begin", self.begin),
            safety.post(f"/{self.page}/{{key}}/decide", self.decide),
        ]

    # ---- beginning ---------------------------------------------------------------------------------------------------

    async def door(self, request: Request) -> Response:
        """Choose a scenario, a seat and a history."""
        stem = request.query_params.get("scenario", DEFAULT)
        scenario, _ = await house(request).scenario(stem)
        request.state.texts = request.state.texts.of(scenario)
        place, asked = await seat(request), request.query_params.get("replication")
        seats = self.seats(scenario)
        try:
            number = replication_of(asked) if asked else await self._offered(request, place, stem, seats)
        except TimeoutError:
            return _later(request, "moment.looking")
        known = await self._known(house(request), stem, seats)
        if place is not None and number is not None:
            seats = {name: title for name, title in seats.items() if known.get(name, CAN)["open"]}
        return page(
            request,
            f"{self.page}_door",
            role=self.page,
            library=library(),
            own=stem if stem.startswith(OWN) else "",
            scenario=scenario,
            stem=stem,
            seats=seats,
            prospects=self._words(request, self.seats(scenario), known),
            replication=number,
            most=MOST,
            tries=TRIES,
            member=place,
        )

    async def _offered(self, request: Request, place: Seat | None, stem: str, seats: dict[str, str]) -> int | None:
        """The history that the door proposes: to members of a room one in which something can be won, None without.

        Errors: TimeoutError, while it is looked for.
        """
        if place is None or not seats:
            return proposed(place)
        here, key = house(request), ("offered", place.code, self.role, stem)
        looking = here.pool.once(key, lambda: self._winnable(here, place, stem, list(seats)))
        found: int | None = await asyncio.wait_for(looking, WAIT)
        return found

    async def _winnable(self, here: House, place: Seat, stem: str, seats: Sequence[str]) -> int | None:
        """The first of a room's histories in which something can be won, in the first seat in which it can.

        None where there is none among a few. The seats after that are judged while nobody waits.
        """
        for count, name in enumerate(seats, 1):
            if not await self._open(here, stem, name):
                continue
            for attempt in range(TRIES):
                number = proposed(place, attempt)
                if (await self._stakes(here, stem, name, number))["open"]:
                    for later in seats[count:]:
                        unwatched(self._prospects(here, stem, later, PERHAPS))
                    return number
        return None

    async def _open(self, here: House, stem: str, seat: str) -> bool:
        """Can anything be won in a seat? A mediator, who is scored against no effort at all, is not kept waiting."""
        return self.role == "mediator" or (await self._prospects(here, stem, seat, SHARPER))["open"]

    async def _prospects(self, here: House, stem: str, seat: str, urgency: int) -> Data:
        """What can be won in a seat, whichever history is played."""
        return dict(json.loads(await _prospects(here, await self._begun(here, stem, seat), urgency)))

    async def _known(self, here: House, stem: str, seats: Iterable[str]) -> dict[str, Data]:
        """What can be won in these seats, as far as it was worked out before."""
        jobs = {name: Prospects(digest(await self._begun(here, stem, name), ())) for name in seats}
        kept = {name: here.pool.kept(job) for name, job in jobs.items()}
        return {name: json.loads(told) for name, told in kept.items() if told is not None}

    def _words(self, request: Request, seats: dict[str, str], known: dict[str, Data]) -> list[list[str]]:
        t = request.state.texts
        return [endings.prospects(t, self.role, seats[name], told) for name, told in known.items()]

    async def _begun(self, here: House, stem: str, seat: str) -> str:
        return alike(json.dumps(await self._start(here, stem, {"seat": seat}, 0)))

    async def _stakes(self, here: House, stem: str, seat: str, replication: int) -> Data:
        """What scripted players could win in one history."""
        start = json.dumps(await self._start(here, stem, {"seat": seat}, replication))
        return dict(json.loads(await here.pool.ask(Stakes(digest(start, ())), (start,), SHARPER)))

    async def _start(self, here: House, stem: str, form: Form, replication: int) -> Data:
        """Where a game begins."""
        scenario, case = await here.scenario(stem)
        return {
            "role": self.role,
            "scenario": (await here.pool.ask(Yaml(case))).decode(),
            "seed": scenario.seed,
            "replication": replication,
            "options": self.options(form),
        }

    async def histories(self, request: Request) -> Response:
        """What can be won in which history, to choose one by."""
        limit(request, "write")
        stem, first = (
            request.query_params.get("scenario", DEFAULT),
            replication_of(request.query_params.get("from") or "0"),
        )
        here, place = house(request), request.query_params.get("seat", "")
        scenario, _ = await here.scenario(stem)
        request.state.texts = request.state.texts.of(scenario)
        seats = self.seats(scenario)
        if not seats:
            raise Refusal(404, f"{self.page}.nobody")
        name = place if place in seats else next(iter(seats))
        numbers = range(first, min(first + LISTED, MOST + 1))
        key = ("stakes", self.role, stem, name, first)
        asked = here.pool.once(key, lambda: gathered(self._stakes(here, stem, name, number) for number in numbers))
        unwatched(self._prospects(here, stem, name, PERHAPS))
        try:
            found = await asyncio.wait_for(asked, WAIT)
        except TimeoutError:
            return _later(request, "moment.looking")
        rows = list(zip(numbers, found, strict=True))
        content = {"role": self.page, "stem": stem, "seat": name, "title": seats[name], "rows": rows}
        known = await self._known(here, stem, [name])
        content["prospects"] = self._words(request, seats, known)
        return page(request, "game_histories", **content, further=numbers.stop if numbers.stop <= MOST else None)

    async def begin(self, request: Request, form: Form) -> Response:
        """Take the seat."""
        limit(request, "write")
        here, stem = house(request), form.get("scenario", DEFAULT)
        start = await self._start(here, stem, form, replication_of(form.get("replication", "")))
        shown = await _look(here, json.dumps(start), ())
        if "illegal" in shown:
            raise _refused(shown["illegal"])
        unwatched(_prospects(here, alike(json.dumps(start)), PERHAPS))
        key = await run_in_threadpool(here.rooms.games.begin, start, stem, request.state.session, await seat(request))
        return RedirectResponse(f"/{self.page}/{key}", 303)

    # ---- playing -----------------------------------------------------------------------------------------------------

    async def _kept(self, request: Request) -> Kept:
        """The game of the address, if it is this browser's.  Errors: Refusal."""
        key = request.path_params["key"][:40]
        found = await run_in_threadpool(house(request).rooms.games.find, key, request.state.session)
        if found is None or found.role != self.role:
            raise Refusal(404, "refused.game")
        return found

    async def show(self, request: Request) -> Response:
        """The game where it stands."""
        kept = await self._kept(request)
        await speaking(request, kept.scenario)
        shown = await _look(house(request), kept.start, kept.decisions)
        if shown.get("over", True):
            return await self._end(request, kept)
        return self._page(request, shown, kept.scenario)

    def _page(
        self, request: Request, shown: Data, stem: str, status: int = 200, problem: Data | None = None
    ) -> Response:
        content = {"key": request.path_params["key"], "stem": stem, "problem": problem}
        content |= self.now(request.state.texts, shown)
        return page(request, self.page, status, **shown, **content)

    async def decide(self, request: Request, form: Form) -> Response:
        """Keep a decision and go on. One that belongs to an earlier point of the game changes nothing."""
        limit(request, "turn")
        kept, here, key = await self._kept(request), house(request), request.path_params["key"]
        if form.get("number") != str(len(kept.decisions)):
            return RedirectResponse(f"/{self.page}/{key}", 303)
        shown = await _look(here, kept.start, kept.decisions)
        if shown["over"]:
            return RedirectResponse(f"/{self.page}/{key}", 303)
        decision = json.dumps(self.read(shown["view"], form), ensure_ascii=False)
        after = await _look(here, kept.start, (*kept.decisions, decision))
        if "illegal" in after:
            await speaking(request, kept.scenario)
            return self._page(request, shown, kept.scenario, 422, after["illegal"])
        await run_in_threadpool(here.rooms.games.decide, key, len(kept.decisions), decision)
        return RedirectResponse(f"/{self.page}/{key}", 303)

    # ---- the end -----------------------------------------------------------------------------------------------------

    async def _end(self, request: Request, kept: Kept) -> Response:
        here, key = house(request), request.path_params["key"]
        try:
            told = await asyncio.wait_for(here.pool.once(("end", key), lambda: _finish(here, key, kept)), WAIT)
        except TimeoutError:
            return _later(request, "game.wait")
        content = self.ended(request.state.texts, told)
        return page(request, f"{self.page}_end", stem=kept.scenario, **told, **content)


def moment(t: Texts, shown: Data) -> Data:
    """What both roles show of the moment: which it is, why people are asked now, what happened since the last."""
    view = shown["view"]
    now = view["moment"]
    return {
        "heading": t("moment.title", **{key: now[key] for key in ("number", "fewest", "most")}),
        "today": t("moment.today", date=t.date(view["date"]), week=view["week"], weeks=view["weeks"]),
        "why": newsroom.reasons(t, now["why"]),
        "news": newsroom.news(t, view["news"]),
        "number": len(shown["decisions"]),
    }


def _later(request: Request, words: str) -> Response:
    """What is asked for is being worked out; the page asks again by itself."""
    response = page(request, "game_wait", 202, words=words)
    response.headers["refresh"] = str(AGAIN)
    return response


async def gathered(found: Iterable[Awaitable[Data]]) -> list[Data]:
    """All of these, asked for at once."""
    return list(await asyncio.gather(*found))


def proposed(place: Seat | None, attempt: int = 0) -> int:
    """A history that nobody has seen; for members of one room the same, so that their scores can be compared.

    attempt: of every attempt another one.
    """
    if place is None:
        return secrets.randbelow(MOST + 1)
    return int(hashlib.sha256(f"{place.code} {attempt}".encode()).hexdigest(), 16) % (MOST + 1)


def replication_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MOST):
        raise Refusal(400, "refused.whole", where="replication", value=text[:40], low=0, high=MOST)
    return int(text)


def _refused(illegal: Data) -> Refusal:
    return Refusal(400, "refused.illegal", where=illegal["where"], value=illegal["value"])


async def _look(here: House, start: str, decisions: tuple[str, ...]) -> Data:
    job = Look(digest(start, decisions))
    return dict(json.loads(await here.pool.ask(job, (start, decisions), NOW)))


async def _finish(here: House, key: str, kept: Kept) -> Data:
    """The end of a game; its score is kept."""
    begun = alike(kept.start)
    others = await _scripted(here, begun, SHARPER)
    inputs = kept.start, kept.decisions, await _prospects(here, begun), *others
    job = End(digest(kept.start, kept.decisions))
    told = dict(json.loads(await here.pool.ask(job, inputs, SHARPER)))
    if kept.score is None:
        await run_in_threadpool(here.rooms.games.score, key, told["end"]["among"]["mine"])
    return told


async def _scripted(here: House, begun: str, urgency: int) -> list[Table]:
    """The scripted players of a seat, in parts.  begun: see `alike`."""
    jobs = [Others(digest(begun, ()), part, PARTS) for part in range(PARTS)]
    return list(await asyncio.gather(*(here.pool.ask(job, (begun,), urgency) for job in jobs)))


async def _prospects(here: House, begun: str, urgency: int = SHARPER) -> bytes:
    """What can be won in a seat.  begun: see `alike`."""
    others = await _scripted(here, begun, urgency)
    found: bytes = await here.pool.ask(Prospects(digest(begun, ())), (begun, *others), urgency)
    return found
