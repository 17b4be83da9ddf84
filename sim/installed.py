"""What is installed: the name and version of the distribution, and how to add to it what only some verbs need.

The package that is imported and the command are called `sim`; a package of that name at the index is somebody else's.
"""

from __future__ import annotations

DISTRIBUTION = "negotiation-process-simulator"
VERSION = "0.1.0"  # pyproject.toml takes it from here


def adding(extra: str) -> str:
    """The command that adds what an extra of the distribution needs, in quotes that every shell understands."""
    return f'pip install "{DISTRIBUTION}[{extra}]"'
