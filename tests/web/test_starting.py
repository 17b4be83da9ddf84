"""Whatever keeps `sim serve` from starting is said in a sentence, before anything is announced, and has a code."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sim.__main__ import answer
from sim.web import database as database_of_rooms
from sim.web.server import FILE

REFUSED, CANNOT_WRITE = 2, 74
USED, WRITTEN = r"Choose another .*--database", r"Choose .*--data"


@dataclass(frozen=True)
class Reason:
    """Arguments of `sim serve` ({folder}: one of its own), what is done before, what is said, the code."""

    args: str
    code: int
    said: str
    before: Callable[[Path], AbstractContextManager[Any] | None] = lambda folder: None


def database(folder: Path) -> Path:
    (folder / "classroom").mkdir()
    return folder / "classroom" / FILE


def no_database(folder: Path) -> None:
    database(folder).write_bytes(b"these are the notes of a teacher\n" * 99)


def of_another_program(folder: Path) -> None:
    with sqlite3.connect(database(folder)) as connection:
        connection.execute("CREATE TABLE rooms (number INTEGER, floor INTEGER)")


def damaged(folder: Path) -> None:
    path = database(folder)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.executemany("INSERT INTO notes VALUES (?)", [("x" * 900,)] * 99)
    connection.close()
    raw = bytearray(path.read_bytes())
    raw[4096 : 4096 * 12] = os.urandom(4096 * 11)
    path.write_bytes(raw)


def cut_off(folder: Path) -> None:
    with sqlite3.connect(database(folder)) as connection:
        connection.executescript("CREATE TABLE rooms (code); CREATE TABLE notes (text);")
    connection.close()
    path = folder / "classroom" / FILE
    path.write_bytes(path.read_bytes()[:5000])


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    connection = sqlite3.connect(database(folder), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    yield
    connection.close()


def read_only(folder: Path) -> None:
    with sqlite3.connect(folder / "a.sqlite") as connection:
        connection.execute("CREATE TABLE notes (text)")
    connection.close()


def a_folder(folder: Path) -> None:
    database(folder).mkdir()


@contextmanager
def port_taken(folder: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


POSTGRES = "--database postgresql+psycopg:"
REASONS = {
    "a file that is no database": Reason("", CANNOT_WRITE, USED, no_database),
    "a database of another program": Reason("", CANNOT_WRITE, "rooms is of another program", of_another_program),
    "a damaged database": Reason("", CANNOT_WRITE, "damaged|malformed", damaged),
    "a database cut off": Reason("", CANNOT_WRITE, "damaged|malformed", cut_off),
    "a database that another program holds": Reason("", CANNOT_WRITE, "Another program", locked),
    "a folder in the place of the database": Reason("", CANNOT_WRITE, WRITTEN, a_folder),
    "a folder that is a file": Reason("--data {folder}/x/y", CANNOT_WRITE, WRITTEN, lambda f: (f / "x").touch()),
    "a database that may only be read": Reason(
        "--database sqlite:///file:{folder}/a.sqlite?mode=ro&uri=true",
        CANNOT_WRITE,
        "readonly",
        read_only,
    ),
    "a folder that is not there": Reason("--database sqlite:///{folder}/x/y.sqlite", CANNOT_WRITE, WRITTEN),
    "no server at the port": Reason(f"{POSTGRES}//sim:hidden@127.0.0.1:1/x", CANNOT_WRITE, USED),
    "no server at the socket": Reason(f"{POSTGRES}///x?host={{folder}}", CANNOT_WRITE, USED),
    "no such option of the server": Reason(f"{POSTGRES}//u@127.0.0.1:1/x?nonsense=1", CANNOT_WRITE, "nonsense"),
    "no address of a database": Reason("--database rooms", REFUSED, "no address of a database"),
    "a port that is no number": Reason(f"{POSTGRES}//u:hidden@h:port/x", REFUSED, "no address of a database"),
    "another kind of database": Reason("--database mysql://u:hidden@h/x", REFUSED, "not in mysql"),
    "a driver that is not there": Reason(
        "--database postgresql+pg8000://u@h/x", REFUSED, r'pip install "negotiation-process-simulator\[post'
    ),
    "a database in memory": Reason("--database sqlite://", REFUSED, "forgets everything"),
    "a port that is taken": Reason("--port {given}", REFUSED, "another --port", port_taken),
    "a name that is nobody's": Reason("--host nowhere.invalid", REFUSED, "another --port or --host"),
    "a name that cannot be": Reason(f"--host {'x' * 70}.invalid", REFUSED, "another --port or --host"),
    "an address of another machine": Reason("--host 192.0.2.1", REFUSED, "another --port or --host"),
    "no name": Reason("--host=", REFUSED, "--host is empty"),
    "a proxy that is no address": Reason("--behind-proxy somewhere", REFUSED, "neither an address"),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_keeps_it_from_starting_is_said_and_nothing_else(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: pytest.fail("it starts"))
    patience = next(each for each in database_of_rooms.PRAGMAS if each.startswith("busy_timeout"))
    short = [each.replace(patience, "busy_timeout=50") for each in database_of_rooms.PRAGMAS]
    monkeypatch.setattr(database_of_rooms, "PRAGMAS", short)
    reason = REASONS[name]
    with reason.before(tmp_path) or nullcontext() as given:
        args = reason.args.format(folder=tmp_path, given=given).split()
        code = answer(arguments(*args))
    out, err = capsys.readouterr()
    assert (code, out) == (reason.code, "")
    assert re.search(reason.said, err), err
    assert not re.search("Traceback|hidden|this failed where", err)
    assert name == "a proxy that is no address" or (err.startswith("sim: ") and err.count("\n") == 1), err


def arguments(*args: str) -> list[str]:
    port = () if "--port" in args else ("--port", "0")
    return ["serve", "--jobs", "1", *port, *args]


def ended(folder: Path, code: str) -> tuple[int, str, str]:
    """How a process of its own in a folder ended: exit code, what it printed, what it said."""
    command = [sys.executable, "-c", code, *arguments()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


LIBRARY = "import pathlib; from sim.scenario import library; library.folder = lambda: pathlib.Path({folder!r}); "
LIBRARY += "from sim.__main__ import main; main()"


@pytest.mark.parametrize("broken", [True, False], ids=["broken", "missing"])
def test_a_library_that_is_broken_or_missing_is_said(tmp_path: Path, broken: bool) -> None:
    if broken:
        (tmp_path / "baseline.yaml").write_text("name: [", encoding="utf-8")
    code, out, err = ended(tmp_path, LIBRARY.format(folder=str(tmp_path)))
    assert (code, out) == (REFUSED, "")
    assert re.search("install the program anew", err)
    assert "Traceback" not in err
    assert not (tmp_path / "classroom").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no users to become")
def test_a_folder_of_somebody_else_is_said(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o555)
    for each in (tmp_path, *tmp_path.parents):
        if each != Path(tempfile.gettempdir()) and each.is_relative_to(tempfile.gettempdir()):
            each.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", NOBODY, str(theirs)], capture_output=True, text=True, timeout=60)
    assert re.fullmatch(f"cannot write the database .*{WRITTEN}.*\n", done.stdout), done.stdout + done.stderr


NOBODY = """
import os, pathlib, sys
from sim.store import CannotWrite
from sim.web.server import open_rooms
open_rooms("sqlite:///" + sys.argv[1] + "/../ours.sqlite", pathlib.Path()).close()  # loads what only we may read
if os.geteuid() == 0:
    os.setuid(65534)
try:
    open_rooms(None, pathlib.Path(sys.argv[1]))
except CannotWrite as error:
    print(error)
"""


def test_it_is_announced_once_it_answers(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "serve", "--port", "0", "--jobs", "1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert address is not None
        with socket.create_connection(("127.0.0.1", int(address[1])), 60) as connection:
            connection.sendall(f"GET /how HTTP/1.1\r\nHost: {address[0]}\r\nConnection: close\r\n\r\n".encode())
            assert connection.recv(15) == b"HTTP/1.1 200 OK"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err.count("\n")) == (130, 1)
