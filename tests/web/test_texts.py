"""The catalogues of the pages' texts, in every language that there is; forms of what is counted; directions."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim import kinds
from sim.web import texts as catalogue
from sim.web.newsroom import news, reasons
from sim.web.pages.how import IN_CODE, translated
from sim.web.site import FOLDER, TEMPLATES, spoken
from sim.web.texts import DEFAULT, languages, own, texts
from sim.words.language import Language

from .conftest import Site, Visit

Visiting = Callable[[Visit], None]
AUTHORS = {"en", "ru"}
"""Written by the authors, and complete; other languages say who made them, and may lack what is new."""

ENOUGH = 0.9
"""The share of the texts that a page must have in a language to be offered in it."""

SAME = {"date"}
"""Texts that may be the same in English, as one or two words may in another language of Latin letters."""


def forms(entry: str | dict[str, str]) -> dict[str, str]:
    return {"other": entry} if isinstance(entry, str) else entry


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def misfits(language: str) -> Iterator[str]:
    """What is wrong with a catalogue, a line each."""
    english, other = own(DEFAULT), own(language)
    latin = re.search("[a-z]", other["language"].lower()) is not None
    for key in sorted(other.keys() - english.keys() - IN_CODE):
        yield f"{key}: English has no such text"
    for key, entry in other.items():
        theirs = names(forms(english[key])["other"]) if key in english else set()
        yield from (f"{key}: {each}" for each in _wrong(language, forms(entry), theirs))
        if language != DEFAULT and entry == english.get(key) and key not in SAME and words(entry) > (2 if latin else 0):
            yield f"{key}: still English"
    if language in AUTHORS:
        missing = english.keys() | (set() if language == DEFAULT else IN_CODE)
        yield from (f"{key}: missing" for key in sorted(missing - other.keys()))
    if bool(other.get("translated")) == (language in AUTHORS):
        yield "translated: says who made the translation, and is empty where the authors did"


def _wrong(language: str, written: dict[str, str], theirs: set[str]) -> Iterator[str]:
    if len(written) > 1 or "other" not in written:
        spoken = Language(language)
        needed = {spoken.plural(count) for count in range(1001)} | {"other"}
        yield from (f"no form `{form}`" for form in sorted(needed - written.keys()))
        yield from (f"no number is `{form}`" for form in sorted(written.keys() - needed))
    for form, text in written.items():
        few = form in ("zero", "one", "two")  # may say its number as a word
        if names(text) != theirs and not (few and names(text) < theirs and len(theirs - names(text)) == 1):
            yield f"`{form}` has {sorted(names(text))} in braces, English {sorted(theirs)}"


def words(entry: str | dict[str, str]) -> int:
    """How many words an entry has, beside its names in braces."""
    return len(re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", "", forms(entry)["other"])))


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_has_the_texts_of_the_pages_in_its_language(language: str) -> None:
    assert not list(misfits(language))
    assert translated(language) >= ENOUGH


WRONG = {
    "open": "Open",  # a word of English in another script
    "skip": "Перейти к {what}",
    "nothing.such": "Нет",
    "did.pause": {"one": "пауза на неделю ({group})", "many": "{weeks} недель ({group})", "other": "{group}, {weeks}"},
}


def test_what_is_wrong_with_a_catalogue_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, entries in (("en", own("en")), ("ru", WRONG)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"language": "Русский", **entries}), encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    texts.cache_clear()
    found = list(misfits("ru"))
    texts.cache_clear()
    expected = {
        "did.pause: no form `few`",
        "nothing.such: English has no such text",
        "skip: `other` has ['what'] in braces, English []",
        "menu: missing",
        "open: still English",
    }
    assert expected <= set(found)
    assert not [each for each in found if each.startswith("did.pause: `one`")]


# ---- what is counted -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "weeks", "said"),
    [
        ("en", 1, "a pause in wells of 1 week"),
        ("en", 2, "a pause in wells of 2 weeks"),
        ("ru", 1, "пауза на 1 неделю (wells)"),
        ("ru", 3, "пауза на 3 недели (wells)"),
        ("ru", 12, "пауза на 12 недель (wells)"),
    ],
)
def test_what_is_counted_has_the_form_of_its_number(language: str, weeks: int, said: str) -> None:
    assert texts(language)("did.pause", group="wells", weeks=weeks) == said


def test_one_wording_for_every_number_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A language without forms of its own never falls back on those of English."""
    (tmp_path / "en.json").write_text(json.dumps(own("en")), encoding="utf-8")
    (tmp_path / "hy.json").write_text(json.dumps({"did.pause": "{group}: {weeks}"}), encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    texts.cache_clear()
    assert texts("hy")("did.pause", group="wells", weeks=1) == "wells: 1"
    texts.cache_clear()


# ---- direction -------------------------------------------------------------------------------------------------------


PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)|(?:text-align|float|clear): *(?:left|right)|(?<![\w#-])(?:left|right) *:"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
)
SIDES = re.compile(r"(?:margin|padding|inset|border-width): *([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+) *[;}]")


def test_styles_know_no_left_and_right() -> None:
    """So that a page that is written from right to left is laid out from right to left."""
    for path in (FOLDER / "static").glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not PHYSICAL.findall(text), path.name
        assert all(found[2] == found[4] for found in SIDES.finditer(text)), path.name


@pytest.mark.parametrize(
    ("value", "said"), [("37.5", "37.5"), ("8–12", "\u20688–12\u2069"), ("Lower", "\u2068Lower\u2069")]
)
def test_names_and_ranges_stand_apart_in_a_sentence_from_right_to_left(value: str, said: str) -> None:
    assert catalogue.isolated(value, Language("ar").direction) == said
    assert catalogue.isolated(value, Language("de").direction) == value


ARABIC = {"language": "العربية", "menu": "الصفحات", "translated": "ترجمة آلية"}


def test_a_page_is_written_in_the_direction_of_its_language(
    tmp_path: Path, visit: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who made a translation stands at the foot of each page; How it works says how much there is of it."""
    for name, entries in (("en", own("en")), ("ar", ARABIC)):
        (tmp_path / f"{name}.json").write_text(json.dumps(entries), encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    texts.cache_clear()

    async def what(site: Site) -> None:
        async with site.browser() as browser:
            page = (await browser.open("/how?lang=ar")).text
            assert '<html lang="ar" dir="rtl">' in page
            assert '<p id="translated">ترجمة آلية' in page
            assert '<th scope="row" lang="ar" dir="auto">العربية</th><td>0' in page
            assert '<option value="ar" lang="ar" dir="auto" selected>العربية</option>' in page
            page = (await browser.open("/explore?scenario=tiny")).text
            assert '<p class="summary" lang="en" dir="auto">' in page
            assert '<option value="baseline" lang="en">' in page
            page = (await browser.open("/watch?scenario=tiny")).text
            assert 'class="story" lang="en" dir="ltr"' in page
            page = (await browser.open("/how?lang=en")).text
            assert '<html lang="en" dir="ltr">' in page
            assert 'id="translated"' not in page
            assert "<td>100" in page
            assert 'class="summary" dir="auto">' in (await browser.open("/explore?scenario=tiny")).text

    visit(what)
    texts.cache_clear()


HAPPENED = [
    {"kind": "freeze", "week": 1, "date": "2023-02-06", "actor": "Armenia", "group": "border", "text": "a cold winter"},
    {"kind": "statement", "week": 1, "date": "2023-02-06", "group": "border", "text": "We wait."},
    {"kind": "round", "week": 2, "date": "2023-02-13", "group": "border", "number": 3, "text": ""},
    {"kind": "statement", "week": 2, "date": "2023-02-13", "group": "border", "text": kinds.planned_as("round").unsaid},
]


def test_news_stand_as_the_page_does_and_say_what_is_english_in_them() -> None:
    """The page's own sentence has its direction; what the scenario says stands apart, with its language."""
    t = texts("ar")
    parts = TEMPLATES.get_template("game_parts.html.j2").make_module({"t": t, **spoken(t, "baseline")})
    for html in (parts.told(t, news(t, HAPPENED), ""), parts.happened(t, reasons(t, HAPPENED), [])):
        assert 'dir="auto"' not in html
        assert re.findall(r"<bdi(.*?)</bdi>", html) == [' lang="en">a cold winter', ' lang="en">We wait.']
        own = re.sub(r"<bdi.*?</bdi>|<[^>]*>|\u2068.*?\u2069|Armenia|border", "", html)
        assert not re.search("[a-zA-Z]", own)
