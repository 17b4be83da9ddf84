"""What lies in a kept folder is believed only while it is what was written: one turned bit anywhere, and it is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.experiments import results_cache
from tests.cli.conftest import Command, sim  # noqa: F401
from tests.seldom import seldom

PLACES = 40  # bits turned in each file, all over it

VERBS = {
    "run": ("run", "small.yaml"),
    "compare": ("compare", "small.yaml", "other.yaml"),
    "sweep": ("sweep", "small.yaml", "--vary", "mediators.Envoy.effort=0,1", "--keep-outcomes", "--jobs", 1),
    "whatif": ("whatif", "small.yaml", "--without", "mediators.Envoy"),
    "sensitivity": ("sensitivity", "small.yaml", "-n", 120),
}
SOME = ["run", "sweep", *map(seldom, ("compare", "whatif", "sensitivity"))]


@pytest.fixture(autouse=True)
def _first_word() -> None:
    """Each test hears the words on damage anew."""
    results_cache._say_damaged.cache_clear()


def folders() -> list[Path]:
    return sorted(record.parent for record in Path("results").rglob("run.json"))


def turned(content: bytes) -> Iterator[bytes]:
    """The content with one bit turned, at places all over it."""
    for place in {round(n * (len(content) - 1) / (PLACES - 1)) for n in range(PLACES)}:
        yield content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def wanted(folder: Path) -> tuple[str, ...]:
    """The tables of a folder: what numbers come from."""
    return tuple(path.name for path in folder.iterdir() if path.suffix in (".parquet", ".yaml") and path.name[0] != "0")


@pytest.mark.parametrize("verb", SOME)
def test_a_turned_bit_anywhere_is_noticed(sim: Command, verb: str) -> None:  # noqa: F811
    Path("other.yaml").write_text(
        Path("small.yaml").read_text(encoding="utf-8").replace("effort: 0.5", "effort: 0.9"), encoding="utf-8"
    )
    assert sim(*VERBS[verb], "--no-plots").code == 0
    for folder in folders():
        record = results_cache.opened(folder, wanted(folder))
        assert record is not None
        for path in [folder / name for name in (*wanted(folder), "run.json")]:
            good = path.read_bytes()
            for bad in turned(good):
                path.write_bytes(bad)
                assert results_cache.opened(folder, wanted(folder)) in (None, record), path
            path.write_bytes(good)
        assert results_cache.opened(folder, wanted(folder)) == record


@pytest.mark.parametrize("verb", SOME)
def test_what_is_damaged_is_made_again_with_a_word(sim: Command, verb: str) -> None:  # noqa: F811
    Path("other.yaml").write_text(
        Path("small.yaml").read_text(encoding="utf-8").replace("effort: 0.5", "effort: 0.9"), encoding="utf-8"
    )
    answer = sim(*VERBS[verb], "--no-plots", "--json").out
    for folder in folders():
        for path in [folder / name for name in (wanted(folder)[0], "run.json")]:
            good = path.read_bytes()
            path.write_bytes(good[:-9] + bytes([good[-9] ^ 4]) + good[-8:])
            answered = sim(*VERBS[verb], "--no-plots", "--json")
            assert (answered.code, answered.out) == (0, answer), path
            if answered.err:  # a run that its comparison does not ask for again is not looked at
                assert answered.err.count(f"{path.name} is damaged") == 1
                assert path.name == "run.json" or path.read_bytes() == good
            path.write_bytes(good)


def test_figures_that_are_damaged_are_drawn_again(sim: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    def write_report(results: Any, folder: Path, *more: Any) -> None:
        for name in ("trust.png", "report.html"):
            (folder / name).write_bytes(b"drawn with care")

    monkeypatch.setattr("sim.report.write_report", write_report)
    sim("run", "small.yaml", "-n", 6)
    [folder] = folders()
    figure, table = folder / "trust.png", folder / "outcomes.parquet"
    good, when = figure.read_bytes(), table.read_bytes()
    figure.write_bytes(good[:-5])
    assert not sim("run", "small.yaml", "-n", 6, "--no-plots").err, "tables do not need figures"
    assert "trust.png is damaged" in sim("run", "small.yaml", "-n", 6).err
    assert (figure.read_bytes(), table.read_bytes()) == (good, when)


@pytest.mark.parametrize("said", ["{}", "[]", "1", '{"sha256": 3}', '{"files": {}, "summary": {}}', "", "\x00"])
def test_another_record_is_no_record(sim: Command, said: str) -> None:  # noqa: F811
    answer = sim("run", "small.yaml", "--no-plots", "--json").out
    [folder] = folders()
    (folder / "run.json").write_text(said, encoding="utf-8")
    answered = sim("run", "small.yaml", "--no-plots", "--json")
    assert (answered.code, answered.out) == (0, answer)
    assert "run.json is damaged" in answered.err


def test_a_number_changed_by_hand_is_noticed(sim: Command) -> None:  # noqa: F811
    answer = sim("run", "small.yaml", "--no-plots", "--json").out
    [folder] = folders()
    record: Any = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    record["summary"]["settled"]["share"] = 0.99
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert sim("run", "small.yaml", "--no-plots", "--json").out == answer
