"""Cases that only `make validate` tries, where others of their kind are tried each time."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet


def seldom(*case: object) -> ParameterSet:
    """One of the cases of `pytest.mark.parametrize`, for `make validate`."""
    return pytest.param(*case, marks=pytest.mark.validate)
