"""Cases that only `make validate` tries, where others of their kind are tried each time."""

from __future__ import annotations

from collections.abc import Iterable

import hypothesis
import pytest
from _pytest.mark import ParameterSet


def seldom(*case: object) -> ParameterSet:
    """One of the cases of `pytest.mark.parametrize`, for `make validate`."""
    return pytest.param(*case, marks=pytest.mark.validate)


def one_in(n: int, cases: Iterable[object]) -> list[object]:
    """Every nth of the cases each time, the others for `make validate`."""
    return [case if number % n == 0 else seldom(case) for number, case in enumerate(cases)]


def examples(share: float) -> hypothesis.settings:
    """So many times the examples of the profile, for a property whose examples are dear, or cheap."""
    return hypothesis.settings(max_examples=round(share * hypothesis.settings().max_examples))
