"""Rooms: opened, joined, asked, shown, taken along, kept over a restart, and forgotten."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.web import database, pool, rooms
from sim.web.database import LENGTH, Member, Prediction
from sim.web.pages import explore
from sim.web.rooms import MOST_MEMBERS, Rooms

from .conducting import QUESTION, added, answered, code_of, joined, kept, opened, turned
from .conftest import TINY, Browser, Site, Visit, few, site_on

Visiting = Callable[[Visit], None]


async def ran(student: Browser, guess: int) -> None:
    fields = {**TINY, "b.effort.Chair": "0.9", "guess": str(guess)}
    assert (await student.post("/explore/ask", fields)).status_code == 200
    await student.answer(**fields, have=str(explore.FIRST))
    await asyncio.gather(*pool.BACKGROUND)


def test_a_class_predicts_runs_and_sees_itself(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as one, site.browser("/class") as two:
            room = await opened(teacher)
            asked = await added(site, teacher, room, address=f"http://127.0.0.1/explore?{QUESTION}&guess=5&lang=ru")
            await turned(teacher, room, asked, "predict")
            for student, guess in ((one, 41), (two, 83)):
                await joined(student, room)
                assert "What do you think?" in (await student.open(room)).text
                assert await answered(student, room, asked, guess) == 303
            assert "83" not in text_of((await one.open(room)).text, room)
            await turned(teacher, room, asked, "locked", "reveal")
            await one.open(room)
            await asyncio.gather(*pool.BACKGROUND)
            found = (await one.open(room)).text
            assert 'data-values="[41, 83]"' in found
            assert QUESTION.replace("&", "&amp;") in found  # it may be run by oneself now
            assert "You predicted 41" in found
            await ran(one, 40)
            assert kept(site, room)["runs"][0]["member"] == 1
            await turned(teacher, room, asked, "locked")
            assert "83" not in text_of((await one.open(room)).text, room)

    visit(what)


def text_of(page: str, room: str) -> str:
    """What a page shows of a room, without what is there by chance: tokens, keys, the room's code."""
    found = re.sub(r'value="\w{20,}"|<code>[^<]*</code>|data-shown="[^"]*"', "", page[page.index("<main") :])
    return found.replace(code_of(room), "")


def test_the_first_prediction_stands(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            await joined(student, room)
            await ran(student, 40)
            await ran(student, 77)
            found = kept(site, room)
            assert [row["guess"] for row in found["predictions"]] == [40]
            assert len(found["runs"]) == 1

    visit(what)


def test_the_teacher_takes_everything_along_as_a_table(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            await joined(student, room)
            await ran(student, 40)
            text = (await teacher.get(f"{room}/table.csv")).text
            rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
            assert [row["kind"] for row in rows] == ["prediction", "run"]
            assert rows[0]["predicted"] == "40"
            assert float(rows[1]["settled_b"]) - float(rows[1]["settled_a"]) == pytest.approx(
                float(rows[1]["difference"])
            )

    visit(what)


def test_what_members_may_not_see_yet_is_not_on_the_desk(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            asked = await added(site, teacher, room, words="How sure?")
            await turned(teacher, room, asked, "predict")
            await joined(student, room)
            assert await answered(student, room, asked, 83) == 303
            assert "1 of 1 have predicted" in (await teacher.open(room)).text
            assert "83" not in text_of((await teacher.open(room)).text, room)
            assert '<td dir="auto">83</td>' in (await teacher.open(f"{room}?look=yes")).text
            await turned(teacher, room, asked, "reveal")
            assert 'data-values="[83]"' in (await teacher.open(room)).text

    visit(what)


def test_a_table_has_all_rows(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            with site.app.state.house.rooms._session() as session:
                session.add(Member(id=7, room=code_of(room), number=1, token="x"))
                session.flush()
                session.add_all(
                    Prediction(room=code_of(room), member=7, state=f"s{n}", guess=n % 101) for n in range(4_100)
                )
            rows = csv.DictReader(io.StringIO((await teacher.get(f"{room}/table.csv")).text.removeprefix("\ufeff")))
            assert [row["address"] for row in rows] == [f"s{n}" for n in range(4_100)]

    visit(what)


def test_a_second_room_does_not_lock_out_of_the_first(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            first, second = await opened(teacher), await opened(teacher)
            assert [(await teacher.get(f"{room}/table.csv")).status_code for room in (first, second)] == [200, 200]
            door = (await teacher.open("/class")).text
            assert door.index(f'href="{second}"') < door.index(f'href="{first}"')
            await teacher.send(f"{second}/shut")
            assert (await teacher.get(f"{first}/table.csv")).status_code == 200
            assert second not in (await teacher.open("/class")).text

    visit(what)


@pytest.mark.parametrize(("address", "reached"), [("http://127.0.0.1:8000", False), ("http://192.0.2.7:8000", True)])
def test_an_address_that_no_phone_reaches_has_words_and_no_picture(
    visit: Visiting, address: str, reached: bool
) -> None:
    async def what(site: Site) -> None:
        site.app.state.house.address = address
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            wall, desk, door = [(await teacher.open(each)).text for each in (f"/wall/{code_of(room)}", room, "/class")]
            assert "code.svg" in wall or not reached
            assert "code.svg" not in wall or reached
            for page in (wall, desk, door):
                assert ("sim serve --lan" in page) == (not reached)

    visit(what)


def test_a_question_that_nobody_can_choose_is_not_set(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            wrong = {"kind": "predict", "words": "x", "address": "/explore?b.effort.Nobody=1"}
            assert (await teacher.post(f"{room}/plan", wrong)).status_code == 400
            assert site.app.state.house.rooms.plans.now(code_of(room)).plan == ()

    visit(what)


def test_who_has_a_seat_keeps_it(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            await joined(student, room)
            await joined(student, room)
            assert (await teacher.get(f"{room}/now")).json()["members"] == 1

    visit(what)


def test_the_teachers_key_opens_the_desk_on_another_device(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as other:
            room = await opened(teacher)
            code, _, key = teacher.client.cookies["teacher"].strip('"').partition(":")
            assert key in (await teacher.open(room)).text
            assert (await other.send("/class/teach", code=code, token=key)).status_code == 303
            assert (await other.get(f"{room}/table.csv")).status_code == 200

    visit(what)


def test_a_closed_room_is_gone_with_everything_in_it(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            await joined(student, room)
            await ran(student, 40)
            await teacher.send(f"{room}/shut")
            assert (await student.get(f"{room}/now")).status_code == 404
            here = site.app.state.house.rooms
            assert all(not rows for rows in here.pooled(room.rpartition("/")[2]).values())
            assert here.seat(student.client.cookies["student"]) is None

    visit(what)


def test_a_restart_loses_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)

    async def before_and_after() -> None:
        async with site_on(database) as first, first.browser("/class") as teacher, first.browser("/class") as student:
            room = await opened(teacher)
            asked = await added(first, teacher, room, words="How sure?")
            await turned(teacher, room, asked, "predict")
            await joined(student, room)
            assert await answered(student, room, asked, 40) == 303
            jars = [(browser.client.cookies, browser.csrf) for browser in (teacher, student)]
        async with site_on(database) as second, second.browser("/how") as teacher, second.browser("/how") as student:
            for browser, (jar, csrf) in zip((teacher, student), jars, strict=True):
                browser.client.cookies, browser.csrf = jar, csrf
            told = (await teacher.get(f"{room}/now")).json()
            assert (told["phase"], told["done"]) == ("predict", 1)
            await turned(teacher, room, asked, "reveal")  # an old page still works
            assert 'data-values="[40]"' in (await student.open(room)).text

    asyncio.run(before_and_after())


# ---- the database ----------------------------------------------------------------------------------------------------


@pytest.fixture
def rooms_of(database: str) -> Rooms:
    return Rooms(database)


def test_what_has_expired_is_forgotten(rooms_of: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _ = rooms_of.open()
    taken = rooms_of.join(code, "a seat's token")
    assert taken is not None
    key = rooms_of.keep_scenario("name: x")
    game = rooms_of.games.begin({"role": "mediator", "replication": 7}, "tiny", "mine", taken)
    assert rooms_of.games.decide(game, 0, "{}")
    assert rooms_of.pooled(code)["games"] == []
    rooms_of.games.score(game, 3.5)
    found = {"member": 1, "role": "mediator", "scenario": "tiny", "replication": 7, "score": 3.5}
    assert rooms_of.pooled(code)["games"] == [found]
    later = database.now() + database.LIFE + dt.timedelta(seconds=1)
    monkeypatch.setattr(database, "now", lambda: later)
    assert rooms_of.find(code) is None
    assert rooms_of.seat("a seat's token") is None
    rooms_of.forget()
    assert rooms_of.games.find(game, "mine") is None
    assert rooms_of.scenario(key) is None
    assert not rooms_of.teaches(code, "")


def test_tokens_are_stored_only_as_hashes(rooms_of: Rooms, tmp_path: Path) -> None:
    code, token = rooms_of.open()
    assert rooms_of.join(code, "a seat's token") is not None
    rooms_of.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert code.encode() in stored
    assert token.encode() not in stored
    assert b"a seat's token" not in stored


def test_a_room_is_full_at_some_point(rooms_of: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_MEMBERS", 3)
    code, _ = rooms_of.open()
    seats = [rooms_of.join(code, f"token {n}") for n in range(5)]
    assert [seat and seat.number for seat in seats] == [1, 2, 3, None, None]
    assert rooms_of.join(code, "token 1") == seats[1]  # who has a seat keeps it
    assert MOST_MEMBERS >= 40


def test_codes_have_no_letters_that_are_misread_or_make_words() -> None:
    assert not set("AEIOUY01") & set(rooms.ALPHABET)
    assert len(rooms.ALPHABET) ** LENGTH > 1e8
