"""Processors round otherwise: where one has wider registers, NumPy sums and takes powers by other instructions.

What happens is the same on all of them: every flag, week and count, every event. Real numbers agree to twelve digits,
and whoever compares results of several machines looks no closer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.experiments import chunk_files
from sim.experiments.chunk_files import Happened
from sim.experiments.simulate import Part, simulate
from sim.scenario import load
from sim.statistics.summary import counted

SCENARIOS = ("baseline", "seminar")
HISTORIES, TOLD = 64, 8
TABLES = ("outcomes", "events")
ELSEWHERE = f"""
import sys
from sim.experiments.simulate import simulate
from sim.scenario import load
for name in {SCENARIOS}:
    part = simulate(load(name), 0, {HISTORIES}, told={TOLD})
    for table in {TABLES}:
        getattr(part, table).to_parquet(f"{{sys.argv[1]}}/{{name}}.{{table}}")
"""


def wide() -> Sequence[str]:
    """What this processor can do that many others cannot, by the names under which NumPy can be told to do without."""
    found: dict[str, Any] = np.show_config(mode="dicts") or {}
    return [name for name in found["SIMD Extensions"].get("found", ()) if name.startswith(("AVX512", "X86_V4"))]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables as a processor without AVX-512 computes them."""
    if not wide():
        pytest.skip("this processor has no AVX-512 that NumPy could be told to do without")
    folder = tmp_path_factory.mktemp("elsewhere")
    narrow = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(wide())}
    subprocess.run([sys.executable, "-c", ELSEWHERE, str(folder)], check=True, env=narrow)
    return folder


@cache
def here(name: str) -> Part:
    """What this processor computes."""
    return simulate(load(name), 0, HISTORIES, told=TOLD)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_happens_on_another_processor(name: str, table: str, elsewhere: Path) -> None:
    ours, there = getattr(here(name), table), pd.read_parquet(elsewhere / f"{name}.{table}")
    assert list(ours) == list(there)
    for column in ours:
        one, other = ours[column].to_numpy(), there[column].to_numpy()
        if one.dtype.kind != "f" or (one % 1 == 0)[~np.isnan(one)].all():
            pd.testing.assert_series_equal(ours[column], there[column], check_dtype=False, check_exact=True)
        else:
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", SCENARIOS)
def test_cells_of_two_processors_are_compared_without_regard_to_rounding(name: str, elsewhere: Path) -> None:
    scenario = load(name)

    def happened(outcomes: pd.DataFrame) -> Happened:
        kept = chunk_files.read(chunk_files.written(counted(scenario, outcomes), outcomes, "counted"))
        assert kept is not None
        return kept.happened

    ours = here(name).outcomes
    there = pd.read_parquet(elsewhere / f"{name}.outcomes")
    assert not ours.equals(there), "nothing is rounded otherwise, so that this test shows nothing"
    assert happened(ours).like(happened(there))
    there.loc[7, "incidents"] += 1
    assert not happened(ours).like(happened(there))
