"""Who weighs its own proposals as it weighs the others' declines nothing that feels better than what it proposes.

A law over worlds drawn at random: two parties or three, offers by the sum or by claims, texts of mediators, pressure,
homes that refuse, leaders above the groups. `doubt_own` is 1 throughout.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.acceptance import TOLERANCE
from sim.agents.delegation import Delegation
from sim.agents.round import Draft, Round
from sim.arrays import Array, Index, Mask
from sim.scenario import Scenario
from tests.seldom import examples

from .worlds import CHOICES, THREE, TRADES, Data, mediator, play, quiet

shares = st.floats(0, 1)
ASKING: list[Data] = [
    {"kind": "time", "beta": 0.5, "calendar": 0.5},
    {"kind": "exponential"},
    {"kind": "mirror"},
    {"kind": "zeuthen"},
    {"kind": "resource"},
    {"kind": "hold", "share": 0.8},
]
HELPER = mediator({"effort": 1.0, "draft_rate": 2.0}, draft=2, shuttle=1, press=1, guarantee=1)


@st.composite
def worlds(draw: st.DrawFn, parties: int) -> Scenario:
    """A world in which all that moves what a text feels like is on, in some measure."""
    names = ("Ann", "Ben", "Cay")[:parties]
    issues = THREE if parties == 3 else draw(st.sampled_from([TRADES, CHOICES, TRADES | CHOICES]))
    changes: Data = {
        "both.doubt_own": 1,
        "both.knowledge": draw(shares),
        "both.prejudice": 0.6,
        "both.weight_spread": 0.5,
        "both.expected_rounds": {"low": 3, "high": 12},
        "both.face_saving": draw(st.sampled_from([0.0, 0.5])),
        "both.offers": draw(st.sampled_from(["sum", "product"])),
        "both.opposition": draw(st.sampled_from([0.0, 0.7])),
        "agreements.opposition_hardens": 0.05,
        "incidents": {"per_year": draw(st.sampled_from([0, 10])), "severity": 0.3, "rekindling": 0.3},
        "mediators": {"Med": HELPER | {"leverage": draw(st.sampled_from([0.0, 0.1]))}},
        "working_groups.two.exchanges": draw(st.integers(1, 3)),
    }
    for name in names:
        changes[f"parties.{name}.tactic"] = draw(st.sampled_from(ASKING))
        changes[f"parties.{name}.doubt"] = draw(shares)
        changes[f"parties.{name}.trust"] = draw(shares)
        changes[f"parties.{name}.reservation"] = {"low": 0.1, "high": draw(st.floats(0.2, 0.7))}
    if draw(st.booleans()):
        changes["leaders"] = {"covers": ["one", "two"], "meets_every": 2}
    return quiet(changes, issues=issues, parties=names, groups=("one", "two"), weeks=10)


class Watch:
    """Counts answers to texts that feel at least as good as one's own proposal, where one would sign that.

    declined, signed: of such texts; worse: of others, declined.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.declined = self.signed = self.worse = 0
        self.held: Round
        self.rows: Index | slice = slice(None)
        accepts, answer, look_at = Delegation.accepts, Round._answer, Round._look_at

        def answered(held: Round) -> None:
            self.held, self.rows = held, slice(None)
            answer(held)

        def looked_at(held: Round, draft: Draft) -> None:
            self.held, self.rows = held, draft.rows
            look_at(held, draft)

        def accepted(each: Delegation, authors: Sequence[str], felt: Array, least: Array) -> Mask:
            signs = accepts(each, authors, felt, least)
            self.see(each, felt, signs)
            return signs

        patch.setattr(Round, "_answer", answered)
        patch.setattr(Round, "_look_at", looked_at)
        patch.setattr(Delegation, "accepts", accepted)

    def see(self, each: Delegation, felt: Array, signs: Mask) -> None:
        """One call of `accepts`, by all parties: texts that feel worth so much (A, P, M), and are they signed."""
        places = np.arange(len(self.held.parties))
        own = each.felt(self.held.worths[places, places])[:, self.rows]
        willing = own >= each.lowest_felt()[:, self.rows] - TOLERANCE
        as_good = (felt >= own) & willing
        if len(felt) == len(places):
            as_good[places, places] = False  # its own
        self.declined += (as_good & ~signs).sum()
        self.signed += (as_good & signs).sum()
        self.worse += (~as_good & ~signs).sum()


@pytest.mark.parametrize("parties", [2, 3])
@examples(0.2)
@given(data=st.data())
def test_nobody_declines_what_feels_as_good_as_what_it_proposes(parties: int, data: st.DataObject) -> None:
    spec = data.draw(worlds(parties))
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch(patch)
        play(spec, 5, told=0)
    assert watch.declined == 0
    assert watch.signed + watch.worse > 0


def test_nobody_declines_a_draft_that_is_its_own_best() -> None:
    """Ann asks for more than there is, and proposes what is worth 0.9 to her; so does a mediator who favours her."""
    options = {"hers": {"Ann": 0.9, "Ben": 0.3}, "his": {"Ann": 0.2, "Ben": 1.0}}
    changes: Data = {
        "both.tactic": {"kind": "hold", "share": 1.0},
        "both.doubt": 0.3,
        "both.doubt_own": 1,
        "mediators": {"Med": mediator({"effort": 1.0, "draft_rate": 20, "learning": 1, "bias": {"Ann": 1.0}}, draft=1)},
        "events": [{"date": 0, "kind": "shuttle", "mediator": "Med", "to": ["Ann", "Ben"]}],
    }
    events = play(quiet(changes, issues={"side": {"options": options}}, weeks=4)).history.events()
    drafts = events[events["kind"] == "draft"]
    assert set(drafts["utility.Ann"]) == {0.9}
    declined = events[(events["kind"] == "decline") & (events["to"] == "Med")]
    assert set(declined["actor"]) == {"Ben"}
