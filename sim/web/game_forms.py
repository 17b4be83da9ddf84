"""What somebody wrote in the form of a game or a table: numbers, settlements, fields by name."""

from __future__ import annotations

from sim.web.game_jobs import Data
from sim.web.safety import Form


def number(text: str) -> float | str:
    """A number that somebody wrote, or the text if it is none: the rules of the game say what is wrong with it."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def whole(text: str) -> int | str:
    """The same for whole numbers."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def settled(issues: Data, form: Form, prefix: str) -> Data:
    """The text that the controls `prefix.issue` of a form settle."""
    return {
        issue: form.get(f"{prefix}.{issue}", "") if spec["options"] else number(form.get(f"{prefix}.{issue}", ""))
        for issue, spec in issues.items()
    }


def given(form: Form, prefix: str) -> dict[str, str]:
    """The fields `prefix.name` that are filled in, by name."""
    start = f"{prefix}."
    return {name.removeprefix(start): text for name, text in form.items() if name.startswith(start) and text.strip()}
