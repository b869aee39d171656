"""Copies of the database that are known to be whole, and new instances made from them.

A backup is a folder with one database file and a manifest. It is made with SQLite's own online
backup while people write, and checked before it is called a backup. It never holds the secret
key: without that key passwords and second factors of a restored copy do not work.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from portal import clock
from portal.audit.record import first_broken
from portal.config import Settings
from portal.db import refuse_unsafe_sqlite
from portal.errors import PortalError

DATABASE = "portal.sqlite3"
MANIFEST = "manifest.json"
KEY = "secret.key"
FORMAT = 1
_CHUNK = 1024 * 1024
_AT_REST = "mode=ro&immutable=1"


class BadBackup(PortalError):
    """A backup is damaged, cut or belongs to another key, so nothing is restored from it."""


class TargetTaken(PortalError):
    """The folder to write to holds something already, so nothing is written there."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database held at one moment: rows per table, form, and the head of the audit."""

    counts: dict[str, int]
    migration: str
    audit_seq: int
    audit_seal: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself; `key_check` tells the right secret key from another."""

    made_at: str
    portal: str
    sha256: str
    size: int
    contents: Contents
    key_check: str
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(self.contents.counts.values())


def key_check(secret: bytes) -> str:
    """Return what recognises a secret key without telling it."""
    derived = HKDF(SHA256(), length=16, salt=None, info=b"backup check").derive(secret)
    return derived.hex()


def _contents(connection: Any) -> Contents:
    names = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]
    counts = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a table's own name
        for name in names
    }
    if "alembic_version" not in counts:
        raise BadBackup("this is not a database of the portal")
    form = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    head = connection.execute("SELECT seq, seal FROM audit_event ORDER BY seq DESC").fetchone()
    seq, seal = head or (0, b"")
    return Contents(counts, form[0] if form else "", seq, seal.hex())


def _refuse_taken(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TargetTaken(f"{folder}: there is something already; name a new folder")
    if not folder.absolute().parent.is_dir():
        raise TargetTaken(f"{folder.absolute().parent}: there is no such folder")


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """Give a private folder beside `target` that takes its name only when all went well."""
    _refuse_taken(target)
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
    try:
        yield made
        _sync(made)
        if target.exists():
            target.rmdir()
        made.rename(target)
        _sync(target.absolute().parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _address(path: Path, how: str) -> str:
    """Return a file as SQLite's address, whatever characters its folders have."""
    return f"{path.absolute().as_uri()}?{how}"


def _copy_live(source: Path, target: Path) -> Contents:
    """Copy a database that is in use; the copy and what is returned are of the same moment."""
    refuse_unsafe_sqlite(sqlite.sqlite_version_info)
    with closing(sqlite.connect(_address(source, "mode=rw"), uri=True)) as live:
        live.isolation_level = None
        live.execute("PRAGMA busy_timeout=5000")
        live.execute("BEGIN")
        contents = _contents(live)
        with closing(sqlite.connect(str(target))) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        live.execute("ROLLBACK")
    target.chmod(0o600)
    _sync(target)
    return contents


def _refuse_unlike(path: Path, expected: Contents) -> None:
    """Raise BadBackup unless the file is whole and holds exactly what is expected."""
    with closing(sqlite.connect(_address(path, _AT_REST), uri=True)) as copy:
        told = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if told != "ok":
            raise BadBackup(f"{path}: damaged ({str(told).splitlines()[0]})")
        broken = copy.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise BadBackup(f"{path}: a row of {broken[0]} points to nothing")
        if _contents(copy) != expected:
            raise BadBackup(f"{path}: does not hold what was there when it was made")
    _refuse_broken_chain(path)


def _refuse_broken_chain(path: Path) -> None:
    engine = create_engine(
        "sqlite://",
        module=sqlite,
        creator=lambda: sqlite.connect(_address(path, _AT_REST), uri=True),
        hide_parameters=True,
    )
    try:
        with Session(engine) as session:
            broken = first_broken(session)
    finally:
        engine.dispose()
    if broken is not None:
        raise BadBackup(f"{path}: the audit does not hold from event {broken} on")


def _manifest_body(manifest: Manifest) -> dict[str, object]:
    body: dict[str, object] = asdict(manifest)
    own = json.dumps(body, sort_keys=True).encode()
    return {**body, "manifest_sha256": hashlib.sha256(own).hexdigest()}


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def database_file(settings: Settings) -> Path:
    """Return the file of the settings' database.

    Raises BadBackup for PostgreSQL, which has tools of its own.
    """
    if not settings.database.startswith("sqlite"):
        raise BadBackup("this database is PostgreSQL; back it up with pg_dump")
    return Path(make_url(settings.database).database or "")


def make_backup(settings: Settings, target: Path) -> Manifest:
    """Copy the database to the new folder `target` while people write, and check the copy.

    Raises TargetTaken when there is something already, BadBackup when the copy is not whole.
    """
    source = database_file(settings)
    check = key_check(settings.secret_key())
    with _new_folder(target) as folder:
        copy = folder / DATABASE
        contents = _copy_live(source, copy)
        _refuse_unlike(copy, contents)
        manifest = Manifest(
            made_at=clock.now().isoformat(),
            portal=version("ims-portal"),
            sha256=_sha256(copy),
            size=copy.stat().st_size,
            contents=contents,
            key_check=check,
        )
        body = json.dumps(_manifest_body(manifest), indent=2, sort_keys=True)
        _write_private(folder / MANIFEST, f"{body}\n".encode())
    return manifest


def read_manifest(backup: Path) -> Manifest:
    """Return what a backup says about itself; raises BadBackup when that cannot be trusted."""
    path = backup / MANIFEST
    if not path.is_file():
        raise BadBackup(f"{backup}: this is not a backup ({MANIFEST} is missing)")
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        own = body.pop("manifest_sha256")
        said = json.dumps(body, sort_keys=True).encode()
        contents = Contents(**body.pop("contents"))
        manifest = Manifest(contents=contents, **body)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadBackup(f"{path}: damaged, it cannot be read") from None
    if own != hashlib.sha256(said).hexdigest() or manifest.format != FORMAT:
        raise BadBackup(f"{path}: damaged, or made by another kind of portal")
    return manifest


def _refuse_damaged(path: Path, manifest: Manifest) -> None:
    if not path.is_file():
        raise BadBackup(f"{path}: missing")
    size = path.stat().st_size
    if size != manifest.size:
        raise BadBackup(f"{path}: cut or grown ({size} bytes instead of {manifest.size})")
    if _sha256(path) != manifest.sha256:
        raise BadBackup(f"{path}: damaged, its checksum does not fit")


def _fitting_key(key: Path, manifest: Manifest) -> bytes:
    secret = key.read_bytes().strip()
    if key_check(secret) != manifest.key_check:
        raise BadBackup(f"{key}: this is not the key that the backup was made under")
    return secret


def restore(backup: Path, instance: Path, *, key: Path | None = None) -> Manifest:
    """Make the new instance folder `instance` from a backup, with the key if it is given.

    The copy is checked like the backup was, before the folder takes its name; nothing that
    runs is touched. Raises BadBackup or TargetTaken; then there is no new folder.
    """
    manifest = read_manifest(backup)
    _refuse_damaged(backup / DATABASE, manifest)
    secret = _fitting_key(key, manifest) if key is not None else None
    with _new_folder(instance) as folder:
        copy = folder / DATABASE
        shutil.copyfile(backup / DATABASE, copy)
        copy.chmod(0o600)
        _sync(copy)
        _refuse_damaged(copy, manifest)
        _refuse_unlike(copy, manifest.contents)
        if secret is not None:
            _write_private(folder / KEY, secret + b"\n")
    return manifest
