"""The texts do what they say: their commands and Python run, what they name exists."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from _pytest.mark import ParameterSet

from sim.__main__ import answer
from sim.bargaining.tactics import TACTICS
from sim.cli import verbs
from sim.figures import registry
from sim.installed import VERSION
from sim.kinds import KINDS
from sim.measures import DEFINITIONS

from .reading import HOME, TEXTS, blocks, head_of, rows, section, text

README = text("README.md")
NAMES = {path: path.relative_to(HOME).as_posix() for path in TEXTS}


def found(kind: str) -> list[ParameterSet]:
    """Every block of a kind in every text, with a name for the test."""
    return [
        pytest.param(block, id=f"{name}-{number}")
        for path, name in NAMES.items()
        for number, block in enumerate(blocks(path.read_text(encoding="utf-8"), kind), 1)
    ]


COMMANDS = sorted(
    {
        line.removeprefix("$ ")
        for path in TEXTS
        for block in blocks(path.read_text(encoding="utf-8"), "console")
        for line in block.splitlines()
    }
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own, with the shipped scenarios in it."""
    (tmp_path / "scenarios").symlink_to(HOME / "scenarios")
    monkeypatch.chdir(tmp_path)


PYTHON = found("python")
DEAR = ("sim/GUIDE.md-1", "sim/GUIDE.md-2", "sim/GUIDE.md-3", "sim/GUIDE.md-4", "sim/EXTENDING.md-6")
"""Pieces that take long with few histories, too: only `make validate` runs them."""

FEW = 40


def with_few(code: str) -> str:
    """The same code with few histories for each run."""
    return re.sub(r"replications=\d+", f"replications={FEW}", code)


def do(command: str) -> int:
    program, *words = shlex.split(command)
    assert program == "sim"
    return answer(words)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_understood(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its verb and options are there, its values of the right kind; what it names is found when it runs, below."""
    monkeypatch.setattr(click.Command, "invoke", lambda verb, context: None)
    assert do(command) == 0


@pytest.mark.validate
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_runs(command: str) -> None:
    assert do(command) == 0


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 12


@pytest.fixture
def _as_before() -> Iterator[None]:
    """What an extension adds to the tables is taken out again."""
    registry.figures_of(registry.RUN)
    tables: list[dict[Any, Any]] = [registry.RUN, KINDS, DEFINITIONS]
    before = [dict(table) for table in tables]
    yield
    for table, was in zip(tables, before, strict=True):
        table.clear()
        table.update(was)


@pytest.mark.usefixtures("_as_before")
@pytest.mark.parametrize(
    ("code", "few"),
    [
        *(pytest.param(*each.values, True, id=f"{each.id}-few") for each in PYTHON if each.id not in DEAR),
        *(pytest.param(*each.values, False, id=each.id, marks=pytest.mark.validate) for each in PYTHON),
    ],
)
def test_each_piece_of_python_runs(code: str, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    few_players = {"mediator": 12, "party": 12}  # a thousand take twenty seconds
    monkeypatch.setattr("sim.play.scripted_players.SCRIPTED", few_players)
    exec(compile(with_few(code) if few else code, "text", "exec"), {"__name__": "text"})


@pytest.mark.parametrize("written", found("yaml"))
def test_each_piece_of_yaml_is_a_scenario(written: str, tmp_path: Path) -> None:
    file = tmp_path / "written.yaml"
    file.write_text(written, encoding="utf-8")
    assert answer(["check", str(file)]) == 0


def test_the_readme_is_short() -> None:
    assert len(README.split()) <= 950


def test_the_readme_names_every_verb() -> None:
    named = {name for row in rows(section(README, "Ask")) for name in head_of(row[0])}
    assert named == set(verbs.commands)


def test_the_table_of_tactics_is_the_registry() -> None:
    table = rows(section(text("scenarios/README.md"), "Concession tactics"))
    assert sorted(name for row in table for name in head_of(row[0])) == sorted(TACTICS)


def test_every_shipped_scenario_is_described() -> None:
    described = README + text("scenarios/README.md")
    missing = [path.stem for path in (HOME / "scenarios").glob("*.yaml") if f"`{path.stem}`" not in described]
    assert missing == []


@pytest.mark.parametrize("path", TEXTS, ids=NAMES.get)
def test_what_a_text_points_to_exists(path: Path) -> None:
    """Links to files and headings, and the files of this repository that it names."""
    written = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\(([^)]+)\)", written):
        target, _, heading = link.partition("#")
        place = path.parent / target if target else path
        assert place.exists(), link
        if heading:
            assert heading in anchors(place.read_text(encoding="utf-8")), link
    for named in re.findall(r"`((?:sim|tests|scenarios)/[\w./-]*)`", written):
        assert (HOME / named).exists(), named


def anchors(of: str) -> set[str]:
    """The headings of a text as links name them."""
    heads = re.findall(r"^#+ (.*)$", of, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}


def test_pictures_are_small_enough_for_a_page() -> None:
    for picture in (HOME / "results" / "gallery").glob("*.png"):
        assert picture.stat().st_size < 250_000, picture.name


def test_what_is_cited_is_this_version() -> None:
    cited = yaml.safe_load(text("CITATION.cff"))
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert cited["version"] == VERSION
    assert cited["license"] == project["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
