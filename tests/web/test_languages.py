"""Pages say a scenario's names and texts in their own language, and forms and addresses keep the file's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

from sim.scenario.library import names

from .conftest import TINY_FILE, Browser, Site, Visit

Visiting = Callable[[Visit], None]
UPPER, LOWER, CHAIR, WATER = (
    "\u0412\u0435\u0440\u0445",
    "\u041d\u0438\u0437",
    "\u0421\u0443\u0434\u044c\u044f",
    "\u0412\u043e\u0434\u044b",
)
POND, SHARED = "\u041f\u0440\u0443\u0434", "\u041e\u0431\u0449\u0438\u0439 \u043f\u0440\u0443\u0434."
SAID = {
    "Two on a pond": POND,
    "Upper and Lower share a pond.": SHARED,
    "Upper": UPPER,
    "Lower": LOWER,
    "Chair": CHAIR,
    "water": WATER,
    "fish": "\u0420\u044b\u0431\u044b",
    "level": "\u0423\u0440\u043e\u0432\u0435\u043d\u044c",
    "night": "\u041d\u043e\u0447\u044c",
    "season": "\u0421\u0435\u0437\u043e\u043d",
}
NEVER_SAID = ("script", "style", "code", "pre")
KEPT = re.compile(r"A|B|CSV|PNG|YAML|JavaScript|QR")
"""What has Latin letters in every language."""


class Words(HTMLParser):
    """The texts of a page that are in its own language and have Latin letters."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        other = tag in NEVER_SAID or (tag != "html" and "lang" in given) or (bool(self.open) and self.open[-1][1])
        if not other:
            self.handle_data(given.get("aria-label") or "")
        if tag not in ("meta", "link", "input", "br", "hr", "img"):
            self.open.append((tag, other))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and not self.open[-1][1]:
            self.found += [word for word in re.findall("[A-Za-z]+", data) if not KEPT.fullmatch(word)]


def latin(page: str) -> list[str]:
    """Words of another language that no attribute says to be of one."""
    words = Words()
    words.feed(page)
    return words.found


def test_a_word_of_another_language_is_found() -> None:
    assert latin('<html lang="ru"><p>Two <b lang="en">three</b> <i aria-label="four">A</i></p></html>') == [
        "Two",
        "four",
    ]


PAGES = ("/explore?scenario=baseline&b=two-mediators", "/explore?scenario=seminar", "/watch", "/mediate", "/lessons",
         "/negotiate?scenario=camp-david-1978", "/class", "/lessons/01-freeze", "/build", "/table", "/how")  # fmt: skip


def test_no_word_of_english_is_left_on_pages(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        for language in ("ru", "hy"):
            async with site.browser(f"/how?lang={language}") as browser:
                for path in PAGES:
                    shown = (await browser.open(path)).text
                    shown = shown.replace('<option value="tiny"', '<option lang="en" value="tiny"')
                    assert not latin(shown), (language, path)

    visit(what)


async def begun(browser: Browser, role: str, stem: str) -> str:
    """The page of a game that has just begun."""
    response = await browser.send(f"/{role}/begin", scenario=stem, replication="1")
    return (await browser.open(response.headers["location"])).text


def test_a_scenario_of_ones_own_has_its_texts(visit: Visiting) -> None:
    """Names are shown in the language of the page; what is sent names the file's own."""
    text = f"{TINY_FILE.read_text(encoding='utf-8')}\ntexts: {{ru: {json.dumps(SAID, ensure_ascii=False)}}}\n"

    async def what(site: Site) -> None:
        async with site.browser("/explore?lang=ru") as browser:
            opened = await browser.send("/explore/own", text=text)
            address = opened.headers["location"]
            stem = address.partition("scenario=")[2]
            shown = (await browser.open(address)).text
            assert f"selected>{POND}</option>" in shown
            assert f'<p class="summary" dir="auto">{SHARED}</p>' in shown
            assert f'value="water" dir="auto">{WATER}</option>' in shown
            assert f'"named.Chair": "{CHAIR}"' in json.dumps(scripts(shown), ensure_ascii=False)
            told = json.loads((await browser.get("/watch/history", scenario=stem)).text)
            assert [each["name"] for each in told["parties"]] == ["Upper", "Lower"]
            assert [each["title"] for each in told["parties"]] == [UPPER, LOWER]
            assert UPPER in told["paragraphs"][0][1]
            shown = await begun(browser, "mediate", stem)
            assert f"<bdi>{WATER}</bdi>" in shown
            assert 'name="shuttle.Upper"' in shown
            assert f"<bdi>{CHAIR}</bdi>" in shown
            assert not re.search("Upper<|>Chair|>water", shown)
            shown = await begun(browser, "negotiate", stem)
            assert 'data-group="water"' in shown
            assert f"<bdi>{WATER}</bdi>" in shown
            in_english = (await browser.open(f"{address}&lang=en")).text
            assert WATER not in in_english

    visit(what)


def scripts(page: str) -> dict[str, str]:
    """What the scripts of a page are given."""
    found = re.search(r'id="words">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_what_nobody_has_translated_says_that_it_is_english(visit: Visiting) -> None:
    async def what(site: Site) -> None:
        async with site.browser("/explore?lang=fr") as browser:
            shown = (await browser.open("/watch?scenario=baseline")).text
            assert shown.count('" lang="en"') >= len(names())
            assert 'class="story" lang="en" dir="ltr"' in shown

    visit(what)
