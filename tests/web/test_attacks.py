"""What somebody with bad manners may try. Nothing of it works, and nobody ever sees a traceback."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from sqlalchemy import String, inspect

from sim.experiments.cost import estimate
from sim.scenario import load, load_text
from sim.spreadsheet import STARTS, as_csv
from sim.web import line, pool, rooms, safety
from sim.web.app import application
from sim.web.database import LENGTH, Base
from sim.web.pages import explore
from sim.web.rooms import ALPHABET, Rooms
from sim.web.safety import HEADERS, LARGEST
from sim.web.site import library
from sim.web.texts import Refusal
from tests.seldom import one_in, seldom

from .conducting import added, answered, code_of, kept, opened, turned
from .conftest import HERE, TINY, Browser, Here, Site, Visit, few, heard, listening, site_on

POSTS = (
    "/explore/ask", "/explore/prepare", "/explore/own", "/class/open", "/class/join", "/class/teach",
    "/class/BBBBBB/free", "/class/BBBBBB/shut", "/class/BBBBBB/plan", "/class/BBBBBB/lesson", "/class/BBBBBB/edit",
    "/class/BBBBBB/turn", "/class/BBBBBB/halt", "/class/BBBBBB/timer", "/class/BBBBBB/hide", "/class/BBBBBB/answer",
    "/build/begin", "/build/BBBBBB/change", "/build/BBBBBB/undo", "/build/BBBBBB/rename", "/build/BBBBBB/delete",
    "/build/BBBBBB/share", "/build/BBBBBB/copy", "/build/BBBBBB/use", "/build/BBBBBB/words/ru",
    "/mediate/begin", "/mediate/BBBBBB/decide", "/negotiate/begin", "/negotiate/BBBBBB/decide",
    "/table/BBBBBB/set", "/table/BBBBBB/deal", "/table/BBBBBB/sit", "/table/BBBBBB/decide", "/table/BBBBBB/rule",
)  # fmt: skip
ROOMS = ("/class", "/table")  # whose addresses have a room's code
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nname: Bomb\n"
SCRIPT = "<script>alert(1)</script>"

FOUND = Path(__file__).parents[1] / "found"

Visiting = Callable[[Visit], None]


def harmless(response: object, status: int) -> None:
    assert response.status_code == status, response.text[:300]
    assert "Traceback" not in response.text
    assert 'File "' not in response.text
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


# ---- foreign pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "localhost@evil"])
def test_a_foreign_host_is_not_answered(visit: Visiting, host: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            harmless(await browser.client.get("/explore", headers={"host": host}), 421)

    visit(what)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate"},
    ],
)
def test_a_foreign_page_cannot_post_even_with_a_token(visit: Visiting, headers: dict[str, str]) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            response = await browser.client.post("/class/open", data={"csrf": browser.csrf}, headers=headers)
            harmless(response, 403)

    visit(what)


def test_a_foreign_page_cannot_make_browsers_run_anything_but_may_link_here(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            foreign = {"sec-fetch-site": "cross-site"}
            image = await browser.client.get("/explore/answer?scenario=tiny&guess=1", headers=foreign)
            harmless(image, 403)
            assert not site.workers.done
            link = await browser.client.get("/explore", headers={**foreign, "sec-fetch-mode": "navigate"})
            harmless(link, 200)

    visit(what)


@pytest.mark.parametrize("path", POSTS)
def test_nothing_changes_without_the_pages_token(visit: Visiting, path: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser, site.browser() as other:
            for token in ("", "0" * 64, other.csrf):
                harmless(await browser.client.post(path, data={"csrf": token, **TINY, "guess": "1"}), 403)
            harmless(await browser.client.post(path, data=TINY), 403)
            assert not site.workers.done

    visit(what)


def test_the_list_of_what_changes_something_is_complete(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        changing = {route.path for route in site.app.routes if "POST" in (getattr(route, "methods", None) or ())}
        posts = {path.replace("words/ru", "words/{language}") for path in POSTS}
        assert changing == {re.sub("BBBBBB", "{code}" if path.startswith(ROOMS) else "{key}", path) for path in posts}

    visit(what)


# ---- bodies ----------------------------------------------------------------------------------------------------------

FORM = {"content-type": safety.FORM}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"x" * (LARGEST + 1), FORM, 413),
        (b"csrf=%ff%fe", FORM, 400),
        (b"\xff\xfe=1", FORM, 400),
        (b"a=1&a=2", FORM, 400),
        (b"a=%00", FORM, 400),
        (b"&".join(b"f%d=1" % n for n in range(1000)), FORM, 400),
        (b"{}", {"content-type": "application/json"}, 415),
        (b"--x", {"content-type": "multipart/form-data; boundary=x"}, 415),
        (b"", {}, 415),
        (b"", FORM, 403),
    ],
)
def test_malformed_bodies_are_refused(visit: Visiting, body: bytes, headers: dict[str, str], status: int) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            harmless(await browser.client.post("/explore/ask", content=body, headers=headers), status)

    visit(what)


def test_a_body_without_a_length_is_cut_off_where_it_gets_too_large(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        sent = 0

        async def endless() -> object:
            nonlocal sent
            while True:
                sent += 4096
                yield b"x" * 4096

        async with site.browser() as browser:
            harmless(await browser.client.post("/explore/ask", content=endless(), headers=FORM), 413)
        assert sent <= LARGEST + 3 * 4096

    visit(what)


# ---- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"scenario": "../../etc/passwd"},
        {"scenario": "/etc/passwd"},
        {"scenario": "baseline.yaml"},
        {"scenario": "own-../../x"},
        {"scenario": "tiny\r\nx: y"},
        {"scenario": SCRIPT},
        {"scenario": "x" * 5000},
        {"scenario": "tiny", "b.effort.Chair": "nan"},
        {"scenario": "tiny", "b.effort.Chair": "inf"},
        {"scenario": "tiny", "b.effort.Chair": "1e999"},
        {"scenario": "tiny", "b.effort.Chair": "0.5, seed: 7}"},
        {"scenario": "tiny", "b.effort.Nobody": "0.5"},
        {"scenario": "tiny", "b.replications": "10000000"},
        {"scenario": "tiny", "b.freeze": SCRIPT},
        {"scenario": "tiny", "b.freeze": "dated", "b.freeze.groups": "water}, {x: y"},
        {"scenario": "tiny", "b.freeze": "dated", "b.freeze.weeks": "1000000000"},
        {"scenario": "tiny", "b.freeze": "dated", "b.freeze.start": "٣"},
        {"scenario": "tiny", "guess": "-1"},
        {"scenario": "tiny", SCRIPT: "1"},
    ],
)
def test_what_nobody_can_choose_is_refused_and_shown_as_text(visit: Visiting, query: dict[str, str]) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            for path in ("/explore", "/explore/answer", "/explore/figure.png"):
                response = await browser.client.get(path, params=query, headers={"accept": "text/html"})
                assert response.status_code in (400, 404)
                harmless(response, response.status_code)
                assert SCRIPT not in response.text
            assert not site.workers.done

    visit(what)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fpyproject.toml", "/static//etc/passwd",
        "/nothing",
        "/explore/figure.../../x", "/explore/figure.svg", "/explore/scenario-c.yaml", "/watch/history?replication=-1",
        "/watch/history?replication=99999999", "/class/%2e%2e", "/class/BBBBBB/table.csv",
        "/mediate/%00", "/negotiate/..%2f..%2fx", "/mediate?scenario=own-%00", "/watch?scenario=../x", "/how?x=%00",
        "/class/%e2%80%ae", "/static/%00", "/static/vendor", "/mediate?replication=99999999999999999999",
    ],
)  # fmt: skip
def test_no_path_leads_out(visit: Visiting, path: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            response = await browser.client.get(path)
            assert response.status_code in (400, 404)
            harmless(response, response.status_code)

    visit(what)


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/", "//evil.example/%2e%2e/x", "/explore/", "/class/"]
)
def test_no_address_leads_to_another_site(visit: Visiting, path: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            response = await browser.client.get(f"{HERE}{path}", headers={"accept": "text/html"})
            harmless(response, response.status_code)
            assert response.headers.get("location", HERE).startswith(HERE)
            assert not re.search(r'(?:href|src|action)="(?:https?:)?//', response.text)

    visit(what)


def test_no_file_elsewhere_is_touched(visit: Visiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, bool]] = []
    sys.addaudithook(lambda event, given: opened.append(_opening(given)) if LISTENS and event == "open" else None)

    async def what(site: Site) -> None:
        async with site.browser("/class") as browser:
            monkeypatch.setattr(sys.modules[__name__], "LISTENS", [True])
            for path in (
                "..%2f..%2fetc%2fpasswd",
                "%2fetc%2fpasswd",
                "....//etc/passwd",
                "..\\..\\etc\\passwd",
                "tiny.yaml",
            ):
                for place in (
                    "/static/{}",
                    "/class/{}",
                    "/class/{}/table.csv",
                    "/mediate/{}",
                    "/build/{}",
                    "/build/{}/scenario.yaml",
                    "/explore?scenario={}",
                ):
                    await browser.client.get(HERE + place.format(path))
                for how in ("file", "copy", "variant"):
                    text = f"extends: {path}"
                    await browser.send("/build/begin", how=how, file=text, scenario=path, name=path)
                for form in ("/explore/own", "/mediate/begin", "/explore/ask"):
                    await browser.send(form, text=f"extends: {path}", scenario=path, guess="1", replication="1")
            monkeypatch.setattr(sys.modules[__name__], "LISTENS", [])

    visit(what)
    ours = (str(tmp_path), sys.prefix, sys.base_prefix, str(Path(safety.__file__).parents[2]))
    assert [path for path, written in opened if not path.startswith(ours) or written] == []


LISTENS: list[bool] = []
"""An audit hook cannot be taken away again; it listens while something is in here."""


def _opening(given: tuple[Any, ...]) -> tuple[str, bool]:
    """A file that is opened, and whether to write."""
    path, mode, flags = given
    return os.path.realpath(os.fsdecode(path) if not isinstance(path, int) else ""), bool(
        set(str(mode or "")) & set("wax+") or (flags or 0) & (os.O_WRONLY | os.O_RDWR)
    )


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_do_nothing(visit: Visiting, method: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            harmless(await browser.client.request(method, "/class/open"), 405)

    visit(what)


# ---- scenarios that are built ----------------------------------------------------------------------------------------

BUILT = {"how": "nothing", "name": "Talks", "party1": "North", "party2": "South", "question": "How much?"}
UPLOADS = {
    "aliases": BOMB,
    "tag": "!!python/object/apply:os.system [id]\n",
    "elsewhere": "extends: ../../../etc/passwd\nname: Mine\n",
    "deep": "name: " + "[" * 30_000,
    "deep-blocks": "".join(" " * depth + "a:\n" for depth in range(300)),
    "many": "name: x\nsources: [" + "a," * 20_000 + "]\n",
    "long": "name: " + "x" * 66_000,
    "documents": "name: x\n---\nname: y\n",
    "half": "name: \ud83d\n",
    "control": "name: \x1b[2J\n",
    "list": "- 1\n",
    "nothing": "",
}


def test_an_upload_that_is_no_scenario_is_refused_and_not_kept(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            for name, text in UPLOADS.items():
                body = urlencode({"csrf": browser.csrf, "how": "file", "file": text}, errors="surrogatepass")
                response = await browser.client.post("/build/begin", content=body, headers=FORM)
                assert response.status_code == 400, name
                harmless(response, 400)
            assert 'class="builds"' not in (await browser.open("/build")).text

    visit(what)


CHANGES = (
    {'["parties"]|': "x"},
    {'["parties", "North"]|': "{reservation: 1}"},
    {'["__class__"]|': "x"},
    {"[|": "x"},
    {"[" * 9000 + "|": "x"},
    {"do": "[" * 9000},
    {"do": "7"},
    {"do": '["remove", "[]"]'},
    {"do": '["remove", "[\\"name\\"]"]'},
    {"do": '["party", "[\\"mediators\\"]"]', "said": "x"},
    {"do": '["party", "[\\"parties\\"]"]', "said": ""},
    {"do": '["party", "[\\"parties\\"]"]', "said": "North"},
    {"do": '["__init__", "[\\"parties\\"]"]', "said": "x"},
    {'["summary"]|': "x" * 70_000},
    {'["summary"]|': "\x1b[2J"},
)


def test_a_change_that_no_form_has_is_refused_and_changes_nothing(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            address = (await browser.send("/build/begin", **BUILT)).headers["location"]
            before = (await browser.get(f"{address}/scenario.yaml")).content
            for sent in CHANGES:
                harmless(await browser.post(f"{address}/change", sent), 400)
                assert (await browser.get(f"{address}/scenario.yaml")).content == before, sent

    visit(what)


def test_nobody_reads_or_changes_what_somebody_else_builds(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as owner, site.browser("/build") as other:
            address = (await owner.send("/build/begin", **BUILT)).headers["location"]
            before = (await owner.get(f"{address}/scenario.yaml")).content
            for path in ("", "/preview", "/scenario.yaml"):
                harmless(await other.get(f"{address}{path}"), 404)
            for do in ("change", "undo", "rename", "delete", "share", "copy", "use"):
                sent = {'["name"]|': "Mine", "name": "Mine", "to": "explore", "room": ""}
                harmless(await other.post(f"{address}/{do}", sent), 404)
            harmless(await owner.post(f"{address}/share", {"room": "BCDFGH"}), 403)
            assert (await owner.get(f"{address}/scenario.yaml")).content == before

    visit(what)


def test_markup_in_names_is_text_wherever_it_is_shown(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/build") as browser:
            names = {key: f"{SCRIPT}\"'{key}" for key in ("name", "party1", "party2", "question", "low", "high")}
            address = (await browser.send("/build/begin", how="nothing", **names)).headers["location"]
            add = {"do": '["chapter", "[\\"working_groups\\"]"]', "said": f"{SCRIPT}'\""}
            assert (await browser.post(f"{address}/change", add)).status_code == 303
            for path in ("/build", address):
                page = await browser.get(path)
                harmless(page, 200)
                assert SCRIPT not in page.text
                assert "alert(1)" in page.text

    visit(what)


def test_one_address_begins_scenarios_at_the_pace_of_a_class(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(safety.RATES, "build", safety.Rate(3, 1))  # type: ignore[index]

    async def what(site: Site) -> None:
        done = []
        for _ in range(4):
            async with site.browser("/build") as browser:
                done.append((await browser.send("/build/begin", **BUILT)).status_code)
        assert done == [303, 303, 303, 429]

    visit(what)


# ---- scenarios of one's own ------------------------------------------------------------------------------------------

OWN = """\
name: {name}
clock: {{weeks: {weeks}, hold_weeks: 0}}
parties: {{Up: {{}}, Down: {{}}}}
working_groups:
  wells: {{issues: {{depth: {{positions: {{Up: 0.0, Down: 1.0}}}}}}}}
"""


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "name: !!python/object/apply:os.system [id]\n",
        "[" * 32_000,
        "extends: /etc/passwd\nname: x\n",
        "extends: tiny.yaml\nname: x\n",
        "\x01",
        f"name: {SCRIPT}\n",
        "name: x\nname: y\n",
        OWN.format(name="Long", weeks=1040).replace("depth:", "a: {positions: {Up: 0, Down: 1}}, depth:") * 2,
    ],
)
def test_a_bad_scenario_gets_its_report_and_is_never_run(visit: Visiting, text: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/explore/own") as browser:
            response = await browser.send("/explore/own", text=text)
            harmless(response, 400)
            assert "scenario.yaml" in response.text
            assert SCRIPT not in response.text
            assert [type(job).__name__ for job in site.workers.done] == ["Check"]

    visit(what)


@pytest.mark.parametrize("name", ["talkative", "frontier-8-parties"])
def test_a_small_file_of_much_work_is_refused_before_it_is_run(
    visit: Visiting, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(explore, "WHOLE", 1000)
    text = (FOUND / f"{name}.yaml").read_text(encoding="utf-8")

    async def what(site: Site) -> None:
        async with site.browser("/explore/own") as browser:
            response = await browser.send("/explore/own", text=text)
            harmless(response, 400)
            assert re.search(r"1000 histories about [\d,]+ (seconds|megabytes), and at most \d+", response.text)
            assert {type(job).__name__ for job in site.workers.done} == {"Check"}

    visit(what)


def test_what_is_too_heavy_follows_from_what_it_costs(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    light, heavy = (OWN.format(name="Mine", weeks=weeks) for weeks in (52, 1000))
    costs = [estimate(load_text(text), explore.WHOLE, told=1).seconds for text in (light, heavy)]
    monkeypatch.setattr(explore, "HEAVIEST", sum(costs) / 2)

    async def what(site: Site) -> None:
        async with site.browser("/explore/own") as browser:
            harmless(await browser.send("/explore/own", text=heavy), 400)
            assert (await browser.send("/explore/own", text=light)).status_code == 303

    visit(what)


def test_all_that_ships_is_light_enough_to_be_pasted() -> None:
    for each in library().values():
        cost = estimate(load(each.path), explore.WHOLE, told=1)
        assert cost.seconds < explore.HEAVIEST / 5, each.stem
        assert cost.memory < explore.LARGEST * 1e6 / 1.5, each.stem


def test_a_script_in_a_scenarios_name_is_text(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/explore/own") as browser:
            sent = await browser.send("/explore/own", text=OWN.format(name=f'"{SCRIPT}"', weeks=20))
            for path in (sent.headers["location"], sent.headers["location"].replace("explore", "watch")):
                page = await browser.open(path)
                harmless(page, 200)
                assert SCRIPT not in page.text
                assert "&lt;script&gt;alert(1)" in page.text

    visit(what)


WRITTEN = {
    "/class/join": {"code": SCRIPT},
    "/class/teach": {"code": SCRIPT, "token": SCRIPT},
    "/explore/ask": {"scenario": "tiny", "guess": SCRIPT},
    "/explore/prepare": {"scenario": "tiny", f"b.effort.{SCRIPT}": "1"},
    "/mediate/begin": {"scenario": "tiny", "seat": SCRIPT, "replication": "3"},
    "/mediate/begin?": {"scenario": "tiny", "replication": SCRIPT},
    "/negotiate/begin": {"scenario": "tiny", "seat": SCRIPT, "replication": "3"},
    "/negotiate/begin?": {"scenario": SCRIPT, "replication": "3"},
    "/explore/own": {"text": f"name: x\nparties: {{'{SCRIPT}': {{title: '{SCRIPT}'}}}}\n{SCRIPT}: 1"},
}


@pytest.mark.parametrize("path", WRITTEN)
def test_what_a_person_writes_comes_back_as_text_or_not_at_all(visit: Visiting, path: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            browser.client.headers["accept"] = "text/html"
            response = await browser.post(path, WRITTEN[path])
            assert response.status_code in (204, 400, 404, 422)
            harmless(response, response.status_code)
            assert SCRIPT not in response.text

    visit(what)


@pytest.mark.parametrize(
    "field", ["shuttle.Upper", "draft.water", "pause.water", "press", "lift.water", "text.water.level"]
)
def test_what_a_player_writes_comes_back_as_text(visit: Visiting, field: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            begun = await browser.send("/mediate/begin", scenario="tiny", seat="Chair", replication="3")
            game = begun.headers["location"]
            said = await browser.post(f"{game}/decide", {"number": "0", "own.water": "yes", field: SCRIPT})
            harmless(said, said.status_code)
            assert said.status_code in (303, 422)
            for text in (said.text, (await browser.open(game)).text):
                assert SCRIPT not in text

    visit(what)


@pytest.mark.parametrize(
    "name", ["sim", "language", "student", "teacher", "accept-language", "x-forwarded-host", "referer"]
)
@pytest.mark.parametrize("value", one_in(3, [SCRIPT, "x" * 9000, "\xff\xfe", "a:b:c", "%00", "../../etc/passwd"]))
def test_what_a_browser_says_of_itself_is_not_believed(visit: Visiting, name: str, value: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            cookie = name in ("sim", "language", "student", "teacher")
            said = {"cookie": f"{name}={value}".encode("latin-1")} if cookie else {name: value.encode("latin-1")}
            for path in ("/class", "/class/BBBBBB", "/explore?scenario=tiny"):
                response = await browser.client.get(path, headers={**said, "accept": "text/html"})
                harmless(response, 404 if path.endswith("B") else 200)
                assert SCRIPT not in response.text
                assert "x" * 9000 not in response.text

    visit(what)


# ---- rooms -----------------------------------------------------------------------------------------------------------


def test_codes_cannot_be_guessed(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as browser:
            guesses = [(ALPHABET[n] * LENGTH) for n in range(20)]
            statuses = [(await browser.client.get(f"/class/{guess}")).status_code for guess in guesses]
            burst = safety.RATES["code"].burst
            assert statuses == [404] * burst + [429] * (20 - burst)
            response = await browser.send("/class/join", code=guesses[0])
            harmless(response, 429)
            assert int(response.headers["retry-after"]) > 0

    visit(what)


def test_who_is_in_a_room_stays_there_while_a_neighbour_guesses(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student, site.browser() as guesser:
            room = (await teacher.send("/class/open")).headers["location"]
            await student.send("/class/join", code=room.rpartition("/")[2])
            for n in range(20):
                await guesser.get(f"/class/{ALPHABET[n] * LENGTH}")
            assert [(await each.get(room)).status_code for each in (teacher, student, guesser)] == [200, 200, 429]
            assert (await teacher.send(f"{room}/halt", how="stop")).status_code == 303

    visit(what)


TEACHING = {
    "plan": {"kind": "text", "words": "x"},
    "lesson": {"lesson": "01-freeze"},
    "edit": {"activity": "1", "do": "drop"},
    "turn": {"activity": "1", "phase": "reveal"},
    "halt": {"how": "stop"},
    "timer": {"seconds": "60"},
    "hide": {"answer": "1", "hidden": "yes"},
    "free": {},
    "shut": {},
}
"""What only a teacher does, each with fields that would do it."""


def test_a_student_cannot_do_what_the_teacher_does(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = (await teacher.send("/class/open")).headers["location"]
            code = room.rpartition("/")[2]
            await turned(teacher, room, await added(site, teacher, room, "text"), "predict")
            assert (await student.send("/class/join", code=code)).status_code == 303
            token = student.client.cookies["student"]
            for cookie in ("", f"{code}:", f"{code}:{token}", f"BBBBBB:{token}", token):
                student.client.cookies.set("teacher", cookie)
                for action, fields in TEACHING.items():
                    harmless(await student.post(f"{room}/{action}", fields), 403)
                harmless(await student.get(f"{room}/table.csv"), 403)
            harmless(await student.send("/class/teach", code=code, token=token), 403)
            assert "waiting" not in (await student.get(f"{room}/now")).json()
            assert "waiting" in (await teacher.get(f"{room}/now")).json()
            now = site.app.state.house.rooms.plans.now(code)
            assert (len(now.plan), now.phase, now.halt, now.left) == (1, "predict", "", None)

    visit(what)


def test_a_stranger_changes_no_plan_and_answers_nothing(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as stranger:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "text")
            await turned(teacher, room, asked, "predict")
            other = await opened(stranger)
            for action, fields in TEACHING.items():
                harmless(await stranger.post(f"{room}/{action}", fields), 403)
            assert await answered(stranger, room, asked, "Let me in") == 403
            # its own room is no way to the plan of another
            for action, fields in (("edit", {"do": "drop"}), ("turn", {"phase": "reveal"})):
                await stranger.post(f"{other}/{action}", {"activity": str(asked), **fields})
            now = site.app.state.house.rooms.plans.now(code_of(room))
            assert ([each.id for each in now.plan], now.phase) == ([asked], "predict")
            assert kept(site, room)["answers"] == []

    visit(what)


def test_the_wall_needs_no_key_and_opens_nothing(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/how") as stranger:
            room = await opened(teacher)
            key = teacher.client.cookies["teacher"].strip('"').rpartition(":")[2]
            page = await stranger.open(f"/wall/{code_of(room)}")
            harmless(page, 200)
            assert key not in page.text
            assert "<form" not in page.text
            assert (await stranger.get(f"/wall/{code_of(room)}/now")).json().keys() == SHOWN
            for path in ("now", "events", "table.csv"):
                harmless(await stranger.get(f"{room}/{path}"), 403)
            harmless(await stranger.get("/wall/BBBBBB"), 404)
            harmless(await stranger.get("/wall/BBBBBB/events"), 404)

    visit(what)


SHOWN = {"shown", "phase", "halt", "left", "members", "done"}


def test_a_sentence_with_markup_is_text_everywhere(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student, site.browser() as stranger:
            room = await opened(teacher)
            asked = await added(site, teacher, room, "text", words=f"Why? {SCRIPT}")
            await turned(teacher, room, asked, "predict")
            assert (await student.send("/class/join", code=code_of(room))).status_code == 303
            assert await answered(student, room, asked, f"{SCRIPT} =1+1") == 303
            assert await answered(student, room, asked, "x" * 301) == 400
            wall, desk = f"/wall/{code_of(room)}", f"{room}?look=yes"
            for phase in ("predict", "reveal"):
                await turned(teacher, room, asked, phase)
                for browser, path in ((student, room), (teacher, room), (teacher, desk), (stranger, wall)):
                    page = await browser.open(path)
                    harmless(page, 200)
                    assert SCRIPT not in page.text
            assert "&lt;script&gt;" in page.text

    visit(what)


def test_who_did_not_join_sees_nothing_of_a_room(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as stranger:
            room = (await teacher.send("/class/open")).headers["location"]
            await turned(teacher, room, await added(site, teacher, room, "text"), "reveal")
            harmless(await stranger.get(f"{room}/now"), 403)
            harmless(await stranger.get(f"{room}/events"), 403)
            assert "/table.csv" not in (await stranger.open(room)).text

    visit(what)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    header, cell = as_csv(["name"], [[text]]).removeprefix("\ufeff").split("\r\n", 1)
    assert header == "name"
    assert cell.strip('"').startswith("'")


def test_a_scenario_of_formulas_makes_a_table_of_texts(visit: Visiting) -> None:
    text = OWN.format(name="'=1+1'", weeks=20).replace(
        "parties: {Up: {}, Down: {}}", "parties: {'=1+2': {title: '=1+3'}, '@SUM(A1)': {}}"
    )
    text = (
        text.replace("Up: 0.0, Down: 1.0", "'=1+2': 0.0, '@SUM(A1)': 1.0")
        .replace("wells:", "'-1+4':")
        .replace("depth:", "'+1+5':")
    )

    async def what(site: Site) -> None:
        async with site.browser("/explore/own") as browser:
            sent = await browser.send("/explore/own", text=text)
            if sent.status_code == 400:
                return  # names like these are refused: as good
            table = (await browser.client.get(sent.headers["location"].replace("explore?", "explore/figure.csv?"))).text
            cells = [cell for row in csv.reader(io.StringIO(table.removeprefix("\ufeff"))) for cell in row]
            assert len(cells) > 10
            for cell in cells:
                assert not cell.startswith(STARTS) or re.fullmatch(r"-?[\d.e-]+", cell), cell

    visit(what)


def test_numbers_stay_numbers() -> None:
    assert as_csv(["a", "b"], [[-0.5, None]]) == "\ufeffa,b\r\n-0.5,\r\n"


# ---- who is who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cookie",
    ["A" * 43, "A" * 43 + "." + "0" * 64, "", ".", "." + "0" * 64, "A" * 43 + ".\xe9", "signed by another server"],
)
def test_a_session_cannot_be_invented(visit: Visiting, cookie: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            secret = "another" if "another" in cookie else site.app.state.house.rooms.secret
            value = safety.signed("another", "A" * 43) if "another" in cookie else cookie
            form = {"csrf": safety.token(secret, "A" * 43), **TINY, "guess": "1"}
            browser.client.cookies.clear()
            said = {"cookie": f"sim={value}".encode("latin-1")}
            harmless(await browser.client.post("/explore/ask", data=form, headers=said), 403)
            page = await browser.client.get("/how", headers=said)
            assert page.headers["set-cookie"].startswith("sim=")  # a new one instead

    visit(what)


def test_a_session_holds_over_a_restart(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)

    async def before_and_after() -> None:
        async with site_on(database) as first, first.browser() as browser:
            cookies, csrf = browser.client.cookies, browser.csrf
        async with site_on(database) as second, second.browser() as browser:
            browser.client.cookies, browser.csrf = cookies, csrf
            assert (await browser.post("/explore/ask", {**TINY, "guess": "1"})).status_code == 200

    asyncio.run(before_and_after())


def test_a_browser_has_one_seat_however_often_it_forgets_that_it_sits(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = (await teacher.send("/class/open")).headers["location"]
            for _ in range(5):
                assert (await student.send("/class/join", code=room.rpartition("/")[2])).status_code == 303
                student.client.cookies.delete("student")
            assert (await teacher.get(f"{room}/now")).json()["members"] == 1

    visit(what)


def test_one_address_takes_seats_at_the_pace_of_a_class(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(safety.RATES, "seat", safety.Rate(3, 60))

    async def what(site: Site) -> None:
        async with AsyncExitStack() as stack:
            teacher, *many = [await stack.enter_async_context(site.browser("/class")) for _ in range(6)]
            room = (await teacher.send("/class/open")).headers["location"]
            code = room.rpartition("/")[2]
            assert [(await each.send("/class/join", code=code)).status_code for each in many] == [303] * 3 + [429] * 2
            assert (await many[0].send("/class/join", code=code)).status_code == 303  # who sits, sits

    visit(what)


def test_new_browsers_come_at_the_pace_of_a_school(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(safety.RATES, "session", safety.Rate(3, 60))

    async def what(site: Site) -> None:
        async with site.browser() as known:
            for status in (200, 200, 429, 429):
                new = await known.client.get("/how", headers={"cookie": "sim=", "accept": "text/html"})
                harmless(new, status)
                assert ("set-cookie" in new.headers) == (status == 200)
            assert (await known.get("/explore", scenario="tiny")).status_code == 200

    visit(what)


def test_the_teacher_frees_seats(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_MEMBERS", 4)

    async def what(site: Site) -> None:
        async with AsyncExitStack() as stack:
            teacher, *many = [await stack.enter_async_context(site.browser("/class")) for _ in range(6)]
            room = (await teacher.send("/class/open")).headers["location"]
            code = room.rpartition("/")[2]
            joined = [(await each.send("/class/join", code=code)).status_code for each in many]
            assert joined == [303] * 4 + [409]
            await many[0].post("/explore/ask", {**TINY, "guess": "1"})
            await many[1].send("/mediate/begin", scenario="tiny", seat="Chair", replication="3")
            await asyncio.gather(*pool.BACKGROUND)
            harmless(await many[2].send(f"{room}/free"), 403)
            assert (await teacher.send(f"{room}/free")).status_code == 303
            assert (await teacher.get(f"{room}/now")).json()["members"] == 2
            assert (await many[4].send("/class/join", code=code)).status_code == 303
            assert (await many[2].get(f"{room}/now")).status_code == 403  # its seat is free
            assert (await teacher.send(f"{room}/free", number="1")).status_code == 303
            found = kept(site, room)
            assert (found["predictions"], found["runs"]) == ([], [])
            assert (await teacher.get(f"{room}/now")).json()["members"] == 2
            harmless(await teacher.send(f"{room}/free", number=SCRIPT), 400)
            assert (await many[0].send("/class/join", code=code)).status_code == 303  # it may come again

    visit(what)


@pytest.mark.parametrize("proxy", ["", "127.0.0.1", "198.51.100.0/24"], ids=["nobody", "the proxy", "another"])
def test_who_is_asked_for_is_believed_of_the_proxy_alone(
    database: str, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    few(monkeypatch)
    app = application(Rooms(database), Here)
    with listening(app, proxy=proxy) as address:
        place = urlsplit(address).netloc
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            request = f"GET /how HTTP/1.1\r\nHost: {place}\r\n{name}: 203.0.113.9\r\nConnection: close\r\n\r\n"
            with said(address, request) as connection:
                assert heard(connection).startswith(b"HTTP/1.1 200")
        seen = {who for what, who in app.state.house.limits._buckets if what == "address"}
    assert seen == ({"203.0.113.9", "127.0.0.1"} if proxy == "127.0.0.1" else {"127.0.0.1"})


# ---- what is kept ----------------------------------------------------------------------------------------------------

COLUMNS = [
    (table, column.key)
    for table in sorted((each.class_ for each in Base.registry.mappers), key=lambda table: table.__name__)
    for column in inspect(table).columns
    if isinstance(column.type, String) and column.type.length
]


@pytest.mark.parametrize(("table", "name"), COLUMNS, ids=lambda each: getattr(each, "__name__", each))
def test_no_text_longer_than_its_column_reaches_the_database(database: str, table: type[Base], name: str) -> None:
    kept = Rooms(database)
    row = table(**{name: "x" * (inspect(table).columns[name].type.length + 1)})
    with pytest.raises(Refusal) as refusal, kept._session() as session:
        session.add(row)
    assert (refusal.value.status, refusal.value.key) == (400, "refused.long")
    kept.close()


def test_an_address_that_is_too_long_to_be_kept_is_refused_in_words(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            own = await teacher.send("/explore/own", text=MEDIATED)
            stem = own.headers["location"].partition("=")[2]
            room = (await teacher.send("/class/open")).headers["location"]
            await student.send("/class/join", code=room.rpartition("/")[2])
            moved = {f"{x}.{act}.{name}": "0.35" for x in "ab" for name in MEDIATORS for act in ("shuttle", "draft")}
            fields = {"scenario": stem, **moved}
            assert len(urlencode(fields)) > 2_000
            said = await student.post("/explore/ask", {**fields, "guess": "1"})
            harmless(said, 400)
            assert "2000" in said.json()["error"]
            plan = {"kind": "predict", "words": "x", "address": f"/explore?{urlencode(fields)}"}
            harmless(await teacher.post(f"{room}/plan", plan), 400)
            assert kept(site, room)["predictions"] == []

    visit(what)


MEDIATORS = [f"{n} {'Ж' * 21}" for n in range(6)]
MEDIATED = OWN.format(name="Many", weeks=12) + f"mediators: {{{', '.join(f'{name}: {{}}' for name in MEDIATORS)}}}\n"


# ---- too much --------------------------------------------------------------------------------------------------------


def test_a_flood_of_runs_is_refused_with_a_time_to_come_back(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(safety.RATES, "ask", safety.Rate(3, 60))

    async def what(site: Site) -> None:
        async with site.browser() as browser, site.browser() as other:
            answers = [await browser.post("/explore/ask", {**TINY, "guess": "1"}) for _ in range(5)]
            assert [each.status_code for each in answers] == [200] * 3 + [429] * 2
            harmless(answers[-1], 429)
            assert answers[-1].headers["retry-after"] == "1"
            assert (await other.post("/explore/ask", {**TINY, "guess": "1"})).status_code == 200

    visit(what)


@pytest.mark.parametrize("known", [seldom(True), False], ids=["with a session", "without one"])
def test_a_browser_that_asks_for_everything_locks_nobody_out(
    visit: Visiting, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    monkeypatch.setattr(line, "MOST_WAITING", 12)
    monkeypatch.setattr(pool, "ROWS", 1)  # each run alone
    monkeypatch.setattr(explore, "WAIT", 600)  # seconds: a busy machine is no mistake
    go, work = threading.Event(), Here.work

    def slow(self: Here, item: Any, wanted: Callable[[], bool]) -> Any:
        go.wait(60)
        return work(self, item, wanted)

    monkeypatch.setattr(Here, "work", slow)

    async def what(site: Site) -> None:
        async with site.browser() as greedy, site.browser() as other:
            if not known:
                greedy.client.cookies.clear()
            queue, many = site.app.state.house.pool, []
            while queue.waiting < line.MOST_WAITING:  # a worker may take one at any moment
                many.append(asyncio.ensure_future(asked_for(greedy, "b.incidents", len(many))))
                await asyncio.sleep(0.01)
            more = [asked_for(greedy, "b.incidents", len(many) + n) for n in range(10)]
            assert {each.status_code for each in await asyncio.gather(*more)} == {503}
            mine = asyncio.ensure_future(asked_for(other, "b.severity", 2))
            await asyncio.sleep(0.05)
            assert not mine.done()  # it waits, and is not turned away
            go.set()
            assert (await mine).status_code == 200
            assert {each.status_code for each in await asyncio.gather(*many)} <= {200, 503}

    visit(what)


async def asked_for(browser: Browser, name: str, step: int) -> httpx.Response:
    return await browser.get("/explore/answer", **TINY, **{name: f"{step * 0.25}"}, guess="1")


def test_answers_are_asked_for_at_the_pace_of_a_person(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(safety.RATES, "answer", safety.Rate(3, 60))

    async def what(site: Site) -> None:
        async with site.browser() as browser, site.browser() as other:
            statuses = [(await browser.get("/explore/answer", **TINY, guess="1")).status_code for _ in range(5)]
            assert statuses == [200] * 3 + [429] * 2
            assert (await other.get("/explore/answer", **TINY, guess="1")).status_code == 200

    visit(what)


def test_limits_forget_whoever_was_here_long_ago() -> None:
    limits = safety.Limits(most=10, now=lambda: 0.0)
    for n in range(1000):
        limits.spend("address", str(n))
    assert len(limits._buckets) == 10


def test_slow_clients_hold_nobody_up(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "PATIENCE", 0.3)
    lines = ("POST /explore/ask HTTP/1.1", f"Host: {urlsplit(served).netloc}", f"Content-Type: {safety.FORM}")
    head = "\r\n".join([*lines, "Content-Length: 900", "", "a"])
    slow = [said(served, head) for _ in range(60)]
    assert answers(served)
    assert slow[0].recv(12) == b"HTTP/1.1 408"
    for each in slow:
        each.close()


@pytest.mark.parametrize(
    "begun",
    ["", "GET /how HTTP/1.1\r\nHost: 127.0.0.1\r\n", "GET /how HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nG"],
    ids=["nothing", "half a request", "a request and a letter"],
)
def test_who_says_nothing_is_hung_up_on(served: str, monkeypatch: pytest.MonkeyPatch, begun: str) -> None:
    monkeypatch.setattr("sim.web.server.PATIENCE", 0.1)
    silent = [said(served, begun) for _ in range(20)]
    for each in silent:
        heard(each)  # comes back, so it was hung up on
        each.close()
    assert answers(served)


def test_who_does_not_read_is_hung_up_on(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.web.server.PATIENCE", 0.2)
    request = f"GET /static/vendor/uplot/uPlot.iife.min.js HTTP/1.1\r\nHost: {urlsplit(served).netloc}\r\n\r\n"
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.settimeout(30)
    deaf.connect((urlsplit(served).hostname, urlsplit(served).port))
    with pytest.raises(OSError, match=r"reset|Broken pipe"):
        asking(deaf, request.encode() * 5)
    deaf.close()
    assert answers(served)


RAW = {
    "no sense": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 40,
    "no version": b"GET /how\r\n\r\n",
    "no name": b"GET /how HTTP/1.1\r\n\r\n",
    "two names": b"GET /how HTTP/1.1\r\nHost: %(host)s\r\nHost: evil.example\r\n\r\n",
    "a long address": b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: %(host)s\r\n\r\n",
    "a long header": b"GET /how HTTP/1.1\r\nHost: %(host)s\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    "many headers": b"GET /how HTTP/1.1\r\nHost: %(host)s\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
    "two lengths": b"POST /class/open HTTP/1.1\r\nHost: %(host)s\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nx",
    "two ends": b"POST /class/open HTTP/1.1\r\nHost: %(host)s\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: %(host)s\r\n\r\n",
    "no chunk": b"POST /class/open HTTP/1.1\r\nHost: %(host)s\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "less than nothing": b"POST /class/open HTTP/1.1\r\nHost: %(host)s\r\nContent-Length: -1\r\n\r\n",
    "another server": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "a socket": b"GET /how HTTP/1.1\r\nHost: %(host)s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\nOrigin: http://evil.example\r\n\r\n",
}


@pytest.mark.parametrize("what", RAW)
def test_what_is_no_request_is_refused_and_nothing_dies(
    served: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], what: str
) -> None:
    monkeypatch.setattr("sim.web.server.PATIENCE", 0.1)
    host = urlsplit(served).netloc
    with said(served, "") as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(RAW[what].replace(b"%(host)s", host.encode()))
        found = heard(connection)
    statuses = [int(status) for status in re.findall(rb"HTTP/1.1 (\d+)", found)]
    assert len(statuses) <= 1
    assert all(status < 500 for status in statuses), found[:300]
    assert b"Traceback" not in found
    assert answers(served)
    assert "Traceback" not in "".join(capfd.readouterr())


def asking(connection: socket.socket, request: bytes) -> None:
    """Ask again and again, and take nothing."""
    for _ in range(3000):
        connection.sendall(request)
        time.sleep(0.01)


def said(served: str, text: str) -> socket.socket:
    """A connection on which this was said."""
    place = urlsplit(served)
    connection = socket.create_connection((place.hostname, place.port), timeout=30)
    connection.sendall(text.encode())
    return connection


def answers(served: str) -> bool:
    """Whether somebody with good manners gets a page."""
    host = urlsplit(served).netloc
    with said(served, f"GET /how HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n") as quick:
        return heard(quick).startswith(b"HTTP/1.1 200 OK")
