"""A scenario file becomes a Scenario or one report of all its errors; and a Scenario becomes a file again.

* yaml_reader, scalars, syntax: strict YAML, each value with its line and column
* tree, folders, set_paths, counterfactual, levels: one tree of what a file extends and changes, of what `--set` and
  `--without` say; what a sweep varies
* numbers, field_types, parties, process_settings, schema: every key with its unit, range and default
* schema_lookup, messages: what the schema knows of a path, and what it finds wrong, in words that teach
* checks, table_checks, calendar_checks, raw_file: rules that look at two places at once
* problems: what is wrong, and the report of all of it
* dump, key_reference: the way back, a complete file; each key explained, in it, in editors and in a table
* edit, spans, splice, writing: a file changed where a value stands, every other line as it was
* load, given: all of this in order, for the command line and for Python
* library, shipped: what ships, by name
* translations: what a scenario says in other languages
* claims_file: sentences of texts that state a number, as checks
* draw, to_bargaining: from distributions to numbers, and to what lies on the table
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
