"""The pictures that the texts show, made anew: `make gallery`. The page needs Chromium, Debian's `chromium`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from sim.__main__ import answer

HOME = Path(__file__).parents[1]
SIZE = (960, 540)

SHOWN = {
    ("run", "baseline"): ("timeline", "agreement", "utility-space.treaty", "trust"),
    ("compare", "baseline", "cooling-off-4", "cooling-off-12"): ("compare-agreement", "saved-and-lost"),
    ("sweep", "baseline"): ("heatmap",),
    ("blame", "baseline"): ("blame",),
}
"""Verb and scenarios: figures of theirs."""

MORE = {"sweep": ["--vary", "mediators.Russia.effort=0:1:5", "--vary", "incidents.per_year=0:4:5", "-n", "400"]}


PAGE = "/explore?scenario=baseline&b.freeze=after&b.freeze.weeks=4&guess=55&lang=en"
"""A prediction and its answer: four weeks without talks after each incident."""

WINDOW = {"width": 1120, "height": 912}


def main() -> None:
    """Keep a few figures of each, half as large, and the page Explore with an answer."""
    gallery = HOME / "results" / "gallery"
    gallery.mkdir(exist_ok=True)
    for (verb, *names), figures in SHOWN.items():
        with TemporaryDirectory() as folder:
            files = [str(HOME / "scenarios" / f"{name}.yaml") for name in names]
            answer([verb, *files, *MORE.get(verb, []), "--out", folder])
            for name in figures:
                keep(next(Path(folder).rglob(f"{name}.png")), gallery)
    photograph(PAGE, gallery / "explore.png")


def keep(figure: Path, gallery: Path) -> None:
    """A smaller copy with few colours."""
    small = Image.open(figure).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    save(small, gallery / figure.name)


def save(picture: Image.Image, place: Path) -> None:
    """Write a picture with few colours."""
    picture.quantize(256, Image.Quantize.MAXCOVERAGE).save(place, optimize=True)


# ---- the page --------------------------------------------------------------------------------------------------------


def photograph(path: str, place: Path) -> None:
    """Open a page of the classroom server, wait for its answer, and keep what the window shows of it."""
    from playwright.sync_api import sync_playwright

    with served() as address, sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=WINDOW, reduced_motion="reduce")
        page.goto(address + path)
        page.wait_for_selector("#sentences p", timeout=120_000)
        page.wait_for_selector("#status:empty", state="attached", timeout=120_000)
        page.locator("#sentences").evaluate("each => window.scrollTo(0, each.getBoundingClientRect().top - 72)")
        page.evaluate("document.activeElement.blur()")
        shot = Path(folder) / "page.png"
        page.screenshot(path=shot)
        save(Image.open(shot).convert("RGB"), place)
        browser.close()


@contextmanager
def served() -> Iterator[str]:
    """A classroom server with a folder of its own.  -> its address"""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sim", "serve", "--port", "0", "--data", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HOME) as server:
            try:
                yield re.search(r"http://\S+", server.stdout.readline())[0]  # type: ignore[union-attr,index]
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
