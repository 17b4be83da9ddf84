"""What a line may look like that is typed as it stands in bash, zsh, PowerShell 5.1 and cmd.

The four agree on little: words of plain characters, and texts in double quotes that hold nothing which one of them
would replace. Each rule says who breaks it.
"""

from __future__ import annotations

import re

BARE = re.compile(r"[\w./:=+%…-]+")
"""Outside quotes: `[` and `*` are patterns (zsh ends where nothing fits), a comma divides (PowerShell), braces are code
(PowerShell) or alternatives (bash), `#` begins no comment (cmd), `~` no home (cmd)."""

QUOTED = re.compile(r'"[^"$`\\%!]*"')
"""Inside double quotes: `$`, a backtick and a backslash are replaced (bash, PowerShell), `%` (cmd), `!` (bash)."""

FILES = re.compile(r"[\w./-]*\*[\w.-]*\.yaml")
"""A pattern of files that are there; where the shell does not look for them, `sim` does."""

PROGRAM = re.compile(r"[\w.-]+|\.venv\\Scripts\\\w+")
"""The command itself: cmd takes `/` in it for an option. A folder with a backslash is Windows' own."""

REDIRECTED = re.compile(r"> [\w.-]+\.txt")
"""Into a text only: PowerShell writes UTF-16, which is no scenario and no schema."""


def misread(line: str) -> list[str]:
    """The pieces of a command line that one of the shells would misread."""
    line = re.sub(REDIRECTED.pattern + "$", "", line).strip()
    program, _, rest = line.partition(" ")
    words = re.findall(r'"[^"]*"|\S+', rest)
    wrong = [word for word in words if not any(each.fullmatch(word) for each in (BARE, QUOTED, FILES))]
    return wrong if PROGRAM.fullmatch(program) else [program, *wrong]
