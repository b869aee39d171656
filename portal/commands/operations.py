"""Looking after an installation: backups, the audit, the explainers."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from portal import backup, db, serve
from portal.app import create_app
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.backup import Manifest
from portal.commands.command import Command
from portal.commands.opened import refuse_missing_database
from portal.commands.terminal import complain, say
from portal.config import Settings, instance_folder, load_settings
from portal.education.check import content_check
from portal.education.keeper import CONTENT
from portal.errors import StorageUnavailable
from portal.instruments.catalogue import house_catalogue
from portal.migrations.run import newest
from portal.web.assets import house_assets
from portal.web.pages import snapshot


def _content_check(_told: Namespace) -> int:
    status, report = content_check(CONTENT, instance_folder() / "content")
    say(report)
    known = ", ".join(f"{one.short} {one.version}" for one in house_catalogue().current)
    say(f"Instruments: {known}.")
    return status


def _snapshot_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("dest", type=Path, help="a folder for a server in front of the portal")


def _content_snapshot(told: Namespace) -> int:
    app = create_app(load_settings())
    try:
        with app.app_context():
            app.extensions["portal.directory"].public_id()
        pages = snapshot(app, told.dest)
        files = house_assets().snapshot(told.dest)
    finally:
        serve.database_of(app).engine.dispose()
    say(f"{told.dest}: {len(pages)} forms of the public pages and {len(files)} of their files.")
    return 0


def _backup_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("dest", type=Path, help="a new folder for this backup")


def _backup(told: Namespace) -> int:
    settings = load_settings()
    refuse_missing_database(settings)
    made = backup.make_backup(settings, told.dest)
    _note_backup(settings, made)
    say(f"{told.dest}: backup made and checked, {made.rows} rows, {made.size} bytes.")
    complain(
        f"The secret key is not in it. Keep a copy of {settings.key_file} apart from the backups: "
        "without it nobody can sign in to a restored portal."
    )
    return 0


def _note_backup(settings: Settings, made: Manifest) -> None:
    """Write down in the running database that a copy of it was made.

    A database that is busy just then does not make the copy worse, so that is only said.
    """
    app = create_app(settings)
    event = Event(Act.BACKUP_MADE, details={"rows": made.rows, "sha256": made.sha256})
    try:
        with app.app_context(), db.write_transaction() as session:
            record(session, Actor(route="portal backup"), event)
    except StorageUnavailable as error:
        complain(f"The backup is whole, but the audit does not say that it was made: {error}")
    finally:
        serve.database_of(app).engine.dispose()


def _restore_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("src", type=Path, help="the folder of a backup")
    parser.add_argument("new_instance", type=Path, help="a new instance folder")
    parser.add_argument("--key", type=Path, help="the secret key that was in use at the backup")


def _restore(told: Namespace) -> int:
    made = backup.restore(told.src, told.new_instance, key=told.key)
    say(f"{told.new_instance}: restored and checked, {made.rows} rows as of {made.made_at}.")
    if told.key is None:
        complain(
            f"The secret key is still missing: copy it to {told.new_instance / backup.KEY} and run "
            "chmod 600 on it, or set PORTAL_SECRET_KEY_FILE."
        )
    if made.contents.migration != newest():
        complain("The database is in an older form; run `portal migrate` with it.")
    say("No settings are in a backup: copy portal.toml into the new folder, or set the variables.")
    say(f"Then start it with PORTAL_INSTANCE={told.new_instance.absolute()} portal run")
    return 0


COMMANDS = {
    "content check": Command("Check all explainers", _content_check),
    "content snapshot": Command(
        "Write the public pages as files, in the bytes they are sent in",
        _content_snapshot,
        _snapshot_arguments,
    ),
    "backup": Command("Make a checked copy of the database", _backup, _backup_arguments),
    "restore": Command("Make a new instance from a backup", _restore, _restore_arguments),
}
