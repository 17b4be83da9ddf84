"""Concession tactics: how much a party asks for now.

A tactic is a frozen dataclass with one method, `aspiration`. It remembers nothing: all that it may look at is in
the `View`. `TACTICS` is the one registry; the scenario schema, the conformance tests and the texts read it.

Shapes: R rows, always the last axis: at a round, the tables that meet, of any group and replication; J other parties; H
rounds, newest first.
"""

# ruff: noqa: RUF009  (`parameter` makes a dataclass field, as `field` does)

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np

from sim.arrays import Array, Parameter, to_scale
from sim.bargaining.view import Standing, View


class Tactic(Protocol):
    """Anything with an `aspiration`: a class of one's own needs no registration to be used from Python.

    If it has `moves_once = True`, it asks for the same throughout a round, since it looks neither at the offers on the
    table (`standing`) nor at what it asked for a moment ago (`asked`); nobody then asks it twice.
    """

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now; the party cuts it to [reservation, 1].  -> (R,)"""
        ...


@dataclass(frozen=True)
class Own:
    """A tactic of one's own, whose answers are looked at: a slip must not pass for a strategy.

    party: who uses it, for the message.
    """

    party: str
    tactic: Tactic

    @property
    def moves_once(self) -> bool:
        """Does it say that it asks for the same throughout a round?"""
        return moves_once(self.tactic)

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)

        Errors: ValueError, naming party and tactic, for anything but numbers in 0..1, one for all or one for each row.
        """
        asked = np.asarray(self.tactic.aspiration(view), dtype=float)
        met = view.reservation.shape
        if asked.shape not in ((), met) or not np.all((asked >= 0) & (asked <= 1)):
            raise ValueError(
                f"{type(self.tactic).__name__}, the tactic of {self.party}, asks for {asked} (shape {asked.shape}): an "
                f"aspiration is a utility from 0 to 1, one for all or one for each of the {met[0]} tables that "
                "meet; cut it with np.clip(..., 0, 1), and say what to ask for where there is no offer yet (NaN)"
            )
        return np.broadcast_to(asked, met)


def moves_once(tactic: Tactic) -> bool:
    """Does it say that it asks for the same throughout a round?"""
    return bool(getattr(tactic, "moves_once", False))


WHOLE = "models that differ in a whole number have no arrays in common; vary it by `sim sweep`"
"""Why a whole number has no plausible range."""


def parameter(
    default: float,
    low: float,
    high: float,
    what: str,
    plausible: tuple[float, float] | str,
    basis: str = "none: chosen",
) -> Any:
    """A tactic's number with its range and meaning, which the scenario schema reads.

    plausible: between which numbers the true one may well lie, given its `basis`; or why that makes no sense.
    """
    said = {"low": low, "high": high, "what": what, "plausible": plausible, "basis": basis}
    return field(default=default, metadata=said)


def later(elapsed: Array, calendar: Parameter, time_left: Array) -> Array:
    """The later of two clocks: that of rounds, and the calendar, so far as its known end counts.

        elapsed = max(elapsed, calendar * (1 - time left))

    At `calendar` 0 only rounds count; at 1 a party has given all that it can give when the talks end, however few its
    rounds were. Sources: Roth, Murnighan and Schoumaker (1988), the deadline effect; Faratin, Sierra and Jennings
    (1998), whose tactics go by the time of the calendar.  -> (R,)
    """
    return np.maximum(elapsed, calendar * (1 - time_left))


def _calendar() -> Any:
    basis = "direction only: most agreements come in the last moments before a deadline (Roth and others 1988)"
    return parameter(0.0, 0.0, 1.0, "how far the known end of the talks counts; 0: only rounds do", (0.0, 1.0), basis)


@dataclass(frozen=True)
class TimeDependent:
    """Hold out, then give way as the clock runs down.

        aspiration = reservation + (1 - reservation) * (1 - elapsed ** (1 / beta))

    beta < 1 holds out (Boulware), 1 is steady, > 1 gives early (Conceder). The later of two clocks counts (`later`).
    Source: Faratin, Sierra and Jennings (1998), polynomial family.
    """

    kind: ClassVar[str] = "time"
    moves_once: ClassVar[bool] = True
    beta: Parameter = parameter(
        0.5, 0.01, 100.0, "shape of concession; below 1 holds out, above 1 gives early", (0.1, 2.0)
    )
    calendar: Parameter = _calendar()

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        elapsed = later(view.elapsed, self.calendar, view.time_left)
        return np.asarray(view.reservation + (1 - view.reservation) * (1 - elapsed ** (1 / self.beta)))


@dataclass(frozen=True)
class Exponential:
    """Concede a small share at once, then more and more steeply as the clock runs down.

        aspiration = reservation + (1 - reservation) * (1 - exp((1 - elapsed) ** beta * ln(kappa)))

    kappa is the share conceded at the start; at the end of the clock everything is. Of two clocks the later one counts
    (`later`).
    Source: Faratin, Sierra and Jennings (1998), exponential family.
    """

    kind: ClassVar[str] = "exponential"
    moves_once: ClassVar[bool] = True
    beta: Parameter = parameter(
        1.0, 0.01, 100.0, "shape of concession; below 1 holds out, above 1 gives early", (0.2, 5.0)
    )
    kappa: Parameter = parameter(0.05, 1e-6, 1.0, "share conceded at the start", (0.01, 0.3))
    calendar: Parameter = _calendar()

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        elapsed = later(view.elapsed, self.calendar, view.time_left)
        conceded = np.exp((1 - elapsed) ** self.beta * np.log(self.kappa))
        return np.asarray(view.reservation + (1 - view.reservation) * (1 - conceded))


@dataclass(frozen=True)
class Mirror:
    """Give back what the others gave, averaged over the last `window` rounds, times `generosity`.

        aspiration = asked_before - generosity * (offered[0] - offered[window]) / window

    It never moves first: two mirrors wait for each other. A retreat is answered by a retreat.
    Source: Faratin, Sierra and Jennings (1998), absolute tit-for-tat; with a window above 1, averaged.
    """

    kind: ClassVar[str] = "mirror"
    moves_once: ClassVar[bool] = True
    generosity: Parameter = parameter(1.0, 0.0, 5.0, "what it gives back for each unit that it was given", (0.3, 1.5))
    window: int = parameter(1, 1, 3, "rounds over which the others' concessions are averaged", WHOLE)

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        offered = view.offered()
        given = np.nan_to_num(offered[0] - offered[self.window]) / self.window
        return np.asarray(view.asked_before - self.generosity * given)


@dataclass(frozen=True)
class RelativeMirror:
    """Give back in proportion: withhold less as the others withhold less.

        aspiration = asked_before * ((1 - offered[0]) / (1 - offered[window])) ** generosity

    Source: Faratin, Sierra and Jennings (1998), relative tit-for-tat.
    """

    kind: ClassVar[str] = "relative_mirror"
    moves_once: ClassVar[bool] = True
    generosity: Parameter = parameter(1.0, 0.0, 5.0, "exponent on the share that the others still withhold", (0.3, 1.5))
    window: int = parameter(1, 1, 3, "rounds over which the others' concessions are compared", WHOLE)

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        withheld = np.maximum(1 - view.offered(), 0.01)  # ratios need offers bounded away from "everything"
        shrunk = np.nan_to_num(withheld[0] / withheld[self.window], nan=1.0)
        return np.asarray(view.asked_before * shrunk**self.generosity)


@dataclass(frozen=True)
class Resource:
    """Concede as the patience left runs out, in session or not: the calendar does not stop in a freeze.

        aspiration = reservation + (1 - reservation) * (1 - exp(-patience * time_left))

    Source: Faratin, Sierra and Jennings (1998), resource-dependent tactics, the resource being time.
    """

    kind: ClassVar[str] = "resource"
    moves_once: ClassVar[bool] = True
    patience: Parameter = parameter(3.0, 0.0, 100.0, "patience at the start; 0 gives everything at once", (0.5, 10.0))

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        return np.asarray(view.reservation + (1 - view.reservation) * (1 - np.exp(-self.patience * view.time_left)))


@dataclass(frozen=True)
class Zeuthen:
    """The party with less to lose from giving in than from conflict gives in, by just enough.

        risk = (gain from my offer - gain from theirs) / gain from my offer

    Whoever has the lower risk concedes until its offer's product of gains is no longer the smaller one, and at least by
    `step`. At the end stands the largest Nash product, to the step.
    Sources: Zeuthen (1930), Harsanyi (1956); Rosenschein and Zlotkin (1994), monotonic concession protocol.
    """

    kind: ClassVar[str] = "zeuthen"
    step: Parameter = parameter(0.01, 0.0001, 0.5, "smallest concession, in utility", (0.002, 0.05))

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        s = view.standing()
        risks_less = np.any(s.mine * s.rival_mine <= s.theirs * s.rival_own + 1e-12, axis=0)
        if not np.any(risks_less):
            return view.asked
        nearest = np.nanmin(np.where(np.isnan(s.theirs), np.inf, _just_enough(s)), axis=0)
        enough = np.minimum(view.reservation + nearest, view.asked)
        if s.if_asked is not None:
            enough = _no_more_than_enough(s, view, enough)
        return np.where(risks_less, np.minimum(enough, view.asked - self.step), view.asked)


def _just_enough(s: Standing) -> Array:
    """My gain at which, on the line between the two offers, the product of gains equals that of theirs.  -> (J, R)"""
    with np.errstate(divide="ignore", invalid="ignore"):
        price = (s.rival_own - s.rival_mine) / (s.mine - s.theirs)  # the rival's gain for each unit that I give
        enough = (s.rival_mine + price * s.mine) / price - s.theirs
    return np.clip(np.where(np.isfinite(enough), enough, s.mine), s.theirs, s.mine)


HALVINGS = 14  # to 1e-4 of utility, the smallest step


def _no_more_than_enough(s: Standing, view: View, enough: Array) -> Array:
    """The most that I can ask for with a product of gains as large as theirs, for every rival.  -> (R,)

    On a frontier with a kink, what is enough on the straight line may be far beyond the Nash solution. And what counts
    is what my offer brings me, not what I ask for: over a few deals it may be much more.
    """
    assert s.if_asked is not None
    goal = np.nan_to_num(s.theirs * s.rival_own, nan=-np.inf)
    low, high = enough, view.asked
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        suffices = np.all(np.multiply(*s.if_asked(middle)) >= goal, axis=0)
        low, high = np.where(suffices, middle, low), np.where(suffices, high, middle)
    return low


@dataclass(frozen=True)
class Alternating:
    """Ask for one's share in the equilibrium of alternating offers, where each round of waiting shrinks the pie.

        proposing = min(1 - rival_option, max((1 - d2) / (1 - d1 * d2), 1 - d2 * (1 - reservation)))
        answering = max(d1 * proposing, reservation)
        aspiration = first * proposing + (1 - first) * answering

    d1 is `discount`, d2 `rival_discount`; two divide a pie of 1. `first` is the chance that it proposes first: two of
    this kind whose chances sum to 1 agree at once. What no agreement is worth is an option outside the talks: below the
    share that one would have anyway, it changes nothing.
    Sources: Rubinstein (1982); with options outside, Shaked and Sutton (1984), Binmore, Shaked and Sutton (1989).
    """

    kind: ClassVar[str] = "alternating"
    moves_once: ClassVar[bool] = True
    discount: Parameter = parameter(
        0.95, 0.0, 0.99999999, "what a share is still worth to it if it comes a round later", (0.8, 0.999)
    )
    rival_discount: Parameter = parameter(
        0.95, 0.0, 0.99999999, "what a share is still worth to the other if it comes a round later", (0.8, 0.999)
    )
    rival_option: Parameter = parameter(
        0.0, 0.0, 1.0, "what it takes no agreement to be worth to the other", (0.0, 0.5)
    )
    first: Parameter = parameter(
        0.5, 0.0, 1.0, "chance that it makes the first proposal; the rest is the other's", (0.0, 1.0)
    )

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        undisturbed = (1 - self.rival_discount) / (1 - self.discount * self.rival_discount)
        with_option = 1 - self.rival_discount * (1 - view.reservation)
        proposing = np.minimum(1 - self.rival_option, np.maximum(undisturbed, with_option))
        answering = np.maximum(self.discount * proposing, view.reservation)
        return np.asarray(self.first * proposing + (1 - self.first) * answering)


@dataclass(frozen=True)
class Hold:
    """Ask for the same always. A reference party for lessons."""

    kind: ClassVar[str] = "hold"
    moves_once: ClassVar[bool] = True
    share: Parameter = parameter(0.8, 0.0, 1.0, "utility that it asks for in every round", (0.6, 0.95))

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        return np.maximum(view.reservation, self.share)


@dataclass(frozen=True)
class Mix:
    """A weighted mean of other tactics.

    Mixing a mirror with a clock is not monotone: it may take back what it gave (a defect that the literature knows).
    Source: Faratin, Sierra and Jennings (1998), "tactics and strategies".
    """

    kind: ClassVar[str] = "mix"
    tactics: tuple[Tactic, ...] = ()
    weights: tuple[Parameter, ...] = ()

    @property
    def moves_once(self) -> bool:
        """Does it ask for the same throughout a round?"""
        return all(map(moves_once, self.tactics))

    def aspiration(self, view: View) -> Array:
        """Utility to ask for now.  -> (R,)"""
        weights = to_scale(self.weights)
        asked = sum(weight * tactic.aspiration(view) for weight, tactic in zip(weights, self.tactics, strict=True))
        return np.asarray(asked / sum(weights))


TACTICS: dict[str, type[Any]] = {
    tactic.kind: tactic
    for tactic in (TimeDependent, Exponential, Mirror, RelativeMirror, Resource, Zeuthen, Alternating, Hold, Mix)
}
