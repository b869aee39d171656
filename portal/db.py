"""The database: engine and pragmas, keys, the request's session, the one write path."""

import os
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path
from typing import Any, NewType

from flask import current_app, g
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from portal import clock
from portal.errors import BadSettings, QueueFull, StorageUnavailable

AccountId = NewType("AccountId", uuid.UUID)
ClinicId = NewType("ClinicId", uuid.UUID)
PatientId = NewType("PatientId", uuid.UUID)
PractitionerId = NewType("PractitionerId", uuid.UUID)
EpisodeId = NewType("EpisodeId", uuid.UUID)
VisitId = NewType("VisitId", uuid.UUID)
EntryId = NewType("EntryId", uuid.UUID)
FlagId = NewType("FlagId", uuid.UUID)
QuestionId = NewType("QuestionId", uuid.UUID)
AssessmentId = NewType("AssessmentId", uuid.UUID)

_KEYS: tuple[Any, ...] = (
    AccountId,
    ClinicId,
    PatientId,
    PractitionerId,
    EpisodeId,
    VisitId,
    EntryId,
    FlagId,
    QuestionId,
    AssessmentId,
)
SAFE_SQLITE = (3, 51, 3)
MAX_WAITING = 32
_NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "fuse.sshfs", "afs", "ceph")
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-8192",
)
_NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class _Order:
    """Counts the keys of one millisecond, so that they too sort in the order of making."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = self._given = -1
        self._count = 0

    def next(self, milliseconds: int) -> tuple[int, int]:
        """Return the millisecond and the number within it, 0 to 4095, for the next key."""
        with self._lock:
            self._count += 1
            if milliseconds != self._asked:
                self._asked = self._given = milliseconds
                self._count = secrets.randbits(11)
            elif self._count > _MOST_IN_ONE:
                self._given, self._count = self._given + 1, 0
            return self._given, self._count


_MOST_IN_ONE = 0xFFF
_order = _Order()


def new_id() -> uuid.UUID:
    """Return a random key whose order is the order of making (UUID version 7, RFC 9562)."""
    milliseconds, count = _order.next(int(clock.now().timestamp() * 1000))
    value = (milliseconds << 80) | (7 << 76) | (count << 64)
    return uuid.UUID(int=value | (0b10 << 62) | secrets.randbits(62))


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{text}+00:00") if text is not None else None


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, always UTC in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Store with the zone where the database knows zones."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; send UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time has no meaning here")
        return value.astimezone(UTC).replace(tzinfo=None if dialect.name == "sqlite" else UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read what SQLite keeps as text in one go; pages read hundreds of instants."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back an aware instant, as PostgreSQL does."""
        return value.astimezone(UTC) if value is not None else None


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it so
        datetime: UTCDateTime,
        **dict.fromkeys(_KEYS, Uuid()),
    }


class WriteQueue:
    """A fair queue of writers over processes and threads: SQLite lets only one in.

    A blocking `flock` on a descriptor opened per thread after fork; a polling lock or an
    inherited descriptor was measured to be slow or to exclude nobody.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._local = threading.local()
        self._places = threading.BoundedSemaphore(MAX_WAITING)

    def _descriptor(self) -> int:
        own = getattr(self._local, "descriptor", None)
        if own is not None and own[0] == os.getpid():
            return int(own[1])
        descriptor = os.open(str(self._path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._local.descriptor = (os.getpid(), descriptor)
        return descriptor

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn to write.

        Raises QueueFull when 32 of this process are waiting already.
        """
        if self._path is None:
            yield
            return
        if not self._places.acquire(blocking=False):
            raise QueueFull
        try:
            descriptor = self._wait()
            try:
                yield
            finally:
                flock(descriptor, LOCK_UN)
        finally:
            self._places.release()

    def _wait(self) -> int:
        try:
            descriptor = self._descriptor()
            flock(descriptor, LOCK_EX)
        except OSError as error:
            raise StorageUnavailable(str(error)) from error
        return descriptor


@dataclass(slots=True)
class Hooks:
    """What `app` hangs on the write path, so that features need not know each other."""

    recheck: list[Callable[[Session], None]] = field(default_factory=list)
    refreshers: list[Callable[[Session, frozenset[EpisodeId]], None]] = field(default_factory=list)
    seal: list[Callable[[Session], None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Database:
    """One open database with its write queue."""

    engine: Engine
    writing: Engine
    queue: WriteQueue
    hooks: Hooks = field(default_factory=Hooks)


def _refuse_network_file_system(path: Path) -> None:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return
    best = ("", "")
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, kind, *_ = line.split(" ")
        if str(path).startswith(point) and len(point) > len(best[0]):
            best = (point, kind)
    if best[1].startswith(_NETWORK_FILE_SYSTEMS):
        raise BadSettings(
            f"{path}: SQLite is not safe on a network file system ({best[1]}); use a local disk"
        )


def refuse_unsafe_sqlite(version: tuple[int, ...]) -> None:
    """Raise BadSettings where SQLite can corrupt a database in WAL mode (up to 3.51.2)."""
    if version < SAFE_SQLITE:
        shown = ".".join(str(part) for part in version)
        raise BadSettings(
            f"SQLite {shown} can lose data in WAL mode; 3.51.3 or newer is needed "
            "(the pysqlite3 package brings it)"
        )


def _prepare_sqlite(url: str) -> Path:
    refuse_unsafe_sqlite(sqlite.sqlite_version_info)
    path = Path(make_url(url).database or "")
    if not path.name:
        raise BadSettings("PORTAL_DATABASE_URL: SQLite needs a file, such as sqlite:////srv/p.db")
    if not path.parent.is_dir():
        raise BadSettings(f"{path.parent}: no such folder for the database")
    _refuse_network_file_system(path.resolve())
    return path


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


class _OneFile:
    """The database's file: SQLite goes on "saving" into one that was moved or deleted (S-080)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._was_there = False

    def refuse_missing(self, *_connect: object) -> None:
        """Raise StorageUnavailable instead of making a file where there was one before."""
        if self._was_there and not self._path.exists():
            raise StorageUnavailable("the database's file is gone")

    def remember(self, _connection: object, record: Any) -> None:
        """Note which file a new connection has opened."""
        record.info["file"] = self._number()
        self._was_there = True

    def refuse_another(self, connection: Any) -> None:
        """Raise StorageUnavailable, and forget the connection, where it holds another file."""
        if connection.info.get("file") != self._number():
            connection.invalidate()
            raise StorageUnavailable("the database's file was moved")

    def _number(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _begin(connection: Any) -> None:
    immediate = connection.get_execution_options().get("portal_writes", False)
    raw = connection.connection.dbapi_connection
    try:
        raw.execute("BEGIN IMMEDIATE" if immediate else "BEGIN")
    except sqlite.Error as error:
        raise StorageUnavailable(str(error)) from error


def open_database(url: str) -> Database:
    """Open the database at `url` (SQLite or PostgreSQL).

    Raises BadSettings when SQLite is too old, its folder is missing or on a network.
    """
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
        return Database(engine, engine, WriteQueue(None))
    path = _prepare_sqlite(url)
    engine = create_engine(
        url,
        module=sqlite,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
        pool_use_lifo=True,  # one warm page cache rather than several half-warm ones
    )
    file = _OneFile(path)
    event.listen(engine, "do_connect", file.refuse_missing)
    for prepare in (_set_pragmas, file.remember):
        event.listen(engine, "connect", prepare)
    for start in (file.refuse_another, _begin):
        event.listen(engine, "begin", start)
    queue = WriteQueue(path.with_name(path.name + ".queue"))
    return Database(engine, engine.execution_options(portal_writes=True), queue)


def database() -> Database:
    """Return the running application's database."""
    found = current_app.extensions["portal.database"]
    assert isinstance(found, Database)  # noqa: S101 - set once in create_app
    return found


def session() -> Session:
    """Return this request's session for reading; it is closed when the request ends."""
    if "read_session" not in g:
        g.read_session = Session(database().engine, autoflush=False)
    found = g.read_session
    assert isinstance(found, Session)  # noqa: S101 - set just above
    return found


def snapshot() -> Session:
    """Open a session whose reads all see the same moment, for a file that is read while it is sent.

    It outlives the request; whoever opens it closes it.
    """
    engine = database().engine
    reading = Session(engine, autoflush=False)
    if engine.dialect.name != "sqlite":
        reading.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return reading


def end_read(_error: BaseException | None = None) -> None:
    """Close this request's session for reading, if there is one."""
    own: Session | None = g.pop("read_session", None)
    if own is not None:
        own.close()


def probe(session: Session) -> None:
    """Make sure that this transaction can really write, without changing anything."""
    session.execute(text("UPDATE alembic_version SET version_num = version_num"))


def touch(session: Session, episode_id: EpisodeId) -> None:
    """Say that what is known of this episode changed, so that its summary is made anew."""
    session.info.setdefault("touched", set()).add(episode_id)


@contextmanager
def write_transaction() -> Iterator[Session]:
    """Open the only kind of transaction that writes; commit it once, at its end.

    In order: end this request's read, wait in the fair queue, begin, recheck the permission,
    let the services work, refresh the summaries of touched episodes, seal the audit, commit.
    An exception rolls all of it back. Raises StorageUnavailable when nothing could be saved.
    """
    data = database()
    end_read()
    with data.queue.turn(), Session(data.writing, expire_on_commit=False) as writing:
        try:
            for check in data.hooks.recheck:
                check(writing)
            yield writing
            writing.flush()
            _finish(writing, data.hooks)
            writing.commit()
        except DBAPIError as error:
            if isinstance(error, OperationalError) or error.connection_invalidated:
                raise StorageUnavailable(str(error)) from error
            raise


def _finish(writing: Session, hooks: Hooks) -> None:
    touched = frozenset(writing.info.get("touched", ()))
    if touched:
        for refresh in hooks.refreshers:
            refresh(writing, touched)
    for seal in hooks.seal:
        seal(writing)
