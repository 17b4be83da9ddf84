"""What starts the command may be a shell, a service or a notebook: closed streams, code pages, patterns, completion."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.__main__ import CODES, answer
from tests.seldom import seldom

from .conftest import SMALL, Command

FRENCH = SMALL.replace("Two wells", "Pourparlers – Société \u22123 Ž")
SIM = [sys.executable, "-m", "sim"]


def typed(folder: Path, line: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """A line of a shell in a folder with small.yaml, `sim` being the command."""
    (folder / "small.yaml").write_text(FRENCH, encoding="utf-8")
    line = line.replace("sim ", f"'{sys.executable}' -m sim ", 1)
    return subprocess.run(["bash", "-c", line], cwd=folder, env={**os.environ, **more}, capture_output=True)


# ---- streams ---------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="redirections of bash")
@pytest.mark.parametrize("closed", ["2>&-", seldom(">&-"), seldom("<&- >&- 2>&-")])
def test_it_runs_without_standard_streams(tmp_path: Path, closed: str) -> None:
    """As under cron, as a service, or with `pythonw`; two processes, since a worker has the streams of its parent."""
    done = typed(tmp_path, f"sim run small.yaml -n 300 --no-plots --jobs 2 {closed}")
    assert done.returncode == 0
    assert len(list(tmp_path.glob("results/small/*/run.json"))) == 1
    assert typed(tmp_path, f"sim run nowhere.yaml {closed}").returncode == 2


AFTERWARDS = """
import os, sys
from sim.__main__ import main
from tests.seldom import seldom
try:
    main(["--version"])
except SystemExit:
    opened = os.open("opened", os.O_WRONLY | os.O_CREAT)
    print("said", file=sys.stderr, flush=True)
    os._exit(0 if opened > 2 and sys.stdout and not os.path.getsize("opened") else 1)
"""


@pytest.mark.skipif(os.name == "nt", reason="redirections of bash")
@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&- >&- 2>&-"])
def test_no_file_takes_the_place_of_a_stream_that_is_closed(tmp_path: Path, closed: str) -> None:
    """Or whatever is printed would be written into it, by this process or a library's own code."""
    command = ["bash", "-c", f'"$0" -c "$1" {closed}', sys.executable, AFTERWARDS]
    assert subprocess.run(command, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("name", ["stdout", seldom("stderr")])
def test_it_runs_where_python_has_no_stream_at_all(tmp_path: Path, name: str) -> None:
    """What `pythonw` of Windows is like: the stream is None."""
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    code = f"import sys; sys.{name} = None; from sim.__main__ import main; main(['run', 'small.yaml', '--no-plots'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0
    assert len(list(tmp_path.glob("results/small/*/run.json"))) == 1


@pytest.mark.parametrize("page", ["cp1252", seldom("ascii"), seldom("utf-16")])
def test_names_survive_a_redirect_under_any_code_page(tmp_path: Path, page: str) -> None:
    shown = typed(tmp_path, "sim show small.yaml > shown.yaml", PYTHONIOENCODING=page, PYTHONUTF8="0")
    assert shown.returncode == 0
    assert "name: Pourparlers – Société \u22123 Ž" in (tmp_path / "shown.yaml").read_text(encoding="utf-8")
    assert typed(tmp_path, "sim check shown.yaml", PYTHONIOENCODING=page).returncode == 0


def test_a_file_is_written_without_the_shell(sim: Command) -> None:
    Path("small.yaml").write_text(FRENCH, encoding="utf-8")
    assert sim("show", "small.yaml", "-o", "shown.yaml").out == ""
    assert Path("shown.yaml").read_text(encoding="utf-8") == sim("show", "shown.yaml").out
    again = sim("show", "small.yaml", "-o", "shown.yaml")
    assert (again.code, "exists already" in again.err) == (2, True)
    assert sim("schema", "-o", "schema.json").code == 0
    assert Path("schema.json").read_text(encoding="utf-8") == sim("schema").out


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be"])
def test_what_powershell_redirects_is_said_with_a_remedy(sim: Command, code: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(code, b"")
    Path("shown.yaml").write_bytes(mark + FRENCH.encode(code))
    answered = sim("check", "shown.yaml")
    assert answered.code == 2
    for part in ("UTF-16", "PowerShell", "-o"):
        assert part in answered.err


# ---- shells ----------------------------------------------------------------------------------------------------------


def test_patterns_are_looked_up_where_the_shell_does_not(sim: Command) -> None:
    Path("b.yaml").write_text(SMALL, encoding="utf-8")
    assert [line.partition(":")[0] for line in sim("check", "*.yaml").out.splitlines()] == ["b.yaml", "small.yaml"]
    assert sim("check", "lessons/01-freeze/*").out.count("good") == 3
    assert "nothing*.yaml" in sim("check", "nothing*.yaml").err
    Path("odd[1].yaml").write_text(SMALL, encoding="utf-8")
    assert sim("check", "odd[1].yaml").code == 0
    compared = sim("compare", "small.yaml", "?.yaml", "-n", 20, "--no-plots")
    assert compared.code == 0


@pytest.mark.skipif(os.name == "nt", reason="completion of bash")
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_gets_its_completions(tmp_path: Path, shell: str) -> None:
    script = subprocess.run(SIM, env={**os.environ, "_SIM_COMPLETE": f"{shell}_source"}, capture_output=True, text=True)
    assert (script.returncode, script.stderr) == (0, "")
    assert f"_SIM_COMPLETE={shell}_complete" in script.stdout
    asked = {"_SIM_COMPLETE": f"{shell}_complete", "COMP_WORDS": "sim comp", "COMP_CWORD": "1"}
    completed = subprocess.run(SIM, env={**os.environ, **asked}, capture_output=True, text=True)
    assert "compare" in completed.stdout


# ---- variables and codes ---------------------------------------------------------------------------------------------


ODD = {
    "MPLBACKEND": "nonsense",
    "MPLCONFIGDIR": "/dev/null/x",
    "MATPLOTLIBRC": "odd/matplotlibrc",
    "OPENBLAS_NUM_THREADS": "many",
    "OMP_NUM_THREADS": "many",
    "TZ": "Nowhere/At_All",
    "LC_ALL": "xx_YY",
    "COLUMNS": "wide",
    "TERM": "?",
    "HOME": "/nowhere",
    "TMPDIR": "/nowhere",
}


@pytest.mark.validate
def test_odd_variables_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "matplotlibrc").write_text("backend: nonsense\ntext.usetex: True\n", encoding="utf-8")
    done = typed(tmp_path, "sim run small.yaml -n 9", **ODD)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("results/small/*/report.html"))) == 1


def test_no_code_outside_the_list_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where a library ends the process with a code of its own, as a server that cannot start does with 3."""

    def ends() -> None:
        raise SystemExit(3)

    monkeypatch.setattr("sim.scenario.shipped", ends)
    assert answer(["list"]) in {0, 2, 130, 143, *CODES.values()}
