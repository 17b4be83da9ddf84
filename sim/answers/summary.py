"""The summary of a run as tables and sentences for a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim import words
from sim.answers.results_protocol import Results
from sim.words import dates
from sim.words.numbers import NONE

Values = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A captioned table: column heads, and rows whose first cell is their head."""

    caption: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def question(results: Results) -> str:
    """What the run asks, in one sentence."""
    scenario = results.scenario
    parties = words.both([words.short(name) for name in scenario.parties])
    groups = words.both([words.short(name) for name in scenario.working_groups])
    end = dates.month(scenario.date_of(scenario.clock.weeks))
    asked = f"how often would {parties} agree on {groups} by {end}, and would it last?"
    return f"If talks went the way this scenario says, {asked}"


def answer(results: Results) -> str:
    """What came out, in one sentence, with its interval."""
    settled, lasting = results.summary["settled"], results.summary["lasting"]
    count, whole = (words.thousands(round(n * results.replications)) for n in (settled["share"], 1))
    held = ""
    if results.scenario.clock.hold_weeks:
        held = (
            f"; in {_percent(lasting['share'])} ({_range(lasting, _percent)}) all of it also holds for "
            f"{words.count(results.scenario.clock.hold_weeks, 'week')}"
        )
    return (
        f"In {count} of {whole} simulated histories, {_percent(settled['share'])} "
        f"(95 % interval {_range(settled, _percent)}), every chapter is agreed and ratified within "
        f"{words.count(results.scenario.clock.weeks, 'week')}{held}."
    )


def tables(results: Results) -> list[Table]:
    """The summary's numbers, each with its 95 % interval."""
    return [_process(results), _groups(results), _utilities(results), *_mediators(results), *_own(results)]


def _process(results: Results) -> Table:
    summary = results.summary
    rows = [_share_row("settled: every chapter agreed and ratified", summary["settled"])]
    rows.append(_share_row("lasting: settled and held", summary["lasting"]))
    week = summary["settled_week"]
    rows.append(("half of all histories have settled by", _date(results, week["median"]), _dates(results, week)))
    return Table("The whole process", ("", "value", "95 % interval"), rows)


def _groups(results: Results) -> Table:
    rows = []
    for name, group in results.summary["groups"].items():
        agreed, collapsed = group["agreed"], group.get("collapsed")
        broken = _percent(collapsed["share"]) if collapsed else NONE
        rows.append((*_share_row(words.short(name), agreed), _date(results, group["week"]["median"]), broken))
    return Table("Working groups", ("", "agreed", "95 % interval", "half agreed by", "broke down"), rows)


def _utilities(results: Results) -> Table:
    rows = [_mean_row(f"utility of {words.short(name)}", value) for name, value in results.summary["utility"].items()]
    rows.append(_mean_row("joint utility", results.summary["joint_utility"]))
    rows.append(_mean_row("fairness: smaller gain over larger", results.summary["fairness"]))
    return Table("What it is worth, on average", ("", "mean", "95 % interval"), rows)


def _mediators(results: Results) -> list[Table]:
    rows = [
        _mean_row(words.short(name), value, "{:,.1f}".format)
        for name, value in results.summary["mediator_weeks"].items()
    ]
    return [Table("What it costs: mediators' weeks of work", ("", "mean", "95 % interval"), rows)] if rows else []


def _own(results: Results) -> list[Table]:
    rows = [
        _share_row(name, value) if "share" in value else _mean_row(name, value)
        for name, value in results.summary.get("measures", {}).items()
    ]
    return [Table("Measures of one's own", ("", "value", "95 % interval"), rows)] if rows else []


def _share_row(name: str, value: Values) -> tuple[str, str, str]:
    return name, _percent(value["share"]), _range(value, _percent)


def _mean_row(name: str, value: Values, show: Callable[[float], str] = "{:.3f}".format) -> tuple[str, str, str]:
    return name, NONE if value["mean"] is None else show(value["mean"]), _range(value, show)


def _range(value: Values, show: Callable[[float], str]) -> str:
    if value["low"] is None or value["high"] is None:
        return NONE
    return f"{show(value['low'])} to {show(value['high'])}"


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", "\N{NO-BREAK SPACE}%")


def _date(results: Results, week: float | None) -> str:
    return "fewer than half do" if week is None else dates.short_day(results.scenario.date_of(int(week)))


def _dates(results: Results, week: Values) -> str:
    if week["low"] is None:
        return NONE
    if week["high"] is None:
        return f"{_date(results, week['low'])} or later"
    return f"{_date(results, week['low'])} to {_date(results, week['high'])}"
