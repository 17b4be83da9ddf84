"""Promise 2: whatever a file holds, only the reader's own error escapes, and it says where."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from sim.scenario import ScenarioError, as_yaml, load_text, syntax
from sim.scenario.load import load
from sim.scenario.yaml_reader import read
from tests.seldom import examples

ROOT = Path(__file__).parent.parent.parent
GOOD = (ROOT / "tests" / "bad_scenarios" / "shared" / "00-good.yaml").read_bytes()
SCENE = (ROOT / "scenarios" / "seminar.yaml").read_text(encoding="utf-8")

NAMES = """
name parties mediators working_groups issues positions options weights labels tactic kind mix parts effort from
freezes groups start after incident weeks events date framing framework settlement observed agreed clock extends
A B g i trust by_group mean sd low high shuttle yes null
"""
SIGNS = [
    ":", ": ", '\n', '\n  ', '\n    ', "- ", "{", "}", "[", "]", ", ", "'", "\"", "|", ">", "&a", "*a", "!!x",
    "<<", "---", "...", "#", "?", "%", "0", "1", "0.5", "-1", "1e400", "060", "60%", "0,6", "12:30", ".nan",
    "~", "2023-02-09", "2023-99-99", '\t', "\\", '\x07', "\\e", '\xe9', '\u2028', '\ufeff', "\\UFFFFFFFF", "@",
    "`", "=", "{}", "[]",
]  # fmt: skip
WORDS = [*NAMES.split(), *SIGNS]


def failure(text: str, settings: Sequence[str] = ()) -> ScenarioError | None:
    """The error that a text gets; None, if it loads, and then it comes back from its own file."""
    try:
        scenario = load_text(text, "fuzzed.yaml", settings)
    except ScenarioError as error:
        return error
    assert load_text(as_yaml(scenario)) == scenario
    return None


def judge(text: str, settings: Sequence[str] = ()) -> None:
    """Load the text; an error is ours and says where it is."""
    error = failure(text, settings)
    if error is None:
        return
    assert error.problems
    assert not any(ord(sign) < 32 and sign != "\n" for sign in str(error))
    for problem in error.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
        assert problem.kind


@examples(6)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
@example("a: \ud800")
@example("[" * 32_000)
@example("? " * 1000)
@example("- - - - - - - - - - - - - - - - - - - - - - -")
@example('"\\U00110000": 1')
@example("%TAG ! x\n--- !y")
@example("parties: {A: {tactic: {kind: [x]}}}")
@example("parties: {A: {tactic: {kind: {x: 1}}}, 5: {tactic: 5}}\nname: [x]\nevents: [5, {kind: [5]}]\nfreezes: [[5]]")
@example("working_groups: {g: {issues: {i: {options: [a, b]}, j: 5, k: {positions: 5, weights: {A: x}}}}, h: 5}")
@example("observed: {agreed: [1]}\nframework: [{group: [g], issue: 5}]\nmediators: {M: {effort: [{from: [x]}, 5]}}")
def test_text_that_looks_like_yaml(text: str) -> None:
    judge(text)


@examples(3)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    judge(text)


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A good file with some of its letters gone, and other ones put in."""
    text = draw(st.sampled_from([GOOD.decode(), SCENE]))
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.tuples(st.integers(0, len(text)), st.integers(0, 12)))
        text = (
            text[:at] + draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=3), st.just(""))) + text[at + length :]
        )
    return text


@examples(3)
@given(changed())
def test_good_files_with_changes(text: str) -> None:
    judge(text)


@examples(6)
@given(st.one_of(changed(), st.lists(st.sampled_from(WORDS), max_size=60).map("".join)))
@example("{a: what?}")
@example("{a: {b?: c}, d: [? e]}")
@example("a\t# b")
@example("- a\tb: c")
@example("\n--- ")
@example("%YAML 1.2\n---\n a: 1")
@example("a: 1\n...\nb")
@example("[a:]")
@example("? a\n ")
@example("{a: , b: 1}")
@example('{"a":b}')
@example("parties: {A: {tactic: x}, A: {tactic: y}}")
def test_both_parsers_read_the_same(text: str) -> None:
    """PyYAML's parser in C gives what the one in Python gives: values, places, problems word for word."""
    with pytest.MonkeyPatch.context() as patch:
        fast = read(text, "x.yaml")
        patch.setattr("sim.scenario.yaml_reader.fast_events", syntax.sure_events)
        assert read(text, "x.yaml") == fast


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without its parser in C")
def test_good_files_are_read_by_the_parser_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yaml.SafeLoader", None)
    for path in sorted((ROOT / "scenarios").rglob("*.yaml")):
        assert read(path.read_text(encoding="utf-8"), path.name).problems == ()


def test_good_files_with_one_value_changed() -> None:
    """Every scalar of a file replaced by each of some nasty ones."""
    lines = GOOD.decode().splitlines()
    for n, line in enumerate(lines):
        key, colon, _ = line.rpartition(": ")
        for value in (
            "",
            "5",
            "-5",
            "x",
            "[]",
            "{}",
            "[x]",
            "{x: 1}",
            "null",
            "2023-01-01",
            "{mean: 1}",
            "'\"'",
            "[[[{a: [b]}]]]",
        ):
            if colon:
                judge("\n".join([*lines[:n], f"{key}: {value}", *lines[n + 1 :]]))


@examples(3)
@given(data=st.data())
def test_bytes_of_files(data: st.DataObject, tmp_path_factory: object) -> None:
    file = Path(tmp_path_factory.mktemp("fuzz")) / "x.yaml"  # type: ignore[attr-defined]
    raw = bytearray(GOOD if data.draw(st.booleans()) else data.draw(st.binary(max_size=200)))
    for _ in range(data.draw(st.integers(0, 5))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    file.write_bytes(bytes(raw))
    with suppress(ScenarioError):
        load(file)


@examples(4)
@given(st.lists(st.lists(st.sampled_from([*WORDS, ".", "[0]", "="]), max_size=12).map("".join), max_size=3))
def test_settings_of_any_kind(made: list[str]) -> None:
    judge(SCENE, made)
