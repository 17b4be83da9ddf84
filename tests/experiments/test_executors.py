"""Processes: results in order, dead workers replaced, none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from pickle import PicklingError
from typing import Any

import pytest

from sim.experiments.executors import AHEAD, Unsendable, in_order
from sim.experiments.workers import WorkerDied

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")


def square(number: int) -> int:
    return number * number


def nap(number: int) -> int:
    time.sleep(0.01 * (number % 3))
    return os.getpid()


def dies_once(flag: str) -> str:
    """Kills its worker the first time that it is tried."""
    path = Path(flag)
    if path.name.startswith("frail") and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def dies_always(number: int) -> int:
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def dies_while_it_speaks(flag: str) -> bytes:
    """Kills its worker the first time, in the middle of a result."""

    def half(self: Connection, content: Any, write: Any = None) -> None:
        os.write(self.fileno(), bytes(content[: len(content) // 2]))
        os.kill(os.getpid(), signal.SIGKILL)

    if not Path(flag).exists():
        Path(flag).touch()
        Connection._send = half  # type: ignore[attr-defined]
    return b"result" * 9_000


def refuses(number: int) -> int:
    raise ValueError(f"no {number}")


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and only waits to be buried does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def gone(pids: set[int], seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


class Own(Exception):
    """Cannot be made again from its text alone, as pickle would."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(str(number))


def fails_in_its_own_way(number: int) -> int:
    raise Own(number, "why not")


def leaves(number: int) -> int:
    sys.exit(number)


def gives_a_function(number: int) -> Callable[[], int]:
    return lambda: number


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    assert list(in_order(square, range(25), jobs)) == [n * n for n in range(25)]


def test_one_job_is_this_process_and_more_are_others() -> None:
    assert set(in_order(nap, range(3), 1)) == {os.getpid()}
    others = set(in_order(nap, range(12), 2))
    assert os.getpid() not in others
    assert len(others) == 2


def test_a_killed_worker_changes_nothing(tmp_path: Path) -> None:
    flags = [str(tmp_path / (f"frail{n}" if n in (3, 4, 11) else f"firm{n}")) for n in range(14)]
    assert list(in_order(dies_once, flags, 2)) == [Path(flag).name for flag in flags]


def test_a_worker_that_is_killed_in_the_middle_of_a_result_keeps_nobody_waiting(tmp_path: Path) -> None:
    flags = [str(tmp_path / str(n % 3)) for n in range(9)]
    assert list(in_order(dies_while_it_speaks, flags, 2)) == [b"result" * 9_000] * 9


def test_an_item_that_kills_every_worker_is_named_after_all_before_it_are_done() -> None:
    results = in_order(dies_always, range(9), 2)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(WorkerDied, match="worked on 5 died"):
        next(results)


UNGUARDED = """
# no `if __name__ == "__main__":` here
from tests.experiments.test_executors import square
from sim.experiments.executors import in_order
logger = __name__
print("read")
print(list(in_order(square, range(9), 2)))
"""


@pytest.mark.parametrize(
    "script", [UNGUARDED, UNGUARDED.replace("print(list", "if __name__ == '__main__': print(list")]
)
def test_a_script_without_a_main_guard_is_told_so(tmp_path: Path, script: str) -> None:
    (tmp_path / "mine.py").write_text(script, encoding="utf-8")
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    done = subprocess.run(
        [sys.executable, str(tmp_path / "mine.py")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    if script is not UNGUARDED:
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, str([n * n for n in range(9)]))
        return
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1, "workers keep quiet"
    last = done.stderr.splitlines()[-1]
    assert "NoGuard: mine.py starts several processes" in last
    assert 'if __name__ == "__main__":' in last


TYPED = """
from sim.experiments.executors import in_order
def own(n): return n
print(list(in_order(own, range(3), 2)))
"""


def test_what_cannot_be_sent_is_said_before_a_process_starts() -> None:
    with pytest.raises(Unsendable, match="lambda"):
        list(in_order(lambda n: n, range(9), 2))
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", TYPED], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert "Unsendable: what is to be done cannot be sent" in done.stderr
    assert "typed at a prompt or in a notebook" in done.stderr


def test_an_error_of_the_task_is_passed_on() -> None:
    with pytest.raises(ValueError, match="no 0"):
        list(in_order(refuses, range(9), 2))


@pytest.mark.parametrize("task", [fails_in_its_own_way, leaves])
def test_an_error_that_cannot_be_passed_on_is_told(task: Callable[[int], int]) -> None:
    with pytest.raises(RuntimeError, match=r"(Own|SystemExit): 0") as told:
        list(in_order(task, range(9), 2))
    assert f"in {task.__name__}" in told.value.__notes__[0]


def test_a_result_that_cannot_be_sent_is_told() -> None:
    with pytest.raises((AttributeError, PicklingError), match="lambda"):
        list(in_order(gives_a_function, range(9), 2))


def test_only_few_items_are_under_way() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with closing(in_order(square, items(), 2)) as results:
        for done in range(50):
            assert next(results) == done * done
            assert len(taken) <= done + AHEAD * 2


def test_no_process_is_left_when_the_iterator_is_closed_early() -> None:
    with closing(in_order(nap, range(1000), 2)) as results:
        pids = {next(results) for _ in range(12)}
    assert gone(pids)


def test_workers_die_with_a_parent_that_is_killed() -> None:
    script = (
        "from tests.experiments.test_executors import nap\nfrom sim.experiments.executors import in_order\n"
        "for pid in in_order(nap, range(10**9), 2): print(pid, flush=True)"
    )
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as parent:
        assert parent.stdout is not None
        pids = {int(parent.stdout.readline()) for _ in range(20)}
        parent.kill()
        assert len(pids) == 2
        assert gone(pids)
