"""What can go wrong, said as facts; `web/errors.py` maps each to a page."""


class PortalError(Exception):
    """Something that a person must be told in plain words."""


class BadSettings(PortalError):
    """The settings or the machine are unsafe, so the portal does not start."""


class OutOfSight(PortalError):
    """The thing asked for does not exist for this reader (always answered as 404)."""


class StorageUnavailable(PortalError):
    """The database cannot be read or written now; nothing was saved."""


class QueueFull(StorageUnavailable):
    """Too many people save at this moment; nothing was saved, try again soon."""


class SignInEnded(PortalError):
    """The sign-in ended or was revoked while the request was under way."""


class ProofTooOld(PortalError):
    """The step asks for a password or code shown at most five minutes ago."""


class TooManyTries(PortalError):
    """Too many failures; carries the seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


class Busy(PortalError):
    """The server is at its limit for a costly step such as a password check."""


class Conflict(PortalError):
    """Somebody changed the same thing in between."""


class EpisodeEnded(PortalError):
    """The episode of care has ended, so its diary is read-only."""


class NobodyWouldRead(PortalError):
    """The step would leave an open episode without anyone who reads it."""
