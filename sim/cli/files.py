"""Verbs about scenario files: check them, show them whole, start a new one, list those that come along."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import store
from sim.cli.options import Refused, file_argument, files_argument, read, say, set_option
from sim.terminal import tell

if TYPE_CHECKING:
    from sim.scenario import Scenario


@click.command()
@files_argument
def check(files: Sequence[Path]) -> None:
    """Validate scenario files; report all their errors at once.

    \b
    Examples:
      sim check mine.yaml
      sim check scenarios/*.yaml
    """
    from sim.experiments.design import of_file, try_cells
    from sim.scenario import ScenarioError, load

    reports = []
    for file in files:
        try:
            scenario = load(file)
            if scenario.sweep is not None:
                try_cells(of_file(file))
            say(f"{file}: good ({_counted(scenario)})")
        except ScenarioError as error:
            reports.append(str(error))
    if reports:
        raise Refused("\n".join(reports))


def _counted(scenario: Scenario) -> str:
    counted = {
        "working group": len(scenario.working_groups),
        "mediator": len(scenario.mediators),
        "week": scenario.clock.weeks,
    }
    more = [f"{number:,} {what}{'' if number == 1 else 's'}" for what, number in counted.items()]
    return ", ".join([f"{len(scenario.parties)} parties", *more])


@click.command()
@file_argument
@set_option
def show(file: Path, settings: Sequence[str]) -> None:
    """Print a scenario as it stands, every default filled in.

    \b
    Examples:
      sim show scenarios/cooling-off-4.yaml
      sim show mine.yaml --set clock.weeks=52 > shorter.yaml
    """
    from sim.scenario import as_yaml

    click.echo(as_yaml(read([file], settings)[0]), nl=False)


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors.

    \b
    Examples:
      sim schema
      sim schema > scenarios/scenario.schema.json
    """
    from sim.scenario import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write a commented starter scenario, NAME.yaml.

    \b
    Examples:
      sim new mine
      sim new lessons/water
    """
    from sim.scenario import ScenarioError, starter

    path = Path(name if name.endswith(".yaml") else f"{name}.yaml")
    try:
        store.write_new(path, starter(path.stem))
    except ScenarioError as error:
        raise Refused(str(error)) from None
    except FileExistsError:
        raise Refused(f"sim: {path} exists already and is left as it is. Choose another name.") from None
    say(f"{path} is written. Change it, then: sim run {path}")


@click.command(name="list")
def list_() -> None:
    """List the scenarios that come with the simulator.

    \b
    Examples:
      sim list
      sim list | grep freeze
    """
    from sim.scenario import shipped

    scenarios = shipped()
    width = max((len(scenario.stem) for scenario in scenarios), default=0)
    for scenario in scenarios:
        say(f"{scenario.stem:<{width}}  {scenario.name}")
    if scenarios:
        first = _near(scenarios[0].path)
        tell(f"They lie in {first.parent}; run one with: sim run {first}")


def _near(path: Path) -> Path:
    """The path as seen from the current folder, where it lies in it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
