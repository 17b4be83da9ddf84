"""A sweep on a Dask cluster, one of whose workers is killed, is the sweep of one process."""

from __future__ import annotations

import logging
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.experiments.compare import compare
from sim.experiments.executors import AHEAD, ClusterLost, NoCluster, cluster_at
from sim.experiments.sweep import sweep
from sim.installed import adding
from sim.scenario import load_text

from .small import EFFORT, TEXT, swept, wells

distributed = pytest.importorskip("distributed")

VARY = {EFFORT: "0:1:3", "linkage": ["independent", "sequence"]}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two workers that come back when they are killed."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
        local_directory=str(tmp_path_factory.mktemp("dask")),
    ) as started:
        yield started


def worked_out(task: Any, items: Any, address: str) -> Iterator[Any]:
    """Each item with its result."""
    with cluster_at(address) as found:
        yield from found.as_done(task, items)


def test_each_item_comes_with_its_result(cluster: Any) -> None:
    assert sorted(worked_out(abs, range(-20, 0), cluster.scheduler_address)) == [(-n, n) for n in range(20, 0, -1)]


def test_an_error_of_the_task_is_passed_on(cluster: Any) -> None:
    with pytest.raises(TypeError, match="len"):
        list(worked_out(len, [1, 2], cluster.scheduler_address))


@pytest.mark.validate
def test_models_on_a_cluster_are_those_of_one_process(cluster: Any) -> None:
    other = load_text(TEXT, settings=["contacts.intensity=0.9", "name=Contacts"])
    asked = {"models": 2, "replications": 10}
    here, there = compare(wells(), other, **asked), compare(wells(), other, **asked, cluster=cluster.scheduler_address)
    assert here.models is not None
    assert there.models is not None
    pd.testing.assert_frame_equal(here.models.differences, there.models.differences, check_exact=True)


def test_a_cluster_of_another_version_is_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.store.RULES", 99)  # here, and not in the workers
    with pytest.raises(NoCluster, match="another version of sim"):
        sweep(wells(), {EFFORT: [0]}, replications=2, cluster=cluster.scheduler_address)


def test_a_cluster_without_sim_is_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.experiments.executors.RULES_THERE", "__import__('no_sim_here')")
    with pytest.raises(NoCluster, match=r"No module named 'no_sim_here'.*Install this version of sim"):
        list(worked_out(abs, [1], cluster.scheduler_address))


@pytest.mark.validate
@pytest.mark.parametrize("lost", ["workers", "scheduler"])
def test_a_cluster_that_goes_away_is_not_waited_for(
    lost: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The first result is there, nobody is left to work out the others."""
    quiet: Any = {
        "protocol": "tcp://",
        "dashboard_address": None,
        "silence_logs": logging.CRITICAL,
        "local_directory": str(tmp_path),
    }
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, **quiet) as going:
        results = worked_out(abs, range(-9, 0), going.scheduler_address)
        assert next(results)[1] in range(1, 10)
        monkeypatch.setattr("sim.experiments.executors.PATIENCE", 0.5)  # nobody comes, however long one waits
        if lost == "workers":
            going.scale(0)
            going.sync(going._correct_state)
        else:
            going.close()
        with pytest.raises(ClusterLost, match="the same command goes on"):
            list(results)
    assert "Traceback" not in capfd.readouterr().err


def where(item: int) -> str:
    """Which worker works on it, for a moment."""
    time.sleep(0.02)
    return str(distributed.get_worker().address)


def test_a_worker_that_joins_later_gets_work(tmp_path: Path) -> None:
    quiet: Any = {"dashboard_address": None, "silence_logs": logging.CRITICAL, "local_directory": str(tmp_path)}
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", **quiet
    ) as growing:
        asked: list[int] = []
        items = (asked.append(n) or n for n in range(1_000_000))  # type: ignore[func-returns-value]
        results = worked_out(where, items, growing.scheduler_address)
        alone = next(results)[1]
        assert len(asked) <= AHEAD  # few are under way
        growing.scale(2)
        assert any(worker != alone for _, worker in results)
        assert len(asked) < 1_000_000


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(NoCluster, match=re.escape(adding("cluster"))):
        list(worked_out(abs, [1], "tcp://127.0.0.1:8786"))


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.validate
def test_a_cluster_that_loses_a_worker_finds_what_one_process_does(cluster: Any) -> None:
    victims = [worker.pid for worker in cluster.workers.values()][:1]

    def kill_one(share: float) -> None:
        if victims:
            os.kill(victims.pop(), signal.SIGKILL)

    found = sweep(wells(), VARY, cluster=cluster.scheduler_address, keep_outcomes=True, on_progress=kill_one)
    assert victims == []
    assert found.idle == swept().idle
    pd.testing.assert_frame_equal(found.cells, swept().cells, check_exact=True)
    pd.testing.assert_frame_equal(found.outcomes, swept().outcomes, check_exact=True)
