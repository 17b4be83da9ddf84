"""What every page has at hand, and how a page is made."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sim.figures import style
from sim.scenario import Scenario, load_text
from sim.scenario.shipped import Shipped, shipped
from sim.stories import voice
from sim.web import safety
from sim.web.board import Board
from sim.web.games import Seat
from sim.web.jobs import Case
from sim.web.line import ASKER, Asker
from sim.web.pool import Foresight, Pool
from sim.web.rooms import Rooms
from sim.web.texts import DEFAULT, Refusal, Texts, languages, texts, wanted

SESSION, LANGUAGE, STUDENT, TEACHER = "sim", "language", "student", "teacher"
KEPT = 30 * 24 * 3600  # seconds that a browser keeps its tokens
OWN = "own-"
B = "#6A3D9A"  # contrast 8.1 on white
FOLDER = Path(__file__).parent
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals["kept"] = False  # what is asked is answered by a server, not by what the page keeps


@dataclass(frozen=True)
class Page:
    """A page of the menu: its name in the address and among the texts (`page.NAME`), its place, and what it answers."""

    name: str
    place: float
    routes: Sequence[Route]


@dataclass
class House:
    """The pool of workers and what they do unasked, rooms and their news, limits, this server's address for others."""

    pool: Pool
    foresight: Foresight
    rooms: Rooms
    address: str = ""
    board: Board = field(default_factory=Board)
    limits: safety.Limits = field(default_factory=safety.Limits)
    pages: tuple[str, ...] = ()

    async def scenario(self, stem: str) -> tuple[Scenario, Case]:
        """The scenario of a name on the page, and how workers read it.  Errors: Refusal."""
        found = await run_in_threadpool(self._find, stem)
        if found is None:
            raise Refusal(404, "refused.scenario", value=stem[:60])
        return found

    def _find(self, stem: str) -> tuple[Scenario, Case] | None:
        if stem in library():
            case = Case(str(library()[stem].path))
            return _read(case), case
        text = self.rooms.scenario(stem.removeprefix(OWN)) if stem.startswith(OWN) else None
        if text is None:
            return None
        return _read(Case("", text)), Case("", text)


@lru_cache(maxsize=64)
def _read(case: Case) -> Scenario:
    return load_text(case.text) if case.text else case.load()


@lru_cache(maxsize=1)
def library() -> dict[str, Shipped]:
    """The scenarios that ship, by name of file: no path from a browser ever reaches the disk."""
    return {each.stem: each for each in shipped()}


def house(request: Request) -> House:
    """The house of a request."""
    return request.app.state.house  # type: ignore[no-any-return]


# ---- who asks --------------------------------------------------------------------------------------------------------


def settle(request: Request) -> None:
    """Give a request its session, the token of its forms, and its language."""
    secret = house(request).rooms.secret
    session = safety.session_in(secret, request.cookies.get(SESSION, ""))
    request.state.fresh = not session
    request.state.session = session or secrets.token_urlsafe(32)
    request.state.csrf = safety.token(secret, request.state.session)
    ASKER.set(Asker(session or f"new at {address(request)}", address(request)))
    language = request.query_params.get("lang") or request.cookies.get(LANGUAGE, "")
    known = language in languages()
    request.state.texts = texts(language if known else wanted(request.headers.get("accept-language", "")))
    house(request).limits.spend("address", address(request))


def address(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def limit(request: Request, what: str) -> None:
    """Count one of these for the browser.  Errors: Refusal (429)."""
    who = address(request) if request.state.fresh else request.state.session
    house(request).limits.spend(what, who)


async def seat(request: Request) -> Seat | None:
    """The place of this browser in a room, if it joined one."""
    token = request.cookies.get(STUDENT, "")
    return await run_in_threadpool(house(request).rooms.seat, token) if token else None


def seat_token(request: Request, code: str) -> str:
    """What opens the place of this browser in a room: always the same, so that it has one place and no more."""
    return safety.token(house(request).rooms.secret, f"seat {code} {request.state.session}")


def remember(response: Response, name: str, value: str) -> None:
    """Let the browser keep a token that no script and no other site can read."""
    response.set_cookie(name, value, max_age=KEPT, httponly=True, samesite="lax")


def tokens() -> str:
    """Colours, sizes and fonts, the same as in figures and reports; no party or mediator has the colour of A or B."""
    sides = f":root {{\n  --a: {style.WHOLE.colour};\n  --b: {B};\n}}"
    return f"{style.css()}\n{sides}\n"


# ---- a page ----------------------------------------------------------------------------------------------------------


def page(request: Request, template: str, status: int = 200, /, **content: Any) -> Response:
    """A page of HTML in the language of the request.  Errors: Refusal, where too many new browsers come at once."""
    remembered = request.state.fresh and status == 200
    if remembered:
        house(request).limits.spend("session", address(request))
    here: Texts = request.state.texts
    html = TEMPLATES.get_template(f"{template}.html.j2").render(
        t=here,
        csrf=request.state.csrf,
        **spoken(here, content.get("stem", "")),
        here=request.url.path,
        pages=house(request).pages,
        seated=STUDENT in request.cookies,
        languages={name: texts(name)("language") for name in languages()},
        back=_local(request.url.remove_query_params("lang")),
        **content,
    )
    response = HTMLResponse(html, status)
    if remembered:
        remember(response, SESSION, safety.signed(house(request).rooms.secret, request.state.session))
    if "lang" in request.query_params:
        remember(response, LANGUAGE, here.language)
    return response


async def speaking(request: Request, stem: str) -> None:
    """Let the page of a request say names and texts of a scenario as the scenario itself has them in its language."""
    with suppress(Refusal):  # one's own that has expired
        scenario, _ = await house(request).scenario(stem)
        request.state.texts = request.state.texts.of(scenario)


@jinja2.pass_context
def _said(context: Context, text: str) -> str:
    """A text of a scenario in the language of the page."""
    return str(context["t"].say(text))


@jinja2.pass_context
def _tongue(context: Context, text: str) -> Markup:
    """The language of a shipped text as an attribute, where it is not that of the page."""
    t: Texts = context["t"]
    return Markup("") if t.language == DEFAULT or text in t.said else Markup(f' lang="{DEFAULT}"')


TEMPLATES.filters |= {"said": _said, "tongue": _tongue}


def _local(url: URL) -> str:
    return f"{url.path}?{url.query}" if url.query else url.path


def spoken(t: Texts, stem: str) -> dict[str, Any]:
    """For elements of a template whose text is in English on a page that is not, its language as an attribute.

    english: of what is always English; theirs: of texts of the scenario, which are if it ships and nobody has
    translated it; told: of stories, where there are none in the language of the page. ships: does the scenario?
    """
    english = Markup("" if t.language == DEFAULT else f' lang="{DEFAULT}"')
    ships = stem in library()
    foreign = ships and library()[stem].name not in t.said
    return {
        "english": english,
        "ships": ships,
        "theirs": english if foreign else Markup(),
        "told": Markup() if t.language in voice.languages() else Markup(f' lang="{DEFAULT}" dir="ltr"'),
    }
