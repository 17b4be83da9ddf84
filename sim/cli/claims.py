"""`sim claims`: whether sentences of texts say what the scenarios show, and whether plausible models agree."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.options import Failed, at_work, jobs_option, json_option, out_option, print_json, refusing


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--models",
    metavar="N",
    type=click.IntRange(0, 100_000),
    default=500,
    show_default=True,
    help="Plausible models in which each direction is looked for; 0 leaves them out. Where a sentence states a verdict "
    "or a share of the models, they are as many as the file says, whatever this is.",
)
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Pairs of histories in each of these models.",
)
@click.option("--found", "again", is_flag=True, help="Print every sentence as it is and with the numbers found.")
@out_option
@jobs_option("Processes at work (default 0: one for each core). The results are the same whatever this says.")
@json_option
def claims(file: Path | None, models: int, replications: int, again: bool, out: Path, jobs: int, as_json: bool) -> None:
    """Check sentences that state a number or a direction.

    FILE lists sentences of texts, and of which scenarios each is (default: scenarios/claims.toml, which lists those of
    the texts that ship). Each number must be what the scenarios show, each direction what the interval of the paired
    difference says. In plausible models a direction is robust, fragile, or depends on numbers that nobody has measured.
    The exit code is 1 where a sentence does not hold. A command that was stopped goes on where it was.

    \b
    Examples:
      sim claims --models 0
      sim claims mine.toml --models 60 -n 100 --found
    """
    from sim.answers import claims_table as answers
    from sim.experiments.claims_work import plan_claims
    from sim.scenario.claims_file import read_claims
    from sim.scenario.library import folder

    with refusing():
        work = plan_claims(read_claims(file or folder() / "claims.toml"), out, models, replications, jobs)
        with at_work("Claims", work.cost()) as show:
            found = work.check(show)
    if as_json:
        print_json(answers.as_json(found, models, replications))
    else:
        click.echo(answers.found_text(found) if again else answers.claims_table(found))
    wrong = sum(bool(each.wrong) for each in found)
    if wrong:
        raise Failed(f"{wrong} of {len(found)} claims do not hold. Mend the sentences, or what they are about.")
