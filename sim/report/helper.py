"""A second process that draws: it gets ready while the first one simulates, and then draws about half of the figures.

Half of the time that a run takes is spent on its figures, a sixth on loading what draws them. The files are the same.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sim.figures.canvas import Figure
    from sim.figures.registry import Entry

Item = tuple[str, str] | bytes | None
"""A figure, by its kind of result and its name; the pickled result; or nothing but to get ready."""


@dataclass(frozen=True)
class Helper:
    """The process.  submit: has it do things, one after the other"""

    submit: Callable[[Item], Future[list[Figure]]]
    current: ClassVar[Helper | None] = None

    def draw(self, kind: str, names: list[str], shown: Any) -> list[Future[list[Figure]]]:
        """Have these figures of something drawn, the last one first; who cancels one in time draws it himself."""
        self.submit(pickle.dumps(shown))
        asked = [self.submit((kind, name)) for name in reversed(names)]
        return asked[::-1]


@contextmanager
def helped(wanted: bool) -> Iterator[Callable[[], None]]:
    """Draw with a second process, where it is wanted, from when the function that is given here is called.

    There is none where this process has loaded already what draws.
    """
    with ExitStack() as stack:

        def get_ready() -> None:
            if wanted and Helper.current is None and "matplotlib" not in sys.modules:
                stack.enter_context(_at_hand())

        yield get_ready


@contextmanager
def _at_hand() -> Iterator[Helper]:
    from sim.experiments.executors import processes

    with processes(_do, jobs=1) as submit:
        Helper.current = Helper(submit)
        submit(None)
        try:
            yield Helper.current
        finally:
            Helper.current = None


def shared(kind: str, shown: Any) -> list[tuple[str, Callable[[], list[Figure]]]]:
    """Every figure of a report, by name, and how it is had, to be asked for in this order.

    kind: of result, as `registry.KINDS` names it. Errors: whatever drawing the figure raises.
    """
    from sim.figures.registry import KINDS, figures_of

    entries = figures_of(KINDS[kind])
    alone = {entry.name: partial(_alone, entry, shown) for entry in entries}
    if Helper.current is None:
        return list(alone.items())
    asked = Helper.current.draw(kind, list(alone), shown)
    return [(name, partial(_first_of, theirs, own)) for theirs, (name, own) in zip(asked, alone.items(), strict=True)]


def _first_of(theirs: Future[list[Figure]], own: Callable[[], list[Figure]]) -> list[Figure]:
    """What the helper has begun to draw, or else what this process draws; so too where the helper fails."""
    if theirs.cancel() or theirs.exception() is not None:
        return own()
    return theirs.result()


def _alone(entry: Entry, shown: Any) -> list[Figure]:
    return list(entry.reported(shown))


# ---- in the process --------------------------------------------------------------------------------------------------


_shown: Any = None
"""What the figures are of."""


def _do(item: Item) -> list[Figure]:
    """Load all that draws, take over a result, or draw a figure of it, as files."""
    from sim.figures.registry import KINDS, figures_of

    global _shown
    if item is None:
        figures_of(KINDS["run"])
        _warm_up()
        return []
    if isinstance(item, bytes):
        _shown = pickle.loads(item)
        return []
    kind, name = item
    return next(list(entry.reported(_shown)) for entry in figures_of(KINDS[kind]) if entry.name == name)


def _warm_up() -> None:
    """Draw a page with nothing but a heading, which loads fonts and what writes files."""
    import pandas as pd

    from sim.figures.canvas import Canvas, Figure

    pickle.dumps(Figure("", "", Canvas("Ready", "to draw").drawing, pd.DataFrame(), ""))
