"""The small figures that the README shows, made anew: `make gallery`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from sim.__main__ import answer

HOME = Path(__file__).parents[1]
SHOWN = ("timeline", "agreement", "utility-space.treaty", "trust")
SIZE = (960, 540)


def main() -> None:
    """Run the baseline and keep a few of its figures, half as large."""
    gallery = HOME / "results" / "gallery"
    gallery.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        answer(["run", str(HOME / "scenarios" / "baseline.yaml"), "--out", folder])
        for name in SHOWN:
            [figure] = Path(folder).rglob(f"{name}.png")
            small = Image.open(figure).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
            small.quantize(256, Image.Quantize.MAXCOVERAGE).save(gallery / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
