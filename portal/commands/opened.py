"""A database that is there and in the newest form, for commands that only look."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from portal import serve
from portal.config import Settings, load_settings
from portal.db import open_database
from portal.errors import BadSettings
from portal.migrations.run import refuse_old


def refuse_missing_database(settings: Settings) -> None:
    """Raise BadSettings where there is no database yet, instead of making an empty one."""
    serve.refuse_missing_instance(settings.instance)
    if not settings.database.startswith("sqlite"):
        return
    file = Path(make_url(settings.database).database or "")
    if not file.is_file():
        raise BadSettings(f"{file}: there is no database yet; `portal init` makes one")


@contextmanager
def reading() -> Iterator[Session]:
    """Open the settings' database for reading.

    Raises BadSettings where it is missing or in an older form.
    """
    settings = load_settings()
    refuse_missing_database(settings)
    data = open_database(settings.database)
    try:
        refuse_old(data)
        with Session(data.engine) as session:
            yield session
    finally:
        data.engine.dispose()
