"""A mediator: how it spends its effort, and what several of them come to together.

Effort is split over five activities (typology: Touval and Zartman 1985; Bercovitch 1997; Beardsley et al. 2006):
shuttle, convene, draft, press, guarantee. Half of its effort on drafting, at an effort of 0.8, is an activity of 0.4.
Shapes: R replications (last axis).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce
from operator import mul

import numpy as np

from sim.agents.rivals import apart
from sim.agents.sitting import Sitting
from sim.agents.trust import earn
from sim.agents.world import Mediation, World
from sim.arrays import Array, Index, Mask, Parameter, any_of, at, places, to_scale, total
from sim.bargaining.offers import nash_package
from sim.bargaining.preferences import ROUNDING, Package
from sim.bargaining.single_text import revised
from sim.chance import strikes
from sim.mesa_core import Agent
from sim.scenario.field_types import for_name
from sim.scenario.parties import ACTIVITIES, Candour

GUESSED_RESERVATION = 0.5  # what a mediator assumes of a party that it knows nothing of


class Mediator(Agent):
    """A third party, in all replications at once.

    effort (R,): share of its capacity in use this week; weeks (R,): its effort so far; weeks_of_talks (R,): of it, what
    was spent before everything was settled; knowledge: how far it knows what each party wants, (R,) each; trips,
    drafts (R,): how many so far; place: its place among the mediators; believed (R,): share of its credibility that is
    left beside rivals; moved: may what it does be something else than last week?
    """

    model: World

    def __init__(self, model: World, name: str) -> None:
        super().__init__(model)
        self.name = name
        self.spec = model.spec.mediators[name]
        given = [getattr(self.spec.activities, activity) for activity in ACTIVITIES]
        busy, weights = total(given) > 0, to_scale(given)
        self.place = list(model.spec.mediators).index(name)
        self.believed = model.each(1.0)
        self.share = {a: busy * weight / total(weights) for a, weight in zip(ACTIVITIES, weights, strict=True)}
        self.knowledge = {party: model.each(0.0) for party in model.spec.parties}
        self.effort = model.each(0.0)
        self.weeks = model.each(0.0)
        self.weeks_of_talks = model.each(0.0)
        self.trips = model.each(0.0)
        self.drafts = model.each(0.0)
        self.moved = True

    def credibility(self, party: str) -> Parameter:
        """How far this party believes it."""
        return for_name(self.spec.credibility, party, 0.7) * self.believed

    def word(self, party: str) -> Parameter:
        """How far this party believes what it says of others: not at all, if it would gain by a lie (see `candid`)."""
        candour = self.spec.candour
        if candour is None:
            return self.credibility(party)
        return self.credibility(party) * candid(for_name(self.spec.bias, party, 0.0), candour)

    def activity(self, kind: str, place: str = "") -> Array:
        """Effort now spent on one activity; by its own plan a mediator does everywhere alike.  -> (R,)

        place: a party to visit, a group to convene or to draft for.
        """
        return np.asarray(self.effort * self.share[kind])

    # ---- a week ------------------------------------------------------------------------------------------------------

    def work(self) -> None:
        """Spend this week's effort; travel. The other activities act at rounds, in freezes and on agreements."""
        talking = ~self.model.settled & self.model.talking
        to_monitor = any_of(group.in_force for group in self.model.groups.values())
        kept_up = self.spec.after_signature * to_monitor
        effort = self.planned(self.model.week) * np.where(talking, 1.0, kept_up)
        changed = effort != self.effort
        self.model.tell("effort", changed, actor=self.name, value=effort)
        self.effort = effort
        self.moved = self._meet_rivals() or bool(changed.any())
        self.weeks += effort
        self._forget()
        if self.model.talking:
            self.weeks_of_talks += effort * talking
            for party in self.model.spec.parties:
                here = places(self._travels_to(party) & talking)
                if len(here):
                    self._visit(party, here)

    def planned(self, week: int) -> Parameter:
        """Effort that the scenario gives for a week."""
        if not isinstance(self.spec.effort, list):
            return self.spec.effort
        begun = [step for step in self.spec.effort if self.model.spec.week_of(step.since) <= week]
        return begun[-1].effort if begun else 0.0

    def _travels_to(self, party: str) -> Mask:
        """Does it visit this capital this week? Trips are a Poisson process shared among the capitals.  -> (R,)"""
        rate = self.spec.trips_per_week * self.activity("shuttle", party) / len(self.knowledge)
        travels = strikes(self.model.chance.week(f"trip.{self.name}.{party}", self.model.week), rate)
        dated = [event for event in self.model.this_week("shuttle") if event.mediator == self.name]
        return travels | any(party in event.to for event in dated)

    def _visit(self, party: str, here: Index) -> None:
        """Learn what the host wants, tell the others what it knows from its own sources, reassure the host.

        Of the reassurance, this share reaches the host: as far as it is founded, or however empty:

            empty_reassurance + (1 - empty_reassurance) * credibility * independence

        Where the mediator has a `candour`, whoever would be told a lie believes nothing of what it says.
        Sources: communication strategy, Bercovitch (1997); no information without independence, Fey and Ramsay (2010);
        credibility, Kydd (2003); only a credible mediator builds trust, Kydd (2006).
        """
        self.trips[here] += 1
        self.knowledge[party][here] = earn(self.knowledge[party][here], at(here, self.spec.learning))
        telling = self.spec.telling * self.spec.independence
        founded = self.word(party) * self.spec.independence
        reassuring = self.spec.reassurance * _partly(self.spec.empty_reassurance, founded)
        host = self.model.parties_by_name[party]
        for other in host.others:
            known = self.model.parties_by_name[other].knowledge[party]
            known[here] = earn(known[here], at(here, telling * self.word(other)))
            host.trust[other][here] = earn(host.trust[other][here], at(here, reassuring))
        self.model.tell("visit", here=here, actor=self.name, to=party)

    def _meet_rivals(self) -> bool:
        """Mediators whose texts lie apart are believed less: what one says is not what the other says.

            believed = 1 - rivalry * apart

        apart: how far its text lies from another mediator's, at the table where that is farthest (see `rivals`).
        Source: Boehmelt (2011).  -> Has it any?
        """
        standing = [group.standing for group in self.model.groups.values() if group.standing is not None]
        if standing:
            self.believed = 1 - self.spec.rivalry * np.maximum.reduce([apart(texts, self.place) for texts in standing])
        return bool(standing)

    def _forget(self) -> None:
        """What is not renewed fades."""
        fading = self.model.spec.trust_dynamics.fading
        for known in self.knowledge.values():
            known *= 1 - fading

    # ---- at a round --------------------------------------------------------------------------------------------------

    def drafts_now(self, sitting: Sitting) -> Mask:
        """Does it table a single text at these tables?  probability = 1 - exp(-draft_rate * activity)  -> (M,)"""
        activity = sitting.by_group(lambda group, here: self.activity("draft", group.name)[here])
        luck = sitting.tables.luck(f"draft.{self.name}", rows=sitting.rows)
        return strikes(luck, at(sitting.here, self.spec.draft_rate) * activity)

    def text(self, sitting: Sitting) -> Package:
        """Its single text: the package with the largest (bias-weighted) product of gains as it estimates them.

        Knowing nothing, it takes all issues to be equally important and all reservation values to be alike.
        Source: single negotiating text, Fisher and Ury (1981); Raiffa (1982); estimates and bias as in Kydd (2003).
        """
        if self.spec.revisions is not None:
            return self._revised(sitting)
        known = sitting.by_party(lambda party: self.knowledge[party.name][sitting.here])
        estimates = sitting.estimated(known)
        reservations = known * sitting.reservation + (1 - known) * GUESSED_RESERVATION
        bias = [at(sitting.here, for_name(self.spec.bias, party, 0.0)) for party in sitting.tables.parties]
        favours = np.array([np.maximum(1 + each, 0.01) + np.zeros(len(sitting)) for each in bias])
        powers = list(favours / favours.max(axis=0))  # who favours all alike favours nobody, to the last bit
        return sitting.tidy(nash_package(estimates.each(), list(reservations), powers, sitting.option_lots))

    def _revised(self, sitting: Sitting) -> Package:
        """The single text that is left after its revisions, on which the parties vote by what they want themselves."""
        text = sitting.blank()
        revisions, parties = self.spec.revisions or 0, sitting.tables.parties
        temperatures = sitting.by_party(lambda party: at(sitting.here, party.spec.lets_pass) + np.zeros(len(sitting)))
        for group, part in sitting.parts:
            rows = (1 + revisions) * (2 + len(parties))
            drawn = self.model.chance.once(f"revision.{self.name}.{group.name}.{self.model.week}", rows)
            luck = drawn[:, sitting.here[part]].reshape(1 + revisions, 2 + len(parties), -1)
            wants = [each.at(np.arange(len(sitting))[part]) for each in sitting.wants.each()]
            text.combination[part] = revised(wants, group.agenda.counts, list(temperatures[:, part]), luck)
        return text


def candid(bias: Parameter, candour: Candour) -> Parameter:
    """Does a mediator that favours the listener by so much tell it truly how firm the other is?  -> 1 or 0

    Told that the other is soft, the listener asks for much, and gets it but for `error`; told that it is firm, for
    little. To the mediator, a share of the listener is worth `bias` times the share, and no agreement costs `peace`.
    So it says *soft* when it hears so only if

        bias * ((1 - error) * much + error * without - little) >= error * peace

    and, when it hears that the other is firm, it does not say *soft* only if

        bias * (error * much + (1 - error) * without - little) <= (1 - error) * peace

    Who cares for peace alone always says *firm*, and nobody listens.
    Source: Kydd (2003), in this short form.
    """
    error, risk = candour.error, candour.peace
    when_soft = (1 - error) * candour.much + error * candour.without - candour.little
    when_firm = error * candour.much + (1 - error) * candour.without - candour.little
    truthful = (bias * when_soft >= error * risk - ROUNDING) & (bias * when_firm <= (1 - error) * risk + ROUNDING)
    return np.where(truthful, 1.0, 0.0)


def _partly(always: Parameter, factor: Parameter) -> Parameter:
    """What a factor comes to where a share of its effect is there in any case."""
    return always + (1 - always) * factor


# ---- together --------------------------------------------------------------------------------------------------------


def mediation(mediators: Collection[Mediator], world: World) -> Mediation:
    """What this week's efforts of all mediators come to."""

    def together(efforts: Iterable[Array]) -> Array:
        """Efforts add with diminishing returns, 1 - product of (1 - effort): 0.5 and 0.4 come to 0.7."""
        idle = [1 - effort for effort in efforts]
        return 1 - reduce(mul, idle) if idle else world.each(0.0)

    return Mediation(
        convening={group: together(m.activity("convene", group) for m in mediators) for group in world.groups},
        pressure=together(m.spec.leverage * m.activity("press") for m in mediators),
        guarantee={
            party: together(m.credibility(party) * m.activity("guarantee") for m in mediators)
            for party in world.spec.parties
        },
    )
