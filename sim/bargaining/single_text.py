"""A single text that is revised step by step, as parties let each change pass or not.

A mediator changes the answer to one question of a text at a time; the change stays if every party lets it pass. A party
lets pass what makes the text no worse for it. Where issues interact, such a text soon stands on a small hill that none
leaves. A party that lets small losses pass at first, and ever fewer, comes farther (simulated annealing).
Sources: Klein, Faratin, Sayama and Bar-Yam (2003); single text, Fisher and Ury (1981), Raiffa (1982).

Shapes: R replications (last axis), P parties, N revisions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.arrays import Array, Index, Mask, Parameter, all_of
from sim.bargaining.preferences import Preferences

COLD = 1e-300  # a temperature at which no loss passes


def revised(
    wants: Sequence[Preferences], counts: Sequence[int], temperatures: Sequence[Parameter], luck: Array
) -> Index:
    """The combination of options (R,) that is left after N revisions, from one that chance writes first.

    wants: of each party, on a group whose combinations are all looked at; counts: options of each issue; temperatures:
    of each party, the loss at the start that it lets pass with the probability 1 / e; luck (1 + N, 2 + P, R).

        probability = exp(-loss / (temperature * share of the revisions to come))
    """
    revisions, everywhere = len(luck) - 1, np.arange(luck.shape[-1])
    text = np.asarray(luck[0, 0] * np.prod(counts)).astype(np.intp)
    worth = [each.combined[text, everywhere] for each in wants]
    for number, drawn in enumerate(luck[1:]):
        changed = _changed(text, counts, drawn[0], drawn[1])
        would_be = [each.combined[changed, everywhere] for each in wants]
        heat = (revisions - number) / revisions
        passes: list[Mask] = [
            _lets_pass(before - after, temperature * heat, chance)
            for before, after, temperature, chance in zip(worth, would_be, temperatures, drawn[2:], strict=True)
        ]
        stays = all_of(passes)
        text = np.where(stays, changed, text)
        worth = [np.where(stays, after, before) for before, after in zip(worth, would_be, strict=True)]
    return np.asarray(text)


def _changed(text: Index, counts: Sequence[int], which: Array, what: Array) -> Index:
    """The texts with another option of one issue."""
    options = np.array(counts, dtype=np.intp)
    units = np.cumprod([1, *counts[:0:-1]])[::-1]
    issue = (which * len(counts)).astype(np.intp)
    unit, count = units[issue], options[issue]
    now = text // unit % count
    other = (now + 1 + (what * (count - 1)).astype(np.intp)) % count
    return np.asarray(text + (other - now) * unit)


def _lets_pass(loss: Array, temperature: Parameter, chance: Array) -> Mask:
    """No loss always; a loss with the probability exp(-loss / temperature), never at a temperature of 0."""
    warm = np.maximum(temperature, COLD)
    return np.asarray(chance < np.exp(-np.maximum(loss, 0.0) / warm))
