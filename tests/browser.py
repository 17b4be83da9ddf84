"""Debian's Chromium, driven by Playwright: pages that are watched while they are open and leave nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
SCREEN = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


def needed() -> None:
    """Skip the test where there is no browser, or nothing to drive it."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    pytest.importorskip("playwright", reason="playwright is not installed (make test installs it)")


@contextmanager
def launched() -> Iterator[Any]:
    """A browser without pages."""
    needed()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def context(chromium: Any, **options: Any) -> Iterator[Any]:
    """A user of the browser, with cookies of its own.

    Whoever still answers for the network when it closes does so for nobody: the error would come up in the next test.
    """
    found = chromium.new_context(**options)
    try:
        yield found
    finally:
        for each in (*found.pages, found):
            each.unroute_all(behavior="ignoreErrors")
        found.close()


@contextmanager
def watched(chromium: Any, home: str, **options: Any) -> Iterator[Any]:
    """A page: whatever it does wrong, or asks of another place than its home, fails the test."""
    wrong: list[str] = []
    with context(chromium, **SCREEN, **options) as user:
        page = user.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(home) else wrong.append(request.url))
        yield page
    assert not wrong


def follow(page: Any, selector: str) -> None:
    """Click what leads to another page, and wait until that is loaded, its scripts too."""
    with page.expect_navigation():
        page.click(selector)
