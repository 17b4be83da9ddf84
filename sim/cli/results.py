"""`sim results`: what has been computed, and each of it once more."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim import store
from sim.cli.options import Failed, Refused, json_option, out_option, print_json, refusing, say
from sim.cli.presenting import (
    Kept,
    location,
    tell_blame,
    tell_comparison,
    tell_run,
    tell_sensitivity,
    tell_sweep,
)
from sim.experiments.results_cache import (
    FILES,
    RECORD,
    REPORT,
    Record,
    Summary,
    Work,
    first_harmed,
    load,
    read_record,
)
from sim.terminal import visible

if TYPE_CHECKING:
    from sim.experiments.works import RunWork

RUN_ID, UNFINISHED = re.compile(r"[0-9a-f]{12}"), re.compile(r"\.([0-9a-f]{12})\.(?:chunks|part)")
"""Names of folders: of results; of what was not written to its end."""

KINDS = {
    "cells.parquet": "sweep",
    "indices.parquet": "sensitivity",
    "shares.parquet": "blame",
    "differences.parquet": "compare",
    "weekly.parquet": "run",
}
"""The verb that made a folder, by a file that only its folders have."""

TELL: dict[str, Callable[[Any], str]] = {
    "run": tell_run,
    "compare": tell_comparison,
    "sweep": tell_sweep,
    "sensitivity": tell_sensitivity,
    "blame": tell_blame,
}
READ = ("sweep", "sensitivity", "blame")
"""Verbs whose result is read from its tables; the others are told by their summary."""

FEWEST = 4
"""Letters of a run id that name it."""


@dataclass(frozen=True)
class Folder:
    """A folder of results. record: what it says of itself, {} where it is not whole."""

    path: Path
    state: str
    record: Record
    written: datetime

    @property
    def verb(self) -> str:
        """The verb that made it, '' where nothing tells."""
        if "without" in self.summary:
            return "whatif"
        return next((verb for file, verb in KINDS.items() if file in self.record.get(FILES, {})), "")

    @property
    def summary(self) -> Summary:
        """What `--json` printed."""
        return {**self.record["summary"], "results": self.path.as_posix()} if self.record else {}

    @property
    def scenario(self) -> str:
        """The name of its scenario; of a comparison, those of all."""
        return ", ".join(self.record["runs"]) if self.verb == "compare" else self.summary.get("scenario", "")


@click.command()
@click.argument("name", required=False)
@click.option("--open", "browse", is_flag=True, help="Open its report in the browser.")
@out_option
@json_option
def results(name: str | None, browse: bool, out: Path, as_json: bool) -> None:
    """List what has been computed, newest first, or print the summary of one of it again.

    NAME is a number of the list, the name of a scenario or its file (the newest of them), or how a run id begins;
    --open without NAME opens the newest report.

    \b
    Examples:
      sim results
      sim results baseline --open
    """
    folders = _folders(out)
    if name is None and not browse:
        _list(folders, as_json)
        return
    folder = _named("1" if name is None else name, folders, out)
    if as_json:
        print_json(folder.summary)
    else:
        click.echo(f"{_told(folder)}\n\n{location(folder.path)}")
    if browse:
        _open(folder)


# ---- which there are -------------------------------------------------------------------------------------------------


def _folders(out: Path) -> list[Folder]:
    """All folders of results, newest first."""
    found = []
    for path in out.glob("*/*"):
        if path.is_dir() and RUN_ID.fullmatch(path.name):
            found.append(_folder(path))
        elif path.is_dir() and (hidden := UNFINISHED.fullmatch(path.name)) and not path.with_name(hidden[1]).exists():
            found.append(_folder(path, broken="unfinished"))
    return sorted(found, key=lambda folder: (folder.written, folder.path), reverse=True)


def _folder(path: Path, broken: str = "damaged") -> Folder:
    record = read_record(path)
    whole = record is not None and all((path / name).is_file() for name in record[FILES])
    seconds = (path / RECORD if whole else path).stat().st_mtime
    written = datetime.fromtimestamp(seconds).astimezone()
    return Folder(path, "whole" if whole else broken, record if record and whole else {}, written)


def _list(folders: Sequence[Folder], as_json: bool) -> None:
    rows = [_row(number, folder) for number, folder in enumerate(folders, 1)]
    if as_json:
        print_json({"results": rows})
        return
    if not rows:
        say("Nothing has been computed here yet. Begin with: sim run baseline")
    from sim.words import some

    for row, folder in zip(rows, folders, strict=True):
        size = folder.state
        if folder.record:
            size = f"{some(folder.record['replications'], 'history', 'histories')}, seed {row['seed']}"
        say(f"{row['number']:>3}  {folder.written:%Y-%m-%d %H:%M}  {folder.verb:<11}  {size}")
        say(f"{'':5}{folder.scenario}{': ' if folder.scenario else ''}{folder.path}")


def _row(number: int, folder: Folder) -> dict[str, object]:
    page = folder.path / REPORT
    return {
        "number": number,
        "verb": folder.verb,
        "scenario": folder.scenario,
        "replications": folder.record.get("replications"),
        "seed": folder.record.get("seed"),
        "written": folder.written.isoformat(timespec="seconds"),
        "state": folder.state,
        "results": folder.path.as_posix(),
        "report": page.as_posix() if page.is_file() else None,
    }


# ---- one of them -----------------------------------------------------------------------------------------------------


def _named(name: str, folders: Sequence[Folder], out: Path) -> Folder:
    """The folder that is meant, whole.  Errors: Refused, Failed."""
    found = [folder for folder in folders if name and name in (folder.path.parent.name, folder.scenario, folder.verb)]
    if not found and name.isdecimal() and 0 < int(name) <= len(folders):
        found = [folders[int(name) - 1]]
    if not found and len(name) >= FEWEST:
        found = [folder for folder in folders if folder.path.name.lstrip(".").startswith(name)]
    if not found:
        raise Refused(f"sim: {out} holds no results of {name!r}. To list what there is: sim results --out {out}")
    folder = next((each for each in found if each.record), found[0])
    harmed = first_harmed(folder.path, folder.record, folder.record[FILES]) if folder.record else folder.path
    if harmed is not None:
        state = "unfinished" if folder.state == "unfinished" else "damaged"
        raise Failed(f"{harmed} is {state}. The command that it comes from makes it whole; or delete {folder.path}.")
    return folder


def _open(folder: Folder) -> None:
    """Open the report.  Errors: Refused, where there is none; Failed, where there is no browser."""
    page = folder.path / REPORT
    if not page.is_file():
        raise Refused(f"sim: {folder.path} has no report. Add it with the same command without --no-plots.")
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        raise Failed(f"no browser could be opened. The report is {page}.")


def _told(folder: Folder) -> str:
    """The summary as the verb printed it; of a but-for question, the answer in its sentences."""
    with refusing(ValueError):
        work = _work(folder)
    if work is None:
        return visible("\n".join(folder.summary["sentences"]))
    made = load(work) if folder.verb in READ else None
    if made is None and folder.verb in READ:
        raise Failed(f"{folder.path} was written by another version of the program, and cannot be read by this one.")
    return TELL[folder.verb](Kept(work, folder.summary, made))


def _work(folder: Folder) -> Work[Any] | None:
    """The work that a folder came from, as far as it is read again; None where that needs what is not there."""
    from sim.answers.sensitivity_table import as_json
    from sim.experiments.design import of_file
    from sim.experiments.sweep_work import Crew
    from sim.experiments.works import SCENARIO, ComparisonWork
    from sim.experiments.works_varied import CELLS, INDICES, SWEEP, SensitivityWork, SweepWork

    path, summary = folder.path, folder.summary
    if folder.verb == "run":
        return _run(path)
    if folder.verb == "sensitivity":
        asked = (summary["measure"], summary["method"], summary["points"])
        return SensitivityWork(path, (INDICES, SCENARIO), "", _run(path), *asked, as_json)
    if folder.verb == "sweep":
        return SweepWork(path, (CELLS, SWEEP), "", of_file(path / SWEEP), "", Crew())
    if folder.verb == "blame":
        return _blame(folder)
    names = folder.record["runs"]
    places = [path.parents[1] / Path(run).parent.name / Path(run).name for run in names.values()]
    if folder.verb == "whatif" or not all((place / SCENARIO).is_file() for place in places):
        return None
    return ComparisonWork(path, (), "", tuple(map(_run, places)), tuple(names))


def _blame(folder: Folder) -> Work[Any]:
    from sim.answers.blame_table import as_json
    from sim.experiments.blame import ask
    from sim.experiments.works_blame import BlameWork

    said = folder.summary
    names = [row["mechanism"] for row in said["shares"]]
    question = ask(_run(folder.path).scenario, said["measure"], names, said["orders"] or None, said["replication"])
    return BlameWork(folder.path, (), "", question, "", 1, as_json)


def _run(path: Path) -> RunWork:
    from sim.experiments.works import SCENARIO, RunWork
    from sim.scenario import load as read

    return RunWork(path, store.FILES, "", read(path / SCENARIO), "", 1)
