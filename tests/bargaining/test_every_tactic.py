"""What every concession tactic must hold to. A new one in `TACTICS` inherits these tests without a line here."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import numpy as np
import pytest

from sim.arrays import at
from sim.bargaining import tactics
from sim.bargaining.tactics import TACTICS
from sim.bargaining.view import Standing, View

R, HOURS = 257, 4


def views(seed: int = 0, width: int = R, rivals: int = 2) -> View:
    """Arbitrary situations, among them first rounds, in which nobody has offered anything yet."""
    rng = np.random.default_rng(seed)
    reservation = rng.uniform(0.02, 0.9, width)
    asked = reservation + rng.uniform(0, 1, width) * (1 - reservation)
    offered = rng.uniform(0, 1, (HOURS, width))
    silent = rng.integers(0, HOURS + 1, width)
    offered[np.arange(HOURS)[:, None] >= silent] = np.nan
    mine = np.broadcast_to(asked - reservation, (rivals, width)) + 0.0
    theirs, rival_own, rival_mine = rng.uniform(-0.2, 1, (3, rivals, width))
    for gains in (mine, theirs, rival_own, rival_mine):
        gains[:, silent == 0] = np.nan
    slope = rng.uniform(0.5, 2, (rivals, width))

    def if_asked(asks):
        return asks - reservation, slope * (1 - asks) - 0.1

    standing = Standing(mine, theirs, rival_own, rival_mine, if_asked)
    elapsed, left = rng.uniform(0, 1, (2, width))
    return View(reservation, elapsed, left, asked, asked, lambda: offered, lambda: standing)


def only(view: View, here: np.ndarray) -> View:
    """The same view in a few replications."""
    standing = view.standing()
    below = standing.if_asked

    def if_asked(asks):
        everywhere = np.zeros(view.asked.shape)
        everywhere[here] = asks
        mine, theirs = below(everywhere)
        return mine[here], theirs[:, here]

    chosen = replace(at(here, replace(standing, if_asked=None)), if_asked=if_asked)
    offered = at(here, view.offered())
    parts = {f.name: at(here, getattr(view, f.name)) for f in fields(View) if f.name not in ("offered", "standing")}
    return View(**parts, offered=lambda: offered, standing=lambda: chosen)


def with_parameters(kind: str, pick):
    """The tactic with `pick(field)` for each of its declared numbers; a mix is made of all the others."""
    cls = TACTICS[kind]
    if kind == "mix":
        others = tuple(with_parameters(other, pick) for other in TACTICS if other != "mix")
        return cls(tactics=others, weights=tuple(np.linspace(0.2, 1, len(others)).tolist()))
    return cls(**{f.name: pick(f) for f in fields(cls)})


def default(f):
    return f.default


def middle(f):
    low, high = f.metadata["low"], f.metadata["high"]
    return round((low + high) / 2) if f.type == "int" else low + 0.3 * (min(high, 3) - low)


def drawn(seed):
    rng = np.random.default_rng(seed)

    def pick(f):
        if f.type == "int":
            return f.default
        low, high = f.metadata["low"], f.metadata["high"]
        return rng.uniform(low, min(high, 5), R)

    return pick


def asked(tactic, view):
    """As a party would: cut to [reservation, 1]."""
    return np.clip(tactic.aspiration(view), view.reservation, 1)


every = pytest.mark.parametrize("kind", TACTICS)


def test_the_registry_names_every_tactic_of_the_module():
    found = {
        thing
        for thing in vars(tactics).values()
        if isinstance(thing, type) and hasattr(thing, "aspiration") and thing not in (tactics.Tactic, tactics.Own)
    }
    assert set(TACTICS.values()) == found
    assert all(kind == tactic.kind for kind, tactic in TACTICS.items())


@every
@pytest.mark.parametrize("pick", [default, middle, drawn(1)], ids=["default", "middle", "drawn"])
def test_it_asks_for_a_finite_utility_in_each_replication(kind, pick):
    view = views()
    answer = with_parameters(kind, pick).aspiration(view)
    assert answer.shape == (R,)
    assert answer.dtype == np.float64
    assert np.all(np.isfinite(answer))
    cut = asked(with_parameters(kind, pick), view)
    assert np.all((cut >= view.reservation) & (cut <= 1))


@every
@pytest.mark.parametrize("end", ["low", "high"])
def test_its_declared_ranges_work_at_both_ends(kind, end):
    answer = asked(with_parameters(kind, lambda f: f.metadata[end]), views(1))
    assert np.all(np.isfinite(answer))


@every
@pytest.mark.parametrize("end", ["low", "high"])
def test_it_answers_at_the_ends_of_the_clock(kind, end):
    whole = views(2)
    for moment in (0.0, 1.0):
        view = replace(whole, elapsed=np.full(R, moment), time_left=np.full(R, 1 - moment))
        assert np.all(np.isfinite(with_parameters(kind, lambda f: f.metadata[end]).aspiration(view)))


@every
def test_it_remembers_nothing(kind):
    tactic, view, other = with_parameters(kind, default), views(3), views(4)
    first = tactic.aspiration(view)
    tactic.aspiration(other)
    np.testing.assert_array_equal(tactic.aspiration(view), first)


@every
@pytest.mark.parametrize("pick", [default, drawn(5)], ids=["numbers", "arrays"])
def test_it_says_truly_whether_it_moves_again_in_a_round(kind, pick):
    """In a round only what it asked for last and the offers on the table change."""
    tactic, before, after = with_parameters(kind, pick), views(8), views(9)
    later = replace(before, asked=after.asked, standing=after.standing)
    moves = not np.array_equal(tactic.aspiration(before), tactic.aspiration(later))
    assert moves != tactics.moves_once(tactic)


def test_a_mix_moves_again_with_any_of_its_tactics():
    steady, wary = tactics.Hold(), tactics.Zeuthen()
    assert tactics.moves_once(tactics.Mix((steady, steady), (1.0, 1.0)))
    assert not tactics.moves_once(tactics.Mix((steady, wary), (1.0, 1.0)))


@every
def test_it_changes_nothing_that_it_looks_at(kind):
    view, untouched = views(5), views(5)
    with_parameters(kind, default).aspiration(view)
    for name in ("reservation", "elapsed", "time_left", "asked"):
        np.testing.assert_array_equal(getattr(view, name), getattr(untouched, name))
    np.testing.assert_array_equal(view.offered(), untouched.offered())


@every
@pytest.mark.parametrize("pick", [default, drawn(2)], ids=["numbers", "arrays"])
def test_each_replication_is_the_same_alone(kind, pick):
    """Law 8, bit for bit; and parameters drawn for each replication are those of that replication."""
    tactic, view = with_parameters(kind, pick), views(6)
    whole = tactic.aspiration(view)
    for r in (0, 1, 64, 255, 256):
        here = np.array([r])
        np.testing.assert_array_equal(at(here, tactic).aspiration(only(view, here)), whole[here])


@every
def test_arrays_of_parameters_equal_one_number_after_the_other(kind):
    many, view = with_parameters(kind, drawn(3)), views(7)
    whole = many.aspiration(view)
    for r in (5, 200):
        one = at(np.array([r]), many)
        plain = with_plain_numbers(one)
        np.testing.assert_allclose(plain.aspiration(only(view, np.array([r]))), whole[[r]], atol=1e-14)


def with_plain_numbers(tactic):
    parts = {f.name: getattr(tactic, f.name) for f in fields(tactic)}
    plain = {n: tuple(map(with_plain_numbers, p)) if n == "tactics" else p for n, p in parts.items()}
    return replace(tactic, **{n: p.item() if isinstance(p, np.ndarray) else p for n, p in plain.items()})


@every
def test_it_is_frozen_and_says_what_its_numbers_may_be(kind):
    cls = TACTICS[kind]
    assert is_dataclass(cls)
    tactic = with_parameters(kind, default)
    name = fields(cls)[0].name
    with pytest.raises(FrozenInstanceError):
        setattr(tactic, name, 0.5)
    for f in fields(cls):
        if kind != "mix":
            assert f.metadata["low"] <= f.default <= f.metadata["high"]
            assert f.metadata["what"]


@every
def test_it_says_what_it_does_and_where_it_comes_from(kind):
    text = TACTICS[kind].__doc__
    first = text.strip().splitlines()[0]
    assert first.endswith(".")
    assert "Source" in text or "reference party" in text
    has_formula = " = " in text
    assert has_formula or len(first.split()) > 3
