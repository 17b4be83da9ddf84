"""What holds for all tests: one profile of Hypothesis, long tests apart, and a word on what was skipped."""

from __future__ import annotations

import gc
import re
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from sim.cli import options
from tests.browser import launched

settings.register_profile(
    "sim", deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("validate", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sim")
"""No example has a deadline: a busy machine is no mistake. The same examples each time, so that a change that passed
still passes; `make validate` looks for others, and for more (--hypothesis-profile=validate)."""

gc.set_threshold(100_000, 20, 100)
"""What tests keep is much and stays: looking through it as often as Python would takes a tenth of the suite's time."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job, and all that it starts, is deaf to it
    signal.signal(signal.SIGINT, signal.default_int_handler)


TABLE = "table"
"""A property that a test records (`record_property`): lines of a table that are printed when all tests have run."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests made, and what was not tested here."""
    _tell_tables(terminalreporter)
    _tell_skipped(terminalreporter)


def _tell_tables(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    made = [(report.nodeid, name, lines) for report in reports for name, lines in report.user_properties]
    tables = {node: lines for node, name, lines in made if name == TABLE}
    for file in sorted({node.partition("::")[0] for node in tables}):
        terminalreporter.section(f"what {file} found")
        for node in sorted(tables, key=_in_order):
            if node.partition("::")[0] == file:
                terminalreporter.line(str(tables[node]))


def _in_order(node: str) -> list[tuple[int, str]]:
    """E9 before E10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", node)]


def _tell_skipped(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested here and what it takes, since a row of `s` says nothing."""
    skipped = terminalreporter.stats.get("skipped", [])
    why = Counter(
        report.longrepr[2].removeprefix("Skipped: ") for report in skipped if isinstance(report.longrepr, tuple)
    )
    if why:
        terminalreporter.section("not tested here")
    for reason, count in why.most_common():
        terminalreporter.line(f"{count} skipped: {reason}")


@pytest.fixture(scope="session", autouse=True)
def _in_one_process() -> Iterator[None]:
    """A verb that is called here works here: whoever tests processes says how many, and no other pays for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(options, "cores", lambda: 1)
        yield


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for the tests of a module: Playwright's loop would be in the way of others' loops for longer."""
    with launched() as browser:
        yield browser
