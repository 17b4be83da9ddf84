"""What somebody with bad manners may try. Nothing of it works, and nobody ever sees a traceback."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from sim.web import patience, safety
from sim.web.rooms import ALPHABET
from sim.web.safety import HEADERS, LARGEST
from sim.web.spreadsheet import as_csv
from sim.web.tables import LENGTH

from .conftest import TINY, Site, Visit

POSTS = (
    "/explore/ask", "/explore/prepare", "/explore/own", "/class/open", "/class/join", "/class/teach",
    "/class/BBBBBB/ask", "/class/BBBBBB/reveal", "/class/BBBBBB/shut",
)  # fmt: skip
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nname: Bomb\n"
SCRIPT = "<script>alert(1)</script>"

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


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_do_nothing(visit: Visiting, method: str) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            harmless(await browser.client.request(method, "/class/open"), 405)

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
        "extends: baseline.yaml\nname: x\n",
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


def test_a_heavy_scenario_is_not_run(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.web import explore

    monkeypatch.setattr(explore, "HEAVIEST", 500)

    async def what(site: Site) -> None:
        async with site.browser("/explore/own") as browser:
            harmless(await browser.send("/explore/own", text=OWN.format(name="Heavy", weeks=104)), 400)
            assert (await browser.send("/explore/own", text=OWN.format(name="Light", weeks=52))).status_code == 303

    visit(what)


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


def test_a_student_cannot_do_what_the_teacher_does(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = (await teacher.send("/class/open")).headers["location"]
            code = room.rpartition("/")[2]
            assert (await student.send("/class/join", code=code)).status_code == 303
            token = student.client.cookies["student"]
            for cookie in ("", f"{code}:", f"{code}:{token}", f"BBBBBB:{token}", token):
                student.client.cookies.set("teacher", cookie)
                for action in ("ask", "reveal", "shut"):
                    harmless(await student.send(f"{room}/{action}", shown="yes", question=""), 403)
                harmless(await student.get(f"{room}/table.csv"), 403)
            harmless(await student.send("/class/teach", code=code, token=token), 403)
            assert "runs" not in (await student.get(f"{room}/pooled")).json()
            assert "runs" in (await teacher.get(f"{room}/pooled")).json()

    visit(what)


def test_who_did_not_join_sees_nothing_of_a_room(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as stranger:
            room = (await teacher.send("/class/open")).headers["location"]
            await teacher.send(f"{room}/reveal", shown="yes")
            harmless(await stranger.get(f"{room}/pooled"), 403)
            assert "/table.csv" not in (await stranger.open(room)).text

    visit(what)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    header, cell = as_csv(["name"], [[text]]).removeprefix("\ufeff").split("\r\n", 1)
    assert header == "name"
    assert cell.strip('"').startswith("'")


def test_numbers_stay_numbers() -> None:
    assert as_csv(["a", "b"], [[-0.5, None]]) == "\ufeffa,b\r\n-0.5,\r\n"


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
    monkeypatch.setattr(patience, "PATIENCE", 0.1)
    silent = [said(served, begun) for _ in range(20)]
    for each in silent:
        heard(each)  # comes back, so it was hung up on
        each.close()
    assert answers(served)


def test_who_does_not_read_is_hung_up_on(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.2)
    request = f"GET /static/vendor/uplot/uPlot.iife.min.js HTTP/1.1\r\nHost: {urlsplit(served).netloc}\r\n\r\n"
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.settimeout(30)
    deaf.connect((urlsplit(served).hostname, urlsplit(served).port))
    with pytest.raises(OSError, match="reset|Broken pipe"):
        for _ in range(3000):
            deaf.sendall(request.encode() * 5)
            time.sleep(0.01)
    deaf.close()
    assert answers(served)


def said(served: str, text: str) -> socket.socket:
    """A connection on which this was said."""
    place = urlsplit(served)
    connection = socket.create_connection((place.hostname, place.port), timeout=30)
    connection.sendall(text.encode())
    return connection


def heard(connection: socket.socket) -> bytes:
    """Everything until the other side hangs up."""
    found = b""
    with suppress(ConnectionResetError):
        while more := connection.recv(65536):
            found += more
    return found


def answers(served: str) -> bool:
    """Whether somebody with good manners gets a page."""
    host = urlsplit(served).netloc
    with said(served, f"GET /how HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n") as quick:
        return heard(quick).startswith(b"HTTP/1.1 200 OK")
