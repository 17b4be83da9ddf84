"""The words of a scenario that is built, in another language: a page of fields, each beside what the file says."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sim.web import safety
from sim.web.build_files import asked, changed, found
from sim.web.build_jobs import Translated
from sim.web.safety import Form
from sim.web.site import limit, page
from sim.web.texts import Refusal, languages, texts

LINES = 700  # of one block
PATH = "/build/{key}/words/{language}"


async def show(request: Request) -> Response:
    """The words of a scenario in a language."""
    language = _language(request)
    built = await found(request)
    words = await asked(request, Translated(built.text, language, "{}"))
    return page(request, "build_words", built=built, into=texts(language), words=words)


async def change(request: Request, form: Form) -> Response:
    """Keep words in a language; each is a line of the file, and every other line stays as it is."""
    limit(request, "turn")
    language = _language(request)
    data = form.pop("answer", "") == "data"
    sent = json.dumps(form, ensure_ascii=False)
    built, words = await changed(request, lambda text: Translated(text, language, sent))
    if data:
        said = request.state.texts("build.words.count", done=words["done"], all=words["all"])
        return JSONResponse({"said": said})
    return RedirectResponse(f"/build/{built.key}/words/{language}", 303)


def _language(request: Request) -> str:
    """The language of the address.  Errors: Refusal."""
    language = str(request.path_params["language"])
    if language not in languages():
        raise Refusal(404, "refused.nothing")
    return language


ROUTES = [Route(PATH, show), safety.post(PATH, change, LINES)]
