"""The mechanisms that can be switched off, each once: its name, the settings that take it away, and its words.

A new mechanism is one entry in `EVERY`. Settings are values by patterns of paths: `parties.*.doubt` is that of every
party, `freezes[*].weeks` that of every freeze, `events[kind=incident].severity` that of every dated incident. Numbers
are best: coalitions that differ in numbers only are simulated side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario

STEP = re.compile(r"\[[^\]]*\]|[^.\[]+")


@dataclass(frozen=True)
class Switch:
    """A mechanism. off: the values that take it away, by patterns of paths; words: what it is called, by language.

    helps: it is there to bring the sides together, so that it is switched off only where somebody asks for it.
    """

    name: str
    off: Mapping[str, Any] = field(hash=False)
    words: Mapping[str, str] = field(hash=False)
    helps: bool = False

    def settings(self, scenario: Scenario) -> dict[str, Any]:
        """What takes the mechanism out of a scenario: values by paths."""
        found: dict[str, Any] = {}
        for pattern, value in self.off.items():
            found |= {path: value for path, _ in _places(pattern, scenario)}
        return found

    def __str__(self) -> str:
        return self.words["en"]


EVERY = (
    Switch(
        "incidents", {"incidents.per_year": 0, "events[kind=incident].severity": 0},
        {"en": "incidents", "ru": "инциденты"},
    ),
    Switch(
        "doubt", {"parties.*.doubt": 0},
        {"en": "doubt that the others comply", "ru": "сомнение в том, что другие выполнят договорённости"},
    ),
    Switch(
        "absence", {"parties.*.absence": 0},
        {"en": "absence from rounds", "ru": "неявка на раунды"},
    ),
    Switch(
        "misjudgement", {"parties.*.knowledge": 1, "parties.*.prejudice": 0},
        {"en": "misjudgement of what the others want", "ru": "ошибки в оценке того, чего хотят другие"},
    ),
    Switch(
        "walkouts", {"parties.*.walkout": 0, "walkouts.after_incident": 0},
        {"en": "walkouts", "ru": "уход с переговоров"},  # noqa: RUF001
    ),
    Switch(
        "freezes", {"freezes[*].weeks": 0},
        {"en": "scheduled freezes", "ru": "объявленные паузы"},
    ),
    Switch(
        "violence-in-freezes", {"incidents.while_frozen": 1},
        {"en": "more incidents while talks are frozen", "ru": "рост числа инцидентов во время паузы"},
    ),
    Switch(
        "spoilers", {"incidents.spoilers": 0},
        {"en": "spoilers who strike when a deal is near", "ru": "противники мира, которые наносят удар перед сделкой"},
    ),
    Switch(
        "brooding", {"frozen_week.rumination": 0},
        {"en": "brooding in a freeze", "ru": "растравливание обид во время паузы"},
    ),
    Switch(
        "anger", {"incidents.rekindling": 0},
        {"en": "anger rekindled at the table", "ru": "гнев, который разжигает встреча"},
    ),
    Switch(
        "hardened-homes", {"agreements.opposition_hardens": 0},
        {"en": "homes that harden after a refusal", "ru": "ожесточение дома после отказа"},
    ),
    Switch(
        "breaking-off", {"walkouts.breaking_off": 0},
        {"en": "talks that are broken off", "ru": "окончательный срыв переговоров"},
    ),
    Switch(
        "refusals", {"parties.*.opposition": 0},
        {"en": "refusals at home", "ru": "отказ в ратификации"},
    ),
    Switch(
        "collapse", {"agreements.hazard": 0},
        {"en": "breakdown of agreements", "ru": "срыв соглашений"},
    ),
    Switch(
        "aftershocks", {"agreements.aftershock": 1},
        {"en": "danger to other chapters after a breakdown", "ru": "угроза другим главам после срыва одной из них"},
    ),
    Switch(
        "commitments", {"framework[*].hold": 0},
        {"en": "the cost of leaving earlier commitments", "ru": "цена отхода от прежних обязательств"},
    ),
    Switch(
        "linkage", {"linkage": "independent"},
        {"en": "chapters that wait for each other", "ru": "зависимость глав друг от друга"},
    ),
    Switch(
        "rivalry", {"mediators.*.rivalry": 0},
        {"en": "rivalry of mediators", "ru": "соперничество посредников"},
    ),
    Switch(
        "candour", {"mediators.*.candour": None},
        {"en": "disbelief in mediators who would gain by a lie", "ru": "недоверие к посредникам, которым выгодна ложь"},
    ),
    Switch(
        "cost-of-no-deal", {"parties.*.cost_of_no_deal": 0},
        {"en": "the cost of no deal", "ru": "цена отсутствия соглашения"}, helps=True,
    ),
    Switch(
        "contacts", {"contacts.intensity": 0},
        {"en": "contacts of civil society", "ru": "контакты гражданских обществ"}, helps=True,
    ),
    Switch(
        "mediation", {"mediators.*.effort": 0},
        {"en": "mediation", "ru": "посредничество"}, helps=True,
    ),
    Switch(
        "leaders", {"leaders": None},
        {"en": "the leaders' table", "ru": "встречи лидеров"}, helps=True,
    ),
)  # fmt: skip

SWITCHES: dict[str, Switch] = {each.name: each for each in EVERY}
"""By name, in the order in which equal shares are told."""


def named(names: Sequence[str]) -> list[Switch]:
    """The switches with these names, each once; without names, those that stand in the way of the talks.

    Errors: KeyError for an unknown name, with those that there are.
    """
    for name in names:
        if name not in SWITCHES:
            from sim.scenario.problems import did_you_mean

            raise KeyError(f"unknown mechanism {name!r}: {did_you_mean(name, list(SWITCHES))}")
    if names:
        return [SWITCHES[name] for name in dict.fromkeys(names)]
    return [each for each in SWITCHES.values() if not each.helps]


# ---- patterns --------------------------------------------------------------------------------------------------------


def _places(pattern: str, scenario: Scenario) -> list[tuple[str, Any]]:
    """The paths that a pattern means in a scenario, with what stands there."""
    found: list[tuple[str, Any]] = [("", scenario)]
    for step in STEP.findall(pattern):
        below: list[tuple[str, Any]] = []
        for path, node in found:
            below += _below(path, node, step)
        found = below
    return found


def _below(path: str, node: Any, step: str) -> Iterator[tuple[str, Any]]:
    if step.startswith("["):
        key, _, value = step[1:-1].partition("=")
        for number, item in enumerate(node):
            if key == "*" or getattr(item, key) == value:
                yield f"{path}[{number}]", item
    elif step == "*":
        for name, each in node.items():
            yield f"{path}.{name}", each
    else:
        yield f"{path}.{step}".removeprefix("."), getattr(node, step)
