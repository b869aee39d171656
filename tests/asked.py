"""Statements that are compiled once for all the databases a test run opens.

SQLAlchemy keeps compiled statements by engine and dialect; each test has a database of its own, and
compiling took a third of the run.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

_compiled: LRUCache[Any, Any] = LRUCache(4000)
_dialects: dict[str, Any] = {}


def remember_statements(engine: Engine) -> None:
    """Let this engine use what others of its kind have compiled; only for tests."""
    engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
    engine.update_execution_options(compiled_cache=_compiled)
