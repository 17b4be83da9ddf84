"""What a finished test held is let go: Mesa keeps every model that it has numbered agents for."""

from __future__ import annotations

from collections.abc import Iterator

import mesa
import pytest

from sim.model import NegotiationModel


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    yield
    for model in list(mesa.Agent._ids):
        if isinstance(model, NegotiationModel) and vars(model):
            model.release()
