"""The verbs of `sim`: they read arguments and print; they compute nothing.

    options    what several verbs share: options, reading scenarios, printing, two ways to fail
    presenting how a result is found or made, drawn and printed
    run        run, compare, whatif
    sweep      sweep
    understand sensitivity, explain, blame
    look       frontier, story
    claims     claims
    results    results
    files      check, show, schema, new, list
    domains    import
    page       serve, export

A verb is imported when it is asked for, and nothing heavy before it needs it, so that `sim --help` answers at once.
What goes wrong is raised, and becomes a sentence and an exit code in `__main__.py`.
"""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from typing import Any

import click

from sim.cli.options import Failed, Refused
from sim.installed import VERSION

__all__ = ["Failed", "Refused", "verbs"]

ROOMS = {
    "run": ("run", "compare", "whatif"),
    "sweep": ("sweep",),
    "understand": ("sensitivity", "explain", "blame"),
    "look": ("frontier", "story"),
    "claims": ("claims",),
    "results": ("results",),
    "files": ("check", "show", "schema", "new", "list"),
    "domains": ("import",),
    "page": ("serve", "export"),
}

PYTHONS = ("import", "list")
"""Verbs that mean something to Python, and have another name there."""


class OnDemand(UserDict[str, Any]):
    """The verbs by their names, each in the module that is named here until somebody asks for it."""

    def __getitem__(self, name: str) -> click.Command:
        module = import_module(f"sim.cli.{super().__getitem__(name)}")
        verb: click.Command = getattr(module, f"{name}_" if name in PYTHONS else name)
        return verb


@click.group(
    commands=OnDemand({name: room for room, names in ROOMS.items() for name in names}),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
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
