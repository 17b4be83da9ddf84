"""Domains and preference profiles of GENIUS, in XML, read as GENIUS 10 itself reads them.

    <utility_space> <objective> <issue index name type> <item value evaluation/> ... </issue> <weight index value/>
    </objective> <reservation value/> <discount_factor value/> </utility_space>

The value of an item is its evaluation divided by the largest evaluation of its issue (EvaluatorDiscrete); that of a
whole number is offset + slope * (number - lowerbound), cut to 0 to 1 (EvaluatorInteger); no reservation value is 0; a
discount factor that is not between 0 and 1 is none (AbstractUtilitySpace). Lin, Kraus, Baarslag, Tykhonov, Hindriks and
Jonker 2014, "Genius: an integrated environment for supporting the design of generic automated negotiators".
"""

from __future__ import annotations

from sim.domains.profile import (
    MOST_OPTIONS,
    Outline,
    Profile,
    as_number,
    not_additive,
    too_many,
    whole_number,
    whole_numbers,
    without_steps,
)
from sim.domains.xml_reader import Element, wrong
from sim.scenario.scalars import shorten
from sim.scenario.tree import Place

ADDITIVE = {"", "linear", "additive", "any", "uncertain"}
"""Types of utility spaces whose utilities add up over issues."""
LEAST_MAX = 0.00001
"""Where the largest evaluation is below, every value of the issue is worth nothing (EvaluatorDiscrete.normalize)."""
KNOWN = {"utility_space", "negotiation_template", "objective", "issue", "item", "range", "evaluator", "weight"}
KNOWN |= {"reservation", "discount_factor"}
ASIDE = {"agent", "comparisons", "errors", "fixed_seed", "experimental", "elicitation_cost"}
ASIDE |= {"similarity_function", "criteria_function"}
"""What stands beside a domain and its utilities: who plays, how well an agent knows its side, how alike values are."""
HALF_KNOWN = "its agent would know these utilities only in part (type UNCERTAIN); here each side knows its own"


def read_genius(root: Element, stem: str) -> Outline | Profile:
    """A domain, or a profile if there are evaluations.  stem: the name of its file.  Errors: ScenarioError."""
    spaces = [element for element in root.all() if element.tag == "utility_space"]
    if root.tag not in ("utility_space", "negotiation_template") or len(spaces) != 1:
        rule = "a file of GENIUS holds one utility_space"
        raise wrong(
            root.place, "wrong-type", f"<{root.tag}> with {len(spaces)} utility spaces ({rule}); choose another file"
        )
    _nothing_unknown(root, spaces[0])
    issues = _issues(spaces[0])
    if _is_profile(root):
        return _profile(spaces[0], issues, stem)
    options = {name: tuple(_values(issue, name)) for name, (issue, _) in issues.items()}
    return Outline(stem, _whole(root), options)


def _is_profile(root: Element) -> bool:
    """Weights make a profile; evaluations alone one that lacks them, unless the file says that it is a domain."""
    if any(element.tag == "weight" for element in root.all()):
        return True
    return root.tag == "utility_space" and any("evaluation" in element.attributes for element in root.all())


def _whole(element: Element) -> Place:
    return Place(element.place.source)


def _nothing_unknown(root: Element, space: Element) -> None:
    """Nothing stands in the file whose loss would change what an outcome is worth."""
    kind = space.attributes.get("type", "")
    if kind.lower() not in ADDITIVE:
        raise not_additive(f"a utility space of type {shorten(kind)}", space.place)
    for element in root.all():
        if element.tag not in KNOWN | ASIDE:
            raise not_additive(f"<{shorten(element.tag)}>, which makes issues interact or is not known", element.place)


Issues = dict[str, tuple[Element, Element]]
"""By name, each issue and the element that holds it and its weight."""


def _issues(space: Element) -> Issues:
    found: Issues = {}
    for holder in space.all():
        for issue in holder.named("issue"):
            name = issue.attributes.get("name", "")
            if not name or name in found:
                what = f"a second issue called {shorten(name)}" if name else "an issue without a name"
                raise wrong(issue.place, "duplicate", f"{what} (names tell issues apart); give it another name")
            found[name] = issue, holder
    if not found:
        raise wrong(space.place, "too-few", "no <issue> (there is nothing to agree on); choose another file")
    return found


def _values(issue: Element, name: str) -> list[str]:
    """Its values: those of items, or the whole numbers of a range."""
    kind = (issue.attributes.get("type") or issue.attributes.get("etype") or "discrete").lower()
    items = issue.named("item")
    if items or kind == "discrete":
        return _items(items, issue, name)
    if kind == "real":
        raise without_steps(issue.place, name)
    if kind != "integer":
        raise not_additive(f"an issue of type {shorten(kind)}", issue.place, name)
    bounds = [issue, *issue.named("range")]
    low, high = (_bound(bounds, side, name) for side in ("lowerbound", "upperbound"))
    return [str(number) for number in whole_numbers(low, high, issue.place, name)]


def _items(items: list[Element], issue: Element, name: str) -> list[str]:
    seen: list[str] = []
    if len(items) > MOST_OPTIONS:
        raise too_many(len(items), issue.place, name)
    for item in items:
        value = _needed(item, "value", name)
        if value in seen:
            raise wrong(item.place, "duplicate", f"a second {shorten(value)} (values differ); remove one", name)
        seen.append(value)
    if not seen:
        raise wrong(issue.place, "too-few", "no <item> (an issue has values); add some, or remove it", name)
    return seen


def _bound(bounds: list[Element], side: str, name: str) -> int:
    said = next((each for each in bounds if side in each.attributes), bounds[0])
    return whole_number(_needed(said, side, name), said.place, name)


def _needed(element: Element, attribute: str, path: str) -> str:
    said = element.attributes.get(attribute)
    if said is None:
        raise wrong(
            element.place, "missing-key", f"<{element.tag}> without {attribute}= (GENIUS reads it there); add it", path
        )
    return said


# ---- preferences -----------------------------------------------------------------------------------------------------


def _profile(space: Element, issues: Issues, stem: str) -> Profile:
    weights = {name: _weight(issue, holder, name) for name, (issue, holder) in issues.items()}
    _no_weight_is_lost(space)
    values = {name: _valued(issue, name) for name, (issue, _) in issues.items()}
    discount = _single(space, "discount_factor", 1.0)
    said = f"a discount factor of {discount:g}" if 0 < discount < 1 else ""
    uncertain = space.attributes.get("type", "").lower() == "uncertain"
    return Profile(
        name=stem,
        place=_whole(space),
        values=values,
        weights=weights,
        reservation=_single(space, "reservation", 0.0),
        discount=said,
        notes=[HALF_KNOWN] if uncertain else [],
    )


def _weight(issue: Element, holder: Element, name: str) -> float:
    index = issue.attributes.get("index", "")
    for weight in holder.named("weight"):
        if weight.attributes.get("index", "") == index:
            number = as_number(_needed(weight, "value", name), weight.place, name)
            if number < 0:
                message = f"the weight {number:g} (weights are 0 or more); change it"
                raise wrong(weight.place, "out-of-range", message, name)
            return number
    rule = "each issue has a <weight> with its index beside it"
    raise wrong(issue.place, "missing-key", f"no weight with the index {shorten(index)!r} ({rule}); add it", name)


def _no_weight_is_lost(space: Element) -> None:
    """Every weight is that of an issue, or of an objective, which GENIUS does not look at."""
    for holder in space.all():
        known = {each.attributes.get("index", "") for each in holder.children if each.tag in ("issue", "objective")}
        for weight in holder.named("weight"):
            if weight.attributes.get("index", "") not in known:
                rule = "a weight belongs to the issue of its index; NegMAS writes a constant so"
                remedy = "add the constant to the evaluations of an issue, or save the domain as YAML"
                raise wrong(weight.place, "unknown-reference", f"a weight without an issue ({rule}); {remedy}")


def _valued(issue: Element, name: str) -> dict[str, float]:
    """Each value of an issue with what it is worth, 0 to 1."""
    values = _values(issue, name)
    items = issue.named("item")
    if items:
        evaluations = [_evaluation(item, name) for item in items]
        most = max(evaluations)
        worths = [0.0 if most < LEAST_MAX else evaluation / most for evaluation in evaluations]
    else:
        slope, offset = _line(issue, name)
        worths = [min(max(offset + slope * above, 0.0), 1.0) for above in range(len(values))]
    return dict(zip(values, worths, strict=True))


def _evaluation(item: Element, name: str) -> float:
    number = as_number(_needed(item, "evaluation", name), item.place, name)
    if number < 0:
        rule = "GENIUS knows evaluations of 0 and more only"
        raise wrong(
            item.place, "out-of-range", f"the evaluation {number:g} ({rule}); add the same to all of the issue", name
        )
    return number


def _line(issue: Element, name: str) -> tuple[float, float]:
    """Slope and offset of what a whole number is worth; without an evaluator it is worth nothing."""
    evaluators = issue.named("evaluator")
    if not evaluators:
        return 0.0, 0.0
    evaluator = evaluators[0]
    kind = evaluator.attributes.get("ftype", "linear").lower()
    if kind != "linear":
        rule = "GENIUS values whole numbers along a line"
        message = f"ftype {shorten(kind)} ({rule}); write items with evaluations"
        raise wrong(evaluator.place, "unsupported", message, name)
    slope, offset = (as_number(_needed(evaluator, each, name), evaluator.place, name) for each in ("slope", "offset"))
    return slope, offset


def _single(space: Element, tag: str, default: float) -> float:
    found = [element for element in space.all() if element.tag == tag]
    if not found:
        return default
    if len(found) > 1:
        raise wrong(found[1].place, "duplicate", f"a second <{tag}> (a profile has one); remove one of the two")
    return as_number(_needed(found[0], "value", tag), found[0].place, tag)
