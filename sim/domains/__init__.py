"""Domains of other simulators become scenarios, so that every outcome keeps its worth; what cannot be kept is an error.

* xml_reader: XML from anybody, without document types and entities, bounded in size
* profile: what every format comes to: issues with options, and what each side says that they are worth
* genius, negmas, geniusweb: a format each
* to_scenario: utilities in 0 to 1, names, the text of the scenario
* files: all of this in order, `import_domain`
"""

from sim.domains.files import import_domain
from sim.domains.to_scenario import Imported

__all__ = ["Imported", "import_domain"]
