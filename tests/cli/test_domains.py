"""`sim import`: what it writes, where, and what it says."""

from __future__ import annotations

from pathlib import Path

from tests.domains.test_refused import GENIUS

from .conftest import Command

BOTH = GENIUS.replace('evaluation="1"', 'evaluation="4"')
OTHER = BOTH.replace('evaluation="4"/>\n</issue>', 'evaluation="1"/>\n</issue>')


def files(**texts: str) -> list[str]:
    for name, text in texts.items():
        Path(f"{name}.xml").write_text(text, encoding="utf-8")
    return [f"{name}.xml" for name in texts]


def test_it_writes_a_good_scenario_and_never_over_another(sim: Command) -> None:
    given = files(buyer=GENIUS, seller=OTHER)
    answered = sim("import", *given)
    assert (answered.code, answered.err) == (0, "")
    assert answered.out == "buyer-seller.yaml is written. Look at it, then: sim frontier buyer-seller.yaml\n"
    assert sim("check", "buyer-seller.yaml").code == 0
    assert sim("frontier", "buyer-seller.yaml").code == 0
    again = sim("import", *given)
    assert (again.code, again.out) == (2, "")
    assert "buyer-seller.yaml exists already" in again.err
    assert "--to DIR" in again.err


def test_it_writes_into_a_folder_that_need_not_be_there(sim: Command) -> None:
    assert sim("import", *files(buyer=GENIUS, seller=OTHER), "--to", "my own/domains").code == 0
    assert Path("my own/domains/buyer-seller.yaml").is_file()


def test_the_command_that_it_names_is_quoted_where_it_must_be(sim: Command) -> None:
    answered = sim("import", *files(buyer=GENIUS, seller=OTHER), "--to", "my own")
    path = Path("my own/buyer-seller.yaml")
    assert answered.out.endswith(f'sim frontier "{path}"\n')


def test_a_folder_that_takes_no_files(sim: Command) -> None:
    answered = sim("import", *files(buyer=GENIUS, seller=OTHER), "--to", "small.yaml/below")
    assert (answered.code, answered.out) == (74, "")
    assert "cannot write" in answered.err


def test_what_cannot_be_kept_is_refused_and_left_out_only_on_request(sim: Command) -> None:
    discounted = GENIUS.replace('<discount_factor value="1.0"/>', '<discount_factor value="0.5"/>')
    given = files(buyer=discounted, seller=OTHER)
    refused = sim("import", *given)
    assert (refused.code, refused.out) == (2, "")
    assert "--undiscounted" in refused.err
    assert not Path("buyer-seller.yaml").exists()
    done = sim("import", *given, "--undiscounted")
    assert done.code == 0
    assert done.err == "sim: buyer: a discount factor of 0.5 is left out\n"
    assert "buyer: a discount factor of 0.5 is left out" in Path("buyer-seller.yaml").read_text(encoding="utf-8")


def test_utilities_outside_0_to_1_are_stretched_only_on_request(sim: Command) -> None:
    high = GENIUS.replace('<reservation value="0.25"/>', '<reservation value="1.25"/>')
    given = files(buyer=high, seller=OTHER)
    assert "--rescale" in sim("import", *given).err
    done = sim("import", *given, "--rescale")
    assert done.code == 0
    assert "buyer: utilities from 0.25 to 1.25 are stretched to 0 to 1" in done.err


def test_nothing_to_import(sim: Command) -> None:
    answered = sim("import")
    assert answered.code == 2
    assert "FILE..." in answered.err
