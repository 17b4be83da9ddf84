"""Names that are cut to the room they have, and are still told apart: never two rows with one label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from rich.cells import cell_len, chop_cells

ELLIPSIS = "…"
MARKS = "\N{LEFT-TO-RIGHT MARK}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"  # steer directions, are not seen
Cut = Callable[[str], str]


def told_apart(names: Sequence[str], cut: Cut, say: Callable[[str], str] = str) -> list[str]:
    """Each name, as one says it, as `cut` shortens it; names that would then look alike show where they differ instead.

    `Working group on heavy weapons, zone 1` and `..., zone 2` become `Working gr… zone 1` and `Working gr… zone 2`.
    What still looks alike has its number in the order given before it. The same name has the same label.
    """
    said = {name: say(name) for name in names}
    shown = {name: cut(text) for name, text in said.items()}
    for label, count in Counter(shown.values()).items():
        if count > 1:
            alike = [name for name, each in shown.items() if each == label]
            begin = _where_they_differ([said[name] for name in alike])
            shown |= {name: _middle_left_out(said[name], begin, cut) for name in alike}
    counts = Counter(shown.values())
    for number, (name, label) in enumerate(list(shown.items()), start=1):
        if counts[label] > 1:
            shown[name] = cut(f"{number}. {said[name]}")
    return [shown[name] for name in names]


def _where_they_differ(names: Sequence[str]) -> int:
    """The place of the word before the first that is not in all the names."""
    columns = zip(*names, strict=False)
    alike = next((n for n, letters in enumerate(columns) if len(set(letters)) > 1), min(map(len, names)))
    words = list(re.finditer(r"\S+", names[0][:alike] + "."))
    return words[max(len(words) - 2, 0)].start()


def _middle_left_out(name: str, begin: int, cut: Cut) -> str:
    """As much of the name's beginning as leaves room for all of it from `begin` on."""
    for kept in range(begin - 1, -1, -1):
        short = f"{name[:kept].rstrip()}{ELLIPSIS} {name[begin:]}"
        if not cut(short).rstrip(MARKS).endswith(ELLIPSIS):
            return cut(short)
    return cut(f"{ELLIPSIS} {name[begin:]}" if begin else name)


def in_cells(names: Sequence[str], width: int, say: Callable[[str], str] = str) -> list[str]:
    """Names for a column of a terminal, so many cells wide, no two alike."""
    return told_apart(names, lambda text: text if cell_len(text) <= width else _chopped(text, width), say)


def _chopped(text: str, width: int) -> str:
    return (chop_cells(text, width - 1)[0].rstrip() if width > 1 else "") + ELLIPSIS
