"""Names of a domain as a scenario takes them: each once, as people see them, and without the signs of paths."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

from sim.scenario.checks import RESERVED, look_of
from sim.scenario.scalars import FORBIDDEN, shorten

LONGEST = 80
"""Characters of a name."""
ROOM = 6
"""Characters that ` (99)` takes behind a name that looks like another one."""
UNFILED = re.compile('[<>:"|?*]')
"""Signs that no file of Windows has in its name, beside those that no name has."""


def distinct(names: Iterable[str], *, paths: bool = True, taken: Iterable[str] = ()) -> list[str]:
    """A name that a scenario takes for each of these.

    paths: they become parts of paths, as all but those of options do; taken: names that nobody may have.
    """
    seen = {look_of(name) for name in taken}
    found = []
    for name in names:
        usual = " ".join(FORBIDDEN.sub(" ", normalize("NFC", name)).split())
        if paths:
            usual = RESERVED.sub("-", usual)
        found.append(_unlike(usual[:LONGEST].strip() or "unnamed", seen))
        seen.add(look_of(found[-1]))
    return found


def _unlike(name: str, seen: set[str]) -> str:
    """The name, or with the first number behind it that no other name has."""
    numbered, number = name, 1
    while look_of(numbered) in seen:
        number += 1
        numbered = f"{name[: LONGEST - ROOM].strip()} ({number})"
    return numbered


def changed(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """A sentence for each name that had to change."""
    return [f"{shorten(was)} is called {name}" for was, name in zip(before, after, strict=True) if name != was]


def of_file(name: str) -> str:
    """The name of a file without ending: nothing in it leads to another folder, or is refused by Windows."""
    return UNFILED.sub("-", distinct([name])[0])
