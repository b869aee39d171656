"""Serving with granian, for a house with many readers: the same portal behind a server in Rust.

The package is optional (`pip install "ims-portal[granian]"`). What gunicorn takes for an explainer
goes mostly into HTTP itself; granian does that part outside Python (docs/adr/0017).
"""

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from portal.serve import GRACE, THREADS, Place, database_of, make_ready


def serve(app: Flask, place: Place) -> None:
    """Serve until told to stop; a request under way has ten seconds to finish."""
    make_ready(app)

    def load() -> Flask:
        """In each new process: forget the parent's connections, as after any fork."""
        database_of(app).engine.dispose(close=False)
        return app

    Granian(
        "portal",
        address=place.host,
        port=place.port,
        interface=Interfaces.WSGI,
        workers=place.workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    ).serve(target_loader=load, wrap_loader=False)
