"""The text of the scenario that a domain becomes.

An issue becomes a list of options, whole numbers too: a domain knows no points in between. Around the table nothing
happens, since a domain has nothing else: everybody comes, believes what is promised, and has nobody at home.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.domains.profile import Options
from sim.domains.utilities import Fitted
from sim.scenario.dump import one_line

WEEKS = 52
ALONE = {
    "expected_rounds": WEEKS,
    "cost_of_no_deal": 0,
    "hurt_cap": 0,
    "absence": 0,
    "walkout": 0,
    "doubt": 0,
    "face_saving": 0,
    "face_saving_margin": 0,
    "opposition": 0,
}
HEAD = f"""\
# A domain of automated negotiation: to each side, outcomes and no agreement are worth what its profile says.
# The process around the table, which a domain does not have, is switched off. Tactics, calendar, and what the sides
# know of each other, are this simulator's.
name: {{name}}
sources:
{{sources}}
clock: {{{{start: 2024-01-01, weeks: {WEEKS}, hold_weeks: 0}}}}
parties:
{{parties}}
working_groups:
  table:
    meets_every: 1
    exchanges: 1
    issues:
{{issues}}
contacts: {{{{intensity: 0}}}}
incidents: {{{{per_year: 0}}}}
trust_dynamics: {{{{gain: 0, loss: 0, fading: 0}}}}
agreements: {{{{hazard: 0, implementation: 0}}}}
"""


@dataclass(frozen=True)
class Names:
    """What the issues of a domain, and the options of each, are called in the scenario."""

    issues: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]


def scenario_text(
    name: str, sources: Sequence[str], sides: Mapping[str, Fitted], options: Options, names: Names
) -> str:
    """The file: sides by name, the options of each issue that is open."""
    issues = [line for issue in names.issues for line in _issue(issue, sides, options[issue], names)]
    return HEAD.format(
        name=one_line(name),
        sources="\n".join(f"  - {one_line(source)}" for source in sources),
        parties="\n".join(line for party, fitted in sides.items() for line in _party(party, fitted)),
        issues="\n".join(issues),
    )


def _party(party: str, fitted: Fitted) -> list[str]:
    settings = {"reservation": one_line(fitted.reservation), **ALONE}
    return [f"  {one_line(party)}:", *(f"    {key}: {value}" for key, value in settings.items())]


def _issue(issue: str, sides: Mapping[str, Fitted], options: Sequence[str], names: Names) -> list[str]:
    name = names.issues[issue]
    lines = [f"      {one_line(name)}:"]
    if name != issue:
        lines.append(f"        title: {one_line(' '.join(issue.split()))}")
    weights = {party: fitted.weights[issue] for party, fitted in sides.items()}
    lines += [f"        weights: {one_line(weights)}", "        options:"]
    for option in options:
        values = {party: fitted.values[issue][option] for party, fitted in sides.items()}
        lines.append(f"          {one_line(names.options[issue][option])}: {one_line(values)}")
    return lines
