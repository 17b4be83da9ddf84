"""The files of a domain, whatever their format, and the scenario that they become."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from sim.domains import geniusweb, negmas
from sim.domains.genius import read_genius
from sim.domains.profile import Outline, Profile
from sim.domains.to_scenario import Imported, to_scenario
from sim.domains.xml_reader import LARGEST, read_xml, wrong
from sim.scenario import yaml_reader
from sim.scenario.dump import usual
from sim.scenario.load import load_text
from sim.scenario.problems import Report, ScenarioError
from sim.scenario.tree import Node, Place, Source

HALVES = re.compile(rb"\\\\|\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
"""A backslash that stands for itself, or the two halves of a character."""
BLANK = b"\xef\xbb\xbf \t\r\n"
FORMATS = "a domain or profile of GENIUS (XML), NegMAS (YAML, JSON) or GeniusWeb (JSON)"


@dataclass(frozen=True)
class _Waiting:
    """A utility function that can be read once its domain is known."""

    root: Node
    stem: str


def import_domain(
    files: Sequence[str | PathLike[str]], *, undiscounted: bool = False, rescale: bool = False
) -> Imported:
    """A scenario in which outcomes, and no agreement, are worth to each side what its profile says.

    files: the profiles of two sides or more, and the domain (which only NegMAS needs), in any order: XML of GENIUS,
    YAML or JSON of NegMAS, JSON of GeniusWeb; undiscounted: leave discounting out; rescale: stretch utilities that
    leave 0 to 1.  Errors: ScenarioError with what a scenario cannot express, and where.
    """
    report = Report()
    read: list[Outline | Profile | _Waiting] = []
    for file in files:
        try:
            read.append(_read(Path(file)))
        except ScenarioError as error:
            report.extend(error.problems)
    report.close()
    outline = _outline([each for each in read if isinstance(each, Outline)])
    profiles = []
    for each in read:
        try:
            if isinstance(each, _Waiting):
                profiles.append(negmas.read_profile(each.root, outline, each.stem))
            elif isinstance(each, Profile):
                profiles.append(each)
        except ScenarioError as error:
            report.extend(error.problems)
    report.close()
    if not read:
        raise TypeError("no files: give the profiles of two sides or more")
    imported = to_scenario(outline, profiles, undiscounted=undiscounted, rescale=rescale)
    load_text(imported.text, f"{imported.stem}.yaml")
    return imported


def _outline(found: Sequence[Outline]) -> Outline | None:
    if len(found) > 1:
        first = found[0].place.source.name
        raise wrong(found[1].place, "duplicate", f"a second domain (the first is {first}); import one after the other")
    return found[0] if found else None


def _read(path: Path) -> Outline | Profile | _Waiting:
    """What a file holds, told by how it looks.  Errors: ScenarioError."""
    raw = _bytes(path)
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return read_genius(read_xml(raw, str(path)), path.stem)
    if not raw.strip(BLANK):
        raise _unread(path, "empty", f"there is nothing in it ({FORMATS}); choose another file")
    if len(raw) > yaml_reader.LARGEST:
        rule = f"a domain in YAML or JSON has at most {yaml_reader.LARGEST:,} bytes"
        raise _unread(path, "too-large", f"it is too long ({rule}); choose a smaller one")
    root = _tree(raw, str(path))
    if negmas.is_outline(root):
        return negmas.read_outline(root, path.stem)
    if geniusweb.is_outline(root):
        return geniusweb.read_outline(root, path.stem)
    if geniusweb.is_profile(root):
        return geniusweb.read_profile(root, path.stem)
    if negmas.is_profile(root):
        return _Waiting(root, path.stem)
    raise wrong(root.place, "unknown-format", f"no domain and no profile ({FORMATS}); choose another file")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise _unread(path, "unreadable", f"cannot be read ({error.strerror or error}); check its name") from None


def _unread(path: Path, kind: str, message: str) -> ScenarioError:
    return wrong(Place(Source(str(path))), kind, message)


def _tree(raw: bytes, name: str) -> Node:
    """The values of a YAML or JSON file, which is YAML but for two things.  Errors: ScenarioError.

    Tabs are blanks between the values of JSON, and nowhere in them. A character beyond 16 bits may come in halves.
    """
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raw = HALVES.sub(_joined, raw.replace(b"\t", b" "))
    document = yaml_reader.read_bytes(raw, name, usual)
    if document.problems or document.root is None:
        raise ScenarioError(document.problems)
    return document.root


def _joined(found: re.Match[bytes]) -> bytes:
    if found[1] is None:
        return found[0]
    return chr(0x10000 + (int(found[1], 16) - 0xD800) * 0x400 + int(found[2], 16) - 0xDC00).encode()
