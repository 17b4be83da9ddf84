"""XML from anybody, read strictly: elements that know their line and column, or one error.

What makes XML dangerous is refused before anything is done with it: a document type (and with it every entity that a
file declares, in itself or elsewhere), more than `LARGEST` bytes, more than `MOST_ELEMENTS` elements, more than
`DEEPEST` levels. Nothing is ever fetched, and nothing is expanded but the five signs that XML itself escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from unicodedata import normalize
from xml.parsers import expat

from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.tree import Place, Source

LARGEST = 1_000_000
"""Bytes of a file."""
MOST_ELEMENTS = 20_000
DEEPEST = 20
"""Elements inside each other."""


@dataclass(frozen=True)
class Element:
    """A tag with its attributes, the place where it opens, and the elements in it. Text between tags is not kept."""

    tag: str
    attributes: Mapping[str, str]
    place: Place
    children: list[Element] = field(default_factory=list)

    def named(self, tag: str) -> list[Element]:
        """The elements right below that have this tag."""
        return [child for child in self.children if child.tag == tag]

    def all(self) -> Iterator[Element]:
        """This element and all in it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.all()


def wrong(place: Place, kind: str, message: str, path: str = "") -> ScenarioError:
    """The error that a file has this one problem."""
    return ScenarioError([Problem.at(place, path, kind, message)])


def read_xml(raw: bytes, name: str) -> Element:
    """The root element of a file.  Errors: ScenarioError for what is no XML, or more than a domain needs."""
    source = Source(name, re.split("\r\n|\r|\n", raw.decode("utf-8-sig", "replace")))
    if len(raw) > LARGEST:
        rule = f"an XML file has at most {LARGEST:,} bytes"
        raise wrong(Place(source), "too-large", f"{len(raw):,} bytes ({rule}); import a smaller domain")
    return _Reader(source).read(raw)


class _Reader:
    """Keeps the elements that are open while expat goes through a file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: list[Element] = []
        self.count = 0
        self.root: Element | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def read(self, raw: bytes) -> Element:
        try:
            self.parser.Parse(raw, True)
        except (expat.ExpatError, ValueError, LookupError) as error:  # of unknown encodings Python itself complains
            said = str(error).partition(": line")[0]
            message = f"no XML from here on ({said}); correct it, or export the domain anew"
            raise wrong(self._place(), "syntax", message) from None
        assert self.root is not None  # expat refuses a file without an element
        return self.root

    def _place(self) -> Place:
        return Place(self.source, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _doctype(self, *_: object) -> None:
        rule = "no file may declare entities, or name other files to read"
        raise wrong(self._place(), "doctype", f"a document type ({rule}); remove the line with <!DOCTYPE")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS:
            rule = f"an XML file has at most {MOST_ELEMENTS:,} elements"
            raise wrong(self._place(), "too-large", f"too many elements ({rule}); import a smaller domain")
        if len(self.open) >= DEEPEST:
            rule = f"elements stand at most {DEEPEST} deep inside each other"
            raise wrong(self._place(), "too-deep", f"<{tag}> is one level too many ({rule}); write it flatter")
        composed = {key: normalize("NFC", value) for key, value in attributes.items()}
        element = Element(tag, composed, self._place())
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def _end(self, tag: str) -> None:
        self.open.pop()
