"""The audit trail: who did or saw what, sealed in a chain."""

from portal.audit.record import Actor, Event, record

__all__ = ["Actor", "Event", "record"]
