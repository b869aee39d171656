"""Bringing the database up to date and serving."""

from argparse import ArgumentParser, Namespace
from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from portal import serve
from portal.commands.command import Command
from portal.commands.terminal import complain, say
from portal.commands.typed import port, processes
from portal.config import load_settings
from portal.db import open_database
from portal.errors import BadSettings
from portal.migrations.run import migrate, newest

GRANIAN = "granian"
SERVERS = ("gunicorn", GRANIAN)


def _migrate(_told: Namespace) -> int:
    settings = load_settings()
    serve.refuse_missing_instance(settings.instance)
    data = open_database(settings.database)
    migrate(data)
    data.engine.dispose()
    say(f"The database is at {newest()}.")
    return 0


def _run_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=port, default=8000, help="port to listen on")
    parser.add_argument(
        "--workers", type=processes, default=2, help="processes, of 16 threads each"
    )
    parser.add_argument(
        "--server", choices=SERVERS, default=SERVERS[0], help="granian is faster, and an extra"
    )


def _run(told: Namespace) -> int:
    place = serve.Place(told.host, told.port, told.workers)
    _refuse_missing(told.server)
    settings = load_settings()
    serve.refuse_unsafe_place(settings, place)
    app = serve.checked_app(settings)
    serve.refuse_busy_port(place)
    if warning := serve.shared_address_warning(settings):
        complain(warning)
    say(f"The portal listens on http://{place.host}:{place.port}; Ctrl-C stops it.")
    _serve(app, place, by=told.server)
    return 0


def _refuse_missing(server: str) -> None:
    if find_spec(server) is None:
        raise BadSettings(
            f"--server {server}: it is not installed; "
            f'`pip install "ims-portal[{server}]"` brings it'
        )


def _serve(app: Flask, place: serve.Place, *, by: str) -> None:
    # Not imported above, since the extra is optional.
    server = import_module("portal.granian_server") if by == GRANIAN else serve
    server.serve(app, place)


COMMANDS = {
    "migrate": Command("Bring the database to the newest form", _migrate),
    "run": Command("Serve the portal", _run, _run_arguments),
}
