"""What a room shows at this moment: worked out from its plan, its phase and its answers, for phones, desk and wall.

Until the phase is one of `OPEN`, nothing that was answered or run is in it: only how many have answered.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from starlette.concurrency import run_in_threadpool

from sim.web import setups, wording
from sim.web.activities import KINDS, VERSIONS, Kind
from sim.web.board import News
from sim.web.jobs import Case, Packed
from sim.web.lessons import in_language
from sim.web.pages import explore
from sim.web.pairs import Pair
from sim.web.plans import LOCKED, OPEN, PREDICT, RUNS, Item, Look, Now
from sim.web.pool import unwatched
from sim.web.site import House
from sim.web.texts import Refusal, Texts

Data = dict[str, Any]
SEAT, WALL, DESK = LISTENERS = ("seat", "wall", "desk")
NONE = "none"  # a picture that is no picture


@dataclass(frozen=True)
class Stage:
    """A room at this moment; `found` and `truth` only where everybody may see them."""

    code: str
    look: Look
    found: Data | None = None
    truth: Data | None = None
    tally: tuple[int, int] | None = None

    @property
    def counted(self) -> tuple[int, int]:
        """How many have done what is asked, of how many."""
        return self.tally or (len(self.done), len(self.look.seats))

    @property
    def now(self) -> Now:
        """Where the room is in its plan."""
        return self.look.now

    @property
    def kind(self) -> Kind | None:
        """The kind of its activity."""
        return KINDS[self.now.item.kind] if self.now.item else None

    @property
    def done(self) -> set[int]:
        """Seats that have done what is asked."""
        return self.kind.done(self.look) if self.kind else set()

    @property
    def playing(self) -> list[int]:
        """Seats that have begun and are not done."""
        return sorted(self.kind.begun(self.look) - self.done) if self.kind else []

    @property
    def waiting(self) -> list[int]:
        """Seats that have not begun what is asked."""
        return sorted(set(self.look.seats) - self.done - set(self.playing)) if self.kind else []

    def shown(self, listener: str) -> str:
        """What must differ for a page to be shown anew; only the desk has the plan on it."""
        now = self.now
        content = [self.found, self.truth, [each.id for each in now.plan] if listener == DESK else []]
        digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
        return f"{now.item.id if now.item else 0}.{now.phase}.{now.halt}.{digest[:12]}"

    def event(self, listener: str) -> Data:
        """What is told to a kind of listener."""
        told: Data = {
            "shown": self.shown(listener),
            "phase": self.now.phase,
            "halt": self.now.halt,
            "left": self.now.left,
            "members": self.counted[1],
            "done": self.counted[0],
        }
        if listener == DESK:
            told |= {"waiting": self.waiting, "playing": self.playing}
        return told

    def news(self) -> News:
        """For all kinds of listeners."""
        texts: dict[str, str] = {}
        keys: dict[str, str] = {}
        for listener in LISTENERS:
            told = self.event(listener)
            texts[listener] = json.dumps(told)
            keys[listener] = json.dumps([{**told, "left": None}, str(self.now.ends)])
        runs = self.now.left and self.now.halt == RUNS
        return News(texts, keys, self.now.left if runs else None)


GONE = News(dict.fromkeys(LISTENERS, '{"gone": true}'), dict.fromkeys(LISTENERS, "gone"))


async def stage(here: House, code: str) -> Stage:
    """A room at this moment."""
    look = await run_in_threadpool(here.rooms.plans.look, code)
    now = look.now
    if now.item is None:
        return Stage(code, look)
    kind = KINDS[now.item.kind]
    tally = await run_in_threadpool(kind.tally, here.rooms, code) if kind.tally else None
    if now.phase not in OPEN:
        return Stage(code, look, tally=tally)
    truth = await _truth(here, code, now.item) if kind.truth and now.item.setup else None
    return Stage(code, look, kind.found(look), truth, tally)


async def shared(here: House, code: str) -> Stage:
    """The same, worked out once for all who ask at this moment."""
    found = await here.pool.once(("stage", code), lambda: stage(here, code))
    assert isinstance(found, Stage)
    return found


async def news(here: House, code: str) -> News:
    """What is told of a room at this moment."""
    if await run_in_threadpool(here.rooms.find, code) is None:
        return GONE
    return (await stage(here, code)).news()


# ---- the truth beside the answers ------------------------------------------------------------------------------------


async def foresee(here: House, code: str, now: Now) -> None:
    """Run what an activity is about before it is asked for: perhaps while members predict, now once they are locked."""
    item = now.item
    if item is None or not item.setup or KINDS[item.kind].setup != VERSIONS:
        return
    try:
        a, b = await setups.versions(here, item.setup)
    except Refusal:
        return  # a scenario of one's own that has expired
    if now.phase == PREDICT:
        explore.foresee(here, a, b)
    elif now.phase == LOCKED:
        unwatched(_run(here, code, a, b))


async def _truth(here: House, code: str, item: Item) -> Data | None:
    """What the versions give; None while they are still run, and where they cannot be."""
    try:
        a, b = await setups.versions(here, item.setup)
        found = here.pool.kept(Pair(a, b, explore.WHOLE))
    except Refusal:
        return None
    if found is None:
        unwatched(_run(here, code, a, b))
        return None
    assert isinstance(found, Packed)
    return found.answer()


async def _run(here: House, code: str, a: Case, b: Case) -> None:
    await explore.paired(here, a, b, explore.WHOLE)
    here.board.changed(code)


# ---- in words --------------------------------------------------------------------------------------------------------


async def asked(t: Texts, here: House, item: Item) -> Data:
    """The question of an activity: its words, or those of its kind, and what it is about."""
    kind = KINDS[item.kind]
    try:
        about = await setups.told(t, here, item.setup) if item.setup else []
        if kind.tally:
            about = about[:1]  # who knew the history could play it alone, and see what is hidden from a seat
    except Refusal:
        about = [t("conduct.nosetup")]  # a scenario that has expired meanwhile
    measured = bool(item.setup) and kind.setup == VERSIONS
    words = in_language(item.words, t.language) or t(f"conduct.ask.{item.kind}")
    return {"words": words, "about": about, "measured": measured}


def result(t: Texts, stage: Stage, guess: int | None) -> Data | None:
    """What was found, in words and for a picture; None while it is hidden."""
    found, item = stage.found, stage.now.item
    if found is None or item is None:
        return None
    truth = stage.truth
    values = found["values"]
    return {
        "picture": found["picture"],
        "values": values,
        "label": _label(t, found) if values else t("conduct.nobody"),
        "truth": None if truth is None else 100 * truth["rows"][0]["b"],
        "sentences": [] if truth is None else wording.sentences(t, truth, guess),
        "waits": truth is None and KINDS[item.kind].truth and bool(item.setup),
    }


def _label(t: Texts, found: Data) -> str:
    """The sentence that carries a picture."""
    values, picture = found["values"], found["picture"]
    if picture == "moves":
        up = sum(after > before for before, after in values)
        return t("conduct.moves", n=len(values), changed=found["changed"], up=up, down=found["changed"] - up)
    if picture == "sentences":
        return t("conduct.sentences", n=len(values))
    return t("conduct.dots", n=len(values), median=t.number(median_low(values)))
