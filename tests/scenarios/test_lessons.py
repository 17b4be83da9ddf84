"""The lessons do what they say: their commands run and print their numbers, nothing that a class needs is missing.

Commands are those of the worksheets and teacher's notes, with their own `-n`; only ADDED is added, where a verb has it.
Each runs once, in one folder, so that runs which several lessons share are found again. Numbers are read where a
student reads them: from the screen.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.__main__ import answer
from sim.cli import verbs
from sim.scenario import load

HOME = Path(__file__).parents[2]
LESSONS = HOME / "scenarios" / "lessons"
FOLDERS = sorted(path for path in LESSONS.iterdir() if path.is_dir())
FILES = sorted(LESSONS.glob("*/*.yaml"))
PARTS = {
    "worksheet.md": ("Predict", "Run", "Explain"),
    "teacher.md": (
        "Aim",
        "Before the lesson",
        "Twenty minutes",
        "Forty-five minutes",
        "Ninety minutes",
        "Key",
        "What students say",
        "What the model cannot tell",
    ),
}
ADDED = ("--no-plots", "--jobs=1")  # one process: starting others would take longer than these runs
PRINTED = {
    "settled": ("settled",),
    "saved": ("saved",),
    "lost": ("lost",),
    "settled and held": ("settled and held",),
    "weeks of work": ("work of",),
    "agreed: transport": ("agreed: transport",),
    "agreed: border": ("agreed: border",),
    "agreed: treaty": ("agreed: treaty",),
    "broke down: the same": ("broke down: transport", "broke down: border", "broke down: treaty"),
}
"""What a worksheet asks for, and how the screen calls it."""
MARKED = re.compile(r"([+\u2212]?\d[\d.,]*)<!--([\w-]+)-->")


@dataclass(frozen=True)
class Number:
    """A number that a lesson states, and where which command prints it: `table > row > column > number`."""

    lesson: str
    run: str
    mark: str
    at: str
    value: float
    tolerance: float

    def __str__(self) -> str:
        return f"{self.lesson}-{self.mark}"


def texts(folder: Path) -> str:
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in PARTS)


def commands(folder: Path) -> list[str]:
    """What the lesson's texts have people type, each once."""
    blocks = re.findall(r"```console\n(.*?)```", texts(folder), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("$ sim ") for line in lines)
    return list(dict.fromkeys(line.removeprefix("$ ") for line in lines))


def expected(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))


def numbers(folder: Path) -> list[Number]:
    asked = expected(folder)["command"]
    return [Number(folder.name, each["run"], **number) for each in asked for number in each["numbers"]]


COMMANDS = [(folder.name, command) for folder in FOLDERS for command in commands(folder)]
NUMBERS = [number for folder in FOLDERS for number in numbers(folder)]
EACH_TIME = "05-histories"
"""The lesson whose commands every test run types, since its scenarios are small; `make validate` types those of all."""


def _marks(folder: str) -> tuple[pytest.MarkDecorator, ...]:
    return () if folder == EACH_TIME else (pytest.mark.validate,)


STORIES = [
    (story["run"], says) for folder in FOLDERS for story in expected(folder).get("story", []) for says in story["says"]
]


@pytest.fixture(scope="module", autouse=True)
def _one_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A class's folder, with the shipped scenarios in it."""
    folder, before = tmp_path_factory.mktemp("class"), Path.cwd()
    (folder / "scenarios").symlink_to(HOME / "scenarios")
    os.chdir(folder)
    yield
    os.chdir(before)
    said.cache_clear()


@cache
def said(command: str) -> tuple[int, str]:
    """The exit code of a command of the lessons, and what it printed."""
    _, verb, *words = shlex.split(command)
    paths = [str(path) for word in words for path in (sorted(Path().glob(word)) if "*" in word else [word])]
    known = {option for each in verbs.commands[verb].params for option in each.opts}
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        code = answer([verb, *paths, *(word for word in ADDED if word.split("=")[0] in known)])
    return code, printed.getvalue()


def printed_at(printed: str, at: str) -> float:
    """The number in a table on the screen: its head, its row, which column, and which number in it."""
    head, row, column, *rest = at.split(" > ")
    lines = [re.split(r"\s{2,}", line.strip()) for line in printed.splitlines()]
    begins = next(n for n, cells in enumerate(lines) if cells[0] == head)
    cells = next(cells for cells in lines[begins + 1 :] if cells[0] == row)
    return stated(re.findall(r"[+\u2212]?\d[\d.,]*", cells[int(column)])[int(rest[0]) if rest else 0])


def stated(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", ""))


@pytest.mark.validate
@pytest.mark.parametrize(
    ("lesson", "command"),
    [pytest.param(*each, marks=_marks(each[0]), id=f"{each[0]}-{each[1][:60]}") for each in COMMANDS],
)
def test_each_command_runs(lesson: str, command: str) -> None:
    code, printed = said(command)
    assert code == 0
    assert printed.strip()


@pytest.mark.validate
@pytest.mark.parametrize("number", [pytest.param(each, marks=_marks(each.lesson), id=str(each)) for each in NUMBERS])
def test_each_number_is_printed_by_the_command_that_is_named(number: Number) -> None:
    value = printed_at(said(number.run)[1], number.at)
    assert value == pytest.approx(number.value, abs=number.tolerance)


@pytest.mark.validate
@pytest.mark.parametrize("folder", [pytest.param(each, marks=_marks(each.name), id=each.name) for each in FOLDERS])
def test_what_a_worksheet_has_students_fill_in_is_printed(folder: Path) -> None:
    """Its tables of results under "Run" name measures; the commands above each print a row or a column of that name."""
    text = (folder / "worksheet.md").read_text(encoding="utf-8").split("## Run")[1].split("\n## ")[0]
    for part in text.split("```console\n")[1:]:
        block, _, below = part.partition("```")
        printed = "\n".join(said(line.removeprefix("$ "))[1] for line in block.splitlines())
        heads = [line for line, after in pairwise(below.splitlines()) if after.startswith("|---")]
        for name in (cell.strip() for head in heads for cell in head.split("|")[2:-1]):
            assert all(word in printed for word in PRINTED.get(name.partition(",")[0], ())), name


@pytest.mark.parametrize(("command", "says"), STORIES)
def test_each_story_says_what_the_teacher_is_told(command: str, says: str) -> None:
    assert says in " ".join(said(command)[1].split())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_texts_state_the_expected_numbers_and_no_others(folder: Path) -> None:
    """Up to the sign, which a sentence may leave to its verb."""
    known = {number.mark: number.value for number in numbers(folder)}
    assert len(known) == len(numbers(folder))
    marked = MARKED.findall(texts(folder))
    assert texts(folder).count("<!--") == len(marked)
    assert {mark for _, mark in marked} == set(known)
    for text, mark in marked:
        assert stated(text) in (known[mark], abs(known[mark])), mark


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_result_in_the_tables_of_the_key_is_marked(folder: Path) -> None:
    key = (folder / "teacher.md").read_text(encoding="utf-8").split("## Key")[1].split("\n## ")[0]
    rows = [line for line in key.splitlines() if line.startswith("|")]
    assert rows
    bare = MARKED.sub("", "\n".join(rows))
    assert re.findall(r"\d+\.\d+|\d+ %", bare) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_expected_commands_are_those_of_the_texts(folder: Path) -> None:
    held = expected(folder)
    assert {each["run"] for each in [*held["command"], *held.get("story", [])]} <= set(commands(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_lesson_has_its_parts_in_order(folder: Path) -> None:
    for name, parts in PARTS.items():
        text = (folder / name).read_text(encoding="utf-8")
        assert re.match(rf"# Lesson {int(folder.name[:2])}[:,] ", text)
        assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == parts
        assert all(len(section.strip()) > 60 for section in text.split("\n## ")[1:])
    assert (folder / "worksheet.md").read_text(encoding="utf-8").count("\n---\n") >= 8  # lines to write on
    assert re.search(r"no\s+forecast|invented", texts(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_plans_last_as_long_as_they_say(folder: Path) -> None:
    """20 and 45 minutes, without gaps."""
    for title, minutes in (("Twenty", 20), ("Forty-five", 45)):
        plan = (folder / "teacher.md").read_text(encoding="utf-8").split(f"## {title} minutes")[1].split("\n## ")[0]
        times = [(int(start), int(end)) for start, end in re.findall(r"^\| (\d+)-(\d+) \|", plan, re.MULTILINE)]
        assert times[0][0] == 0
        assert times[-1][1] == minutes
        assert all(end == start for (_, end), (start, _) in pairwise(times))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_scenario_is_short_good_and_says_what_it_changes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written = yaml.safe_load(text)
    scenario = load(path)
    assert scenario.name.startswith(f"Lesson {int(path.parent.name[:2])}: ")
    assert text.splitlines()[1].startswith("# Changed")
    assert len(text.splitlines()) <= 16
    assert written["extends"]
    assert set(written) > {"extends", "name", "summary"}
    before = load(path.parent / written["extends"])
    assert (before.clock, before.seed, before.replications) == (scenario.clock, scenario.seed, scenario.replications)


def test_every_scenario_is_used_by_its_lesson() -> None:
    for folder in FOLDERS:
        used = {
            path.resolve()
            for command in commands(folder)
            for word in shlex.split(command)
            if word.startswith("scenarios/")
            for path in HOME.glob(word)
        }
        assert set(folder.glob("*.yaml")) <= used


def test_the_overview_names_every_lesson_and_plan() -> None:
    text = (LESSONS / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert [target.split("/")[0] for target in targets] == [folder.name for folder in FOLDERS]
    assert all((LESSONS / target).is_file() for target in targets)
    assert all(f"| {minutes} minutes |" in text for minutes in (20, 45, 90))
    assert "## Teaching a living conflict" in text


def test_the_hard_treaty_is_as_hard_for_both() -> None:
    issues = load(LESSONS / "03-package" / "hard-treaty.yaml").working_groups["treaty"].issues.values()
    assert all(len(set(issue.weights.values())) == 1 for issue in issues)


# ---- said again ------------------------------------------------------------------------------------------------------


def as_before(old: str, value: float) -> str:
    """A number written as one was: with its sign, its places, and commas if it has thousands."""
    sign = ""
    if old[0] in "+\N{MINUS SIGN}":  # a text that leaves the sign to its verb goes on doing so
        sign = "+" if value > 0 else "\N{MINUS SIGN}"
    places = len(old.partition(".")[2])
    return f"{sign}{abs(value):,.{places}f}"


def say_again(folder: Path) -> None:
    """Put what the lesson's commands print now into `expected.toml` and behind each mark. Sentences want a reader."""
    found = {number.mark: printed_at(said(number.run)[1], number.at) for number in numbers(folder)}
    held = (folder / "expected.toml").read_text(encoding="utf-8")
    for mark, value in found.items():
        line = re.compile(rf'(mark = "{mark}", .* value = )([-\d.]+)')
        held = line.sub(lambda match, value=value: match[1] + f"{value:.{len(match[2].partition('.')[2])}f}", held)
    (folder / "expected.toml").write_text(held, encoding="utf-8", newline="\n")
    for name in PARTS:
        text = (folder / name).read_text(encoding="utf-8")
        text = MARKED.sub(lambda match: f"{as_before(match[1], found[match[2]])}<!--{match[2]}-->", text)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    os.chdir(HOME)
    for each in FOLDERS:
        say_again(each)
