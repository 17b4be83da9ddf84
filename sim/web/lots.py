"""Who is given which chair: a table and a seat for every member of a room that has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Place = tuple[int, str]  # the number of a table, and a seat


def dealt(
    members: Sequence[int], chosen: Mapping[int, Place], sat: Mapping[int, str], seats: Sequence[str], parties: int
) -> dict[int, Place]:
    """Chairs for all members who have not chosen one, in their order.

    sat: the seat of those who have sat in this game before, and sit on the same side again.
    """
    back = {member: sat[member] for member in members if member in sat and member not in chosen}
    given = _again(back, list(chosen.values()), _whole(len(members), len(seats), parties))
    waiting = [member for member in members if member not in chosen and member not in given]
    return given | lots(waiting, [*chosen.values(), *given.values()], seats, parties)


def _again(known: Mapping[int, str], taken: Sequence[Place], tables: int) -> dict[int, Place]:
    """Chairs on their own side for those who have sat before: a table after the other, then shared in turn."""
    found: dict[int, Place] = {}
    for member, seat in known.items():
        sitting = [number for number, each in (*taken, *found.values()) if each == seat]
        number = min(range(1, tables + 1), key=lambda table: (sitting.count(table), table))
        found[member] = (number, seat)
    return found


def _whole(people: int, seats: int, parties: int) -> int:
    """How many tables there are people for; the last one may lack its mediators."""
    whole, left = divmod(people, seats)
    return max(whole + (left >= parties), 1)


def lots(waiting: Sequence[int], taken: Sequence[Place], seats: Sequence[str], parties: int) -> dict[int, Place]:
    """Chairs for members who wait, in their order, beside those that are taken: by member the table and the seat.

    As many whole tables as there are people for. Those who are left over make a table with a mediator that the model
    plays, if there are enough for all its parties; else each shares a party's seat with somebody.
    """
    people = len(waiting) + len(taken)
    whole = people // len(seats)
    tables = max([_whole(people, len(seats), parties), *(number for number, _ in taken)])
    free = [(number, seat) for number in range(1, tables + 1) for seat in seats if (number, seat) not in taken]
    if len(free) > len(waiting):
        last = seats[parties:]  # where chairs stay empty, they are those of mediators, at the last tables first
        free.sort(key=lambda chair: (chair[1] in last and chair[0] > whole, chair[0]))
    shared = [(number, seat) for seat in seats[:parties] for number in range(1, tables + 1)]
    return dict(zip(waiting, [*free, *shared * (1 + len(waiting) // len(shared))], strict=False))
