"""Strict YAML: what a word means, where a value stands, what is refused."""

from __future__ import annotations

import pytest

from sim.scenario.scalars import Refusal, resolve
from sim.scenario.tree import plain, step_into
from sim.scenario.yaml_reader import read, read_bytes


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("0", 0),
        ("-5", -5),
        ("60", 60),
        ("0.6", 0.6),
        ("6e-1", 0.6),
        ("1E3", 1000.0),
        ("-0.0", 0.0),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("2023-02-09", "2023-02-09"),
        ("high", "high"),
        ("y", "y"),
        ("1.2.3", "1.2.3"),
        ("10 000", "10 000"),
        ("1/2", "1/2"),
        ("-", "-"),
        ("e5", "e5"),
        ("nan", "nan"),
        ("Infinity", "Infinity"),
        ("٣", "٣"),
        ("1 %x", "1 %x"),
    ],
)
def test_a_word_means_one_thing(word: str, meaning: object) -> None:
    found = resolve(word)
    assert found == meaning
    assert type(found) is type(meaning)


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        ("060", "60"),
        ("00", "0"),
        ("007.5", "7.5"),
        ("0x1F", "31"),
        ("0o17", "15"),
        ("0b11", "3"),
        ("1_000", "1000"),
        ("12:30", "one number"),
        ("190:20:30", "one number"),
        ("60%", "0.6"),
        ("60 %", "0.6"),
        ("12,5%", "0.125"),
        ("0,6", "0.6 with a point"),
        ("1,000,000", "1000000"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-.5e3", "-500"),
        (".nan", "a finite number"),
        ("-.inf", "a finite number"),
        (".NaN", "a finite number"),
        ("yes", ""),
        ("No", ""),
        ("ON", ""),
        ("off", ""),
    ],
)
def test_a_word_that_means_two_things_is_refused(word: str, instead: str) -> None:
    found = resolve(word)
    assert isinstance(found, Refusal)
    assert found.kind == "ambiguous-scalar"
    assert f"write {instead}, or" in found.message if instead else 'write "' in found.message
    assert f'"{word}" in quotes' in found.message


def test_numbers_beyond_all_measure_are_refused() -> None:
    assert resolve("9" * 5000).kind == "too-long"  # type: ignore[union-attr]
    assert resolve("1e400").kind == "out-of-range"  # type: ignore[union-attr]
    assert resolve("1_" * 5000 + "1").kind == "ambiguous-scalar"  # type: ignore[union-attr]


TEXT = """\
# a comment
name: Talks   # another
"in quotes": 'text'
numbers: [1, 2.5,
  3]
inside:
  - {a: 1, 0.5: half}
  -
    b: |
      line
      line
"""


def test_every_value_and_key_knows_its_place() -> None:
    root = read(TEXT, "file.yaml").root
    assert root is not None
    name, quoted, inside = root.entries["name"], root.entries["in quotes"], root.entries["inside"].node
    assert (name.place.line, name.place.column) == (2, 1)
    assert (name.node.place.line, name.node.place.column, name.node.place.text) == (2, 7, "name: Talks   # another")
    assert (quoted.place.column, quoted.node.place.column) == (1, 14)
    third = root.entries["numbers"].node.items[2]
    assert (third.place.line, third.place.column) == (5, 3)
    half = inside.items[0].entries["0.5"]
    assert (half.place.line, half.place.column, half.key) == (7, 12, 0.5)
    text = step_into(inside.items[1], "b")
    assert text is not None
    assert (text.place.line, text.place.column, text.value) == (9, 8, "line\nline\n")


def test_marks_of_windows_change_nothing() -> None:
    plainly, windows = read(TEXT, "x").root, read_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(), "x").root
    assert plainly is not None
    assert windows is not None
    assert plain(plainly) == plain(windows)
    assert windows.entries["name"].node.place == plainly.entries["name"].node.place


def kinds(text: str | bytes) -> list[str]:
    document = read_bytes(text if isinstance(text, bytes) else text.encode(), "x")
    return [problem.kind for problem in document.problems]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("a: 1\n---\nb: 2\n", "several-documents"),
        ("a: &x 1", "alias"),
        ("a: *x", "alias"),
        ("a: {<<: 1}", "merge-key"),
        ("a: !!str 1", "tag"),
        ("a: ! 1", "tag"),
        ("!x {a: 1}", "tag"),
        ("a: 1\na: 2", "duplicate-key"),
        ("a: {0: 1, 0.0: 2}", "duplicate-key"),
        ("{a: 1, 'a': 2}", "duplicate-key"),
        ("? {b: 1}\n: 2", "wrong-type"),
        ("null: 1", "wrong-type"),
        ("? *x\n: 1", "alias"),
        ("a: {b: 0,6}", "ambiguous-scalar"),
        ("a: {b: 0,06}", "ambiguous-scalar"),
        ('a: "\\e[2J"', "bad-character"),
        ('a: "\\0"', "bad-character"),
        ('a: "\\ud800"', "bad-character"),
        ("a: \u202e1", "bad-character"),
        ("a: \x7f", "bad-character"),
        ("\ufeff\ufeffa: 1", "bad-character"),
        (b"\xff\xfea\x00:\x00", "encoding"),
        (b"a: \xe9", "encoding"),
        (b"\x00", "bad-character"),
        ("[" * 21, "too-deep"),
        ("{a: " * 21, "too-deep"),
        ("- " * 21, "too-deep"),
        ("? " * 21, "too-deep"),
        ("[" + "a," * 5000 + "]", "too-large"),
        (" " * (64 * 1024 + 1), "too-large"),
        ("a: [1", "syntax"),
        ("a: 'x", "syntax"),
        ("a: b: c", "syntax"),
        ("a:\n\t- 1", "syntax"),
        ("%YAML 9\n---\na: 1", "syntax"),
        ('a: "\\UFFFFFFFF"', "syntax"),
        ('a: "\\U00110000"', "syntax"),
        ("a: @x", "syntax"),
        ("a: 1\n b: 2", "syntax"),
    ],
)
def test_what_is_not_allowed_is_named(text: str | bytes, kind: str) -> None:
    assert kinds(text) == [kind]


def test_a_comma_in_braces_continues_a_text_without_quotes() -> None:
    """As people write it; YAML alone would make a key of what follows the comma."""

    def values(text: str) -> object:
        root = read(text, "x").root
        assert root is not None
        return plain(root)

    assert values("{hold: 0.05, source: trilateral statement,  2020-11-09}") == {
        "hold": 0.05,
        "source": "trilateral statement, 2020-11-09",
    }
    assert values("{a: one, two, three, b: 2}") == {"a": "one, two, three", "b": 2}
    assert values("{a: 'one', two}") == {"a": "one", "two": None}
    assert values("{a: one, two: , b: 1}") == {"a": "one", "two": None, "b": 1}
    assert values("{a: 1, two}") == {"a": 1, "two": None}
    assert values("{a: [one], two}") == {"a": ["one"], "two": None}
    assert values("[one, two]") == ["one", "two"]
    assert kinds("{a: one, 12:30}") == ["ambiguous-scalar"]


def test_limits_are_met_exactly() -> None:
    assert kinds("a: " + "[" * 19 + "]" * 19) == []
    assert kinds("[" + "a," * 4999 + "]") == []
    assert kinds("#" * (64 * 1024 - 5) + "\na: 1") == []


def test_reading_goes_on_after_a_mistake() -> None:
    assert kinds("a: 060\nb: !x [060]\nc: 1\nc: 2\ne: yes") == [
        "ambiguous-scalar",
        "tag",
        "ambiguous-scalar",
        "duplicate-key",
        "ambiguous-scalar",
    ]


def test_a_tag_runs_nothing(tmp_path: object) -> None:
    document = read("a: !!python/object/apply:os.system ['exit 1']", "x")
    assert document.root is not None
    assert not isinstance(plain(document.root)["a"], int)
