"""Verbs about scenario files: check them, show them whole, start a new one, list those that come along."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import store
from sim.cli.options import Refused, file_argument, files_argument, read, refusing, say, set_option
from sim.terminal import tell

if TYPE_CHECKING:
    from sim.scenario import Scenario

output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this new file, as UTF-8."
)


@click.command()
@files_argument()
def check(files: Sequence[Path]) -> None:
    """Validate scenario files; report all their errors at once, and keys that change nothing.

    \b
    Examples:
      sim check mine.yaml
      sim check *.yaml
    """
    from sim.experiments.design import of_file, try_cells
    from sim.scenario import ScenarioError, load
    from sim.scenario.load import load_tree
    from sim.scenario.translations import warnings as untold
    from sim.scenario.unfed import warnings

    reports = []
    for file in files:
        try:
            scenario = load(file)
            if scenario.sweep is not None:
                try_cells(of_file(file))
            say(f"{file}: good ({_counted(scenario)})")
            tree = load_tree(file)
            for warning in (*warnings(tree, scenario), *untold(tree)):
                tell(f"warning: {warning}")
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
@output_option
@click.option("--explain", is_flag=True, help="Explain each key in a comment: its meaning, unit, range and default.")
def show(file: Path, settings: Sequence[str], output: Path | None, explain: bool) -> None:
    """Print a scenario as it stands, every default filled in.

    \b
    Examples:
      sim show --explain cooling-off-4
      sim show mine.yaml --set clock.weeks=52 -o shorter.yaml
    """
    from sim.scenario import as_yaml, explained

    scenario = read([file], settings)[0]
    _put(explained(scenario) if explain else as_yaml(scenario), output)


@click.command()
@output_option
def schema(output: Path | None) -> None:
    """Print the JSON Schema of scenario files, for editors.

    \b
    Examples:
      sim schema
      sim schema -o scenario.schema.json
    """
    from sim.scenario import json_schema

    _put(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", output)


def _put(text: str, output: Path | None) -> None:
    """A text on standard output, or in a new file, which no shell writes in another code.  Errors: Refused."""
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        store.write_new(output, text)
    except FileExistsError:
        raise _there(output) from None


def _there(path: Path) -> Refused:
    return Refused(f"sim: {path} exists already and is left as it is. Choose another name.")


@click.command()
@click.argument("name")
@click.option("--from", "source", metavar="FILE", help="Start from this file or shipped scenario instead.")
def new(name: str, source: str | None) -> None:
    """Write a commented starter scenario, NAME.yaml, or a copy of another one.

    \b
    Examples:
      sim new mine
      sim new mine --from baseline
    """
    from sim.scenario import copied, starter

    path = Path(name if name.endswith(".yaml") else f"{name}.yaml")
    try:
        with refusing():
            store.write_new(path, copied(source, path.stem, path.parent) if source else starter(path.stem))
    except FileExistsError:
        raise _there(path) from None
    say(f"{path} is written. Change it, then: sim run {path}")


@click.command(name="list")
def list_() -> None:
    """List the scenarios that come with the simulator. Every verb knows them by the name in front.

    \b
    Examples:
      sim list
      sim list > scenarios.txt
    """
    from sim.scenario import shipped

    scenarios = shipped()
    width = max(len(scenario.stem) for scenario in scenarios)
    for scenario in scenarios:
        say(f"{scenario.stem:<{width}}  {scenario.name}")
    first = scenarios[0]
    tell(f"Run one by its name: sim run {first.stem}\nTheir files lie in {first.path.parent}")
