"""The plan of a class, the phase that it is in, and what its members answered, as the database keeps them.

A phase is set, never stepped: a click that arrives twice does what it did once. A timer that has run out locks by
itself, also while the server was down, since the phase follows from the clock. All calls wait for the database.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sim.web import database, halts
from sim.web.database import Activity, Answer, Game, Member, Opens, Room, Stage
from sim.web.texts import Refusal

LOBBY, PREDICT, LOCKED, REVEAL, DISCUSS = PHASES = ("lobby", "predict", "locked", "reveal", "discuss")
OPEN = (REVEAL, DISCUSS)  # phases in which everybody sees what was found
RUNS, PAUSED, STOPPED = HALTS = ("", "pause", "stop")
MOST = 40  # activities of a plan
LONGEST = 3600  # seconds of a timer


@dataclass(frozen=True)
class Wanted:
    """An activity that is to be added; `of`: the place in the list of the one whose question it asks again."""

    kind: str
    words: str
    setup: str = ""
    minutes: int = 0
    of: int | None = None


@dataclass(frozen=True, kw_only=True)
class Item(Wanted):
    """An activity of a plan; `place` is its number there, from 1."""

    id: int
    place: int


@dataclass(frozen=True)
class Now:
    """Where a room is: its plan, the activity, the phase, whether it is halted, and its timer.

    left: seconds of the timer, None where there is none; ends: when it runs out, while it runs.
    """

    plan: tuple[Item, ...]
    item: Item | None = None
    phase: str = LOBBY
    halt: str = RUNS
    left: int | None = None
    ends: dt.datetime | None = None

    @property
    def next(self) -> Item | None:
        """The activity after this one; the first where none has begun."""
        after = self.item.place if self.item else 0
        return next((each for each in self.plan if each.place > after), None)


@dataclass(frozen=True)
class Said:
    """An answer: its key, the seat it came from, and what it is."""

    id: int
    seat: int
    number: int | None
    text: str
    hidden: bool


@dataclass(frozen=True)
class Played:
    """A game that a seat began in the room; its score once it is over."""

    seat: int
    role: str
    scenario: str
    replication: int
    score: float | None


@dataclass(frozen=True)
class Look:
    """All that an activity is counted from: who sits there, what they answered now and earlier, what they play."""

    now: Now
    seats: tuple[int, ...]
    answers: tuple[Said, ...] = ()
    before: tuple[Said, ...] = ()
    games: tuple[Played, ...] = ()


class Plans:
    """The plans of all rooms."""

    def __init__(self, session: Opens) -> None:
        self._session = session

    # -- reading

    def now(self, code: str) -> Now:
        """Where a room is."""
        with self._session() as session:
            return self._now(session, code)

    def look(self, code: str) -> Look:
        """Where a room is, with all that is counted there."""
        with self._session() as session:
            now = self._now(session, code)
            seats = session.scalars(select(Member.number).where(Member.room == code).order_by(Member.number)).all()
            if now.item is None:
                return Look(now, tuple(seats))
            before = _answers(session, code, now.item.of) if now.item.of is not None else ()
            return Look(now, tuple(seats), _answers(session, code, now.item.id), before, _games(session, code))

    def answer(self, code: str, member: int, activity: int) -> Said | None:
        """What a member answered in an activity."""
        with self._session() as session:
            found = _answers(session, code, activity, Member.id == member)
            return found[0] if found else None

    def _now(self, session: Session, code: str) -> Now:
        rows = session.scalars(select(Activity).where(Activity.room == code).order_by(Activity.place, Activity.id))
        plan = tuple(
            Item(row.kind, row.words, row.setup, row.minutes, row.of, id=row.id, place=number)
            for number, row in enumerate(rows, start=1)
        )
        stage = session.get(Stage, code)
        if stage is None:
            return Now(plan)
        item = next((each for each in plan if each.id == stage.activity), None)
        left = _left(stage)
        phase = stage.phase if item is not None else LOBBY
        if phase == PREDICT and left == 0:
            phase = LOCKED
        return Now(plan, item, phase, stage.halt, left, stage.ends if stage.halt == RUNS else None)

    # -- the plan

    def add(self, code: str, wanted: Sequence[Wanted]) -> None:
        """Put activities at the end of the plan.  Errors: Refusal, where the plan is full."""
        with self._session() as session:
            if session.get(Room, code) is None:
                return
            here = Activity.room == code
            count, last = session.execute(select(func.count(), func.max(Activity.place)).where(here)).one()
            if count + len(wanted) > MOST:
                raise Refusal(409, "conduct.refused.plan", most=MOST)
            rows: list[Activity] = []
            for place, each in enumerate(wanted, start=(last or 0) + 1):
                of = None if each.of is None else rows[each.of].id
                said = {"kind": each.kind, "words": each.words, "setup": each.setup, "minutes": each.minutes}
                rows.append(Activity(room=code, place=place, of=of, **said))
                session.add(rows[-1])
                session.flush()

    def remove(self, code: str, activity: int) -> None:
        """Take an activity out of the plan, with all that was answered in it, and with the one that asks it again."""
        mine = Activity.room == code, or_(Activity.id == activity, Activity.of == activity)
        with self._session() as session:
            stage = session.get(Stage, code)
            if stage is None:
                return
            with halts.counted(session, stage, database.now()):
                session.execute(delete(Activity).where(*mine))

    def move(self, code: str, activity: int, by: int) -> None:
        """Move an activity up (-1) or down (1) in the plan."""
        with self._session() as session:
            query = select(Activity).where(Activity.room == code).order_by(Activity.place, Activity.id)
            rows = list(session.scalars(query))
            at = next((n for n, row in enumerate(rows) if row.id == activity), None)
            if at is None or not 0 <= at + by < len(rows):
                return
            rows.insert(at + by, rows.pop(at))
            for place, row in enumerate(rows, start=1):
                row.place = place

    # -- the phase

    def turn(self, code: str, activity: int | None, phase: str) -> None:
        """Bring a room to a phase of an activity, or back to the lobby. Whatever was halted goes on."""
        with self._session() as session:
            stage = session.get(Stage, code)
            row = session.get(Activity, activity) if activity is not None else None
            if stage is None or (activity is not None and (row is None or row.room != code)):
                return
            left = _left(stage)
            if (stage.activity, stage.phase) != (activity, phase) or left == 0:
                minutes = row.minutes if row is not None and phase == PREDICT else 0
                left = 60 * minutes or None
            with halts.counted(session, stage, database.now()):
                stage.activity = activity
                stage.phase = phase
                stage.halt = RUNS
                _wind(stage, left)

    def halt(self, code: str, how: str) -> None:
        """Pause a room, stop everybody, or let it go on; its timer waits as long."""
        with self._session() as session:
            stage = session.get(Stage, code)
            if stage is None:
                return
            left = _left(stage)
            with halts.counted(session, stage, database.now()):
                stage.halt = how
                _wind(stage, left)

    def time(self, code: str, seconds: int | None) -> None:
        """Give a room so many seconds more; None takes the timer away."""
        with self._session() as session:
            stage = session.get(Stage, code)
            if stage is None:
                return
            left = None if seconds is None else min((_left(stage) or 0) + seconds, LONGEST)
            with halts.counted(session, stage, database.now()):
                _wind(stage, left)

    # -- answers

    def reply(self, code: str, member: int, activity: int, number: int | None, text: str) -> bool:
        """Keep what a member answers, instead of what it answered before; False where nothing is asked any more."""
        for _ in range(3):
            try:
                with self._session() as session:
                    now = self._now(session, code)
                    if now.item is None or (now.item.id, now.phase, now.halt) != (activity, PREDICT, RUNS):
                        return False
                    query = select(Answer).where(Answer.member == member, Answer.activity == activity)
                    row = session.scalar(query)
                    if row is None:
                        row = Answer(room=code, member=member, activity=activity, hidden=False)
                        session.add(row)
                    row.number = number
                    row.text = text
                return True
            except IntegrityError:
                continue  # it answered twice at this moment
        return False

    def hide(self, code: str, answer: int, hidden: bool) -> None:
        """Keep a sentence from the wall and the phones, or show it again."""
        with self._session() as session:
            row = session.get(Answer, answer)
            if row is not None and row.room == code:
                row.hidden = hidden

    def table(self, code: str) -> list[dict[str, object]]:
        """All answers of a room, in the order of its plan."""
        with self._session() as session:
            query = select(Member.number, Activity.kind, Activity.words, Activity.setup, Answer.number, Answer.text)
            query = query.join(Member, Member.id == Answer.member).join(Activity, Activity.id == Answer.activity)
            rows = session.execute(query.where(Answer.room == code).order_by(Activity.place, Answer.id))
            names = ("member", "activity", "question", "address", "predicted", "sentence")
            return [dict(zip(names, row, strict=True)) for row in rows]


def _left(stage: Stage) -> int | None:
    """Seconds of its timer, None where there is none."""
    if stage.halt != RUNS:
        return stage.left
    if stage.ends is None:
        return None
    return max(0, math.ceil((stage.ends - database.now()).total_seconds()))


def _wind(stage: Stage, left: int | None) -> None:
    """Set its timer, which waits while the room is halted."""
    stage.ends = None if left is None else database.now() + dt.timedelta(seconds=left)
    stage.left = None if stage.halt == RUNS else left


def _answers(session: Session, code: str, activity: int, *which: object) -> tuple[Said, ...]:
    query = select(Answer, Member.number).join(Member, Member.id == Answer.member)
    query = query.where(Answer.room == code, Answer.activity == activity, *which).order_by(Answer.id)  # type: ignore[arg-type]
    return tuple(Said(row.id, seat, row.number, row.text, row.hidden) for row, seat in session.execute(query))


def _games(session: Session, code: str) -> tuple[Played, ...]:
    query = select(Member.number, Game.role, Game.scenario, Game.replication, Game.score)
    rows = session.execute(query.join(Member, Member.id == Game.member).where(Game.room == code))
    return tuple(Played(*row) for row in rows)


def begun(code: str) -> Stage:
    """The stage of a new room."""
    return Stage(room=code, activity=None, phase=LOBBY, halt=RUNS, ends=None, left=None)


def take_over(session: Session) -> None:
    """Rooms from before there were plans: their question becomes the first activity, and stays shown or hidden."""
    for room in session.scalars(select(Room).where(Room.code.not_in(select(Stage.room))).with_for_update()):
        stage = begun(room.code)
        session.add(stage)
        if not room.question:
            continue
        row = Activity(room=room.code, place=1, kind="predict", words="", setup=room.question, minutes=0, of=None)
        session.add(row)
        session.flush()
        stage.activity = row.id
        stage.phase = REVEAL if room.shown else PREDICT
