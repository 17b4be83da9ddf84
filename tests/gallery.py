"""The small figures that the README shows, made anew: `make gallery`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from sim.__main__ import answer

HOME = Path(__file__).parents[1]
SIZE = (960, 540)

SHOWN = {
    ("run", "baseline"): ("timeline", "agreement", "utility-space.treaty", "trust"),
    ("compare", "baseline", "cooling-off-4", "cooling-off-12"): ("compare-agreement", "saved-and-lost"),
    ("sweep", "baseline"): ("heatmap",),
}
"""Verb and scenarios: figures of theirs."""

MORE = {"sweep": ["--vary", "mediators.Russia.effort=0:1:5", "--vary", "incidents.per_year=0:4:5", "-n", "400"]}


def main() -> None:
    """Keep a few figures of each, half as large."""
    gallery = HOME / "results" / "gallery"
    gallery.mkdir(exist_ok=True)
    for (verb, *names), figures in SHOWN.items():
        with TemporaryDirectory() as folder:
            files = [str(HOME / "scenarios" / f"{name}.yaml") for name in names]
            answer([verb, *files, *MORE.get(verb, []), "--out", folder])
            for name in figures:
                keep(next(Path(folder).rglob(f"{name}.png")), gallery)


def keep(figure: Path, gallery: Path) -> None:
    """A smaller copy with few colours."""
    small = Image.open(figure).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    small.quantize(256, Image.Quantize.MAXCOVERAGE).save(gallery / figure.name, optimize=True)


if __name__ == "__main__":
    main()
