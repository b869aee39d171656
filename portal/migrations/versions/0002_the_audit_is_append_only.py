"""The audit is append-only: the database itself refuses a change or a removal."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER audit_event_no_{act} BEFORE {act} ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
POSTGRES = """
CREATE RULE audit_event_no_{act} AS ON {act} TO audit_event DO INSTEAD NOTHING
"""


def upgrade() -> None:
    sentence = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES
    for act in ("UPDATE", "DELETE"):
        op.execute(sentence.format(act=act))
