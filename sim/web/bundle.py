"""Modules of the page as one script, for a page that is a single file.

They are ours and small, and written in one manner: `import { a, b } from "./name.js";` in one line, and `export` in
front of a `const` or `function`. Each becomes a function that gives what it exports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

IMPORT = re.compile(r'^import \{ ([\w$, ]+) \} from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:const|function|async function) ([\w$]+))", re.MULTILINE)
LEFT = re.compile(r"^\s*(?:import|export)\b|</script", re.MULTILINE)

Exports = Mapping[str, list[str]]


def bundle(folder: Path, names: Iterable[str], instead: str) -> str:
    """The modules of a folder in this order, each after those that it imports from.  -> JavaScript

    What `instead` exports is taken from there by those that come after it, wherever they import it from.
    Errors: ValueError for a module that is not written in that manner.
    """
    parts, exported = [], dict[str, list[str]]()
    for name in names:
        text = (folder / f"{name}.js").read_text(encoding="utf-8")
        source = EXPORT.sub(r"\1", _bound(text, exported, instead))
        if LEFT.search(source):
            raise ValueError(f"{name}.js imports or exports in another manner than this can read")
        exported[name] = [found for _, found in EXPORT.findall(text)]
        parts.append(f"const {name} = (() => {{\n{source}return {{ {', '.join(exported[name])} }};\n}})();\n")
    return "\n".join(parts)


def _bound(text: str, exported: Exports, instead: str) -> str:
    """A module with its imports as constants."""

    def constants(match: re.Match[str]) -> str:
        lines = []
        for name in match[1].split(", "):
            giver = instead if name in exported.get(instead, ()) else match[2]
            if name not in exported.get(giver, ()):
                raise ValueError(f"{giver}.js exports no {name}, or comes later")
            lines.append(f"const {name} = {giver}.{name};")
        return "\n".join(lines)

    return IMPORT.sub(constants, text)
