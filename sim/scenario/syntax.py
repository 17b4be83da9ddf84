"""YAML's own parsers, and their complaints in words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml import MarkedYAMLError

from sim.scenario.tree import Place, Source

UNLIKE = re.compile(r"\t|^(?:---|\.\.\.|%)|(?<!\S)\?(?!\S)", re.MULTILINE)
"""What PyYAML's two parsers read in different ways: tabs, marks between documents, directives, `? ` before a key."""

WORDS = {
    "found character '\\t'": "a tab where blanks are needed (YAML indents with blanks only); replace it by blanks",
    "mapping values are not allowed here": "a second colon, or a line that is indented too far"
    " (one `key: value` a line); put a text with a colon in quotes, or line the keys up",
    "could not find expected ':'": "a line that is no `key: value` (every key needs a colon and a blank after it);"
    " add the colon, or indent the line under the text that it continues",
    "found unexpected end of stream": "a quote that is never closed (a quoted text ends with the quote that began it);"
    " add the closing quote",
    "found unknown escape character": "a backslash that means nothing (in double quotes it starts an escape such as"
    " \\n); double it, or use single quotes",
    "expected escape sequence": "an escape that is not complete (\\x needs 2 digits, \\u 4, \\U 8); add the"
    " digits, or use single quotes",
    "found undefined tag handle": "an exclamation mark that starts a tag (tags are refused); put the text in quotes",
    "expected alphabetic or numeric character": "a * or & at the start of a value (YAML reads it as an alias or anchor,"
    " which are refused); put the text in quotes",
    "expected chomping or indentation indicators": "text behind a | or > (the text starts on the next line);"
    " put it there, or put the whole value in quotes",
    "expected <block end>": "a line that is not in line with its neighbours (keys of one mapping start in one column);"
    " line it up, or indent it under the key that it belongs to",
    "got '?'": "a question mark in brackets or braces (YAML gives it a meaning there); put the text in quotes",
    "that cannot start any token": "a character that cannot start a value; put the text in quotes",
    "sequence entries are not allowed here": "a list item where none can stand (each `- item` goes on a line of its"
    " own, under its key); move it to the next line",
}
IN_BRACKETS = ("while parsing a flow mapping", "while parsing a flow sequence")
UNCLOSED = (
    "this bracket or brace is not closed, or a comma is missing in it (write [one, two] and {key: value, key: value});"
    " add the missing sign"
)


def explain(error: MarkedYAMLError, source: Source, opened: Place | None) -> tuple[Place, str]:
    """Where the mistake most likely is, and what to do about it.

    opened: the innermost bracket or brace that was still open. YAML reads on to the end of the file in search of its
    partner and complains there.
    """
    said = error.problem or "no YAML"
    mark = error.context_mark if "unexpected end of stream" in said else error.problem_mark
    place = Place(source, mark.line + 1, mark.column + 1) if mark is not None else Place(source, 1, 1)
    words = next((words for start, words in WORDS.items() if start in said), None)
    if opened is not None and (error.context in IN_BRACKETS or place.line > opened.line) and "got '?'" not in said:
        return opened, UNCLOSED
    return place, words or f"YAML cannot be read from here on ({said}); check colons, quotes and indentation"


# ---- PyYAML's parser in C takes a twentieth of the time of the one in Python -----------------------------------------


class Unlike(ValueError):
    """The two parsers may read a text in different ways."""


def fast_events(text: str) -> Iterator[yaml.Event]:
    """What the parser in C reads, where it was built, as long as the one in Python reads the same there.

    Errors: Unlike, from where on they may differ; what PyYAML raises, which may have other words and places.
    """
    if UNLIKE.search(text):
        raise Unlike
    in_brackets: list[bool] = []
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            in_brackets.append(bool(event.flow_style))
        elif isinstance(event, yaml.CollectionEndEvent):
            in_brackets.pop()
        elif in_brackets and in_brackets[-1] and _unlike(event):
            raise Unlike
        yield event


def _unlike(event: Any) -> bool:
    """Is it, in brackets, a value that stands elsewhere to the other parser, or whose `?` marks a key there?"""
    plain = isinstance(event, yaml.ScalarEvent) and bool(event.implicit[0])
    return plain and (not event.value or "?" in event.value)


def sure_events(text: str) -> Iterator[yaml.Event]:
    """What the parser in Python reads, whose words and places everybody gets.  Errors: what PyYAML raises."""
    return yaml.parse(text, Loader=yaml.SafeLoader)
