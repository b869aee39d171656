"""`portal demo`: make the invented clinics anew and serve them."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from portal import serve
from portal.commands.command import Command
from portal.commands.terminal import say
from portal.commands.typed import port
from portal.demo import run
from portal.demo.views import bp

DEFAULT_PORT = 8000


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="port on 127.0.0.1")
    parser.add_argument("--accounts", type=Path, metavar="FILE", help="write the accounts as JSON")
    parser.add_argument("--keep", action="store_true", help="keep what was written last time")


def _demo(told: Namespace) -> int:
    place = serve.Place("127.0.0.1", told.port)
    serve.refuse_busy_port(place)
    settings = run.demo_settings(told.port)
    run.prepare(settings, keep=told.keep)
    run.fill(settings)
    if told.accounts:
        run.write_accounts(settings, told.accounts)
    app = serve.checked_app(settings, bp)
    say(f"The demonstration is at http://127.0.0.1:{told.port}; Ctrl-C stops it.")
    serve.serve(app, place)
    return 0


COMMANDS = {"demo": Command("Serve two invented clinics to try everything", _demo, _arguments)}
