"""Tables for spreadsheets and statistics programs: CSV in which no text is a formula, names that all of them can hold.

UTF-8 with a byte order mark, which spreadsheets need to see that it is; yes and no as 1 and 0; no number as nothing.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these a cell may begin a formula; the last four are wide forms of the first (OWASP, CSV injection)."""

LONGEST = 32
"""Characters of a name in Stata."""

RESERVED = re.compile(
    "if|in|else|for|next|break|repeat|while|function|true|false|null|inf|nan|na|byte|double|float|int|long|str[0-9l]*"
    "|using|with"
)
"""Words of R and Stata that name no column."""


def as_csv(columns: Sequence[object], rows: Iterable[Sequence[object]], digits: int | None = None) -> str:
    """A table as CSV; numbers stay numbers, texts that could be formulas get an apostrophe before them.

    digits: of numbers that are not whole, all of them by default.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(name, None) for name in columns])
    writer.writerows([_cell(value, digits) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()


def table_as_csv(table: pd.DataFrame, names: Sequence[str] = (), digits: int | None = None) -> str:
    """A table as CSV, without its index.  names: of the columns, by default their own"""
    rows = table.itertuples(index=False, name=None)
    return as_csv(names or list(table.columns), rows, digits)


def plain_names(columns: Iterable[object]) -> list[str]:
    """Names that R and Stata can hold, all different: `utility.treaty.Armenia` becomes `utility_treaty_Armenia`.

    Letters, digits and single underscores, a letter first, at most `LONGEST` characters, no word of theirs. Accents are
    dropped, all else becomes an underscore; names that would be alike get a number at their end.
    """
    found: list[str] = []
    taken: set[str] = set()
    for column in columns:
        name, number = _plain(str(column)), 1
        while name.casefold() in taken:
            number += 1
            name = f"{_plain(str(column))[: LONGEST - 1 - len(str(number))]}_{number}"
        found.append(name)
        taken.add(name.casefold())
    return found


def _plain(column: str) -> str:
    letters = unicodedata.normalize("NFKD", column)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    name = re.sub("[^A-Za-z0-9]+", "_", letters).strip("_") or "column"
    if not name[0].isalpha() or RESERVED.fullmatch(name.lower()):
        name = f"v_{name}"
    return name[:LONGEST]


def _cell(value: object, digits: int | None) -> object:
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(STARTS) else value
    if value is None or value != value:  # NaN differs from itself
        return ""
    if isinstance(value, bool):
        return int(value)
    return f"{value:.{digits}g}" if digits and isinstance(value, float) else value
