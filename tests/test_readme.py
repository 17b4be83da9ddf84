"""The README does what it says: its commands and Python run, its tables are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import sim
from sim.__main__ import answer
from sim.bargaining.tactics import TACTICS

HOME = Path(__file__).parents[1]
TEXT = (HOME / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


COMMANDS = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own, with the shipped scenarios in it."""
    (tmp_path / "scenarios").symlink_to(HOME / "scenarios")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_runs(command: str) -> None:
    program, *words = shlex.split(command)
    assert program == "sim"
    assert answer(words) == 0


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("code", blocks("python"))
def test_each_piece_of_python_runs(code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sim.play.scripted_players.SCRIPTED", 60)  # a thousand take twenty seconds
    exec(compile(code, "README.md", "exec"), {})


def test_the_table_of_tactics_is_the_registry() -> None:
    table = TEXT.split("### Concession tactics")[1].split("A tactic of your own")[0]
    named = re.findall(
        r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines()[3:] if line.startswith("| `"))
    )
    assert sorted(named) == sorted(TACTICS)


def shares() -> dict[str, float]:
    """Scenario: settled share, from the README's table of freezes."""
    table = TEXT.split("## Is a freeze counterproductive?")[1].split("*Saved*")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    return {row[1].split("`")[1]: float(row[2].split("%")[0]) / 100 for row in rows}


@pytest.mark.validate
def test_the_freezes_settle_as_often_as_the_table_says() -> None:
    """The first quarter of the table's histories: within three standard errors of it."""
    for name, share in shares().items():
        found = sim.run(sim.load(f"scenarios/{name}.yaml"), replications=1000, told=0).outcomes["settled"].mean()
        assert found == pytest.approx(share, abs=3 * (0.25 / 1000) ** 0.5)
    assert shares()["cooling-off-4"] > shares()["baseline"] > shares()["freeze-all-winter"] > shares()["cooling-off-12"]


def test_every_shipped_scenario_is_mentioned_or_a_world_of_its_own() -> None:
    missing = {path.stem for path in (HOME / "scenarios").glob("*.yaml") if f"`{path.stem}`" not in TEXT}
    assert missing <= {"seminar", "two-conceders", "camp-david-1978"}


def test_pictures_and_files_exist() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT) + re.findall(r"`(sim/[\w/]+\.py)`", TEXT):
        assert (HOME / target).exists(), target
