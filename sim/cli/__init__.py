"""The verbs of `sim`: they read arguments and print; they compute nothing.

    options    what several verbs share: options, reading scenarios, printing
    run        run
    compare    compare
    whatif     whatif
    sweep      sweep
    understand sensitivity, explain
    look       frontier, story
    files      check, show, schema, new, list
    serve      serve
    export     export

Nothing heavy is imported before a verb needs it, so that `sim --help` answers at once. What goes wrong is raised, and
becomes a sentence and an exit code in `__main__.py`.
"""

from __future__ import annotations

import click

from sim.cli.compare import compare
from sim.cli.export import export
from sim.cli.files import check, list_, new, schema, show
from sim.cli.look import frontier, story
from sim.cli.options import Failed, Refused
from sim.cli.run import run
from sim.cli.serve import serve
from sim.cli.sweep import sweep
from sim.cli.understand import explain, sensitivity
from sim.cli.whatif import whatif
from sim.installed import VERSION

__all__ = ["Failed", "Refused", "verbs"]


@click.group(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(VERSION, prog_name="sim")
@click.pass_context
def verbs(context: click.Context) -> None:
    """Run peace talks a thousand times: parties, mediators, working groups and freezes, under the same chance.

    An illustration for teaching, not a forecast.

    \b
    Examples:
      sim run baseline
      sim new mine
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for verb in (
    run,
    compare,
    whatif,
    sweep,
    sensitivity,
    explain,
    frontier,
    story,
    check,
    show,
    schema,
    new,
    list_,
    serve,
    export,
):
    verbs.add_command(verb)
