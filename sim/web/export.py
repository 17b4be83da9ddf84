"""One HTML file with Explore, Watch and Lessons in it, for a computer without a server and without a network.

It is the server's pages, with the same templates, styles and scripts. What the server would answer, the file keeps: a
grid of runs, so that any two of its choices can be compared, a few histories, and who settles in the lessons'
scenarios.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sim import store
from sim.experiments.executors import in_order
from sim.figures.style import cues
from sim.installed import VERSION
from sim.scenario import Scenario, as_yaml
from sim.web import lesson_cells, markup
from sim.web.choices import Choice
from sim.web.grid import Grid, computed, grid
from sim.web.jobs import Case, Watch, do
from sim.web.lessons import SHEET, lessons
from sim.web.pages.explore import controls
from sim.web.pages.lessons import measured, scenes
from sim.web.plans import Wanted
from sim.web.setups import fields
from sim.web.site import FOLDER, TEMPLATES, spoken, tokens
from sim.web.texts import Texts, texts

if TYPE_CHECKING:
    from sim.experiments.run import Results

Data = dict[str, Any]
Progress = Callable[[float], None]

LARGEST = 2_000_000  # bytes
MODULES = (
    "common", "charts", "paired", "wording", "kept", "waiting", "offline", "explore", "watch", "histories", "lesson",
    "shelf", "print",
)  # fmt: skip
ANSWERS = "kept"  # gives what the server's answers are asked with elsewhere
STATIC = FOLDER / "static"
UPLOT = STATIC / "vendor" / "uplot"
STYLES = (UPLOT / "uPlot.min.css", STATIC / "lessons.css", STATIC / "page.css")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
SERVER = "http://127.0.0.1:8000"  # where `sim serve` answers unless it is told otherwise
TOLD = 100  # histories that are looked through for those to watch
WATCHED = 6
RUNS, LESSONS = 0.85, 0.1  # shares of the work


class TooLarge(Exception):
    """A page that would not fit: its text says how large it is, and what to do."""

    def __init__(self, size: int, replications: int) -> None:
        rule = f"a page has at most {LARGEST / 1e6:.0f}"
        remedy = f"keep fewer histories, as with -n {max(1, replications * LARGEST // size * 9 // 10)}"
        super().__init__(f"the page would have {size / 1e6:.1f} MB ({rule}); {remedy}")


def export(scenario: Scenario, replications: int, language: str, jobs: int, tell: Progress) -> str:
    """The page, with so many histories of each choice.  -> HTML; the same for the same input

    `tell` hears the share that is done.
    Errors: KeyError where there is no such language; TooLarge; ScenarioError; WorkerDied.
    """
    made, t = grid(scenario), texts(language).of(scenario)
    kept = computed(scenario, made, replications, jobs, lambda share: tell(RUNS * share))
    results = _told(scenario, replications)
    told = _watched(results)
    taught = lesson_cells.computed(replications, jobs, lambda share: tell(RUNS + LESSONS * share))
    data = {"grid": kept, "lessons": taught, "histories": _histories(scenario, told, jobs, language)}
    tell(1.0)
    page = _page(scenario, made, t, data, _named(t, told))
    if (size := len(page.encode())) > LARGEST:
        raise TooLarge(size, replications)
    return page


# ---- histories to watch ----------------------------------------------------------------------------------------------


def _told(scenario: Scenario, replications: int) -> Results:
    from sim.experiments.run import run

    return run(scenario, replications=replications, told=TOLD)


def _watched(results: Results) -> dict[int, str]:
    """The typical history and one that ended otherwise, by the rule of the report, and the first few others."""
    from sim.statistics.typical import choose

    chosen = choose(results)
    found = {chosen.typical: "export.typical"}
    if chosen.other is not None:
        found[chosen.other] = "export.other"
    for number in range(min(results.replications, TOLD)):
        if len(found) < WATCHED:
            found.setdefault(number, "export.some")
    return found


def _histories(scenario: Scenario, told: Iterable[int], jobs: int, language: str) -> Data:
    """Each as the server tells it."""
    case = Case("", as_yaml(scenario))
    tasks = [(Watch(case, number, language), ()) for number in told]
    found = zip(tasks, in_order(do, tasks, jobs), strict=True)
    return {str(task[0].replication): packed.answer() for task, packed in found}


def _named(t: Texts, told: dict[int, str]) -> dict[int, str]:
    """What each history is called in the list; how it ends is for those who watch it."""
    return {number: t(key, number=number) for number, key in told.items()}


# ---- the page --------------------------------------------------------------------------------------------------------


def _page(scenario: Scenario, made: Grid, t: Texts, data: Data, histories: dict[int, str]) -> str:
    whole = data["grid"]["replications"]
    return TEMPLATES.get_template("export.html.j2").render(
        t=t,
        thousands=t.number,
        version=VERSION,
        policy=POLICY,
        icon=f"data:image/svg+xml;base64,{b64encode((STATIC / 'icon.svg').read_bytes()).decode()}",
        style=Markup("\n".join([tokens(), *(_read(path) for path in STYLES)])),
        charts=Markup(f"/*\n{_read(UPLOT / 'LICENSE')}*/\n{_read(UPLOT / 'uPlot.iife.min.js')}"),
        script=Markup(bundle(STATIC, MODULES, ANSWERS)),
        words=_words(t),
        data=_json(data),
        stem=scenario.name,
        histories=histories,
        replication=next(iter(histories)),
        first=whole,
        whole=whole,
        kept=True,
        anew="#explore?",
        **spoken(t, ""),
        **_controls(scenario, made),
        **_lessons(t),
    )


def _lessons(t: Texts) -> Data:
    """The lessons as the server's pages have them, with commands where those lead elsewhere."""
    told, every = lesson_cells.told(t), lessons()
    return {
        "lessons": every,
        "paths": {name: scenes(lesson, t, told, _command) for name, lesson in every.items()},
        "sheets": {name: markup.html(lesson.text(SHEET)) for name, lesson in every.items()},
    }


def _command(activity: Wanted) -> str:
    """What to type where the program is installed: what is run beside each other, or a server and its page."""
    if measured(activity):
        return f"sim compare {' '.join(fields(activity.setup).values())}"
    return f"sim serve\n{SERVER}/{activity.kind}?{activity.setup}"


def _controls(scenario: Scenario, made: Grid) -> Data:
    """What the page Explore lets a person move, as the server's page has it."""
    sliders = {dial.slider.name: dial.slider for dial in made.dials}
    return {
        **controls(Choice(""), scenario, scenario),  # no name that a lesson's scenario may have, too
        "sliders": sliders,
        "key": list(sliders)[:1],
        "colours": {name: cue.colour for name, cue in cues(scenario).mediators.items()},
        "levels": {dial.slider.name: dial.levels for dial in made.dials},
        "starts": made.starts,
        "lengths": made.lengths,
    }


def _words(t: Texts) -> dict[str, str]:
    """The texts that scripts need: of every script, and of answers, which the server words elsewhere."""
    answers = {f"{part}.{key}": text for part in ("answer", "measure") for key, text in t.under(part).items()}
    return t.scripted | answers


def _json(data: Data) -> Markup:
    """Data in a script: short, and without a character that could end it."""
    text = json.dumps(store.plain_values(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


def _read(path: Any) -> str:
    return str(path.read_text(encoding="utf-8"))


# Modules of the page as one script, for a page that is a single file.
#
# They are ours and small, and written in one manner: `import { a, b } from "./name.js";` in one line, and `export` in
# front of a `const` or `function`. Each becomes a function that gives what it exports.


IMPORT = re.compile(r'^import \{ ([\w$, ]+) \} from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:const|function|async function) ([\w$]+))", re.MULTILINE)
LEFT = re.compile(r"^\s*(?:import|export)\b|</script", re.MULTILINE)

Exports = Mapping[str, list[str]]


def bundle(folder: Path, names: Iterable[str], instead: str) -> str:
    """The modules of a folder in this order, each after those that it imports from.  -> JavaScript

    What `instead` exports is taken from there by those that come after it, wherever they import it from.
    Errors: ValueError for a module that is not written in that manner.
    """
    parts, exported = [], dict[str, list[str]]()
    for name in names:
        text = (folder / f"{name}.js").read_text(encoding="utf-8")
        source = EXPORT.sub(r"\1", _bound(text, exported, instead))
        if LEFT.search(source):
            raise ValueError(f"{name}.js imports or exports in another manner than this can read")
        exported[name] = [found for _, found in EXPORT.findall(text)]
        parts.append(f"const {name} = (() => {{\n{source}return {{ {', '.join(exported[name])} }};\n}})();\n")
    return "\n".join(parts)


def _bound(text: str, exported: Exports, instead: str) -> str:
    """A module with its imports as constants."""

    def constants(match: re.Match[str]) -> str:
        lines = []
        for name in match[1].split(", "):
            giver = instead if name in exported.get(instead, ()) else match[2]
            if name not in exported.get(giver, ()):
                raise ValueError(f"{giver}.js exports no {name}, or comes later")
            lines.append(f"const {name} = {giver}.{name};")
        return "\n".join(lines)

    return IMPORT.sub(constants, text)
