"""How a page looks in a browser: nothing too wide, nothing that a blind or a keyboard user cannot take.

Accessibility is judged by axe-core, in `vendor/axe-core` (npm, MPL 2.0), which only the tests use.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
Size = dict[str, int]
Fits = Callable[[Any, str], None]
PHONE: Size = {"width": 360, "height": 740}
WIDE: Size = {"width": 1920, "height": 1080}
JUDGE = """async () => {
    const {violations} = await axe.run({resultTypes: ['violations']});
    return violations.map(each => each.id + ': ' + each.nodes.slice(0, 3).map(node => node.html).join(' '));
}"""
IN_VIEW = """each => {
    const {top, bottom} = each.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight && document.activeElement?.contains(each);
}"""
"""Whether something is on the screen and has the focus."""


def fits(page: Any, name: str, judged: Size = PHONE) -> None:
    """Fit for a phone and for a projector; a picture of both in SIM_PICTURES, if somebody wants to look.

    judged: the size in which the rules of accessibility are looked at, which takes longest.
    """
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert page.locator("html").evaluate("each => each.scrollWidth - each.clientWidth") <= 0, (name, size)
        assert size != judged or not violations(page), (name, size)
        if folder := os.environ.get("SIM_PICTURES"):
            page.wait_for_timeout(200)
            page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png", full_page=True)


def violations(page: Any) -> list[str]:
    """Rules of accessibility that the page breaks, each with what breaks it."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())  # not as a script of the page, which the page's own rules would refuse
    return [str(each) for each in page.evaluate(JUDGE)]


@lru_cache(maxsize=1)
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
