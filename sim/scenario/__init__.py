"""A scenario file becomes a Scenario or one report of all its errors; and a Scenario becomes a file again.

* reader, building, opened, scalars, syntax: strict YAML, each value with its line and column
* nodes, folders, settings, without: one tree of what a file extends and changes, of what `--set` and `--without` say
* numbers, forms, schema: every key with its unit, range and default
* wording, found, keys: what the schema finds wrong, in words that teach
* checks (of tables, of the calendar), look: rules that look at two places at once
* errors, report: the report of all that is wrong
* dump, json_schema, library, shipped: the way back, a complete file; the schema for editors; what ships, by name
"""

from sim.scenario.counterfactual import Counterfactual
from sim.scenario.dump import as_yaml
from sim.scenario.key_reference import KeyInfo, explained, json_schema, key_reference
from sim.scenario.load import counterfactual, load, load_text
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.shipped import Shipped, copied, shipped, starter

__all__ = [
    "Counterfactual",
    "KeyInfo",
    "Problem",
    "Scenario",
    "ScenarioError",
    "Shipped",
    "as_yaml",
    "copied",
    "counterfactual",
    "explained",
    "json_schema",
    "key_reference",
    "load",
    "load_text",
    "shipped",
    "starter",
]
