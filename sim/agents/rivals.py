"""Texts of several mediators, which stand side by side at a table: parties go by the best, and doubt those who differ.

A text stands until its mediator tables another one. Source: Boehmelt (2011), several mediators hurt where they compete.
Shapes: N mediators, P parties at a table, M tables (last axis) or R replications.
"""

from __future__ import annotations

import numpy as np

from sim.agents.seat import FLOORLESS
from sim.arrays import Array
from sim.scenario.schema import Scenario


def no_texts(spec: Scenario, parties: int, width: int) -> Array | None:
    """What standing texts are worth, before there is one: NaN.  -> (N, P, R), or None where nobody is a rival"""
    rivals = any(np.any(mediator.rivalry) for mediator in spec.mediators.values())
    return np.full((len(spec.mediators), parties, width), np.nan) if rivals and len(spec.mediators) > 1 else None


def best_of_others(standing: Array, mediator: int) -> Array:
    """What the best standing text of another mediator is worth to each party, FLOORLESS without one.  -> (P, M)"""
    best = np.fmax.reduce(np.delete(standing, mediator, axis=0), axis=0)
    return np.where(np.isnan(best), FLOORLESS, best)


def apart(standing: Array, mediator: int) -> Array:
    """How far a mediator's text lies from another's: by the party to which they differ most in worth.  -> (R,)"""
    others = np.delete(standing, mediator, axis=0)
    differ = np.abs(others - standing[mediator])
    return np.asarray(np.fmax(np.fmax.reduce(differ.reshape(-1, differ.shape[-1]), axis=0), 0.0))
