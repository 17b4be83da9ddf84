"""Strict YAML: bytes become values that know their line and column, or problems. Nothing is guessed.

The reader walks through PyYAML's events and not through its objects: there, aliases and merge keys explode, duplicate
keys pass silently, and numbers are guessed. What is not allowed is noted, and reading goes on if it can. Size, depth
and the number of values are bounded while reading, so any file is answered quickly.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import yaml

from sim.scenario.problems import Problem, Report
from sim.scenario.scalars import FORBIDDEN, Refusal, Scalar, Words, no_character, resolve, shorten
from sim.scenario.syntax import explain, fast_events, sure_events
from sim.scenario.tree import BROKEN, Broken, Entry, Node, Place, Source, Trail, key_text

LARGEST = 64 * 1024
"""Bytes of a file."""
DEEPEST = 20
"""Lists and mappings inside each other."""
MOST_NODES = 5_000
"""Keys, values, lists and mappings of a file."""

TOO_LARGE = (
    f"more than {LARGEST // 1024} KiB (a scenario file has at most {LARGEST:,} bytes);"
    " shorten it, or move common parts to a file that it extends"
)
UTF_16 = (
    "the file is UTF-16, as PowerShell writes with > (scenario files are UTF-8);"
    ' save it as "UTF-8" in your editor, or let sim write it: sim show FILE -o NEW.yaml'
)
EMPTY = (
    "there is nothing in it (a scenario needs name, parties and working_groups);"
    " start from the file that `sim new NAME` writes"
)
SHARING = "a file says everything where it stands; files share with `extends`"
ANCHOR = f"&{{}} is an anchor ({SHARING}); remove it"
ALIAS = f"*{{}} is an alias ({SHARING}); write the value out, or put the text in quotes"
TAG = "{} is a tag (values say by their look what they are; no file can run code); remove it, or put text in quotes"
MERGE_KEY = "<< is a merge key (files share with `extends`, which says what it takes); write the keys out"
NO_KEY = "a list or mapping as a key (a key is text or a number); a text with brackets or braces needs quotes"
COMMA = "the comma before {0} ends a value (numbers have a decimal point); write 0.{0}, not 0,{0}"


@dataclass(frozen=True)
class Document:
    """What a text holds: a value with its places (None if it could not be read to its end), and what is wrong."""

    root: Node | None
    problems: tuple[Problem, ...] = ()


# ---- from bytes to lines ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def read_bytes(raw: bytes, name: str, words: Words = resolve) -> Document:
    """A file's bytes as a document. Remembered, since a sweep reads the same file for each of its points."""
    if len(raw) > LARGEST:
        return _failed(Place(Source(name), 1, 1), "too-large", TOO_LARGE)
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _failed(Place(Source(name), 1, 1), "encoding", UTF_16)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_unicode(raw, error, name)
    return read(text, name, words=words)


def read_value(text: str, place: Place) -> Document:
    """A value that stands at this place of an option or another text, whose lines messages show."""
    before = "\n" * (place.line - 1) + " " * (place.column - 1)
    return read(before + text, place.source.name, tuple(place.source.lines))


def read(text: str, name: str, shown: tuple[str, ...] = (), words: Words = resolve) -> Document:
    """A text as a document, with every letter in its composed form (NFC), so that names that look equal are.

    shown: the lines as the user knows them, where they differ from those of the text; words: what unquoted words mean.
    """
    lines = _lines(normalize("NFC", text))
    source = Source(name, shown or lines)
    hidden = _forbidden(lines, source)
    if hidden:
        return Document(None, hidden)
    whole = "\n".join(lines)
    found = _Reader(source, whole, fast_events(whole), words).read()
    return _Reader(source, whole, sure_events(whole), words).read() if found.problems else found


def _failed(place: Place, kind: str, message: str) -> Document:
    return Document(None, (Problem.at(place, "", kind, message),))


def _not_unicode(raw: bytes, error: UnicodeDecodeError, name: str) -> Document:
    before = _lines(raw[: error.start].decode("utf-8-sig", "replace"))
    source = Source(name, _lines(raw.decode("utf-8-sig", "replace")))
    what = f"the byte 0x{raw[error.start]:02X} is not UTF-8 (scenario files are UTF-8)"
    place = Place(source, len(before), len(before[-1]) + 1)
    return _failed(place, "encoding", f'{what}; save the file as "UTF-8" in your editor')


def _lines(text: str) -> tuple[str, ...]:
    return tuple(re.split("\r\n|\r|\n", text))


def _forbidden(lines: tuple[str, ...], source: Source) -> tuple[Problem, ...]:
    """The first of each character that no text may hold."""
    first: dict[str, Problem] = {}
    for number, line in enumerate(lines, 1):
        for match in FORBIDDEN.finditer(line):
            place = Place(source, number, match.start() + 1)
            first.setdefault(match[0], Problem.at(place, "", "bad-character", no_character(match[0])))
    return tuple(first.values())


# ---- from lines to values --------------------------------------------------------------------------------------------


class _Stop(Exception):
    """Reading cannot go on; the problem has been noted."""


@dataclass(frozen=True)
class _Key:
    """A key that has been read, and where its text ends (0: it is none).

    text: None if the key was refused; what stands under it is read and forgotten.
    """

    text: str | None
    value: str | int | float
    place: Place
    end: int = 0


class _Reader:
    """Reads one text: each method takes the event that a value begins with, and the path to it."""

    def __init__(self, source: Source, text: str, events: Iterator[yaml.Event], words: Words) -> None:
        self.source = source
        self.words = words
        self.text = text
        self.events = events
        self.report = Report()
        self.nodes = 0
        self.shared: set[str] = set()
        """Names of anchors and aliases of which something has been said."""
        self.opened: list[Place | None] = []
        """The lists and mappings around what is being read: where their bracket stands, if they have one."""
        self.trail: Trail = ()
        self.end = Place(source, 1, 1)
        """Path and end of the last event, for what PyYAML says when a text breaks off."""

    def read(self) -> Document:
        """The whole text."""
        root = None
        try:
            root = self._document()
        except _Stop:
            pass
        except yaml.MarkedYAMLError as error:
            bracket = self.opened[-1] if self.opened else None
            place, message = explain(error, self.source, bracket)
            self.report.add(place, self.trail, "syntax", message)
        except Exception:
            # PyYAML lets ValueError, OverflowError and others escape (at "\UFFFFFFFF", say); none of them is ours.
            message = "YAML cannot be read from here on (an escape, tag or directive is wrong); correct it"
            self.report.add(self.end, self.trail, "syntax", message)
        return Document(root, tuple(self.report.problems))

    def _document(self) -> Node:
        root = None
        event = self._next(())
        while not isinstance(event, yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    rule = "a file holds one scenario"
                    message = f"a second document starts here ({rule}); make two files of it"
                    self._refuse(event, (), "several-documents", message)
                    raise _Stop
                root = self._node(self._next(()), ())
            event = self._next(())
        if root is None:
            self.report.add(Place(self.source, 1, 1), (), "empty", EMPTY)
            raise _Stop
        return root

    def _node(self, event: Any, trail: Trail) -> Node:
        """The value that begins with this event, read to its end."""
        place = self._place(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._refuse_alias(event, trail)
            return Node(BROKEN, place)
        tagged = self._is_tagged(event, trail)
        if isinstance(event, yaml.ScalarEvent):
            return Node(BROKEN if tagged else self._scalar(event, trail), place)
        if len(self.opened) >= DEEPEST:
            rule = f"lists and mappings stand at most {DEEPEST} deep inside each other"
            self._refuse(event, trail, "too-deep", f"one level too many ({rule}); write it flatter")
            raise _Stop
        flow = bool(event.flow_style)
        self.opened.append(place if flow else None)
        mapping = isinstance(event, yaml.MappingStartEvent)
        value = self._mapping(trail, flow=flow) if mapping else self._sequence(trail)
        self.opened.pop()
        return Node(BROKEN if tagged else value, place)

    def _sequence(self, trail: Trail) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := self._next((*trail, len(items))), yaml.SequenceEndEvent):
            items.append(self._node(event, (*trail, len(items))))
        return items

    def _mapping(self, trail: Trail, *, flow: bool) -> dict[str, Entry]:
        """The entries up to the end of a mapping.  flow: it stands in braces, where commas divide

        `{source: a statement, 2020-11-09}` has one key, whose text goes on behind the comma; and `{mean: 0,6}` is a
        decimal comma, though YAML alone reads a key 6 without a value.
        """
        entries: dict[str, Entry] = {}
        text_before: tuple[str, int] | None = None  # the last value, if a comma may have cut it: its key, its start
        while not isinstance(event := self._next(trail), yaml.MappingEndEvent):
            key = self._key(event, entries, trail, flow=flow)
            below = trail if key.text is None else (*trail, key.text)
            event = self._next(below)
            start = event.start_mark.index
            alone = flow and start == event.end_mark.index  # nothing stands behind the key

            if alone and text_before and ":" not in self.text[key.end : start]:
                name, begin = text_before
                joined = " ".join(self.text[begin : key.end].split())
                before = entries[name]
                entries[name] = Entry(before.key, before.place, Node(joined, before.node.place))
                continue
            if alone and not isinstance(key.value, str):
                self.report.add(key.place, trail, "ambiguous-scalar", COMMA.format(key.value))
                node = Node(BROKEN, self._place(event.start_mark))
            else:
                node = self._node(event, below)

            text_before = None
            if key.text is not None:
                entries[key.text] = Entry(key.value, key.place, node)
                unquoted = isinstance(event, yaml.ScalarEvent) and event.implicit[0]
                text_before = (key.text, start) if unquoted and isinstance(node.value, str) else None
        return entries

    # ---- keys and single values --------------------------------------------------------------------------------------

    def _key(self, event: Any, entries: dict[str, Entry], trail: Trail, *, flow: bool) -> _Key:
        """A text or a number, once in its mapping."""
        place = self._place(event.start_mark)
        end = event.end_mark.index
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, trail)
            if not isinstance(event, yaml.AliasEvent):
                self.report.add(place, trail, "wrong-type", NO_KEY)
            return _Key(None, "", place)

        value = self._key_value(event, trail, flow=flow)
        text = None if value is None else key_text(value)
        if text is not None and text in entries:
            first = entries[text].place.line
            message = f"the key stands twice (first in line {first}; one of the two would be lost); remove one"
            self._refuse(event, (*trail, text), "duplicate-key", message)
            text = None
        return _Key(text, "" if value is None else value, place, end)

    def _key_value(self, event: Any, trail: Trail, *, flow: bool) -> str | int | float | None:
        """What a key says; None if it is refused."""
        if self._is_tagged(event, trail):
            return None
        if event.value == "<<" and event.implicit[0]:
            self._refuse(event, trail, "merge-key", MERGE_KEY)
            return None
        if flow and event.implicit[0] and re.fullmatch("0[0-9]+", event.value):
            self._refuse(event, trail, "ambiguous-scalar", COMMA.format(event.value))
            return None
        value = self._scalar(event, trail)
        if isinstance(value, bool) or value is None:
            said = shorten(event.value) or "nothing"
            rule = "a key is text or a number"
            self._refuse(event, trail, "wrong-type", f'{said} as a key ({rule}); write "{said}" in quotes')
            return None
        return None if isinstance(value, Broken) else value

    def _scalar(self, event: yaml.ScalarEvent, trail: Trail) -> Scalar | Broken:
        hidden = FORBIDDEN.search(event.value)
        if hidden:
            self._refuse(event, trail, "bad-character", no_character(hidden[0]))
            return BROKEN
        value = self.words(event.value) if event.implicit[0] else event.value
        if isinstance(value, Refusal):
            self._refuse(event, trail, value.kind, value.message)
            return BROKEN
        return value

    def _refuse_alias(self, event: Any, trail: Trail) -> None:
        """Once for each name."""
        if event.anchor not in self.shared:
            self._refuse(event, trail, "alias", ALIAS.format(shorten(event.anchor)))
        self.shared.add(event.anchor)

    def _is_tagged(self, event: Any, trail: Trail) -> bool:
        """Has it a tag? That is refused, and so is an anchor, but what an anchor stands before can be read."""
        if event.anchor is not None:
            self._refuse(event, trail, "alias", ANCHOR.format(shorten(event.anchor)))
            self.shared.add(event.anchor)
        if event.tag is not None:
            self._refuse(event, trail, "tag", TAG.format(shorten(event.tag)))
        return event.tag is not None

    # ---- events and problems -----------------------------------------------------------------------------------------

    def _next(self, trail: Trail) -> Any:
        """The next event, which belongs to this path.  Errors: _Stop, if the file has too many; what PyYAML raises."""
        self.trail = trail
        event = next(self.events)
        self.end = self._place(event.end_mark)
        if isinstance(event, yaml.NodeEvent):
            self.nodes += 1
            if self.nodes > MOST_NODES:
                rule = f"a file holds at most {MOST_NODES:,} keys and values"
                self._refuse(event, trail, "too-large", f"too many keys and values ({rule}); shorten it")
                raise _Stop
        return event

    def _place(self, mark: Any) -> Place:
        """A mark of PyYAML as a place."""
        return Place(self.source, mark.line + 1, mark.column + 1)

    def _refuse(self, event: Any, trail: Trail, kind: str, message: str) -> None:
        """Note a problem where an event begins."""
        self.report.add(self._place(event.start_mark), trail, kind, message)
