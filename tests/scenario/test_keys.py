"""Every key is explained alike in three places: in an editor, in the comments of a file, in `scenarios/README.md`.

`python -m tests.scenario.test_keys` writes the table of that file again.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from sim.__main__ import answer
from sim.scenario import (
    KeyInfo,
    Scenario,
    ScenarioError,
    as_yaml,
    explained,
    json_schema,
    key_reference,
    load,
    load_text,
)
from sim.scenario.tree import plain
from sim.scenario.yaml_reader import read

from .legal import scenarios

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "scenarios").rglob("*.yaml"))
README = ROOT / "scenarios" / "README.md"
BEGIN = "<!-- The keys are generated: python -m tests.scenario.test_keys -->\n"
END = "<!-- End of the generated keys. -->\n"
REFERENCE = key_reference()
ALONE = "Single values"


# ---- the table -------------------------------------------------------------------------------------------------------


def section() -> str:
    """The part of `scenarios/README.md` between the two comments: a table for each key that holds others."""
    lines = [
        "NAME stands for a name that the file chooses, `[]` for an item of a list. A number may be a distribution:",
        "`{mean: 0.4, sd: 0.1}`, `{low: 0.2, high: 0.6}` or `{low: 0.2, mode: 0.3, high: 0.6}`, from which each",
        "history draws its own, where the type says so. A key without default may be left out, unless it is needed.",
        "",
        "A number's *basis* is the source that supports it; its *plausible* range is where the true one may well lie,",
        "given that basis. `sim compare --models` draws from these ranges, which a file narrows or widens under",
        "`plausible`, such as `plausible: {incidents.fading: [0.01, 0.05]}`.",
        "",
    ]
    for name, rows in groupby(sorted(REFERENCE, key=lambda info: block_of(info) != ALONE), key=block_of):
        head = ("key", "type", "unit", "default", "range", "plausible", "meaning", "basis")
        lines += [f"### {name}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
        lines += [row_of(info) for info in rows]
        lines.append("")
    return "\n".join(lines)


def block_of(info: KeyInfo) -> str:
    top = re.split(r"[.\[]", info.path)[0]
    alone = [each.path for each in REFERENCE if re.split(r"[.\[]", each.path)[0] == top] == [top]
    return ALONE if alone else f"`{top}`"


def row_of(info: KeyInfo) -> str:
    default = f"`{info.default}`" if info.default not in ("", "needed") else info.default
    cells = (f"`{info.path}`", info.type, info.unit, default, info.range, info.plausible, info.meaning, info.basis)
    return f"| {' | '.join(cells)} |"


def with_section(text: str) -> str:
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{section()}\n{END}{rest.partition(END)[2]}"


def test_the_table_of_keys_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    assert text == with_section(text), "write it again: python -m tests.scenario.test_keys"


def test_every_key_of_the_schema_is_in_the_reference() -> None:
    """By the names of their keys, the blocks of pydantic's own schema and the paths of the reference agree."""
    whole = Scenario.model_json_schema()
    shapes = {"mean", "sd", "low", "mode", "high"}
    blocks = [whole, *whole["$defs"].values()]
    names = {name for block in blocks for name in block.get("properties", ())}
    assert {info.path.rpartition(".")[2].removesuffix("[]") for info in REFERENCE} == names - shapes | {"extends"}


def test_every_key_has_a_meaning_and_a_type() -> None:
    assert [info.path for info in REFERENCE if not info.meaning or not info.type] == []


def test_a_row_says_all_that_is_known_of_a_key() -> None:
    row = next(info for info in REFERENCE if info.path == "clock.weeks")
    asked = "none: it is what the scenario asks about"
    assert row == KeyInfo("clock.weeks", "whole number", "weeks", "156", "1 to 3132", "weeks of talks", asked)
    effort = next(info for info in REFERENCE if info.path == "mediators.NAME.effort")
    assert (effort.type, effort.unit, effort.default) == ("number or distribution or list", "share", "0.5")
    assert (effort.plausible, effort.basis) == ("0.1 to 1", "none: chosen")
    stakes = next(info for info in REFERENCE if info.path == "working_groups.NAME.stakes")
    assert stakes.plausible == "0.5 to 2 times the file's"


SHAPES = [{"mean", "sd"}, {"low", "high"}, {"low", "mode", "high"}]


def numeric(part: dict[str, Any], whole: dict[str, Any]) -> bool:
    """May a number stand at a key with this part of the schema, or under the names that it holds?"""
    if "$ref" in part or set(part.get("properties", ())) in SHAPES:
        return False
    forms = [*part.get("anyOf", ()), *part.get("oneOf", ()), *filter(None, [part.get("additionalProperties")])]
    return part.get("type") in ("number", "integer") or any(numeric(form, whole) for form in forms if form is not True)


def test_every_number_says_what_it_rests_on_and_where_it_may_lie() -> None:
    """A number of the schema has a basis and a plausible range, or says why it has none."""
    whole = Scenario.model_json_schema()
    lacking, ranges = [], 0
    for title, block in {"Scenario": whole, **whole["$defs"]}.items():
        for name, part in block.get("properties", {}).items():
            if not numeric(part, whole):
                assert "plausible" not in part, f"{title}.{name} holds no number"
                continue
            said = part.get("plausible")
            reasoned = isinstance(said, str) and re.fullmatch("none: .{5,}", said)
            ranged = isinstance(said, list | dict) and bool(part.get("basis"))
            ranges += ranged
            if not (reasoned or ranged):
                lacking.append(f"{title}.{name}")
    assert lacking == [], "write `number(default, meaning, plausible=(low, high), basis=...)`"
    assert ranges > 50


def test_plausible_ranges_lie_in_the_range_and_hold_the_default() -> None:
    for info in REFERENCE:
        plain_range = RANGE.fullmatch(info.plausible)
        if plain_range is None:
            continue
        low, high = float(plain_range["low"]), float(plain_range["high"])
        ends = RANGE.search(info.range)
        assert ends is not None
        assert float(ends["low"]) <= low < high <= float(ends["high"]), info.path
        if re.fullmatch(r"[-0-9.]+", info.default):
            assert low <= float(info.default) <= high, info.path


RANGE = re.compile("(?P<low>[-0-9.e]+) to (?P<high>[-0-9.e]+)")
TALKS = """\
name: x
parties: {NAME: {}, Other: {}}
mediators: {NAME: {}}
working_groups: {NAME: {issues: {i: {positions: {NAME: 0, Other: 1}}}}}
"""
NUMBERS = [
    info
    for info in REFERENCE
    if RANGE.fullmatch(info.range)
    and re.match("number|whole", info.type)
    and not re.search(r"\[|tactic|sweep|reservation\.", info.path)
]


@pytest.mark.parametrize("info", NUMBERS, ids=lambda info: info.path)
def test_a_range_is_what_the_reader_takes(info: KeyInfo) -> None:
    """The ends of a range are good, and what is beyond them is not."""
    ends = RANGE.fullmatch(info.range)
    assert ends is not None
    low, high = float(ends["low"]), float(ends["high"])
    for number in (ends["low"], ends["high"]):
        assert "out-of-range" not in kinds(info.path, number)
    for number in (low - 1, high + 1):
        assert "out-of-range" in kinds(info.path, f"{number:.0f}")


def kinds(path: str, value: str) -> list[str]:
    """What is wrong with a key of this value."""
    try:
        load_text(TALKS, settings=[f"{path}={value}"])
    except ScenarioError as error:
        return [problem.kind for problem in error.problems if problem.path == path]
    return []


# ---- comments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_explained_file_is_the_same_scenario(path: Path) -> None:
    scenario = load(path)
    text = explained(scenario)
    assert "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#")) == as_yaml(scenario)
    assert load_text(text) == scenario


@settings(max_examples=40, deadline=None)
@given(scenarios())
def test_any_explained_file_is_the_same_scenario(text: str) -> None:
    scenario = load_text(text)
    again = read(explained(scenario), "explained").root  # which may be longer than a file may be
    assert again is not None
    shorter = read(as_yaml(scenario), "plain").root
    assert shorter is not None
    assert plain(again) == plain(shorter)


def test_every_key_of_an_explained_file_has_its_comment() -> None:
    """Each key of the schema that stands in the file is explained, above the line of its first use."""
    text = explained(load("baseline"))
    above = text[: text.index("    effort:")].splitlines()[-3:]
    assert "    # effort: effort is a share of capacity" in "\n".join(above)
    assert "Unit: share. Range: 0 to 1" in "\n".join(above)
    known = {info.path.rpartition(".")[2] for info in REFERENCE}
    used = {name for name in keys_in(plain_of(text)) if name in known}
    told = set(re.findall(r"^ *# (\w+): ", text, re.MULTILINE))
    assert used <= told
    assert text.count("# walkout: ") == 1


def plain_of(text: str) -> Any:
    root = read(text, "x").root
    assert root is not None
    return plain(root)


def keys_in(value: Any) -> Iterator[str]:
    for name, part in value.items() if isinstance(value, dict) else ():
        yield str(name)
        yield from keys_in(part)
    for part in value if isinstance(value, list) else ():
        yield from keys_in(part)


# ---- editors ---------------------------------------------------------------------------------------------------------


def test_editors_show_unit_range_and_default() -> None:
    schema = json_schema()
    effort = schema["$defs"]["Mediator"]["properties"]["effort"]["description"]
    assert effort.endswith("Range: 0 to 1; 1 to 100 entries. Plausible: 0.1 to 1. Basis: none: chosen. Default: 0.5.")
    described = [
        (block, name, part)
        for block, body in {"Scenario": schema, **schema["$defs"]}.items()
        for name, part in body.get("properties", {}).items()
    ]
    assert [(block, name) for block, name, part in described if not part.get("description")] == []


@pytest.mark.parametrize("words", [["mine"], ["mine", "--from", "baseline"], ["mine", "--from", "first.yaml"]])
def test_a_new_file_finds_the_schema_that_sim_writes(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who does what the comment says has a schema where the first line looks for it, and the file suits it."""
    monkeypatch.chdir(tmp_path)
    assert answer(["new", "first"]) == 0
    assert answer(["new", *words]) == 0
    text = Path("mine.yaml").read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    command = re.search(r"sim (schema -o \S+)$", text, re.MULTILINE)
    assert named
    assert command
    assert text.count("yaml-language-server") == text.count(command[1]) == 1
    assert answer(shlex.split(command[1])) == 0
    schema = json.loads(Path(named[1]).read_text(encoding="utf-8"))
    value = json.loads(json.dumps(plain_of(text)))
    jsonschema.Draft202012Validator(schema).validate(value)


if __name__ == "__main__":
    old = README.read_text(encoding="utf-8") if README.exists() else f"# Scenario files\n\n## Keys\n\n{BEGIN}{END}"
    README.write_text(with_section(old), encoding="utf-8", newline="\n")
