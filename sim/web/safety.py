"""Who may ask what.

- Only names of this server are answered (a foreign `Host` is how another site would reach a server at home).
- What changes something must come from this site's own pages: no foreign `Origin`, and a token that only they know.
- Bodies are small and arrive in time, headers say what a browser may load: nothing but what this server sends.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.web.texts import Refusal

LARGEST = 200 * 1024  # bytes of a body: a scenario file of 64 KiB, of which a form may write each byte as three
FIELDS = 120
PATIENCE = 10.0  # seconds in which a body must arrive
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SAFE = ("GET", "HEAD")
FORM = "application/x-www-form-urlencoded"

HEADERS = {
    "content-security-policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

Form = dict[str, str]
Endpoint = Callable[[Request, Form], Awaitable[Response]]


# ---- every request ---------------------------------------------------------------------------------------------------


class Guard:
    """Stands before the application: turns away what comes under a foreign name or from a foreign page."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app, self._hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        problem = self._foreign(scope["method"], headers) or _too_large(headers) or _holds_a_null(scope)
        app = self._app if problem is None else PlainTextResponse(problem[1], problem[0], {"connection": "close"})
        await app(scope, _limited(receive), _with_headers(send))

    def _foreign(self, method: str, headers: Headers) -> tuple[int, str] | None:
        if name_of(headers.get("host", "")) not in self._hosts:
            return 421, "This server does not answer to that name."
        origin = headers.get("origin")
        if origin is not None and (method not in SAFE) and urlsplit(origin).netloc != headers["host"]:
            return 403, "This comes from another site."
        if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site") and not _navigates(method, headers):
            return 403, "This comes from another site."
        return None


def name_of(host: str) -> str:
    """The name in a `Host` header, without the port."""
    return host.lower() if host.endswith("]") else host.lower().rpartition(":")[0] or host.lower()


def _navigates(method: str, headers: Headers) -> bool:
    """Whether a person followed a link to a page."""
    return method in SAFE and headers.get("sec-fetch-mode") == "navigate"


def _too_large(headers: Headers) -> tuple[int, str] | None:
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        return 400, "The length of the request is no number."
    if "transfer-encoding" in headers and "content-length" in headers:
        return 400, "The request ends twice."  # two servers in a row might disagree on where
    return (413, "The request is too large.") if int(length) > LARGEST else None


def _holds_a_null(scope: Scope) -> tuple[int, str] | None:
    """PostgreSQL keeps no text with a null, so none is looked for."""
    nulls = "\0" in scope["path"] or b"%00" in scope["query_string"] or b"\0" in scope["query_string"]
    return (400, "An address holds no nulls.") if nulls else None


def _limited(receive: Receive) -> Receive:
    """The same messages, as long as the body is small and comes in time."""
    until, size, done = time.monotonic() + PATIENCE, 0, False

    async def limited() -> Message:
        nonlocal size, done
        if done:
            return await receive()  # only a goodbye can come now, whenever it likes
        try:
            message = await asyncio.wait_for(receive(), max(until - time.monotonic(), 0))
        except TimeoutError:
            raise Refusal(408, "refused.slow") from None
        size += len(message.get("body", b""))
        done = not message.get("more_body", False)
        if size > LARGEST:
            raise Refusal(413, "refused.large")
        return message

    return limited


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-cache" if "etag" in headers else "no-store")
        await send(message)

    return with_headers


# ---- what changes something ------------------------------------------------------------------------------------------


def post(path: str, endpoint: Endpoint, most: int = FIELDS) -> Route:
    """A route that changes something: it is given the form, once its token has been checked.

    most: fields that the form may have
    """

    async def checked(request: Request) -> Response:
        form = await _form(request, most)
        if not hmac.compare_digest(form.pop("csrf", ""), request.state.csrf):
            raise Refusal(403, "refused.token")
        return await endpoint(request, form)

    return Route(path, checked, methods=["POST"])


async def _form(request: Request, most: int) -> Form:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Refusal(415, "refused.form")
    try:
        text = (await request.body()).decode("utf-8")
        return once(parse_qsl(text, keep_blank_values=True, max_num_fields=most, errors="strict"))
    except ValueError as error:
        raise Refusal(400, "refused.form") from error


def once(pairs: Iterable[tuple[str, str]]) -> Form:
    """Fields by name; what is there twice, or holds what no text holds, is refused.  Errors: ValueError."""
    form: Form = {}
    for name, value in pairs:
        if name in form or "\0" in name + value:
            raise ValueError(f"{name!r} is there twice, or holds a null")
        form[name] = value
    return form


def token(secret: str, session: str) -> str:
    """What a page of this session must send along with whatever changes something."""
    return hmac.new(secret.encode(), session.encode(), hashlib.sha256).hexdigest()


def signed(secret: str, session: str) -> str:
    """A session as a browser keeps it, so that none can be invented."""
    return f"{session}.{token(secret, f'session {session}')}"


def session_in(secret: str, cookie: str) -> str:
    """The session that a browser shows; "" where this server has not signed it."""
    session = cookie.partition(".")[0]
    genuine = cookie.isascii() and hmac.compare_digest(cookie, signed(secret, session))
    return session if genuine else ""


def hashed(token: str) -> str:
    """A token as it is stored, so that the database alone opens no room."""
    return hashlib.sha256(token.encode()).hexdigest()


# ---- how often -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many a minute."""

    burst: int
    a_minute: float


RATES: Mapping[str, Rate] = {
    "ask": Rate(60, 120),  # runs of one browser
    "draw": Rate(10, 20),  # figures, stories and files of one browser
    "write": Rate(30, 60),  # forms of one browser
    "build": Rate(100, 30),  # scenarios that one address begins to build
    "turn": Rate(60, 120),  # decisions in games of one browser
    "answer": Rate(120, 240),  # answers of one browser, each asked for several times
    "session": Rate(200, 60),  # browsers of one address that were never here
    "seat": Rate(100, 30),  # seats of rooms that one address takes
    "address": Rate(3000, 6000),  # whatever one address does: a school may have one for all
    "code": Rate(12, 6),  # wrong room codes and keys of one address
    "codes": Rate(60, 60),  # wrong room codes and keys of all
}


@dataclass
class Limits:
    """Buckets that fill as time passes and are drawn from, by what and who; the oldest are forgotten."""

    rates: Mapping[str, Rate] = field(default_factory=lambda: RATES)
    most: int = 10_000
    now: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[tuple[str, str], tuple[float, float]] = field(default_factory=OrderedDict)

    def spend(self, what: str, who: str) -> None:
        """Draw one.  Errors: Refusal (429) when there is none."""
        left = self._left(what, who)
        if left < 1:
            seconds = math.ceil((1 - left) * 60 / self.rates[what].a_minute)
            raise Refusal(429, "refused.often", seconds, seconds=seconds)
        self._buckets[what, who] = (left - 1, self.now())
        self._buckets.move_to_end((what, who))
        while len(self._buckets) > self.most:
            self._buckets.popitem(last=False)

    def check(self, what: str, who: str) -> None:
        """Draw nothing, but refuse when there is nothing to draw.  Errors: Refusal (429)."""
        if self._left(what, who) < 1:
            raise Refusal(429, "refused.often", 60, seconds=60)

    def _left(self, what: str, who: str) -> float:
        rate = self.rates[what]
        left, since = self._buckets.get((what, who), (float(rate.burst), self.now()))
        return min(left + (self.now() - since) * rate.a_minute / 60, float(rate.burst))
