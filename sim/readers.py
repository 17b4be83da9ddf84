"""How the rooms above read a result: its "text", one of its "figure"s, its "sentences". `sim` itself fills this in."""

from collections.abc import Callable
from typing import Any

READERS: dict[str, Callable[..., Any]] = {}
