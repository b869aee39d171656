"""`portal run`: what it refuses, and that it serves and stops."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask

from portal import cli
from portal.commands import serving as serving_command
from portal.commands.serving import SERVERS
from portal.config import Env, Settings
from portal.errors import BadSettings
from portal.serve import (
    COMPILED,
    Place,
    is_loopback,
    make_ready,
    refuse_bad_content,
    refuse_unsafe_place,
    shared_address_warning,
)
from tests.processes import free_port


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_own_machine_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.2", "pc"])
def test_other_machines_are_known(host: str) -> None:
    assert not is_loopback(host)


def test_https_address_may_be_served_to_others(tmp_path: Path) -> None:
    settings = Settings(base_url="https://portal.example.org", instance=tmp_path)
    refuse_unsafe_place(settings, Place("0.0.0.0"))


def test_demo_is_never_served_to_others(tmp_path: Path) -> None:
    settings = Settings(env=Env.DEMO, base_url="http://127.0.0.1:8000", instance=tmp_path)
    with pytest.raises(BadSettings, match="without https"):
        refuse_unsafe_place(settings, Place("0.0.0.0"))


def test_broken_explainer_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="portal content check"):
        refuse_bad_content(tmp_path)


Served = tuple[subprocess.Popen[str], str]
_COMMAND = (sys.executable, "-m", "portal.cli", "run", "--workers=1")
# What a server says of itself, and what differs with the address or from one answer to the next.
_ITS_OWN = frozenset({"server", "date", "connection", "transfer-encoding"})
_VARYING = frozenset({"set-cookie", "etag", "content-length", "x-request-id"})


@pytest.fixture(params=SERVERS)
def served(instance: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """The real server, each that there is, in processes of its own, and its address."""
    with serving(instance, request.param) as found:
        yield found


@contextmanager
def serving(instance: Path, server: str) -> Iterator[Served]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*_COMMAND, f"--port={port}", f"--server={server}"],
        env=_surroundings(instance, address),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process, address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a worker left behind would hold the pipe
        process.communicate(timeout=20)


def _surroundings(instance: Path, address: str) -> dict[str, str]:
    """An environment whose home is the folder around the instance."""
    kept = {key: value for key, value in os.environ.items() if key != "XDG_RUNTIME_DIR"}
    own = {"PORTAL_INSTANCE": str(instance), "PORTAL_BASE_URL": address}
    return {**kept, **own, "HOME": str(instance.parent)}


def answer_of(served: Served, path: str) -> str:
    """Wait for the server and return what it says; one that ended instead says why."""
    process, address = served
    for _ in range(300):
        assert process.poll() is None, process.communicate(timeout=20)[0]
        try:
            with urlopen(f"{address}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address}{path} never answered")


def test_server_serves_and_stops_when_told(served: Served) -> None:
    process, address = served
    assert answer_of(served, "/readyz") == "ready\n"
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert f"The portal listens on {address}" in said
    assert "Traceback" not in said


def test_server_opens_no_other_way_to_command_it(served: Served, instance: Path) -> None:
    answer_of(served, "/healthz")
    assert not (instance.parent / ".gunicorn").exists()


def heads_of(served: Served, paths: list[str]) -> dict[str, tuple[int, dict[str, str]]]:
    """Status and headers of each path; what varies is told by name alone."""
    answer_of(served, "/healthz")
    link = HTTPConnection(served[1].removeprefix("http://"), timeout=10)
    found = {}
    for path in paths:
        link.request("GET", path, headers={"Accept-Encoding": "br"})
        answer = link.getresponse()
        answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        told |= dict.fromkeys(_VARYING & told.keys(), "")
        found[path] = answer.status, {k: v for k, v in told.items() if k not in _ITS_OWN}
    link.close()
    return found


def test_every_server_says_the_same(instance: Path) -> None:
    paths = ["/learn/the-grasp", "/search?q=ims", "/me", "/nowhere", "/healthz"]
    with serving(instance, "gunicorn") as one, serving(instance, "granian") as other:
        assert heads_of(one, paths) == heads_of(other, paths)


def test_a_server_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving_command, "find_spec", lambda _name: None)
    assert cli.main(["run", "--server", "granian"]) == 1
    assert 'pip install "ims-portal[granian]"' in capsys.readouterr().err


@pytest.mark.parametrize("body", [b"zz\r\nabc\r\n0\r\n\r\n", b"5\r\nabcdefgh\r\n", b"-1\r\n\r\n"])
def test_s050_broken_body_is_400(served: Served, body: bytes) -> None:
    _process, address = served
    answer_of(served, "/healthz")
    host = address.removeprefix("http://")
    name, _, port = host.partition(":")
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((name, int(port)), timeout=10) as link:
        link.sendall(head.encode() + body)
        link.shutdown(socket.SHUT_WR)
        answer = link.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("base_url", "hops", "is_warned"),
    [
        ("https://portal.example.org", 0, True),
        ("https://portal.example.org", 1, False),
        ("http://127.0.0.1:8000", 0, False),
    ],
)
def test_s012_shared_address_behind_a_proxy_is_warned_of(
    tmp_path: Path, base_url: str, hops: int, *, is_warned: bool
) -> None:
    settings = Settings(env=Env.PRODUCTION, base_url=base_url, instance=tmp_path, proxy_hops=hops)
    assert bool(shared_address_warning(settings)) is is_warned


def test_compiled_templates_are_kept_for_the_next_start(app: Flask) -> None:
    make_ready(app)
    kept = Path(app.instance_path) / COMPILED
    assert len(list(kept.iterdir())) >= len(app.jinja_env.list_templates())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
