"""`sim serve` as a person starts and stops it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette

from sim.cli import verbs
from sim.web import server
from sim.web.rooms import Rooms


@contextmanager
def started(folder: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "sim", "serve", "--port", "0", "--jobs", "1", *args]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert address is not None
        process.stdout.readline()
        with urllib.request.urlopen(f"{address[0]}/how", timeout=60) as page:
            assert page.status == 200
            assert page.headers.get("server") is None
        slow = f"GET /explore/answer?scenario=baseline&guess=1 HTTP/1.1\r\nHost: {address[0][7:]}\r\n\r\n"
        host, _, port = address[0][7:].partition(":")
        with socket.create_connection((host, int(port))) as waiting:
            waiting.sendall(slow.encode())
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 143
        assert (out, err.count("\n")) == ("", 1)
        assert "Traceback" not in err
    assert (tmp_path / "classroom" / server.FILE).exists()


def test_only_this_computer_unless_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bound: list[tuple[str, bool]] = []

    def serve(place: server.Place, rooms: Rooms, jobs: int, ready: Callable[[], None], proxy: str) -> None:
        ready()
        rooms.close()
        bound.append((place.socket.getsockname()[0], place.host == "192.0.2.7"))
        place.socket.close()

    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setattr(server, "lan_address", lambda: "192.0.2.7")
    data = ["--port", "0", "--data", str(tmp_path)]
    alone = CliRunner().invoke(verbs, ["serve", *data], catch_exceptions=False)
    lan = CliRunner().invoke(verbs, ["serve", "--lan", *data], catch_exceptions=False)
    assert bound == [("127.0.0.1", False), ("0.0.0.0", True)]
    assert "http://192.0.2.7:" in lan.output
    assert lan.output.count("\n") > alone.output.count("\n") + 10  # the QR code


@pytest.mark.parametrize(
    ("said", "believed"),
    [((), ""), (("192.0.2.7",), "192.0.2.7"), (("192.0.2.0/24",), "192.0.2.0/24"), (("2001:db8::1",), "2001:db8::1")],
)
def test_a_proxy_is_believed_where_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: tuple[str, ...], believed: str
) -> None:
    heard: list[str] = []

    def serve(place: server.Place, rooms: Rooms, jobs: int, ready: Callable[[], None], proxy: str) -> None:
        heard.append(proxy)
        rooms.close()
        place.socket.close()

    monkeypatch.setattr(server, "serve", serve)
    named = [each for address in said for each in ("--behind-proxy", address)]
    CliRunner().invoke(verbs, ["serve", "--port", "0", "--data", str(tmp_path), *named], catch_exceptions=False)
    assert heard == [believed]
    assert server.manners(Starlette(), believed).forwarded_allow_ips == believed


def test_a_machine_without_a_network_has_an_address_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unreachable(socket.socket):
        def connect(self, address: object) -> None:
            raise OSError("Network is unreachable")

    monkeypatch.setattr(server.socket, "socket", Unreachable)
    assert server.lan_address() == "127.0.0.1"
