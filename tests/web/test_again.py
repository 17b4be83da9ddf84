"""What a page lacks because the server went away is asked for again, and said in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser import context

from .conftest import Site, Visit
from .looks import PHONE, violations

SHOWN = "/explore?scenario=tiny"
KNOWN = "#known:has-text('settle')"


def test_the_script_that_asks_again_is_kept_by_browsers_and_no_other(visit: Callable[[Visit], None]) -> None:
    async def what(site: Site) -> None:
        async with site.browser() as browser:
            page = (await browser.open(SHOWN)).text
            assert page.index("again.js") < page.index("stylesheet")  # it hears of all that fails
            assert '<a href="">Load it again</a>' in page  # this very page
            kept = [(await browser.get(f"/static/{name}.js")).headers["cache-control"] for name in ("again", "common")]
            assert kept == ["max-age=86400", "no-cache"]

    visit(what)


@pytest.fixture
def phone(chromium: Any, served: str) -> Iterator[Any]:
    with context(chromium, base_url=served, viewport=PHONE) as user:
        yield user.new_page()


@pytest.mark.validate
def test_a_script_that_did_not_come_is_asked_for_again(phone: Any) -> None:
    scripts, dropped = re.compile("charts.js"), []

    def drop(route: Any) -> None:
        dropped.append(route.request.url)
        route.abort() if len(dropped) < 3 else route.continue_()

    phone.route(scripts, drop)
    phone.goto(SHOWN)
    phone.wait_for_selector(KNOWN)
    assert len(dropped) == 3
    assert phone.is_hidden("#again")
    assert phone.evaluate("sessionStorage.getItem('again')") is None


@pytest.mark.validate
def test_a_page_without_any_script_says_so_and_has_a_link_that_loads_it(phone: Any) -> None:
    scripts = re.compile("/static/.*js")
    phone.route(scripts, lambda route: route.abort())
    phone.goto(SHOWN)
    phone.wait_for_selector("#again", state="visible")
    assert not violations(phone)
    phone.unroute(scripts)
    phone.focus("#again a")
    phone.keyboard.press("Enter")
    phone.wait_for_selector(KNOWN)
    assert phone.is_hidden("#again")


@pytest.mark.validate
def test_who_has_written_something_is_not_sent_away(phone: Any) -> None:
    phone.route(re.compile("charts.js"), lambda route: route.abort())
    phone.goto(SHOWN)
    phone.fill("#guess", "70")
    phone.wait_for_selector("#again", state="visible")
    phone.wait_for_timeout(3000)
    assert phone.input_value("#guess") == "70"
