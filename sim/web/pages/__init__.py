"""The pages, a module each: a new one is a module with a `PAGE`, a template, and its words in `texts/en.json`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from sim.web.site import Page


def pages() -> list[Page]:
    """All of them, in the order of the menu."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return sorted((module.PAGE for module in modules), key=lambda page: page.place)
