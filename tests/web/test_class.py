"""Rooms: opened, joined, asked, shown, taken along, kept over a restart, and forgotten."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.web import pool, rooms
from sim.web.database import LENGTH, Member, Prediction
from sim.web.pages import classroom, explore
from sim.web.rooms import MOST_MEMBERS, Rooms

from .conftest import TINY, Browser, Site, Visit, few, site_on

Visiting = Callable[[Visit], None]
QUESTION = "scenario=tiny&b.effort.Chair=0.9"


async def opened(teacher: Browser) -> str:
    return str((await teacher.send("/class/open")).headers["location"])


async def joined(student: Browser, room: str) -> None:
    assert (await student.send("/class/join", code=room.rpartition("/")[2].lower())).status_code == 303


async def ran(student: Browser, guess: int) -> None:
    fields = {**TINY, "b.effort.Chair": "0.9", "guess": str(guess)}
    assert (await student.post("/explore/ask", fields)).status_code == 200
    await student.answer(**fields, have=str(explore.FIRST))
    await asyncio.gather(*pool.BACKGROUND)


def test_a_class_predicts_runs_and_sees_itself(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as one, site.browser("/class") as two:
            room = await opened(teacher)
            await teacher.send(f"{room}/ask", question=f"http://127.0.0.1/explore?{QUESTION}&guess=5&lang=ru")
            for student, guess in ((one, 40), (two, 80)):
                await joined(student, room)
                assert QUESTION.replace("&", "&amp;") in (await student.open(room)).text
                await ran(student, guess)
            assert "predictions" not in (await one.get(f"{room}/pooled")).json()
            await teacher.send(f"{room}/reveal", shown="yes")
            found = (await one.get(f"{room}/pooled")).json()
            assert found["members"] == 2
            assert [(row["member"], row["guess"]) for row in found["predictions"]] == [(1, 40), (2, 80)]
            assert found["runs"][0]["b"] == found["runs"][1]["b"]
            await teacher.send(f"{room}/reveal", shown="no")
            assert "predictions" not in (await two.get(f"{room}/pooled")).json()

    visit(what)


def test_the_first_prediction_stands(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            await joined(student, room)
            await ran(student, 40)
            await ran(student, 77)
            await teacher.send(f"{room}/reveal", shown="yes")
            found = (await teacher.get(f"{room}/pooled")).json()
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
            await teacher.send(f"{room}/ask", question=f"/explore?{QUESTION}")
            await joined(student, room)
            await ran(student, 40)
            hidden = (await teacher.get(f"{room}/pooled")).json()
            assert hidden.keys() == {"members", "shown", "question", "counts"}
            assert hidden["counts"] == {"predictions": 1, "runs": 1, "games": 0}
            await teacher.send(f"{room}/reveal", shown="yes")
            assert (await teacher.get(f"{room}/pooled")).json()["predictions"][0]["guess"] == 40

    visit(what)


def test_a_table_has_all_rows_and_the_page_says_what_it_leaves_out(
    visit: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classroom, "MOST_SHOWN", 100)

    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            code = room.rpartition("/")[2]
            with site.app.state.house.rooms._session() as session:
                session.add(Member(id=7, room=code, number=1, token="x"))
                session.flush()
                session.add_all(Prediction(room=code, member=7, state=f"s{n}", guess=n % 101) for n in range(4_100))
            rows = csv.DictReader(io.StringIO((await teacher.get(f"{room}/table.csv")).text.removeprefix("\ufeff")))
            assert [row["address"] for row in rows] == [f"s{n}" for n in range(4_100)]
            await teacher.send(f"{room}/reveal", shown="yes")
            found = (await teacher.get(f"{room}/pooled")).json()
            assert [row["state"] for row in found["predictions"]] == [f"s{n}" for n in range(4_000, 4_100)]
            assert found["left"] == 4_000

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
            page = (await teacher.open(await opened(teacher))).text
            assert ("code.svg" in page, "sim serve --lan" in page) == (reached, not reached)

    visit(what)


def test_a_question_that_nobody_can_choose_is_not_set(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher:
            room = await opened(teacher)
            assert (await teacher.send(f"{room}/ask", question="/explore?b.effort.Nobody=1")).status_code == 400
            assert (await teacher.get(f"{room}/pooled")).json()["question"] == ""

    visit(what)


def test_who_has_a_seat_keeps_it(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/class") as teacher, site.browser("/class") as student:
            room = await opened(teacher)
            await joined(student, room)
            await joined(student, room)
            assert (await teacher.get(f"{room}/pooled")).json()["members"] == 1

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
            assert (await student.get(f"{room}/pooled")).status_code == 404
            here = site.app.state.house.rooms
            assert all(not rows for rows in here.pooled(room.rpartition("/")[2]).values())
            assert here.seat(student.client.cookies["student"]) is None

    visit(what)


def test_a_restart_loses_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)

    async def before_and_after() -> None:
        async with site_on(database) as first, first.browser("/class") as teacher, first.browser("/class") as student:
            room = await opened(teacher)
            await joined(student, room)
            await ran(student, 40)
            jars = [(browser.client.cookies, browser.csrf) for browser in (teacher, student)]
        async with site_on(database) as second, second.browser("/how") as teacher, second.browser("/how") as student:
            for browser, (jar, csrf) in zip((teacher, student), jars, strict=True):
                browser.client.cookies, browser.csrf = jar, csrf
            assert (await teacher.get(f"{room}/pooled")).json()["counts"]["runs"] == 1
            assert (await teacher.send(f"{room}/reveal", shown="yes")).status_code == 303  # an old page still works
            assert (await student.get(f"{room}/pooled")).json()["predictions"][0]["member"] == 1

    asyncio.run(before_and_after())


# ---- the database ----------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(database: str) -> Rooms:
    return Rooms(database)


def test_what_has_expired_is_forgotten(kept: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _ = kept.open()
    taken = kept.join(code, "a seat's token")
    assert taken is not None
    key = kept.keep_scenario("name: x")
    game = kept.games.begin({"role": "mediator", "replication": 7}, "tiny", "mine", taken)
    assert kept.games.decide(game, 0, "{}")
    assert kept.pooled(code)["games"] == []
    kept.games.score(game, 3.5)
    found = {"member": 1, "role": "mediator", "scenario": "tiny", "replication": 7, "score": 3.5}
    assert kept.pooled(code)["games"] == [found]
    later = rooms._now() + rooms.LIFE + dt.timedelta(seconds=1)
    monkeypatch.setattr(rooms, "_now", lambda: later)
    assert kept.find(code) is None
    assert kept.seat("a seat's token") is None
    kept.forget()
    assert kept.games.find(game, "mine") is None
    assert kept.scenario(key) is None
    assert not kept.teaches(code, "")


def test_tokens_are_stored_only_as_hashes(kept: Rooms, tmp_path: Path) -> None:
    code, token = kept.open()
    assert kept.join(code, "a seat's token") is not None
    kept.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert code.encode() in stored
    assert token.encode() not in stored
    assert b"a seat's token" not in stored


def test_a_room_is_full_at_some_point(kept: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_MEMBERS", 3)
    code, _ = kept.open()
    seats = [kept.join(code, f"token {n}") for n in range(5)]
    assert [seat and seat.number for seat in seats] == [1, 2, 3, None, None]
    assert kept.join(code, "token 1") == seats[1]  # who has a seat keeps it
    assert MOST_MEMBERS >= 40


def test_codes_have_no_letters_that_are_misread_or_make_words() -> None:
    assert not set("AEIOUY01") & set(rooms.ALPHABET)
    assert len(rooms.ALPHABET) ** LENGTH > 1e8
