"""A file that is edited: what was changed reads back, and every other line is as it was, byte for byte."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.edit import REMOVED, CannotEdit, Change, applied, edited, fresh, opened
from sim.scenario.library import names
from sim.scenario.problems import ScenarioError
from sim.scenario.spans import at, span_of
from sim.scenario.tree import Node, Trail, plain
from tests.scenario.legal import scenarios
from tests.seldom import examples

SHIPPED = {name: path.read_bytes().decode() for name, path in names().items()}
"""Texts as a person has them; a file that is alone names what it extends by its name."""


def alone(text: str) -> str:
    return text.replace("extends: baseline.yaml", "extends: baseline").replace("extends: ../../", "extends: ")


def reads(text: str) -> Any:
    return plain(opened(text).merged)


OPEN = [alone(text) for text in SHIPPED.values() if "extends: " not in text or "\nextends: baseline.yaml\n" in text]


@pytest.mark.parametrize("text", OPEN, ids=[f"{n}" for n in range(len(OPEN))])
def test_an_edit_that_changes_nothing_leaves_a_file_as_it_was(text: str) -> None:
    merged = opened(text).merged
    assert edited(text, [Change((name,), plain(entry.node)) for name, entry in merged.entries.items()]) == text


def walked(node: Node, trail: Trail = ()) -> list[tuple[Trail, Node]]:
    """Every value below a node."""
    found: list[tuple[Trail, Node]] = []
    for name, entry in node.entries.items():
        found += [((*trail, name), entry.node), *walked(entry.node, (*trail, name))]
    for place, item in enumerate(node.items):
        found += [((*trail, place), item), *walked(item, (*trail, place))]
    return found


# ---- the law ---------------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
VALUES = st.one_of(
    st.integers(-3, 400),
    st.floats(0, 1).map(lambda number: round(number, 4)),
    TEXTS,
    st.sampled_from(["yes", "0x1", "a: b", "# no", "- x", "a, b", "{x}", "2023-07-03", "2023-99-99", "1", "two words"]),
    st.sampled_from([{"mean": 0.4, "sd": 0.1}, {"low": 0.1, "high": 0.2}, [], {}, ["transport", "a, b"]]),
    st.dictionaries(TEXTS, st.one_of(st.integers(0, 9), TEXTS), min_size=1, max_size=3),
    st.lists(st.fixed_dictionaries({"groups": st.lists(TEXTS, max_size=2), "weeks": st.integers(0, 9)}), max_size=2),
    st.dictionaries(TEXTS, st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=2), min_size=1, max_size=2),
)


@st.composite
def changes(draw: Any, text: str) -> Change:
    """A change of something that is there, of something new, or away with it."""
    tree = opened(text).merged
    trail, node = draw(st.sampled_from(walked(tree)))
    what = draw(st.sampled_from(["change", "change", "remove", "new"]))
    if what == "new" and isinstance(node.value, dict):
        return Change((*trail, normalize("NFC", draw(TEXTS))), draw(VALUES))
    if what == "new" and isinstance(node.value, list):
        return Change((*trail, len(node.items)), draw(VALUES))
    return Change(trail, REMOVED if what == "remove" else draw(VALUES))


def law(text: str, change: Change) -> str:
    """Make a change, and hold what an edit promises."""
    before = opened(text)
    new = edited(text, [change])
    assert reads(new) == plain(applied(before.merged, change))
    old_lines, new_lines = text.splitlines(keepends=True), new.splitlines(keepends=True)
    first = 0
    while first < min(len(old_lines), len(new_lines)) and old_lines[first] == new_lines[first]:
        first += 1
    last = 0
    most = min(len(old_lines), len(new_lines)) - first
    while last < most and old_lines[-1 - last].rstrip("\r\n") == new_lines[-1 - last].rstrip("\r\n"):
        last += 1
    assert len(old_lines) - first - last <= touched(text, change.trail), (change, new)
    return new


def touched(text: str, trail: Trail) -> int:
    """Lines that an edit of this path may change: those of the value that is there, or of what holds it in braces."""
    span = span_of(text)
    found, count = at(span, trail)
    if count < len(trail) and found.block and not isinstance(trail[count], int):
        return 0
    if count < len(trail) and found.block:
        return 0
    holder, _ = at(span, trail[: max(count - 1, 0)])
    around = holder if holder.flow or len(holder.entries) + len(holder.items) == 1 else found
    start = around.start
    if count and isinstance(trail[count - 1], str) and not around.flow:
        start = holder.keys[str(trail[count - 1])].start
    lines = text.count("\n", min(start, found.start), max(around.end, found.end)) + 1
    moves = around is not found or any(isinstance(step, int) for step in trail)
    return lines + moves  # that of the key that is empty then, or of what comes to stand behind a dash


@given(st.data())
def test_an_edit_reads_back_and_leaves_every_other_line_alone(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(OPEN))
    for _ in range(data.draw(st.integers(1, 3))):
        text = law(text, data.draw(changes(text)))


@pytest.mark.parametrize("name", ["baseline", "seminar", "two-mediators", "no-mediator"])
def test_each_key_of_a_file_can_be_taken_away_without_touching_another_line(name: str) -> None:
    text = alone(SHIPPED[name])
    for key in opened(text).own.entries:
        law(text, Change((key,), REMOVED))


@given(scenarios(), st.data())
@examples(0.2)
def test_so_it_is_in_any_file(text: str, data: st.DataObject) -> None:
    law(text, data.draw(changes(text)))


@given(st.data())
@examples(0.3)
def test_so_it_is_with_the_line_ends_of_windows_and_a_mark_before_it(data: st.DataObject) -> None:
    text = "\ufeff" + data.draw(st.sampled_from(OPEN)).replace("\n", "\r\n")
    new = law(text, data.draw(changes(text)))
    assert new.startswith("\ufeff")
    assert new.count("\n") == new.count("\r\n")


# ---- what a person sees ----------------------------------------------------------------------------------------------

FILE = """\
parties:
  Ann: {trust: 0.2}        # a guess
  Ben:
    # he waits
    trust: 0.3             # so does she
working_groups:
  lake:
    issues: {pie: {positions: {Ann: 0, Ben: 1}}}
freezes:
  - groups: [lake]
    weeks: 4   # a month
  - {groups: [lake], after: incident, weeks: 1}
"""


TRUST = "    trust: 0.3             # so does she\n"


@pytest.mark.parametrize(
    ("trail", "value", "old", "new"),
    [
        (("parties", "Ann", "trust"), 0.25, "{trust: 0.2}        #", "{trust: 0.25}       #"),
        (("parties", "Ben", "trust"), REMOVED, f"Ben:\n    # he waits\n{TRUST}", "Ben: {}\n    # he waits\n"),
        (("parties", "Ann", "doubt"), 0.1, "{trust: 0.2}  ", "{trust: 0.2, doubt: 0.1}  "),
        (("parties", "Ben", "title"), "B: n", "    # he waits\n", "    # he waits\n    title: 'B: n'\n"),
        (("freezes", 0), REMOVED, "  - groups: [lake]\n    weeks: 4   # a month\n", ""),
        (("freezes", 0, "groups"), REMOVED, "  - groups: [lake]\n    weeks", "  - weeks"),
        (("freezes", 1, "weeks"), 2, "weeks: 1}", "weeks: 2}"),
        (("name",), "Lake", "parties:", "name: Lake\nparties:"),
        (("mediators", "Eve", "effort"), 1, "working_groups:", "\nmediators:\n  Eve: {effort: 1}\n\nworking_groups:"),
    ],
)
def test_it_is_written_where_a_person_would_write_it(trail: Trail, value: Any, old: str, new: str) -> None:
    assert edited(FILE, [Change(trail, value)]) == FILE.replace(old, new, 1)


def test_a_file_that_extends_another_one_says_only_what_differs() -> None:
    text = "extends: seminar   # the river\nname: Mine\n"
    trust, freeze = ("parties", "Uplake", "trust"), {"groups": ["water"], "after": "incident", "weeks": 2}
    once = edited(text, [Change(trust, 0.9), Change(("freezes", 0), freeze)])
    assert once == text + (
        "\nparties:\n  Uplake: {trust: 0.9}\n\nfreezes:\n  - {groups: [water], after: incident, weeks: 2}\n"
    )
    assert edited(text, [Change(trust, 0.4)]) == text  # as the other file has it
    assert edited(text, [Change(("contacts", "intensity"), REMOVED)]) == text + "contacts: {intensity: null}\n"


def test_what_the_text_has_no_place_for_is_refused() -> None:
    with pytest.raises((CannotEdit, ScenarioError)):
        edited("? a\n: 1\nname: x\n", [Change(("a",), REMOVED)])
    with pytest.raises(CannotEdit, match="name"):
        edited("name: x\n", [Change(("name",), REMOVED)])
    with pytest.raises(ScenarioError):
        edited("name: [", [Change(("name",), "x")])


def test_a_new_file_reads_as_a_person_would_write_it() -> None:
    written = fresh({"name": "A: b", "clock": {"start": "2024-01-01", "weeks": 4}, "parties": {"Ann": {}, "Ben": {}}})
    assert written == "name: 'A: b'\nclock: {start: 2024-01-01, weeks: 4}\nparties: {Ann: {}, Ben: {}}\n"
