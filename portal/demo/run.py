"""Making and serving the demonstration, in a folder of its own."""

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from sqlalchemy import inspect, select

from portal import db
from portal.accounts.passwords import hashed
from portal.app import create_app
from portal.clinics.models import Clinic
from portal.config import Env, Settings, load_settings
from portal.demo.build import DemoAccount, Lock, build
from portal.errors import BadSettings
from portal.migrations.run import migrate

FOLDER = "demo"
DATABASE = "portal.sqlite3"
ACCOUNTS = "accounts.json"


def demo_settings(port: int) -> Settings:
    """Return the settings of a demonstration on loopback, in its own instance folder.

    Raises BadSettings when a real database is configured: the demo never touches one.
    """
    chosen = load_settings(env=Env.DEMO, base_url=f"http://127.0.0.1:{port}")
    if chosen.database_url:
        raise BadSettings(
            "PORTAL_DATABASE_URL: the demo makes its own database and never opens another; unset it"
        )
    folder = chosen.instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return chosen.model_copy(update={"instance": folder, "secret_key_file": None})


def _is_demo(data: db.Database) -> bool:
    if not inspect(data.engine).has_table(Clinic.__tablename__):
        return False
    with data.engine.connect() as connection:
        marks = connection.scalars(select(Clinic.is_demo)).all()
    return bool(marks) and all(marks)


def refuse_foreign(path: Path) -> None:
    """Raise BadSettings when the demo's place holds a database that the demo did not make."""
    if not path.exists():
        return
    data = db.open_database(f"sqlite:///{path}")
    try:
        if not _is_demo(data):
            raise BadSettings(f"{path}: this is not a database the demo made; move it away first")
    finally:
        data.engine.dispose()


def _secret_key(path: Path) -> None:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))


def prepare(settings: Settings, *, keep: bool) -> None:
    """Make the database anew, unless it is to be kept and is there.

    Raises BadSettings when another database stands in its place.
    """
    path = settings.instance / DATABASE
    refuse_foreign(path)
    _secret_key(settings.key_file)
    if keep and path.exists() and (settings.instance / ACCOUNTS).exists():
        data = db.open_database(settings.database)
        migrate(data)
        data.engine.dispose()
        return
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
    data = db.open_database(settings.database)
    migrate(data)
    data.engine.dispose()


def fill(settings: Settings) -> None:
    """Fill an empty database with people and note their accounts; a filled one is left alone."""
    app = create_app(settings)
    with app.app_context():
        if not _is_demo(db.database()):
            password = secrets.token_urlsafe(12)
            with db.write_transaction() as session:
                accounts = build(session, Lock(password, hashed(password)))
            _write_private(settings.instance / ACCOUNTS, _as_json(accounts))
            app.extensions["portal.directory"].settings_changed()
        db.database().engine.dispose()


def _as_json(accounts: list[DemoAccount]) -> str:
    return json.dumps([account.as_json() for account in accounts], indent=2) + "\n"


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def write_accounts(settings: Settings, path: Path) -> None:
    """Write the invented people's accounts, passwords and seeds to a file of one's own."""
    _write_private(path, (settings.instance / ACCOUNTS).read_text(encoding="utf-8"))
