"""The routes of the classroom page, put together, and what a failure looks like."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.scenario import ScenarioError
from sim.web.board import Board
from sim.web.line import busy
from sim.web.pages import explore, pages
from sim.web.pool import Foresight, Pool, Workers
from sim.web.rooms import Rooms
from sim.web.safety import LOOPBACK, Guard
from sim.web.site import FOLDER, LANGUAGE, House, page, remember, settle, tokens
from sim.web.site import address as where
from sim.web.texts import Refusal

HOUR, DAY = 3600, 86400
AGAIN = "again.js"
LOCAL = re.compile(r"/(?![/\\])[^\s\\]*")  # an address on this server: `//` would lead to another site
LOG = logging.getLogger("sim.web")


def application(
    rooms: Rooms,
    open_workers: Callable[[], Workers],
    jobs: int = 1,
    hosts: Iterable[str] = LOOPBACK,
    address: str = "",
    at_once: int = 750,
) -> Starlette:
    """The whole site.

    rooms: closed when the site ends; open_workers: starts those who run; jobs: how many they are; hosts: names that
    this server answers to; address: where others reach it, for links that are passed on;
    at_once: what one address may have asked for and not been answered yet.
    """

    def house_of(pool: Pool) -> House:
        foresight = Foresight(pool, explore.parts(explore.WHOLE))
        menu = tuple(page.name for page in pages())
        return House(pool, foresight, rooms, address, Board(at_once // 2), pages=menu)

    return Starlette(
        routes=_routes(),
        middleware=[Middleware(Guard, hosts=hosts), Middleware(Reception, at_once=at_once)],
        exception_handlers={
            Refusal: _refused,
            ScenarioError: _impossible,
            HTTPException: _missing,
        },
        lifespan=lambda app: _life(app, rooms, Pool(open_workers, jobs), house_of),
    )


def _routes() -> list[BaseRoute]:
    return [
        Route("/", _home),
        Route("/tokens.css", _tokens),
        Route("/language", _language),
        Mount("/static", Files(directory=FOLDER / "static")),
        *chain.from_iterable(page.routes for page in pages()),
    ]


class Files(StaticFiles):
    """The files of the pages. Browsers ask for each anew, but for the script that is needed when nobody answers."""

    def file_response(self, full_path: str | PathLike[str], *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        if Path(full_path).name == AGAIN:
            response.headers["cache-control"] = f"max-age={DAY}"
        return response


@asynccontextmanager
async def _life(app: Starlette, rooms: Rooms, workers: Pool, house_of: Callable[[Pool], House]) -> AsyncIterator[None]:
    """From the first worker to the closing of the rooms."""
    try:
        async with workers as pool:
            here = app.state.house = house_of(pool)
            await explore.warm(here)
            aside = [asyncio.create_task(_tidy(rooms)), asyncio.create_task(here.foresight.work())]
            yield
            for task in aside:
                task.cancel()
    except Exception as error:
        app.state.failed = error  # whoever starts the site wants to know why it did not
        raise
    finally:
        await run_in_threadpool(rooms.close)


async def _tidy(rooms: Rooms) -> None:
    while True:
        await asyncio.sleep(HOUR)
        await run_in_threadpool(rooms.forget)


class Reception:
    """Gives each request its session, token and language, and each failure a sentence."""

    def __init__(self, app: ASGIApp, at_once: int) -> None:
        self._app, self._at_once = app, at_once
        self._asking: Counter[str] = Counter()  # by address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, begun = Request(scope), False
        scope["task"] = asyncio.current_task()  # whoever hangs up ends it

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            settle(request)
            with self._counted(where(request)):
                await self._app(scope, receive, watched)
        except Refusal as refusal:
            await (await _refused(request, refusal))(scope, receive, send)
        except asyncio.CancelledError:
            if begun:
                raise
            await _told(request, 503, request.state.texts("refused.busy"))(scope, receive, send)  # the server stops
        except Exception as error:
            if begun:
                raise  # half of an answer is out: the connection can only be cut
            await _failed(request, error)(scope, receive, send)

    @contextmanager
    def _counted(self, who: str) -> Iterator[None]:
        """Errors: Refusal (503), where one address asks for so much at once that others would find no place."""
        if self._asking[who] >= self._at_once:
            raise busy()
        self._asking[who] += 1
        try:
            yield
        finally:
            self._asking[who] -= 1
            if not self._asking[who]:
                del self._asking[who]


async def _home(request: Request) -> Response:
    return RedirectResponse("/explore", 302)


async def _language(request: Request) -> Response:
    """Back to the page one comes from, in the language that the address names; to no other site."""
    back = request.query_params.get("back", "/")
    response = RedirectResponse(back if LOCAL.fullmatch(back) else "/", 303)
    remember(response, LANGUAGE, request.state.texts.language)
    return response


async def _tokens(request: Request) -> Response:
    return Response(tokens(), media_type="text/css", headers={"cache-control": "max-age=3600"})


# ---- failures --------------------------------------------------------------------------------------------------------


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _told(request, error.status, request.state.texts(error.key, **error.names), _again(error))


def _again(refusal: Refusal) -> dict[str, str]:
    return {} if refusal.retry_after is None else {"retry-after": str(refusal.retry_after)}


async def _impossible(request: Request, error: Exception) -> Response:
    """Settings that no scenario can have, such as no activity at all."""
    assert isinstance(error, ScenarioError)
    problem = error.problems[0]
    return _told(request, 422, f"{problem.path}: {problem.message}")


async def _missing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    t = request.state.texts
    return _told(request, error.status_code, t("refused.nothing" if error.status_code == 404 else "refused.form"))


def _failed(request: Request, error: Exception) -> Response:
    LOG.error("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    return _told(request, 500, request.state.texts("refused.failed"))


def _told(request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """A page for a person, an object for a script."""
    if "text/html" in request.headers.get("accept", ""):
        response = page(request, "refused", status, sentence=sentence)
        response.headers.update(headers or {})
        return response
    return JSONResponse({"error": sentence}, status, headers)
