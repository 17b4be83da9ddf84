"""Connections: as many as the system grants, for whoever asks something, and none for whoever only holds them open."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sim.web import pool as pools
from sim.web import server as listens
from sim.web.app import application
from sim.web.rooms import Rooms

from .conftest import Here, few, heard, listening

resource = pytest.importorskip("resource")  # Windows counts no files

ASKS = """
import resource
from sim.web.server import most_connections

for allowed in ((256, 2000), (1136, 1136), (300, 500), (256, 256)):
    resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
    print(most_connections(2), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""
PAGES = ("/explore", "/how", "/static/page.css", "/static/explore.js", "/static/vendor/uplot/uPlot.iife.min.js")


def allowed(soft: int, hard: int) -> Callable[[], None]:
    """So many open files for a process, before it starts."""
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def asked(address: str, path: str, source: str = "127.0.0.1") -> bytes:
    """The answer to one request on a connection of its own; as browsers do, once more if it is hung up on unheard."""
    place = urlsplit(address)
    request = f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n\r\n".encode()
    for _ in range(3):
        with socket.create_connection((place.hostname, place.port), 60, (source, 0)) as connection:
            connection.sendall(request)
            if answer := heard(connection):
                return answer
    return b""


# ---- what the system grants ------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="other systems grant other numbers")
def test_the_system_is_asked_for_files_and_believed() -> None:
    """What is allowed may only shrink, so that one process can be asked again and again."""
    said = subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == ["1000 1136 2000", "1000 1136 1136", "364 500 500", "120 256 256"]


def test_where_too_few_files_may_be_open_nothing_starts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "serve", "--port", "0", "--data", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, preexec_fn=allowed(100, 100), timeout=60)
    assert (said.returncode, said.stdout) == (2, "")
    assert "only 100 files may be open here" in said.stderr
    assert said.stderr.count("\n") == 1


@pytest.mark.validate
def test_a_class_is_served_with_256_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "serve", "--port", "0", "--jobs", "1", "--data", str(tmp_path)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, preexec_fn=allowed(256, 256), **pipes) as server:
        address = server.stdout.readline().split()[-1]  # type: ignore[union-attr]
        held = [socket.create_connection((urlsplit(address).hostname, urlsplit(address).port)) for _ in range(200)]
        with ThreadPoolExecutor(40) as browsers:
            answers = list(browsers.map(lambda n: asked(address, PAGES[n % len(PAGES)]), range(240)))
        for each in held:
            each.close()
        server.terminate()
        _, said = server.communicate(timeout=60)
    assert {answer[:15] for answer in answers} == {b"HTTP/1.1 200 OK"}
    assert said.count("\n") == 1  # that it was terminated: nothing else was worth a word


# ---- who has them ----------------------------------------------------------------------------------------------------


@pytest.fixture
def small(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site with room for 20 connections, where nobody may be silent for long."""
    monkeypatch.setattr(listens, "SILENT", 0.05)
    few(monkeypatch)
    with listening(application(Rooms(database), Here, at_once=15), most=20) as address:
        yield address


@contextmanager
def reopened(address: str, many: int, begin: bytes) -> Iterator[threading.Event]:
    """So many connections that say no more than this, each opened again when it is hung up on, a thousand in all."""
    place, over = urlsplit(address), threading.Event()
    left = iter(range(1000))

    def hold(_: int) -> None:
        while not over.is_set() and next(left, None) is not None:
            with suppress(OSError), socket.create_connection((place.hostname, place.port), 60) as connection:
                connection.settimeout(0.2)
                connection.sendall(begin)
                while not over.is_set():
                    with suppress(TimeoutError):
                        if not connection.recv(1):
                            break

    with ThreadPoolExecutor(many) as threads:
        for n in range(many):
            threads.submit(hold, n)
        try:
            yield over
        finally:
            over.set()


@pytest.mark.validate
@pytest.mark.parametrize(
    "begin",
    [b"", b"GET /how HTTP/1.1\r\n", b"POST /class/open HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nx"],
    ids=["nothing", "half a request", "half a body"],
)
def test_connections_held_open_and_opened_again_starve_nobody(small: str, begin: bytes) -> None:
    with reopened(small, 60, begin):
        assert [asked(small, "/how")[:15] for _ in range(5)] == [b"HTTP/1.1 200 OK"] * 5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has more than one address of its own by default")
def test_one_address_has_not_all_the_places_for_what_it_asks(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    go = threading.Event()

    class Slow(Here):
        def work(self, item: Any, wanted: Callable[[], bool]) -> Any:
            go.wait(60)
            return super().work(item, wanted)

    with listening(application(Rooms(database), Slow, at_once=6), most=20) as address, ThreadPoolExecutor(12) as many:
        waiting = [many.submit(asked, address, "/watch/history?scenario=tiny", "127.0.0.2") for _ in range(12)]
        assert asked(address, "/how").startswith(b"HTTP/1.1 200")
        at_once = [each.result()[9:12] for each in islice(as_completed(waiting, 60), 6)]
        assert at_once == [b"503"] * 6  # those over the share are told before anybody is answered
        assert asked(address, "/how").startswith(b"HTTP/1.1 200")
        go.set()
        assert sorted(each.result()[9:12] for each in waiting) == [b"200"] * 6 + [b"503"] * 6


def test_no_room_in_the_system_is_no_news(small: str, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    fails = iter(range(5))
    accept = socket.socket.accept

    def full(self: socket.socket) -> Any:
        if next(fails, None) is not None:
            raise OSError(24, os.strerror(24))
        return accept(self)

    monkeypatch.setattr(socket.socket, "accept", full)
    assert asked(small, "/how").startswith(b"HTTP/1.1 200")
    assert next(fails, None) is None
    assert "".join(capfd.readouterr()) == ""


# ---- who leaves ------------------------------------------------------------------------------------------------------


def test_who_hangs_up_is_not_worked_for(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "LEASE", 0)
    few(monkeypatch)
    begun, ended = threading.Event(), threading.Event()

    class Endless(Here):
        def work(self, item: Any, wanted: Callable[[], bool]) -> Any:
            begun.set()
            while wanted():
                ended.wait(0.01)
            ended.set()
            raise pools.Unwanted

    with listening(application(Rooms(database), Endless)) as address:
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port)) as connection:
            connection.sendall(f"GET /watch/history?scenario=tiny HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
            assert begun.wait(60)
            assert not ended.is_set()
        assert ended.wait(60)
        assert asked(address, "/how").startswith(b"HTTP/1.1 200")
