"""Texts in Markdown as HTML: the worksheets and teacher's notes of the lessons.

rich reads them (CommonMark with tables). Comments, which mark numbers for a test, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup
from rich.markdown import Markdown

LEFT_OUT = ("html_inline", "html_block")
KEPT = ("href", "start")  # attributes: where a link leads, and the number that a list goes on with
GIVEN = {"th": Markup(' scope="col"'), "table": Markup(' tabindex="0"')}
"""By tag: a table that is wider than a phone is moved by keyboard."""
NEW_LINES = {"softbreak": "\n", "hardbreak": "<br>"}


def html(text: str) -> Markup:
    """A text in Markdown as HTML; nothing in it can be a script."""
    return Markup("").join(_written(Markdown(text).parsed))


def _written(tokens: Iterable[Any]) -> Iterable[Markup]:
    for token in tokens:
        if token.type in LEFT_OUT or token.hidden:
            continue
        if token.type in NEW_LINES:
            yield Markup(NEW_LINES[token.type])
        elif token.children:
            yield from _written(token.children)
        elif token.type in ("fence", "code_block"):
            yield Markup("<pre><code>{}</code></pre>\n").format(token.content)
        elif token.tag:
            yield _tag(token)
        else:
            yield Markup("{}").format(token.content)


def _tag(token: Any) -> Markup:
    """An opening or closing tag, or an element with its words."""
    tag = Markup(token.tag)
    if token.nesting < 0:
        return Markup("</{}>").format(tag)
    if token.nesting == 0 and token.tag != "hr":
        return Markup("<{}>{}</{}>").format(tag, token.content, tag)
    attributes = [Markup(' {}="{}"').format(name, token.attrs[name]) for name in KEPT if name in token.attrs]
    return Markup("<{}{}>").format(tag, Markup("").join([*attributes, GIVEN.get(token.tag, Markup())]))
