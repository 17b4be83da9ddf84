"""The scenarios that ship are known by name wherever one stands: `baseline`, `lessons/01-freeze/by-date`.

A file that exists wins over a name. The names are all that a text may reach outside its own folder.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from fnmatch import filter as matching
from functools import cache
from pathlib import Path

MOST_NEAR = 3


def folder() -> Path:
    """Where the shipped scenarios lie: beside the package in a checkout, inside it once installed."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


@cache
def names() -> dict[str, Path]:
    """The file of each shipped scenario, by its path in the folder without ending; those of sub-folders last."""
    files = sorted(folder().rglob("*.yaml"), key=lambda path: (len(path.parts), path))
    return {path.relative_to(folder()).with_suffix("").as_posix(): path for path in files}


def locate(said: str | os.PathLike[str]) -> Path:
    """The file that a path or the name of a shipped scenario means; the path itself where there is no such file."""
    path = Path(said)
    return path if os.path.exists(path) and not os.path.isdir(path) else names().get(_spelled(path), path)


def matches(pattern: str) -> list[str]:
    """The names that fit a pattern such as `lessons/01-freeze/*`, whose stars stop at a slash."""
    pattern = _spelled(pattern)
    return [name for name in matching(names(), pattern) if name.count("/") == pattern.count("/")]


def near(word: str) -> list[str]:
    """The names that look most like a word, or whose last part does."""
    word = _spelled(word).removesuffix(".yaml")
    ends = {name.rpartition("/")[2]: name for name in reversed(names())}
    close = get_close_matches(word.lower()[:100], [*names(), *ends], MOST_NEAR)
    return list(dict.fromkeys(ends.get(each, each) for each in close))


def _spelled(said: str | os.PathLike[str]) -> str:
    return os.fspath(said).replace("\\", "/")
