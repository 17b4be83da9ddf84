"""Sentences of texts that state a number or a sign, as checks: the file `claims.toml` beside the scenarios.

The numbers stand in the texts and nowhere else. A claim quotes the words around them, and says of which scenario each
is: `{settled}` is the value of a measure, `{settled difference}` how far it is from the reference's.

TOML, since every .yaml file beside the scenarios is a scenario.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo

from sim.scenario.field_types import Block
from sim.scenario.numbers import show
from sim.scenario.problems import Problem, Report, ScenarioError
from sim.scenario.tree import spell

Direction = Literal["more", "fewer", "same"]
Verdict = Literal["robust", "depends", "fragile"]

ALONE = ("value", "from", "to")
"""What a run says of a measure: its value, and the ends of its 95 % interval."""
PAIRED = ("before", "difference", "low", "high", "saved", "lost", "more", "fewer")
"""What a comparison says of a measure: its value under the reference; the difference and its interval; how many
histories only the scenario has, or only the reference; in which share of the models there is more of it, or less."""

OF_MODELS = ("more", "fewer")
"""Those that are shares of the models."""

SLOT = re.compile(r"\{([^{}]*)\}")
"""In the words of a claim: a number that the text has there; `{}` is one that another claim checks."""
HEAD = re.compile(r"\s*\[\[\s*[\"']?claim[\"']?\s*\]\]")


class Quantity(NamedTuple):
    """A number that a text may state.  measure: by its column, as `agreed.treaty`; part: one of ALONE or PAIRED"""

    measure: str
    part: str

    @classmethod
    def read(cls, said: str) -> Quantity:
        """`settled difference` or `settled`"""
        measure, _, part = said.partition(" ")
        return cls(measure, part or "value")

    def __str__(self) -> str:
        return self.measure if self.part == "value" else f"{self.measure} {self.part}"


class Claim(Block):
    """One sentence, or a part of one, and what is compared for it."""

    file: str = Field(min_length=1, description="the text, from the folder of the claims")
    says: str = Field(min_length=1, description="the words of the sentence, with {settled} where a number stands")
    scenario: str = Field(min_length=1, description="the scenario that the sentence is about")
    reference: str = Field("", description="the scenario that it is compared with")
    set: list[str] = Field([], description="settings PATH=VALUE of both scenarios")
    change: list[str] = Field([], description="settings PATH=VALUE of the scenario alone")
    histories: int = Field(1000, ge=1, le=10_000_000, description="histories of each scenario")
    expects: dict[str, Direction] = Field({}, description="by measure, the direction that the sentence states")
    between: dict[str, Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(
        {}, description="by number, from where to where it is as the sentence says, where it says so in words"
    )
    within: float | None = Field(
        None,
        ge=0,
        allow_inf_nan=False,
        description="how far a number may be from the text's; default: 1 in the last digit that it states",
    )
    agree: float | None = Field(
        None, gt=0.5, le=1, description="of the models that tell a direction, so many make it robust"
    )
    verdict: Verdict | None = Field(None, description="the verdict that the sentence states")

    @property
    def of(self) -> tuple[str, ...]:
        """What the sentence is about: the scenario, and what is set in it."""
        return (self.scenario, *self.set, *self.change)

    @property
    def slots(self) -> list[str]:
        """What stands between braces, in the order of the words."""
        return SLOT.findall(self.says)

    @property
    def quantities(self) -> list[Quantity]:
        """The numbers that the claim is about."""
        return [Quantity.read(said) for said in dict.fromkeys([*self.slots, *self.between]) if said]

    @property
    def counts_models(self) -> bool:
        """Does the sentence state what models say: a share of them, or a verdict?"""
        return self.verdict is not None or any(quantity.part in OF_MODELS for quantity in self.quantities)

    @property
    def measures(self) -> list[str]:
        """The measures that the claim is about."""
        return list(dict.fromkeys([*self.expects, *(quantity.measure for quantity in self.quantities)]))


class Claims(Block):
    """A file of claims."""

    agree: float = Field(0.9, gt=0.5, le=1, description="as of each claim, where it says nothing")
    models: int = Field(500, ge=1, description="models that the texts count")
    pairs: int = Field(200, ge=1, description="pairs of histories in each of these models")
    claim: list[Claim] = Field(min_length=1, description="the claims")


@dataclass(frozen=True)
class ClaimsFile:
    """A file of claims that has been read.  text: as it stands there"""

    path: Path
    text: str
    claims: Claims

    @cached_property
    def lines(self) -> list[int]:
        """Where each claim begins; 0 of those that are not written below a [[claim]]."""
        heads = _heads(self.text)
        return heads + [0] * (len(self.claims.claim) - len(heads))

    def problem(self, number: int, path: str, kind: str, message: str) -> Problem:
        """What is wrong with a claim, by its number from 0."""
        return _problem(self.path, self.text, self.lines[number], f"claim[{number}].{path}", kind, message)


def read_claims(path: Path) -> ClaimsFile:
    """A file of claims.  Errors: ScenarioError with all that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        given = tomllib.loads(text)
    except OSError as error:
        why = error.strerror or "it cannot be read"
        _refuse(path, "", 0, "unreadable", f"{why}; name a file of claims, such as scenarios/claims.toml")
    except UnicodeDecodeError:
        _refuse(path, "", 0, "encoding", 'the file is not UTF-8 (claims are UTF-8); save it as "UTF-8" in your editor')
    except tomllib.TOMLDecodeError as error:
        said = re.search(r"at line (\d+)", str(error))
        _refuse(path, text, int(said[1]) if said else 0, "syntax", f"no TOML ({error}); mend this line")
    try:
        claims = Claims.model_validate(given)
    except ValidationError as error:
        report = Report()
        report.extend(_translated(error, path, text))
        report.close()
        raise AssertionError("an error has a problem") from error  # pragma: no cover
    file = ClaimsFile(path, text, claims)
    problems = [file.problem(n, *wrong) for n, claim in enumerate(claims.claim) for wrong in _wrong(claim)]
    if problems:
        raise ScenarioError(problems)
    return file


def _refuse(path: Path, text: str, line: int, kind: str, message: str) -> None:
    raise ScenarioError([_problem(path, text, line, "", kind, message)]) from None


def _wrong(claim: Claim) -> Iterator[tuple[str, str, str]]:
    """Path, kind and message of what is wrong between keys."""
    for quantity in claim.quantities:
        if quantity.part not in (*ALONE, *PAIRED):
            rule = f"a measure, alone or before one of {', '.join((*ALONE[1:], *PAIRED))}"
            yield "says", "bad-choice", f"{{{quantity}}} is no number of a claim ({rule}); write {{settled}}"
    for said, (low, high) in claim.between.items():
        if not low <= high:
            rule = "from the smaller to the larger number, or no number could be between them"
            yield f"between.{said}", "wrong-value", f"[{low:g}, {high:g}] is no range ({rule}); write [low, high]"
    paired = claim.expects or any(quantity.part in PAIRED for quantity in claim.quantities)
    if paired and not claim.reference:
        yield "reference", "missing-key", "missing key (a difference is one from a reference); add reference = NAME"
    if not claim.measures:
        rule = "a claim checks numbers, or a direction"
        yield "says", "too-few", f"nothing is checked ({rule}); write {{settled}} for a number, or add expects"
    for quantity in claim.quantities:
        if quantity.part in OF_MODELS and quantity.measure not in claim.expects:
            rule = "models are asked for directions"
            yield "says", "missing-key", f"{{{quantity}}} has no direction ({rule}); add it to expects"
    if claim.verdict and not claim.expects:
        yield "verdict", "missing-key", "a verdict of no direction (it is one on what models say); add expects"


# ---- in words --------------------------------------------------------------------------------------------------------


def _heads(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if HEAD.match(line)]


def _problem(path: Path, text: str, line: int, trail: str, kind: str, message: str) -> Problem:
    lines = text.splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    return Problem(str(path), line, int(line > 0), trail, kind, message, shown)


def _translated(error: ValidationError, path: Path, text: str) -> Iterator[Problem]:
    """Each of pydantic's errors at the claim where it is, with value, rule and remedy."""
    report, heads = Report(), _heads(text)
    for each in error.errors(include_url=False):
        trail = tuple(each["loc"])
        inside = len(trail) > 1 and trail[0] == "claim" and isinstance(trail[1], int)
        line = heads[int(trail[1])] if inside and int(trail[1]) < len(heads) else 0
        kind, message = _said(each, Claim if inside else Claims, report)
        yield _problem(path, text, line, spell(trail), kind, message)


def _said(error: Mapping[str, Any], model: type[Block], report: Report) -> tuple[str, str]:
    fields: Mapping[str, FieldInfo] = model.model_fields
    trail = [step for step in error["loc"] if isinstance(step, str)]
    key = next((step for step in trail if step in fields), trail[-1] if trail else "")
    meaning = fields[key].description if key in fields else "claims"
    if error["type"] == "extra_forbidden":
        return "unknown-key", f"unknown key; {report.instead(trail[-1], list(fields))}"
    if error["type"] == "missing":
        return "missing-key", f"missing key ({meaning}); add {key} = ..."
    rule = error["msg"][:1].lower() + error["msg"][1:]
    value = "the value" if isinstance(error["input"], dict | list) else show(error["input"])
    return "wrong-value", f"{value} cannot stand here ({meaning}: {rule}); write another value"
