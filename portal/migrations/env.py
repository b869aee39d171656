"""Alembic's environment, run by `portal.migrations.upgrade`, never by a configuration file."""

from alembic import context

from portal import models
from portal.db import Base

assert models  # noqa: S101 - imported so that every table is known

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
    transactional_ddl=False,
)
context.run_migrations()
