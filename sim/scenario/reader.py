"""Strict YAML: bytes become values that know their line and column, or problems. Nothing is guessed.

Reads PyYAML's stream of events, not its objects: aliases and merge keys explode there, duplicate keys pass silently,
and numbers are guessed. Size, depth and the number of values are bounded while reading, so any file is answered
quickly.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from functools import lru_cache
from unicodedata import normalize

import yaml

from sim.scenario.building import Builder, Document, Stop
from sim.scenario.errors import Place, Problem, Source
from sim.scenario.scalars import FORBIDDEN, no_character
from sim.scenario.syntax import explain

LARGEST = 64 * 1024
"""Bytes of a file."""


@lru_cache(maxsize=64)
def read_bytes(raw: bytes, name: str) -> Document:
    """A file's bytes as a document. Remembered, since a sweep reads the same file for each of its points."""
    if len(raw) > LARGEST:
        return _failed(Place(Source(name), 1, 1), "too-large", TOO_LARGE)
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _failed(Place(Source(name), 1, 1), "encoding", UTF_16)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_unicode(raw, error, name)
    return read(text, name)


TOO_LARGE = (
    f"more than {LARGEST // 1024} KiB (a scenario file has at most {LARGEST:,} bytes);"
    " shorten it, or move common parts to a file that it extends"
)
UTF_16 = (
    "the file is UTF-16, as PowerShell writes with > (scenario files are UTF-8);"
    ' save it as "UTF-8" in your editor, or let sim write it: sim show FILE -o NEW.yaml'
)


def _failed(place: Place, kind: str, message: str) -> Document:
    return Document(None, (Problem.at(place, "", kind, message),))


def _not_unicode(raw: bytes, error: UnicodeDecodeError, name: str) -> Document:
    here = _lines(raw[: error.start].decode("utf-8-sig", "replace"))
    source = Source(name, _lines(raw.decode("utf-8-sig", "replace")))
    what = f"the byte 0x{raw[error.start]:02X} is not UTF-8 (scenario files are UTF-8)"
    place = Place(source, len(here), len(here[-1]) + 1)
    return _failed(place, "encoding", f'{what}; save the file as "UTF-8" in your editor')


def _lines(text: str) -> tuple[str, ...]:
    return tuple(re.split("\r\n|\r|\n", text))


def read(text: str, name: str, shown: tuple[str, ...] = ()) -> Document:
    """A text as a document, with every letter in its composed form (NFC), so that names that look equal are.

    shown: the lines as the user knows them, where they differ from those of the text.
    """
    lines = _lines(normalize("NFC", text))
    source = Source(name, shown or lines)
    hidden = _forbidden(lines, source)
    if hidden:
        return Document(None, hidden)
    return _read_events("\n".join(lines), source)


def _forbidden(lines: tuple[str, ...], source: Source) -> tuple[Problem, ...]:
    """The first of each character that no text may hold."""
    first: dict[str, Problem] = {}
    for number, line in enumerate(lines, 1):
        for match in FORBIDDEN.finditer(line):
            if match[0] not in first:
                place = Place(source, number, match.start() + 1)
                first[match[0]] = Problem.at(place, "", "bad-character", no_character(match[0]))
    return tuple(first.values())


def _read_events(text: str, source: Source) -> Document:
    builder = Builder(source, text)
    place = Place(source, 1, 1)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            place = builder.place(event.end_mark)
            builder.take(event)
    except Stop:
        return builder.unfinished()
    except yaml.MarkedYAMLError as error:
        return builder.unfinished("syntax", *explain(error, source, builder.bracket()))
    except Exception:
        # PyYAML lets ValueError, OverflowError and others escape (at "\UFFFFFFFF", say); none of them is ours.
        message = "YAML cannot be read from here on (an escape, tag or directive is wrong); correct it"
        return builder.unfinished("syntax", place, message)
    return builder.finished()
