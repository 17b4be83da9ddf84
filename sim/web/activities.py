"""What a class can do together: each kind of activity once.

A new kind is one entry of `KINDS` and its words in `texts/en.json`: `conduct.kind.NAME` (what the teacher chooses),
`conduct.do.NAME` (what a phone asks for), `conduct.counted.NAME` (what desk and wall count while it is open).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.web.halts import TABLE
from sim.web.plans import Item, Look, Played
from sim.web.rooms import Rooms
from sim.web.setups import fields

Data = dict[str, Any]
NUMBER, SENTENCE = "number", "sentence"  # what a phone sends
VERSIONS, SCENARIO = "versions", "scenario"  # what the teacher chooses: A and B, or talks to take part in


# ---- who has done it, and what is shown once it is revealed ----------------------------------------------------------


def _answered(look: Look) -> set[int]:
    return {each.seat for each in look.answers}


def _finished(look: Look) -> set[int]:
    return {game.seat for game in _of_item(look) if game.score is not None}


def _began(look: Look) -> set[int]:
    return {game.seat for game in _of_item(look)}


def _of_item(look: Look) -> list[Played]:
    item = look.now.item
    if item is None:
        return []
    asked, role = fields(item.setup), KINDS[item.kind].role
    wanted = asked.get("replication")
    return [
        game
        for game in look.games
        if game.role == role and game.scenario == asked.get("scenario") and wanted in (None, str(game.replication))
    ]


def _numbers(look: Look) -> Data:
    """Numbers in order: whose they are cannot be told."""
    return {"picture": "dots", "values": sorted(each.number for each in look.answers if each.number is not None)}


def _moves(look: Look) -> Data:
    """Before and after of each member who answered twice, in order."""
    first = {each.seat: each.number for each in look.before}
    pairs = [[first[each.seat], each.number] for each in look.answers if first.get(each.seat) is not None]
    changed = sum(before != after for before, after in pairs)
    return {"picture": "moves", "values": sorted(pairs), "changed": changed}


def _sentences(look: Look) -> Data:
    """Sentences that are not hidden, in the order of the alphabet, which says nothing about seats."""
    said = [each.text for each in look.answers if not each.hidden and each.text]
    return {"picture": "sentences", "values": sorted(said, key=str.casefold)}


def _scores(look: Look) -> Data:
    """The best score of each member who finished, in order."""
    best: dict[int, float] = {}
    for game in _of_item(look):
        if game.score is not None:
            best[game.seat] = max(game.score, best.get(game.seat, game.score))
    return {"picture": "scores", "values": sorted(best.values())}


def _tables(rooms: Rooms, code: str) -> tuple[int, int]:
    """Tables that are over, and all tables of a room."""
    found = rooms.tables.tables(code)
    return sum(each.over for each in found), len(found)


def left_behind(rooms: Rooms, code: str) -> int:
    """Tables that still play while the class does something else."""
    rules = rooms.tables.rules(code)
    if rules is None or not rules.dealt or rules.finished:
        return 0
    over, everything = _tables(rooms, code)
    return everything - over


def _elsewhere(look: Look) -> Data:
    """The page where it happens shows what came of it."""
    return {"picture": "none", "values": []}


# ---- the kinds -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of activity.

    answer: what a phone sends from the room itself, NUMBER or SENTENCE, or "" where it is done on another page;
    setup: what the teacher chooses for it, VERSIONS (which may be left out), SCENARIO, or nothing;
    page: where it is done, if elsewhere, and desk: where the teacher looks after it, as addresses with `{setup}` and
    `{code}` in them; role: of the games that are counted there;
    then: the kind that asks the same again, later in the plan, and follows it; follows: whether this is such a kind;
    truth: whether the run of the versions stands beside the answers;
    tally: how many have done it of how many, where it is not seats that are counted;
    begun, done, found: who has begun, who is done, and what is shown once it is revealed.
    """

    answer: str = ""
    setup: str = ""
    page: str = ""
    desk: str = ""
    role: str = ""
    then: str = ""
    follows: bool = False
    truth: bool = False
    tally: Callable[[Rooms, str], tuple[int, int]] | None = None
    begun: Callable[[Look], set[int]] = _answered
    done: Callable[[Look], set[int]] = _answered
    found: Callable[[Look], Data] = _numbers

    def link(self, item: Item, code: str) -> str:
        """Where a member does it; "" where the room asks."""
        return self.page.format(setup=item.setup, code=code)

    def desk_link(self, item: Item, code: str) -> str:
        """Where the teacher looks after it; "" where the desk is enough."""
        return self.desk.format(setup=item.setup, code=code)


KINDS = {
    "predict": Kind(NUMBER, VERSIONS, truth=True),
    "mediate": Kind("", SCENARIO, "/mediate?{setup}", role="mediator", begun=_began, done=_finished, found=_scores),
    "negotiate": Kind("", SCENARIO, "/negotiate?{setup}", role="party", begun=_began, done=_finished, found=_scores),
    TABLE: Kind("", SCENARIO, "/table/{code}", "/table/{code}?{setup}", tally=_tables, found=_elsewhere),
    "text": Kind(SENTENCE, found=_sentences),
    "before": Kind(NUMBER, VERSIONS, then="after"),
    "after": Kind(NUMBER, VERSIONS, follows=True, truth=True, found=_moves),
}
"""By name, in the order of the desk."""
