"""The scenarios that come with the program, and files to start one's own from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from sim.scenario import library
from sim.scenario.dump import plain_text
from sim.scenario.folders import read_merged
from sim.scenario.load import load, load_text
from sim.scenario.problems import Report
from sim.scenario.tree import plain


class Shipped(NamedTuple):
    """A scenario that ships: its file's name without ending (with its folder, if it lies in one), and what it is."""

    stem: str
    name: str
    summary: str
    path: Path


def shipped() -> list[Shipped]:
    """The scenarios that ship, by name of file; those of sub-folders last.

    Errors: ScenarioError, if one of them cannot be read.
    """
    return [_describe(stem, path) for stem, path in library.names().items()]


def _describe(stem: str, path: Path) -> Shipped:
    report = Report()
    root = read_merged(path, report)
    report.close()
    told = plain(root) if root is not None else {}
    return Shipped(stem, str(told.get("name", "")), str(told.get("summary", "")), path)


def starter(name: str) -> str:
    """A commented scenario file of this name to start from.

    Errors: ScenarioError, if a scenario cannot have this name.
    """
    text = EDITOR + STARTER.replace("NAME", plain_text(name), 1)
    load_text(text, f"{name}.yaml")
    return text


def copied(source: str | Path, name: str, folder: Path) -> str:
    """The text of a scenario file, or of a shipped scenario, comments and all, for a file of this name in a folder.

    What it extends is named so that it is found from there.  Errors: ScenarioError.
    """
    load(source)
    path = library.locate(source)
    text = path.read_text(encoding="utf-8-sig").removeprefix(EDITOR)
    text = EDITOR + re.sub(r"\A# yaml-language-server:.*\n(#\n)?", "", text)  # the schema that it names stays behind
    stems = {file: stem for stem, file in library.names().items()}
    extended = re.search(r"^extends: *(\S+) *$", text, re.MULTILINE)
    if extended and (stem := stems.get((path.parent / extended[1]).resolve())):
        text = text.replace(extended[0], f"extends: {stem}", 1)
    text = re.sub(r"^name:.*$", lambda _: f"name: {plain_text(name)}", text, count=1, flags=re.MULTILINE)
    load_text(text, f"{name}.yaml", folder=folder)
    return text


EDITOR = """\
# yaml-language-server: $schema=scenario.schema.json
# With this line an editor (VS Code with its YAML extension, for one) completes keys and explains them where the mouse
# rests. It needs the schema in this folder, once for all files in it: sim schema -o scenario.schema.json

"""
STARTER = """\
# A scenario: who talks to whom about what, and what may happen meanwhile. Read it from top to bottom, change a number,
# and run it. Every key that is not written has a default: `sim show --explain` prints them all and says what they mean.
# `sim check` finds mistakes.
name: NAME
summary: Two regions share a river; an envoy helps them to agree.

clock: {start: 2024-01-01, weeks: 104, hold_weeks: 260}   # two years of talks; an agreement must hold for five
replications: 1000                 # histories to simulate
seed: 1                            # the same seed gives the same histories

parties:
  Northland:
    reservation: {mean: 0.40, sd: 0.05}      # utility of no agreement: a number, or a distribution to draw from
    tactic: {kind: time, beta: 0.6}          # below 1: holds out, then gives way; 1: steadily; above 1: early
    trust: 0.3                               # in the others at the start, 0 to 1
  Southmark:
    reservation: {mean: 0.40, sd: 0.05}
    tactic: {kind: time, beta: 0.6}
    trust: 0.3

mediators:                         # leave them out, and the parties are on their own
  Envoy:
    effort: 0.5                    # share of capacity, 0 to 1
    activities: {shuttle: 0.3, convene: 0.3, draft: 0.2, press: 0.1, guarantee: 0.1}   # how the effort is split

working_groups:                    # one chapter of the talks each
  river:
    title: Working group on the river
    meets_every: 6                 # weeks
    issues:
      water:
        title: How much of the water goes to Southmark?
        positions: {Northland: 0.0, Southmark: 1.0}      # the point on the scale that each likes best
        weights: {Northland: 60, Southmark: 40}          # how much the issue matters to each
        labels: {0: a tenth, 0.5: a third, 1: half}      # what points on the scale mean
      dam:
        title: Who runs the dam?
        weights: {Northland: 40, Southmark: 60}
        options:                                         # instead of positions: the value of each option to each
          Northland runs it: {Northland: 1.0, Southmark: 0.2}
          a joint company: {Northland: 0.7, Southmark: 0.7}
          Southmark runs it: {Northland: 0.2, Southmark: 1.0}

incidents: {per_year: 1, severity: 0.3}      # violence around the talks; 0 switches it off
# freezes:                                   # weeks without meetings: dated, or after each incident
#   - {groups: [river], start: 2024-07-01, weeks: 12, reason: summer without talks}
#   - {groups: [river], after: incident, severity: 0.3, weeks: 4, reason: cooling off}
"""
