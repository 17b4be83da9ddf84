"""How everything that people look at is drawn: colours, sizes, spaces, fonts, as plain data.

Figures, the report and the web page read the same tokens, so that a party has one colour in all of them. A colour
means one thing: parties, working groups, mediators and compared scenarios are dealt theirs one after the other. It
never stands alone: each thing also has a dash and a marker of its own, for a photocopy and for colour-blind readers.

Sizes are pixels of a 1920 x 1080 slide; figures are drawn at 72 points to the inch, so that a point is a pixel.
Source of the first colours: Okabe and Ito (2008), Color Universal Design, without their yellow, whose lines and words
are lost on white paper (contrast 1.3). Then darker ones, about as far from all others for colour-blind readers as Okabe
and Ito's are from one another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

WIDTH, HEIGHT = 1920, 1080

COLOUR = {
    "ink": "#222222",
    "quiet": "#565656",
    "axis": "#9A9A9A",
    "grid": "#E4E4E4",
    "frozen": "#E2E2E2",
    "hatch": "#A8A8A8",
    "faint": "#C9C9C9",
    "paper": "#FFFFFF",
    "whole": "#000000",
}
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # black is for the whole
PALETTE = (*OKABE_ITO, "#882255", "#332288", "#6B6400", "#7F6AE8", "#5A3A1A", "#004D47")
DASHES = ("solid", "8 4", "2 3", "10 3 2 3", "14 4", "5 2", "12 3 2 3 2 3", "1 2", "16 3 4 3", "6 6", "3 5", "10 8")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")

SIZE = {"title": 40, "subtitle": 23, "label": 24, "tick": 21, "small": 19, "line": 3, "hairline": 1.2, "mark": 11}
SPACE = {"edge": 80, "gap": 24, "line": 1.28}

# What matplotlib ships (a humanist sans) draws the figures, so that they are the same bytes and fit alike everywhere.
FIGURE_FONT = "DejaVu Sans"
FONT = {
    "sans": 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", source-sans-pro, sans-serif',
    "serif": '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Georgia, serif',
    "mono": 'ui-monospace, "Cascadia Code", "Source Code Pro", Menlo, Consolas, "DejaVu Sans Mono", monospace',
}
TOKENS: dict[str, dict[str, Any]] = {"colour": COLOUR, "size": SIZE, "space": SPACE, "font": FONT}


@dataclass(frozen=True)
class Cue:
    """How one thing looks everywhere: a colour, and a dash (SVG notation) and a marker for readers without colours."""

    colour: str
    dash: str
    marker: str

    @property
    def linestyle(self) -> Any:
        """The dash as matplotlib wants it, in line widths."""
        if self.dash == "solid":
            return "solid"
        return (0, tuple(float(part) / 2 for part in self.dash.split()))


WHOLE = Cue(COLOUR["whole"], "solid", "*")


@dataclass(frozen=True)
class Cues:
    """The cue of every party, working group and mediator of a scenario, by its key in the file."""

    parties: dict[str, Cue]
    groups: dict[str, Cue]
    mediators: dict[str, Cue]


def cues(scenario: Scenario) -> Cues:
    """Colours in the order of the file: parties, working groups, mediators. They repeat after twelve, their pairs
    with a marker do not (within one kind, up to 24); where not all can differ, mediators still differ from parties.
    """
    parties, groups, mediators = scenario.parties, scenario.working_groups, scenario.mediators
    enough = len(parties) + len(groups) + len(mediators) <= len(PALETTE)
    after = len(parties) + (len(groups) if enough else 0)
    return Cues(deal(parties, 0), deal(groups, len(parties)), deal(mediators, after))


def deal(names: Iterable[str], first: int) -> dict[str, Cue]:
    """A cue for each name, after so many colours that are taken."""
    return {
        name: Cue(PALETTE[(first + i) % len(PALETTE)], DASHES[i % len(DASHES)], MARKERS[i % len(MARKERS)])
        for i, name in enumerate(names)
    }


def css() -> str:
    """The tokens as custom properties of a style sheet: `--colour-ink`, `--size-title`, `--font-serif`, ..."""
    rows = [f"  --{kind}-{name}: {value};" for kind, tokens in TOKENS.items() for name, value in tokens.items()]
    return ":root {\n" + "\n".join(rows) + "\n}"


SETTINGS: dict[str, Any] = {
    "font.family": FIGURE_FONT,
    "font.size": SIZE["tick"],
    "text.color": COLOUR["ink"],
    "text.parse_math": False,  # names are shown as they are: $, {, _ mean nothing
    "text.usetex": False,
    "axes.edgecolor": COLOUR["axis"],
    "axes.labelcolor": COLOUR["ink"],
    "axes.labelsize": SIZE["label"],
    "axes.linewidth": SIZE["hairline"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.labelsize": SIZE["tick"],
    "ytick.labelsize": SIZE["tick"],
    "xtick.color": COLOUR["axis"],
    "ytick.color": COLOUR["axis"],
    "xtick.labelcolor": COLOUR["ink"],
    "ytick.labelcolor": COLOUR["ink"],
    "xtick.major.size": 7,
    "ytick.major.size": 7,
    "xtick.major.pad": 7,
    "ytick.major.pad": 7,
    "hatch.color": COLOUR["hatch"],
    "hatch.linewidth": 1.2,
    "lines.linewidth": SIZE["line"],
    "lines.solid_capstyle": "butt",
    "path.simplify": True,
    "figure.dpi": 72,
    "savefig.dpi": 72,
    "svg.hashsalt": "sim",
    "svg.fonttype": "path",
}
