"""What `portal` can be told to do, one module per kind of work."""

from portal.commands.command import Command

__all__ = ["Command"]
