"""Serving the portal with gunicorn: a few processes with threads, checked before the first one."""

import gc
import ipaddress
import socket
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from gunicorn.app.base import BaseApplication
from jinja2 import FileSystemBytecodeCache

from portal import db
from portal.app import create_app
from portal.config import Env, Settings
from portal.db import Database
from portal.education.errors import ContentError
from portal.education.keeper import CONTENT, keeper_of
from portal.education.passed import passed
from portal.errors import BadSettings
from portal.migrations.run import refuse_old
from portal.web.kept import shelf
from portal.web.worker import Log, Worker

THREADS = 16
GRACE = 10  # seconds
# Nothing is lost when these are deleted from the instance folder.
COMPILED, SQUEEZED, PASSED = "compiled", "squeezed", "content.passed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the portal listens, and with how many processes."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_unsafe_place(settings: Settings, place: Place) -> None:
    """Raise BadSettings where strangers could reach the portal without https."""
    if is_loopback(place.host):
        return
    if settings.env is not Env.PRODUCTION or not settings.is_https:
        raise BadSettings(
            f"--host {place.host}: other machines could reach the portal without https; "
            "listen on 127.0.0.1, or set PORTAL_BASE_URL to its https address"
        )


def refuse_missing_instance(instance: Path) -> None:
    """Raise BadSettings where there is no instance folder yet."""
    if not instance.is_dir():
        raise BadSettings(f"{instance}: there is no such instance folder; `portal init` makes one")


def refuse_open_instance(instance: Path) -> None:
    """Raise BadSettings where others on the machine may look into the instance folder."""
    refuse_missing_instance(instance)
    if stat.S_IMODE(instance.stat().st_mode) & 0o077:
        raise BadSettings(f"{instance}: others may open the instance folder; run chmod 700 on it")


def refuse_bad_content(folder: Path = CONTENT) -> None:
    """Raise BadSettings with the first thing wrong with an explainer; what is right stays open."""
    try:
        keeper_of(folder)
    except ContentError as error:
        raise BadSettings(f"{error} (`portal content check` lists all)") from None


def refuse_busy_port(place: Place) -> None:
    """Raise BadSettings where the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((place.host, place.port))
        except OSError as error:
            raise BadSettings(
                f"{place.host}:{place.port}: cannot be listened on ({error.strerror}); "
                "--port chooses another"
            ) from None


def database_of(app: Flask) -> Database:
    """Return the application's database."""
    found = app.extensions["portal.database"]
    assert isinstance(found, Database)  # noqa: S101 - set once in create_app
    return found


def checked_app(settings: Settings, *more: Blueprint) -> Flask:
    """Build the application once every check of the start has passed; `more` as in create_app.

    Raises BadSettings with one sentence for the first thing that is unsafe or missing, and
    StorageUnavailable where the database is locked or cannot be written.
    """
    refuse_open_instance(settings.instance)
    settings.secret_key()
    passed.keep_in(settings.instance / PASSED)
    refuse_bad_content()
    shelf.keep_in(settings.instance / SQUEEZED)
    app = create_app(settings, *more)
    database = database_of(app)
    refuse_old(database)
    with app.app_context():
        app.extensions["portal.directory"].public_id()
        with db.write_transaction() as session:
            db.probe(session)
    database.engine.dispose()
    return app


def shared_address_warning(settings: Settings) -> str:
    """Return what to tell the operator where all visitors would share the proxy's address."""
    if not settings.is_https or settings.proxy_hops:
        return ""
    return (
        "PORTAL_PROXY_HOPS is 0: behind a proxy all visitors count as one, and one who guesses "
        "passwords slows everybody; set it to the number of proxies in front."
    )


class Server(BaseApplication):
    """Gunicorn with our settings and an application that was built before the first fork."""

    def __init__(self, app: Flask, place: Place) -> None:
        self._app = app
        self._place = place
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings; nothing is read from its own files or variables."""
        chosen: dict[str, Any] = {
            "bind": f"{self._place.host}:{self._place.port}",
            "workers": self._place.workers,
            "threads": THREADS,
            "worker_class": Worker,
            "logger_class": Log,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": GRACE,
            "keepalive": 5,
            "loglevel": "warning",
            "accesslog": None,
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "control_socket_disable": True,  # it listens at one path for all servers of a user
            "post_fork": self._after_fork,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application; every process has its own copy of it."""
        return self._app

    def _after_fork(self, _arbiter: object, _worker: object) -> None:
        """Forget connections of the parent: SQLite's must not be used across a fork."""
        database_of(self._app).engine.dispose(close=False)


def make_ready(app: Flask) -> None:
    """Do once, before the first fork, what every process would do for itself.

    Templates are compiled and public pages built, so that nobody waits for them, and all of it is
    frozen: a collector that never touches these objects leaves them shared between processes.
    What was compiled and squeezed is kept in the instance folder, so that a server which died is
    back sooner.
    """
    kept = Path(app.instance_path) / COMPILED
    kept.mkdir(mode=0o700, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(kept))
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    app.extensions["portal.pages"].warm()
    shelf.forget_the_rest()
    database_of(app).engine.dispose()
    gc.collect()
    gc.freeze()


def serve(app: Flask, place: Place) -> None:
    """Serve until told to stop; a request under way has ten seconds to finish."""
    make_ready(app)
    Server(app, place).run()
