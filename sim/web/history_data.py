"""One history as plain data, for the page Watch: what happened in which week, and the story as it went.

Whatever has a week is shown from that week on, and nothing of it says what came later. The last week stands for all
the years in which agreements must hold, too.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim import kinds
from sim.figures.style import Cue, cues
from sim.scenario import translations
from sim.words.catalogue import DEFAULT

if TYPE_CHECKING:
    from sim.experiments.run import Results
    from sim.scenario import Scenario

Data = dict[str, Any]


def telling(results: Results, replication: int, language: str = DEFAULT) -> Data:
    """The told replication of a run of it alone, each thing with its week.

    Lanes, offers in utility space, trust, incidents, visits and story. language: of titles and story
    """
    scenario = results.scenario
    said = translations.texts(scenario, language)
    events = results.events[results.events["replication"] == replication].to_dict("records")
    watched = [row for row in events if kinds.of(row["kind"]).watched]
    offers = [row for row in events if row["kind"] in kinds.counting_as("offer")]
    return {
        "name": said.get(scenario.name, scenario.name),
        "replication": replication,
        "weeks": scenario.clock.weeks,
        "dates": [scenario.date_of(week).isoformat() for week in range(scenario.clock.weeks + 1)],
        "end": scenario.date_of(scenario.weeks).isoformat(),
        "parties": _named(said, scenario.parties, cues(scenario).parties),
        "mediators": _named(said, scenario.mediators, cues(scenario).mediators),
        "groups": _named(said, scenario.working_groups, cues(scenario).groups),
        "spaces": spaces(scenario, replication),
        "lanes": [_row(row, "group", "value") for row in watched if row["group"]],
        "offers": [_row(row, "group") | {"worth": _worth(row, scenario.parties)} for row in offers],
        "around": [_row(row, "to", "value") for row in watched if not row["group"]],
        "trust": _trust(results),
        **_story(results, replication, language),
    }


def _story(results: Results, replication: int, language: str) -> Data:
    """paragraphs: (heading, words); story: (first week, numbers of the paragraphs told from then on)."""
    from sim.stories.story import Paragraph, as_it_went

    numbers: dict[Paragraph, int] = {}
    told: list[tuple[int, list[int]]] = []
    for week, paragraphs in as_it_went(results, replication, language):
        now = [numbers.setdefault(each, len(numbers)) for each in paragraphs]
        if not told or told[-1][1] != now:
            told.append((week, now))
    return {"paragraphs": [(each.heading, each.words) for each in numbers], "story": told}


def _named(said: Mapping[str, str], blocks: Any, looks: dict[str, Cue]) -> list[Data]:
    titles = {name: block.title or name for name, block in blocks.items()}
    return [
        {
            "name": name,
            "title": said.get(title, title),
            "colour": looks[name].colour,
            "dash": looks[name].dash,
        }
        for name, title in titles.items()
    ]


def spaces(scenario: Scenario, replication: int) -> Data:
    """For each group of this history: who is at the table, the Pareto frontier, what no agreement is worth, and
    Nash's solution.
    """
    from sim.experiments.frontier import frontier_of_history

    return {
        name: {
            "parties": list(found["no_agreement"]),
            "no_agreement": found["no_agreement"],
            "pareto": found["pareto"],
            "nash": found["nash"] and found["nash"]["utilities"],
        }
        for name, found in frontier_of_history(scenario, replication)["groups"].items()
    }


def _row(row: dict[Hashable, Any], *names: str) -> Data:
    """What the page needs of every event, and these columns besides."""
    shown = {name: row[name] for name in ("week", "kind", "actor", *names)}
    return {name: _number(value) if isinstance(value, float) else value for name, value in shown.items()}


def _worth(row: dict[Hashable, Any], parties: Iterable[str]) -> dict[str, float | None]:
    return {party: _number(row.get(f"utility.{party}", math.nan)) for party in parties}


def _trust(results: Results) -> dict[str, list[float]]:
    """Of a run of one replication, whose weekly means are its own numbers."""
    weekly, weeks = results.weekly, results.scenario.clock.weeks
    weekly = weekly[(weekly["measure"] == "trust") & (weekly["week"] < weeks)]
    return {str(party): path["mean"].round(4).tolist() for party, path in weekly.groupby("party", sort=False)}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)
