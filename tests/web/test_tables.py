"""Tables of people: a whole game of three, and what a seat may see and do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sim.play.table import sit_down
from sim.web import database
from sim.web.lots import lots
from sim.web.table_words import worth_of
from tests.play.games import begin

from .conftest import Browser, Site, Visit
from .tables_played import HISTORY, SEATS, drawn_text, filled, heading, seat_in, secrets

Visits = Callable[[Visit], None]
LATE = dt.timedelta(minutes=11)


@asynccontextmanager
async def classroom(site: Site, people: int = 3, **rules: str) -> AsyncIterator[tuple[str, Browser, list[Browser]]]:
    """A room with tables that are set up: its address, the teacher, and members who have no chair yet."""
    async with AsyncExitStack() as stack:
        teacher = await stack.enter_async_context(site.browser("/class"))
        members = [await stack.enter_async_context(site.browser("/class")) for _ in range(people)]
        code = (await teacher.send("/class/open")).headers["location"].rpartition("/")[2]
        for member in members:
            assert (await member.send("/class/join", code=code)).status_code == 303
        kept = await teacher.send("/explore/own", text=drawn_text())
        stem = kept.headers["location"].partition("=")[2]
        room = f"/table/{code}"
        form = {"scenario": stem, "replication": str(HISTORY), "minutes": "10", "messages": "yes", **rules}
        assert (await teacher.post(f"{room}/set", form)).status_code == 303
        yield room, teacher, members


async def seated(room: str, teacher: Browser, members: Sequence[Browser]) -> dict[str, Browser]:
    """The tables begin; members of the first one by seat."""
    for member, seat in zip(members, SEATS, strict=False):
        assert (await member.send(f"{room}/sit", table="1", seat=seat)).status_code == 303
    assert (await teacher.send(f"{room}/deal")).status_code == 303
    return dict(zip(SEATS, members, strict=False))


async def decided(room: str, browser: Browser, **changes: str) -> int:
    """A seat decides what its page proposes, with changes.  -> the status"""
    shown = await browser.open(room)
    return (await browser.post(f"{room}/decide", filled(shown.text) | changes)).status_code


async def moment(room: str, browser: Browser) -> str:
    """The number of the open moment, as a page's form has it."""
    return filled((await browser.open(room)).text)["moment"]


# ---- a game ----------------------------------------------------------------------------------------------------------


def test_three_people_play_a_table(visit: Visits) -> None:
    """Every page answers, no seat is sent a number of another, messages arrive, and the end comes for all at once."""

    async def what(site: Site) -> None:
        hidden = secrets(drawn_text())
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            hard = {f"take.{group}": "97" for group in ("water", "fish")}
            for number in range(13):
                shown = {seat: await browser.open(room) for seat, browser in people.items()}
                if all(each.status_code == 303 for each in shown.values()):
                    break
                for seat, each in shown.items():
                    assert each.status_code == 200
                    assert seat_in(each.text) == seat
                    for other, numbers in hidden.items():
                        assert any(secret in each.text for secret in numbers) == (other == seat), (seat, other)
                    if number:
                        assert f"from Upper at {number - 1}" in each.text
                    assert len((await browser_state(people[seat], room))["decided"]) == list(people).index(seat)
                    said = {"message": f"from {seat} at {number}"} | (hard if number < 5 else {})
                    response = await people[seat].post(f"{room}/decide", filled(each.text) | said)
                    assert response.status_code == 303
            assert number >= 5
            ended = await people["Upper"].open(f"{room}/debrief")
            assert heading(ended.text) == "How all tables ended"
            assert "100\u00a0%" in ended.text

    visit(what)


async def browser_state(browser: Browser, room: str) -> dict[str, Any]:
    return dict((await browser.get(f"{room}/state")).json())


def test_an_agreement_face_to_face_is_entered_by_one_and_confirmed(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            text = {"offer.fish.season": "0.6", "offer.fish.ladder": "0.5"}
            await decided(room, people["Upper"], **{"do.fish": "sign"}, **text)
            shown = (await people["Lower"].open(room)).text
            assert 'value="sign|deal:Upper"' in shown
            assert (await browser_state(people["Lower"], room))["deals"] == 1
            await decided(room, people["Lower"], **{"do.fish": "sign|deal:Upper"})
            await decided(room, people["Chair"])
            signed = (await people["Chair"].open(room)).text
            assert "signed" in signed

    visit(what)


def test_the_end_shows_nothing_hidden_while_somebody_still_plays(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site, people=6) as (room, teacher, members):
            people = await seated(room, teacher, members)
            shown = await people["Upper"].open(room)
            while '<form id="moment"' in shown.text:
                for browser in people.values():
                    await decided(room, browser)
                shown = await people["Upper"].open(room)
            assert "over" in heading(shown.text)
            assert (await people["Upper"].open(f"{room}/debrief")).status_code == 303
            waits = await browser_state(people["Upper"], room)
            assert f'data-mark="{waits["mark"]}"' in (await people["Upper"].open(room)).text
            games = site.app.state.house.rooms.tables
            games.end(room.rpartition("/")[2], 2)  # as when the last of all tables ends
            assert (await browser_state(people["Upper"], room))["mark"] != waits["mark"]  # it goes on
            assert (await people["Upper"].open(room)).headers["location"] == f"{room}/debrief"
            assert "the model plays what is left" in (await teacher.open(room)).text
            assert (await teacher.send(f"{room}/rule", finished="yes")).status_code == 303
            ended = (await teacher.open(room)).text
            assert "The talks of this table are over" in ended
            assert "the model plays what is left" not in ended
            assert (await people["Upper"].open(f"{room}/debrief")).status_code == 200
            assert (await members[5].open(room)).headers["location"] == f"{room}/debrief"

    visit(what)


# ---- seats that are lost, and found ----------------------------------------------------------------------------------


def test_the_model_decides_for_who_is_late_and_gives_the_seat_back(
    visit: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            await decided(room, people["Upper"])
            await decided(room, people["Chair"])
            assert await moment(room, people["Lower"]) == "0"
            true = database.now
            with monkeypatch.context() as late:
                late.setattr("sim.web.database.now", lambda: true() + LATE)
                assert (await browser_state(people["Upper"], room))["mark"] != ""
            shown = (await people["Lower"].open(room)).text
            assert filled(shown)["moment"] == "1"
            assert "The seat is yours again" in shown
            assert await decided(room, people["Lower"]) == 303
            assert (await browser_state(people["Upper"], room))["decided"] == ["Lower"]

    visit(what)


def test_an_empty_seat_is_played_by_the_model_and_may_be_taken(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site, people=2) as (room, teacher, members), site.browser("/class") as late:
            people = await seated(room, teacher, members)
            for browser in people.values():
                await decided(room, browser)
            assert await moment(room, people["Upper"]) == "1"
            await late.send("/class/join", code=room.rpartition("/")[2])
            assert "Watch table 1" in (await late.open(room)).text
            assert seat_in((await late.open(f"{room}/watch/1")).text) == ""
            assert (await late.send(f"{room}/sit", table="1", seat="Chair")).status_code == 303
            assert seat_in((await late.open(room)).text) == "Chair"

    visit(what)


def test_a_server_that_starts_again_has_every_seat_and_decision(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    from .conftest import few, site_on

    few(monkeypatch)

    async def what() -> None:
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(site_on(database))
            async with classroom(first) as (room, teacher, members):
                people = await seated(room, teacher, members)
                await decided(room, people["Upper"])
                async with site_on(database) as again, again.browser("/how") as browser:
                    browser.client.cookies = people["Upper"].client.cookies
                    shown = await browser.open(room)
                    assert seat_in(shown.text) == "Upper"
                    assert "Your decision is kept" in shown.text

    asyncio.run(what())


# ---- lots, worth, forgetting -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("parties", [2, 3])
def test_lots_seat_everybody_once(parties: int) -> None:
    """As few tables as there are whole ones, and one more where enough are left over for all parties of it."""
    seats = [*["A", "B", "C"][:parties], "mediator"]
    for people in range(1, 41):
        found = lots(range(people), [], seats, parties)
        assert sorted(found) == list(range(people))
        chairs = Counter(found.values())
        whole, left = divmod(people, len(seats))
        assert max(number for number, _ in chairs) == max(whole + (left >= parties), 1)
        assert max(chairs.values()) <= 2
        assert all(seat != "mediator" for (_, seat), count in chairs.items() if count == 2)
        if people >= parties:
            numbers = {number for number, _ in chairs}
            assert all((number, seat) in chairs for number in numbers for seat in seats[:parties])


def test_lots_leave_chosen_seats_alone() -> None:
    found = lots([5, 6, 7], [(1, "B"), (3, "A")], ["A", "B", "M"], 2)
    assert not {(1, "B"), (3, "A")} & set(found.values())
    assert len(set(found.values())) == 3


def test_a_worth_from_ones_own_numbers_is_the_models() -> None:
    view = sit_down(drawn_text(), replication=HISTORY).close({}).close({}).view("Upper")
    compared = 0
    for name, mine in view["mine"].items():
        for who, offer in view["groups"][name]["offers"].items():
            text = {issue: settled["settlement"] for issue, settled in offer.items()}
            assert worth_of(mine, text) == pytest.approx(mine["offers"][who]["worth"], abs=2e-4)
            compared += 1
    assert compared


def test_so_is_it_where_questions_interact() -> None:
    view = begin("party", "classics/single-text").view()
    (name, table) = next(iter(view["tables"].items()))
    text = {issue: settled["settlement"] for issue, settled in table["suggested"]["text"].items()}
    assert worth_of(view["mine"][name], text) == pytest.approx(table["suggested"]["worth"], abs=1e-9)


def test_all_goes_with_the_room(visit: Visits, tmp_path: Path) -> None:
    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            await decided(room, people["Upper"], message="unforgettable")
            file = tmp_path / "rooms.sqlite"
            await teacher.send(f"/class/{room.rpartition('/')[2]}/free", number="2")
            assert (await browser_state(people["Upper"], room))["decided"] == ["Upper"]
            await teacher.send(f"/class/{room.rpartition('/')[2]}/shut")
            import sqlite3

            with sqlite3.connect(file) as connection:
                for table in ("sittings", "chairs", "tables", "moves"):
                    assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)

    visit(what)


def test_a_picture_that_takes_long_is_asked_for_again(visit: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.web.pages.table.WAIT", 0.0)

    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            await seated(room, teacher, members)
            await teacher.send(f"{room}/rule", finished="yes")
            waiting = await teacher.open(f"{room}/debrief")
            assert (waiting.status_code, waiting.headers["refresh"]) == (202, "3")

    visit(what)
