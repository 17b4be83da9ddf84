"""Verbs that look at one scenario: what could be agreed on, and how one history went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sim.cli.options import at_work, file_argument, json_option, print_json, read, say, seed_option, set_option


@click.command()
@file_argument
@set_option
@json_option
def frontier(file: Path, settings: Sequence[str], as_json: bool) -> None:
    """Show the best that the parties could agree on, group by group.

    The Pareto frontier and its Nash, Kalai-Smorodinsky, egalitarian and utilitarian points, at the means of the
    scenario's numbers.

    \b
    Examples:
      sim frontier baseline
      sim frontier mine.yaml --set parties.Armenia.reservation=0.5 --json
    """
    from sim.experiments.frontier import frontier

    scenario = read([file], settings)[0]
    with at_work(scenario.name) as show:
        found = frontier(scenario, show)
    if as_json:
        print_json(found)
        return
    from sim.answers.frontier_table import frontier_table

    click.echo(frontier_table(scenario, found["groups"]))


@click.command()
@file_argument
@click.option("--replication", type=click.IntRange(min=0), required=True, help="Number of the history, from 0.")
@seed_option
@set_option
def story(file: Path, replication: int, seed: int | None, settings: Sequence[str]) -> None:
    """Tell one history: dated, in sentences.

    \b
    Examples:
      sim story baseline --replication 3
      sim story mine.yaml --replication 0 --seed 7 --set incidents.per_year=0
    """
    from sim.experiments.cost import estimate
    from sim.experiments.run import telling
    from sim.stories.tell import story

    scenario = read([file], settings)[0]
    with at_work(scenario.name, estimate(scenario, 1)) as show:
        run = telling(scenario, replication, seed, show)
    say(story(run, replication).text)
