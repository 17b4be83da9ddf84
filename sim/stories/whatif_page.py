"""The answer to a but-for question as a terminal shows it: sentences, groups, and one history told twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.answers.whatif_answer import change, groups
from sim.stories.beside import beside, paragraph

if TYPE_CHECKING:
    from sim.experiments.whatif import WhatIf

INSIDE = "A but-for statement inside this model, under the same chance; no statement about what would happen in fact."


def page(found: WhatIf) -> str:
    """Sentences, groups and the history told twice, as text for a terminal."""
    history = found.history
    names = ("As the file has it", change(found))
    why = f"History {history.replication}, told twice: {history.why}."
    told = beside(history.factual, history.counterfactual, history.replication, history.parted, names)
    said = [paragraph(sentence) for sentence in found.sentences]
    return "\n\n".join([*said, groups(found), paragraph(why), told, paragraph(INSIDE)])
