"""The scenarios that come with the program, and files to start one's own from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from sim.scenario import library
from sim.scenario.dump import one_line
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
    template = (library.folder() / "starter.txt").read_text(encoding="utf-8")
    text = EDITOR + template.replace("NAME", one_line(name), 1)
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
    text = re.sub(r"^name:.*$", lambda _: f"name: {one_line(name)}", text, count=1, flags=re.MULTILINE)
    load_text(text, f"{name}.yaml", folder=folder)
    return text


EDITOR = """\
# yaml-language-server: $schema=scenario.schema.json
# With this line an editor (VS Code with its YAML extension, for one) completes keys and explains them where the mouse
# rests. It needs the schema in this folder, once for all files in it: sim schema -o scenario.schema.json

"""
