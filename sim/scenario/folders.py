"""From a file to the files that it extends, and to one tree: what the parents say, changed by what the children write.

The scenario folder of a file is the topmost folder above it that is called `scenarios`; a file that lies in no such
folder has the folder that it lies in. No chain of `extends` leaves it, by `..`, by an absolute path or by a link; but
the name of a shipped scenario leads to the folder of those.
"""

from __future__ import annotations

import os
import stat
from difflib import get_close_matches
from functools import reduce
from pathlib import Path, PurePosixPath, PureWindowsPath

from sim.scenario import library
from sim.scenario.problems import Report
from sim.scenario.scalars import shorten
from sim.scenario.tree import Entry, Node, Place, Source, merge, remove
from sim.scenario.yaml_reader import EMPTY, LARGEST, Document, read_bytes

EXTENDS = "extends"
DEEPEST = 8
"""Files in a chain of `extends`, the first not counted."""
LARGEST_CHAIN = 2 * LARGEST
"""Bytes of all files of a chain, so that reading it stays quick."""
FOLDER = "scenarios"


def scenario_folder(file: Path) -> Path:
    """The folder that no `extends` of this file leaves.  file: resolved"""
    named = [folder for folder in file.parents if folder.name == FOLDER]
    return named[-1] if named else file.parent


def read_merged(path: Path, report: Report) -> Node | None:
    """A file, or a shipped scenario by name, with all that it extends.

    None, and problems noted, if a file of the chain cannot be read.
    """
    path = library.locate(path)
    name = str(path)
    document = _open(path, report, Place(Source(name)))
    if document is None:
        return None
    return follow(document, path, report)


def alone(document: Document, report: Report) -> Node | None:
    """A document that comes from nowhere, and so can extend nothing but what ships."""
    entry = document.root.entries.get(EXTENDS) if document.root is not None else None
    if entry is None or _ships(entry.node.value):
        return follow(document, library.folder() / "text", report)
    report.extend(document.problems)
    rule = "this text lies in no folder, so that it can extend only scenarios that ship, by name"
    _refuse(entry, report, "outside", f"there is no such scenario ({rule}); write extends: baseline, or all of it")
    return None


def _ships(said: object) -> bool:
    """Is it a scenario that ships, by its name or its file's?"""
    return isinstance(said, str) and said.removesuffix(".yaml") in library.names()


def follow(document: Document, path: Path, report: Report, folder: Path | None = None) -> Node | None:
    """A document with all that it extends.

    path: where it lies, as the user named it; folder: the scenario folder (by default, that of the path).
    """
    layers = _chain(document, path, report, folder)
    if not layers:
        return None
    merged = reduce(merge, reversed(layers))
    return remove(merged, (EXTENDS,))


def _chain(document: Document, path: Path, report: Report, folder: Path | None) -> list[Node]:
    """The file, its parent, its parent's parent...; nothing if one of them cannot be read."""
    layers: list[Node] = []
    file = path.resolve()
    folder, seen = folder or scenario_folder(file), [file]
    while True:
        report.extend(document.problems)
        root = _mapping(document, report)
        if root is None:
            return []
        layers.append(root)
        entry = root.entries.get(EXTENDS)
        if entry is None:
            return layers
        parent = _parent(entry, path, folder, seen, report)
        if parent is None:
            return []
        path, folder = parent
        seen.append(path.resolve())
        opened = _open(path, report, entry.node.place, entry)
        if opened is None:
            return []
        document = opened


def _mapping(document: Document, report: Report) -> Node | None:
    root = document.root
    if root is None or isinstance(root.value, dict):
        return root
    if root.value is None:
        report.add(root.place, (), "empty", EMPTY)
        return None
    rule = "a scenario is keys and values: name: ..., parties: ..., working_groups: ..."
    what = "a list" if isinstance(root.value, list) else "a single value"
    report.add(
        root.place, (), "top-level", f"{what} where keys are needed ({rule}); start each line with a key and a colon"
    )
    return None


def _parent(entry: Entry, path: Path, folder: Path, seen: list[Path], report: Report) -> tuple[Path, Path] | None:
    """The file that is extended, if it may be, and the folder that its own `extends` may not leave."""
    said = entry.node.value
    if not isinstance(said, str) or not said:
        _refuse(
            entry, report, "wrong-type", "extends names no file (a path beside this file); write extends: baseline.yaml"
        )
        return None
    shown = shorten(said, 80)
    if PurePosixPath(said).is_absolute() or PureWindowsPath(said).drive or said.startswith(("\\", "~")):
        rule = "a path from this file's folder on, so that the folder can move"
        _refuse(entry, report, "absolute", f"{shown} is absolute ({rule}); write it relative to this file")
        return None
    parent = Path(os.path.normpath(path.parent / said))
    if said in library.names() and not parent.is_file():
        parent = library.names()[said]
        folder = scenario_folder(parent)
    resolved = parent.resolve()
    refusal = _refusal(resolved, folder, seen)
    if refusal:
        kind, why = refusal
        _refuse(entry, report, kind, f"{shown} {why}")
        return None
    return parent, folder


def _refusal(resolved: Path, folder: Path, seen: list[Path]) -> tuple[str, str] | None:
    """Why a file cannot be the next one of a chain: the kind of error, and the rest of the sentence."""
    if not resolved.is_relative_to(folder):
        return "outside", f"lies elsewhere (extends stays in the scenario folder {folder.name}); copy the file there"
    if resolved in seen:
        rule = "a file cannot extend itself, directly or through others"
        return "circular", f"leads back to itself ({rule}); remove one of the extends"
    if len(seen) > DEEPEST:
        rule = f"a chain of extends is at most {DEEPEST} files deep"
        return "too-deep", f"is one file too many ({rule}); extend a file nearer to the first one"
    if sum(file.stat().st_size for file in (*seen, resolved) if file.is_file()) > LARGEST_CHAIN:
        rule = f"the files of a chain of extends have at most {LARGEST_CHAIN:,} bytes together"
        return "too-large", f"makes the chain too long ({rule}); shorten the files"
    return None


def _refuse(entry: Entry, report: Report, kind: str, message: str) -> None:
    report.add(entry.node.place, (EXTENDS,), kind, message)


def _open(path: Path, report: Report, place: Place, entry: Entry | None = None) -> Document | None:
    """What a file holds. Only files are opened, since a pipe or a device would never end."""
    trail = (EXTENDS,) if entry else ()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            message = f"{path} is not a file (a scenario is one YAML file); name a file in it"
            report.add(place, trail, "not-a-file", message)
            return None
        with path.open("rb") as file:
            return read_bytes(file.read(LARGEST + 1), str(path))
    except FileNotFoundError:
        message = f"there is no file {path} (looked for from {_here(entry)}){_instead(path)}"
        report.add(place, trail, "not-found", message)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        report.add(place, trail, "not-readable", f"{path} cannot be read ({reason}); check its name and rights")
    return None


def _here(entry: Entry | None) -> str:
    return f"the folder of {entry.node.place.source.name}" if entry else str(Path.cwd())


def _instead(path: Path) -> str:
    """The scenario files in the same folder, and the shipped scenarios, whose names look alike."""
    try:
        names = sorted(each.name for each in path.parent.glob("*.y*ml"))[:200]
    except OSError:
        names = []
    near = [str(path.parent / name) for name in get_close_matches(path.name, names, 1)] + library.near(str(path))
    return f"; did you mean {' or '.join(near)}?" if near else "; check its name (sim list: those that ship)"
