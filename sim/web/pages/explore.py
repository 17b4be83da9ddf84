"""The page Explore: move a few numbers, predict, run, and see A beside B under the same chance."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sim.figures.style import cues
from sim.scenario import Scenario
from sim.web import choices, safety, wording
from sim.web.choices import Choice, chosen
from sim.web.jobs import Case, Check, Drawing, Packed, Simulate, Table, Yaml
from sim.web.lessons import lessons
from sim.web.line import NOW, SHARPER
from sim.web.pairs import Pair
from sim.web.pool import unwatched
from sim.web.safety import Form
from sim.web.site import OWN, House, Page, house, library, limit, page, seat
from sim.web.texts import Refusal, Texts

FIRST, WHOLE = 256, 1000
WAIT = 8.0  # seconds that an answer is waited for before the page asks again
DRAWN = {"png": "image/png", "csv": "text/csv; charset=utf-8"}
DEFAULT = "baseline"
ASKED = ("predict", "before")  # activities of a lesson that ask for a prediction

Answer = dict[str, Any]


# ---- the page --------------------------------------------------------------------------------------------------------


async def show(request: Request) -> Response:
    """The page, with its controls as the address has them."""
    here = house(request)
    choice, *cases = await asked(request, {key: value for key, value in _fields(request).items() if key != "lang"})
    scenarios = await scenarios_of(here, choice)
    if choice.stem in library() and not choice.other:
        here.foresight.opened(scenarios[0], cases[0])
    request.state.texts = request.state.texts.of(*scenarios)
    return page(
        request,
        "explore",
        stem=choice.stem,
        library=library(),
        own={stem: scenario.name for stem, scenario in zip(_stems(choice), scenarios, strict=True) if _is_own(stem)},
        colours=_colours(*scenarios),
        levels={},
        starts=(0, scenarios[0].clock.weeks - 1, 1),
        lengths=(0, choices.LONGEST_FREEZE, 1),
        anew=f"/explore?{_anew(choice)}",
        member=await seat(request),
        first=FIRST,
        whole=WHOLE,
        presets=_presets(request.state.texts.language),
        **controls(choice, *scenarios),
    )


def controls(choice: Choice, a: Scenario, b: Scenario) -> dict[str, Any]:
    """What can be moved, in the order of the page, and where it stands in A and in B."""
    known = {slider.name: slider for scenario in (a, b) for slider in choices.sliders(scenario)}
    scenarios = dict(zip(choices.SIDES, (a, b), strict=True))
    own = {letter: choices.starting(scenario) for letter, scenario in scenarios.items()}
    moved = {letter: dict(getattr(choice, letter).numbers) for letter in choices.SIDES}
    return {
        "choice": choice,
        "scenario": a,
        "scenarios": scenarios,
        "sliders": known,
        "own_numbers": own,
        "moved": moved,
        "sides": {letter: own[letter] | moved[letter] for letter in choices.SIDES},
        "titles": {name: each.title or name for scenario in (a, b) for name, each in scenario.mediators.items()},
        "key": choices.key(choice, a, b),
        "key_freezes": choices.key_freezes(choice, a, b),
        "freezes": choices.FREEZES,
        "linkages": choices.LINKAGES,
    }


def _colours(*scenarios: Scenario) -> dict[str, str]:
    return {name: cue.colour for scenario in scenarios for name, cue in cues(scenario).mediators.items()}


def _stems(choice: Choice) -> tuple[str, str]:
    return choice.stem, choice.other or choice.stem


def _is_own(stem: str) -> bool:
    return stem.startswith(OWN)


def _anew(choice: Choice) -> str:
    return Choice(choice.stem, other=choice.other).query


def _presets(language: str) -> dict[str, list[tuple[str, str]]]:
    """The questions of the lessons, by lesson: words, and the address that asks it."""
    return {
        lesson.title(language): [
            (each.words, f"/explore?{each.setup}") for each in lesson.activities(language) if each.kind in ASKED
        ]
        for lesson in lessons().values()
    }


def _fields(request: Request) -> Form:
    try:
        return safety.once(request.query_params.multi_items())
    except ValueError as error:
        raise Refusal(400, "refused.form") from error


async def asked(request: Request, fields: Mapping[str, str]) -> tuple[Choice, Case, Case]:
    """What the fields say, and the two cases to run.  Errors: Refusal."""
    return await chosen_of(house(request), fields)


async def chosen_of(here: House, fields: Mapping[str, str]) -> tuple[Choice, Case, Case]:
    """The same, where nobody asks for a page."""
    fields = _renamed(fields)
    stem = fields.get("scenario", DEFAULT)
    found = {each: await here.scenario(each) for each in (stem, fields.get("b") or stem)}
    choice = chosen(fields, {each: scenario for each, (scenario, _) in found.items()})
    a, b = (
        Case(case.path, case.text, side.settings(scenario))
        for side, (scenario, case) in zip((choice.a, choice.b), (found[each] for each in _stems(choice)), strict=True)
    )
    return choice, a, b


def _renamed(fields: Mapping[str, str]) -> Mapping[str, str]:
    """Two scenarios as addresses had them before: `a=baseline&b=calm` is `scenario=baseline&b=calm`."""
    if "a" not in fields or "b" not in fields or "scenario" in fields:
        return fields
    return {"scenario" if key == "a" else key: value for key, value in fields.items()}


async def scenarios_of(here: House, choice: Choice) -> tuple[Scenario, Scenario]:
    """The scenarios of A and of B as their files have them.  Errors: Refusal."""
    (a, _), (b, _) = [await here.scenario(stem) for stem in _stems(choice)]
    return a, b


# ---- running ---------------------------------------------------------------------------------------------------------


async def prepare(request: Request, form: Form) -> Response:
    """Somebody is about to ask this: work on it if nobody waits for anything else."""
    _, a, b = await asked(request, form)
    foresee(house(request), a, b)
    return Response(status_code=204)


def foresee(here: House, *cases: Case) -> None:
    """Work on cases that somebody may ask for, if nobody waits for anything else."""
    for part in parts(WHOLE):
        for case in dict.fromkeys(cases):
            here.pool.perhaps(Simulate(case, *part))


async def ask(request: Request, form: Form) -> Response:
    """Commit a prediction and start the run; the answer is fetched from `answer`."""
    limit(request, "ask")
    choice, a, b = await asked(request, form)
    if choice.guess is None:
        raise Refusal(400, "refused.guess")
    here, place = house(request), await seat(request)
    if place is not None:
        await run_in_threadpool(here.rooms.predict, place, choice.state, choice.guess)
        unwatched(_record(here, place, choice, a, b))
    return JSONResponse({"query": choice.query, "state": choice.state})


async def _record(here: House, place: Any, choice: Choice, a: Case, b: Case) -> None:
    answer = await paired(here, a, b, WHOLE)
    await run_in_threadpool(here.rooms.ran, place, choice.state, answer)


async def answer(request: Request) -> Response:
    """The best answer there is beyond `have` replications, or how long the queue is."""
    limit(request, "answer")
    fields = _fields(request)
    have = fields.pop("have", "0")
    choice, a, b = await asked(request, fields)
    count = FIRST if have == "0" else WHOLE
    here = house(request)
    with suppress(TimeoutError):
        found = await asyncio.wait_for(paired(here, a, b, count), WAIT)
        return JSONResponse(_worded(request.state.texts, found, choice.guess))
    return JSONResponse({"waiting": here.pool.waiting}, 202)


async def reference(request: Request) -> Response:
    """How many of 100 histories settle in A, which is known before anybody predicts."""
    limit(request, "answer")
    _, a, _ = await asked(request, _fields(request))
    here = house(request)
    with suppress(TimeoutError):
        found = await asyncio.wait_for(_settled(here, a), WAIT)
        return JSONResponse({"settled": found})
    return JSONResponse({"waiting": here.pool.waiting}, 202)


async def _settled(here: House, a: Case) -> float:
    tables: list[Table] = await asyncio.gather(*(_table(here, a, part) for part in parts(WHOLE)))
    return sum(table.total("settled") for table in tables) / WHOLE


async def paired(here: House, a: Case, b: Case, count: int) -> Answer:
    """A and B beside each other in so many replications, worked out once however many ask."""
    found = here.pool.kept(Pair(a, b, count))
    if found is None:
        found = await here.pool.once(("pair", a, b, count), lambda: _pair(here, a, b, count))
    assert isinstance(found, Packed)
    return found.answer()


async def _pair(here: House, a: Case, b: Case, count: int) -> Packed:
    tables: list[Table] = await asyncio.gather(*(_table(here, case, part) for case in (a, b) for part in parts(count)))
    found = await here.pool.ask(Pair(a, b, count), tables, NOW if count == FIRST else SHARPER)
    assert isinstance(found, Packed)
    return found


def parts(count: int) -> list[tuple[int, int]]:
    """First replication and number of replications of the runs that an answer from so many is made of."""
    return [(0, FIRST)] if count == FIRST else [(0, FIRST), (FIRST, count - FIRST)]


async def _table(here: House, case: Case, part: tuple[int, int]) -> Table:
    found = await here.pool.ask(Simulate(case, *part), urgency=SHARPER if part[0] else NOW)
    assert isinstance(found, Table)
    return found


def _worded(t: Texts, found: Answer, guess: int | None) -> Answer:
    """The answer as the page shows it: sentences, a table of texts, curves."""
    return {
        "replications": found["replications"],
        "whole": found["replications"] >= WHOLE,
        "sentences": wording.sentences(t, found, guess),
        "table": [wording.row(t, row) for row in found["rows"]],
        "curve": found["curve"],
        "settled": found["rows"][0],
        "guess": guess,
    }


async def warm(here: House) -> None:
    """Let every worker load what it needs, on what is asked first anyway; then see what may come."""
    scenario, case = await here.scenario(DEFAULT)
    foresee(here, case)
    here.foresight.opened(scenario, case)


# ---- files -----------------------------------------------------------------------------------------------------------


async def drawing(request: Request) -> Response:
    """The figure of both sides as PNG, or its numbers as CSV."""
    form = request.path_params["form"]
    if form not in DRAWN:
        raise Refusal(404, "refused.nothing")
    limit(request, "draw")
    choice, a, b = await asked(request, _fields(request))
    told = wording.sides(request.state.texts, choice, *await scenarios_of(house(request), choice))
    body = await house(request).pool.ask(Drawing(a, b, WHOLE, form, tuple(told[-2:])))
    return _file(body, DRAWN[form], f"a-beside-b.{form}")


async def scenario_file(request: Request) -> Response:
    """The complete scenario of one side."""
    limit(request, "draw")
    _, a, b = await asked(request, _fields(request))
    letter = request.path_params["side"]
    if letter not in choices.SIDES:
        raise Refusal(404, "refused.nothing")
    body = await house(request).pool.ask(Yaml({"a": a, "b": b}[letter]))
    return _file(body, "application/yaml; charset=utf-8", f"scenario-{letter}.yaml")


def _file(body: bytes, kind: str, name: str) -> Response:
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


# ---- a scenario of one's own -----------------------------------------------------------------------------------------

HEAVIEST = 20.0  # seconds that as many histories as an answer is made of may take; the baseline takes 1
LARGEST = 400  # megabytes that they may take meanwhile


async def own(request: Request, form: Form) -> Response:
    """Read a pasted scenario strictly; only one without mistakes, and not too heavy, is kept and opened."""
    limit(request, "write")
    text = form.get("text", "").replace("\r\n", "\n")
    found = await house(request).pool.ask(Check(text, WHOLE))
    problems = found.get("problems") or too_heavy(request.state.texts, found["seconds"], found["megabytes"])
    if problems:
        return page(request, "own", 400, text=text, problems=problems)
    key = await run_in_threadpool(house(request).rooms.keep_scenario, text)
    return RedirectResponse(f"/explore?scenario={OWN}{key}", 303)


def too_heavy(t: Texts, seconds: float, megabytes: float) -> str:
    """Why a scenario is not taken; "" if it is."""
    if seconds > HEAVIEST:
        return t("own.heavy", histories=WHOLE, seconds=t.number(seconds), most=t.number(HEAVIEST))
    if megabytes > LARGEST:
        return t("own.large", histories=WHOLE, megabytes=t.number(megabytes), most=t.number(LARGEST))
    return ""


async def own_page(request: Request) -> Response:
    """Where a scenario is pasted."""
    return page(request, "own", text="", problems="")


PAGE = Page(
    "explore",
    1,
    [
        Route("/explore", show),
        Route("/explore/answer", answer),
        Route("/explore/reference", reference),
        Route("/explore/figure.{form}", drawing),
        Route("/explore/scenario-{side}.yaml", scenario_file),
        Route("/explore/own", own_page),
        safety.post("/explore/ask", ask),
        safety.post("/explore/prepare", prepare),
        safety.post("/explore/own", own),
    ],
)
