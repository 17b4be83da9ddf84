"""What a student tries at a table that may not work: another seat, another side, another game, another table."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from contextlib import AsyncExitStack

from hypothesis import given
from hypothesis import strategies as st

from sim.play.table import sit_down
from sim.spreadsheet import STARTS
from sim.web.game_jobs import digest
from sim.web.lots import dealt
from sim.web.table_csv import as_table
from sim.web.tables import MOST_TABLES

from .conftest import Browser, Site, Visit
from .tables_played import HISTORY, SEATS, drawn_text, filled, seat_in
from .test_tables import browser_state, classroom, decided, seated

Visits = Callable[[Visit], None]


# ---- another seat, markup, what is not allowed -----------------------------------------------------------------------


def test_nobody_decides_for_another_seat_or_twice(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            upper, lower = people["Upper"], people["Lower"]
            fields = filled((await upper.open(room)).text)
            await upper.post(f"{room}/decide", fields | {"seat": "Lower", "chair": "Lower"})
            assert (await browser_state(upper, room))["decided"] == ["Upper"]
            await upper.post(f"{room}/decide", fields | {"take.fish": "1", "message": "a second try"})
            for browser in (lower, people["Chair"]):
                await decided(room, browser)
            assert "a second try" not in (await lower.open(room)).text
            await upper.post(f"{room}/decide", fields)  # a post of the moment before, once more
            assert (await browser_state(upper, room))["decided"] == []
            assert (await upper.send(f"{room}/sit", table="1", seat="Lower")).status_code == 409
            assert (await upper.open(f"{room}/watch/1")).headers["location"] == room

    visit(what)


def test_messages_are_texts_and_the_teacher_can_turn_them_off(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            bad = "<script>alert(1)</script>\u202e" + 400 * "x"
            await decided(room, people["Upper"], message=bad)
            await decided(room, people["Lower"], message="<b>bold</b>")
            await decided(room, people["Chair"])
            shown = (await people["Lower"].open(room)).text
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
            assert "<script>alert" not in shown
            assert "<b>bold" not in shown
            assert 300 * "x" not in shown
            await teacher.send(f"{room}/rule", messages="no")
            shown = (await people["Lower"].open(room)).text
            assert "bold" not in shown
            assert 'name="message"' not in shown

    visit(what)


def test_what_only_the_teacher_may_do_and_what_is_nowhere(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members), site.browser("/class") as stranger:
            people = await seated(room, teacher, members)
            upper = people["Upper"]
            for path in ("set", "deal", "rule"):
                assert (await upper.send(f"{room}/{path}", finished="yes")).status_code == 403
            for path in ("", "/state", "/debrief", "/watch/1"):
                assert (await stranger.open(f"{room}{path}")).status_code == 403
            assert (await stranger.send(f"{room}/sit", table="1", seat="Upper")).status_code == 403
            assert (await teacher.open(f"{room}/watch/9")).status_code == 404
            assert (await teacher.open(f"{room}/watch/1e3")).status_code == 400
            assert (await teacher.send(f"{room}/set", minutes="99")).status_code == 400
            assert (await upper.client.post(f"{room}/decide", data={"moment": "0"})).status_code == 403  # no token
            assert (await upper.open("/table")).headers["location"] == room
            assert "Tables belong to a class" in (await stranger.open("/table")).text

    visit(what)


NOT_ALLOWED = (
    {"do.fish": "sing"},
    {"do.fish": "bargain", "take.fish": "much"},
    {"do.fish": "bargain", "take.fish": "nan"},
    {"do.fish": "offer", "take.fish": "101"},
    {"do.fish": "sign|Nobody", "offer.fish.season": "7"},
)


def test_what_is_not_allowed_is_said_and_changes_nothing(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            for changes in NOT_ALLOWED:
                assert await decided(room, people["Upper"], **changes) == 422, changes
                assert (await browser_state(people["Upper"], room))["decided"] == []

    visit(what)


# ---- another side ----------------------------------------------------------------------------------------------------


async def freed(room: str, teacher: Browser, member: Browser, number: int) -> None:
    """The teacher frees a member's seat, and it joins again: a new member, and the same browser."""
    desk = room.replace("/table/", "/class/")
    assert (await teacher.send(f"{desk}/free", number=str(number))).status_code == 303
    assert (await member.send("/class/join", code=room.rpartition("/")[2])).status_code == 303


async def set_up(room: str, teacher: Browser, replication: int) -> None:
    """The same tables again, in this history."""
    stem = (await teacher.send("/explore/own", text=drawn_text())).headers["location"].partition("=")[2]
    form = {"scenario": stem, "replication": str(replication), "minutes": "10", "messages": "yes"}
    assert (await teacher.post(f"{room}/set", form)).status_code == 303


async def sat(room: str, member: Browser, seat: str, table: int = 1) -> int:
    return (await member.send(f"{room}/sit", table=str(table), seat=seat)).status_code


def test_who_has_sat_on_one_side_takes_no_other_even_when_its_seat_was_freed(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site, people=1) as (room, teacher, members):
            spy = members[0]
            await seated(room, teacher, members)
            assert seat_in((await spy.open(room)).text) == "Upper"
            await freed(room, teacher, spy, 1)
            shown = (await spy.open(room)).text
            assert re.findall(r'name="seat" value="(\w+)"', shown) == ["Upper"]
            assert [await sat(room, spy, seat) for seat in ("Lower", "Chair", "Upper")] == [409, 409, 303]

    visit(what)


def test_the_same_game_set_up_anew_seats_everybody_on_its_own_side(visit: Visits) -> None:
    """By lot or by choice; another history is another game, and so is this one once it was over."""

    async def what(site: Site) -> None:
        async with classroom(site) as (room, teacher, members):
            people = await seated(room, teacher, members)
            for _ in range(3):
                await set_up(room, teacher, HISTORY)
                assert await sat(room, people["Upper"], "Lower") == 409
                assert (await teacher.send(f"{room}/deal")).status_code == 303
                assert [seat_in((await each.open(room)).text) for each in people.values()] == list(SEATS)
            await set_up(room, teacher, HISTORY + 1)
            assert await sat(room, people["Upper"], "Lower") == 303
            assert (await teacher.send(f"{room}/deal")).status_code == 303
            await set_up(room, teacher, HISTORY)  # it is remembered
            assert await sat(room, people["Upper"], "Lower") == 409
            assert (await teacher.send(f"{room}/deal")).status_code == 303
            assert (await teacher.send(f"{room}/rule", finished="yes")).status_code == 303
            await set_up(room, teacher, HISTORY)  # the class has seen what was hidden
            assert await sat(room, people["Upper"], "Lower") == 303

    visit(what)


def test_who_comes_late_sits_on_any_side_and_sees_what_that_side_sees_everywhere(visit: Visits) -> None:
    """All tables meet the same chance: before anybody has decided, a side's page is the same at each of them."""

    async def what(site: Site) -> None:
        async with classroom(site, people=6) as (room, teacher, members), site.browser("/class") as late:
            for number, member in enumerate(members):
                await sat(room, member, SEATS[number % 3], 1 + number // 3)
            assert (await teacher.send(f"{room}/deal")).status_code == 303
            await freed(room, teacher, members[5], 6)
            await late.send("/class/join", code=room.rpartition("/")[2])
            assert await sat(room, late, "Chair", 2) == 303
            pages = [plain((await member.open(room)).text) for member in (members[2], late)]
            assert pages[0] == pages[1]

    visit(what)


def plain(page: str) -> str:
    """A page without what is a browser's own: tokens, and the time that is left."""
    return re.sub(r'(name="csrf" (content|value)|data-(mark|left))="[^"]*"', "", page[page.index("<main") :])


@given(
    sides=st.lists(st.sampled_from(["", *SEATS]), min_size=1, max_size=40),
    chosen=st.sets(st.integers(0, 39), max_size=6),
)
def test_lots_seat_everybody_once_and_each_on_the_side_it_knows(sides: list[str], chosen: set[int]) -> None:
    sat = {member: side for member, side in enumerate(sides) if side}
    taken = {
        member: (1 + n, sat.get(member, "Chair")) for n, member in enumerate(sorted(chosen)) if member < len(sides)
    }
    given = dealt(range(len(sides)), taken, sat, SEATS, 2)
    assert sorted([*given, *taken]) == list(range(len(sides)))
    assert all(given[member][1] == side for member, side in sat.items() if member in given)
    assert max((number for number, _ in given.values()), default=1) <= MOST_TABLES


# ---- another table, another game, another room -----------------------------------------------------------------------


def test_a_decision_goes_to_no_other_table_room_or_game(visit: Visits) -> None:
    """What was sent once, or belongs elsewhere, is sent again: by its own seat, a neighbour, a stranger to the room."""

    async def what(site: Site) -> None:
        async with (
            classroom(site, people=6) as (room, teacher, members),
            classroom(site, people=3) as (other, _, strangers),
        ):
            for number, member in enumerate(members):
                await sat(room, member, SEATS[number % 3], 1 + number // 3)
            assert (await teacher.send(f"{room}/deal")).status_code == 303
            one, neighbour = members[0], members[3]
            fields = filled((await one.open(room)).text) | {"message": "from the first table"}
            assert (await neighbour.post(f"{room}/decide", fields | {"table": "1", "number": "1"})).status_code == 303
            assert (await browser_state(one, room))["decided"] == []
            assert (await browser_state(neighbour, room))["decided"] == ["Upper"]
            for stranger in strangers:
                assert (await stranger.post(f"{room}/decide", fields)).status_code == 403
            assert (await one.post(f"{other}/decide", fields)).status_code == 403
            await set_up(room, teacher, HISTORY + 1)
            assert (await teacher.send(f"{room}/deal")).status_code == 303
            assert (await one.post(f"{room}/decide", fields)).status_code == 303  # a page of the tables before
            assert (await browser_state(one, room))["decided"] == []

    visit(what)


def test_no_page_of_a_seat_tells_which_history_is_played(visit: Visits) -> None:
    """Who knew it could play the other side alone, and read its numbers there; nor can it be tried out."""

    async def what(site: Site) -> None:
        async with AsyncExitStack() as stack:
            seen = []
            for replication in (4711, 4712):
                entered = classroom(site, people=1, replication=str(replication))
                room, teacher, members = await stack.enter_async_context(entered)
                await seated(room, teacher, members)
                pages = [(await members[0].open(path)).text for path in (room, f"{room}/watch/1", f"{room}/state")]
                assert str(replication) not in " ".join(pages)
                seen.append(filled(pages[0])["game"])
                rules = site.app.state.house.rooms.tables.rules(room.rpartition("/")[2])
                tried = (digest(rules.start, log) for log in ((), ("",), ("[]",)))
                assert not any(each.startswith(seen[-1]) for each in tried)
            assert seen[0] != seen[1]

    visit(what)


# ---- the teacher's file ----------------------------------------------------------------------------------------------

HOSTILE = {"Upper": "=1+2", "Lower": "@SUM(A1)", "water": "-1+4", "fish": "+1+5"}


def test_the_file_of_all_tables_is_the_teachers_has_no_formula_and_no_person(visit: Visits) -> None:
    async def what(site: Site) -> None:
        async with classroom(site, people=4) as (room, teacher, members):
            await seated(room, teacher, members)
            assert (await teacher.get(f"{room}/tables.csv")).status_code == 409  # not while somebody plays
            for member in members[:2]:
                await decided(room, member, message="=1+1 a secret word")
            await teacher.send(f"{room}/rule", finished="yes")
            for member in members:
                assert (await member.get(f"{room}/tables.csv")).status_code == 403
            response = await teacher.get(f"{room}/tables.csv")
            assert response.headers["content-disposition"].startswith("attachment")
            assert "secret word" not in response.text
            rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
            assert [(row["table"], row["chapter"]) for row in rows] == [
                (table, chapter) for table in ("1", "0") for chapter in ("water", "fish")
            ]
            for row in rows[:2]:
                assert (row["decisions_of_people"], row["decisions_of_model"], row["scripted"]) == ("2", "0", "")

    visit(what)


def test_names_that_are_formulas_make_a_file_of_texts() -> None:
    table = sit_down(drawn_text(), replication=HISTORY)
    decided = {"Upper": [1, 0], "Lower": [0, 1]}
    end = json.dumps(table.played_on({}).end() | {"decided": decided})
    for name, formula in HOSTILE.items():
        end = end.replace(name, formula)
    told = {"tables": {"1": json.loads(end)}, "script": json.loads(end), "began": "2024-01-01"}
    cells = [cell for row in csv.reader(io.StringIO(as_table(told).removeprefix("\ufeff"))) for cell in row]
    assert {"'-1+4", "'+1+5", "'@SUM(A1)"} <= set(cells)
    for cell in cells:
        assert not cell.startswith(STARTS) or re.fullmatch(r"-?[\d.e-]+", cell), cell
