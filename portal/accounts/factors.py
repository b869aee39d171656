"""The second step at sign-in: codes from an app (TOTP), and ten recovery codes for a lost one."""

import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from pyotp import TOTP
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import RecoveryCode, SecondFactor
from portal.accounts.signed_in import hash_of
from portal.db import AccountId
from portal.errors import PortalError

STEP_SECONDS = 30
RECOVERY_CODES = 10
_NONCE = 12
_RECOVERY_LENGTH = 16
# Crockford's letters (80 bits in 16): none that can be taken for a digit, none that make words.
_RECOVERY_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans("oil", "011")


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app needs to make codes: the seed as text, and as the address in the QR code."""

    seed: str
    address: str

    @property
    def in_groups(self) -> str:
        """The seed in groups of four, for typing."""
        return _grouped(self.seed)


def proposed(sign_in_id: UUID, *, email: str, issuer: str) -> Setup:
    """Return the seed offered in one sign-in; nothing is stored until a code proves it.

    It is drawn from the seed key and the sign-in, so that showing the page writes nothing and
    showing it twice shows the same seed.
    """
    drawn = hmac.digest(_key(), b"proposed:" + sign_in_id.bytes, "sha256")[:20]
    seed = b32encode(drawn).decode()
    return Setup(seed, TOTP(seed).provisioning_uri(name=email, issuer_name=issuer))


def enrol(session: Session, *, account_id: AccountId, seed: str, last_step: int = 0) -> None:
    """Store a seed, encrypted to its account, in place of an older one."""
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    session.add(
        SecondFactor(
            account_id=account_id,
            seed=sealed_seed(account_id, seed),
            confirmed_at=clock.now(),
            last_step=last_step,
        )
    )
    session.flush()


def confirm(session: Session, *, account_id: AccountId, seed: str, code: str) -> bool:
    """Store a proposed seed if this code proves that the app knows it."""
    step = _step_of(seed, code, after=0)
    if step is None:
        return False
    enrol(session, account_id=account_id, seed=seed, last_step=step)
    return True


def remove(session: Session, *, account_id: AccountId) -> None:
    """Take the second step and its recovery codes away."""
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def accept_code(session: Session, *, account_id: AccountId, code: str) -> bool:
    """Take a code from the app; each works once, also when sent twice at the same moment."""
    own = session.get(SecondFactor, account_id)
    if own is None or own.confirmed_at is None:
        return False
    step = _step_of(opened_seed(account_id, own.seed), code, after=own.last_step)
    if step is None:
        return False
    used = session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.account_id)
    )
    return used.first() is not None


def _step_of(seed: str, code: str, *, after: int) -> int | None:
    """Return which half minute a code belongs to: now, or one before or after, but a new one."""
    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp = TOTP(seed)
    digits = "".join(code.split())
    for step in (now, now - 1, now + 1):
        right = totp.generate_otp(step)
        if step > after and hmac.compare_digest(right.encode(), digits.encode()):
            return step
    return None


def new_recovery_codes(session: Session, *, account_id: AccountId) -> list[str]:
    """Make ten new recovery codes, void the old ones, and return them to be shown once."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [
        _grouped("".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH)))
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(
        RecoveryCode(account_id=account_id, hash=_recovery_hash(account_id, code)) for code in codes
    )
    session.flush()
    return codes


def accept_recovery_code(session: Session, *, account_id: AccountId, code: str) -> bool:
    """Take a recovery code; each works once."""
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.hash == _recovery_hash(account_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    )
    return used.first() is not None


def recovery_codes_left(session: Session, account_id: AccountId) -> int:
    """Return how many recovery codes still work."""
    query = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def looks_like_recovery(code: str) -> bool:
    """Whether somebody typed a recovery code rather than six digits."""
    return len(_bare(code)) == _RECOVERY_LENGTH


def _recovery_hash(account_id: AccountId, code: str) -> bytes:
    return hash_of(f"{_bare(code)}:{account_id}")


def _bare(code: str) -> str:
    return "".join(char for char in code.lower() if char.isalnum()).translate(_MISREAD)


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def sealed_seed(account_id: AccountId, seed: str) -> bytes:
    """Encrypt a seed so that it opens only for its own account (S-063)."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, seed.encode(), account_id.bytes)


def opened_seed(account_id: AccountId, stored: bytes) -> str:
    """Decrypt an account's seed.

    Raises SeedUnreadable when the key is another one or the row was moved between accounts.
    """
    try:
        plain = AESGCM(_key()).decrypt(stored[:_NONCE], stored[_NONCE:], account_id.bytes)
    except InvalidTag:
        raise SeedUnreadable from None
    return plain.decode()


class SeedUnreadable(PortalError):
    """A stored seed does not open with this installation's key for this account."""


def _key() -> bytes:
    key: bytes = current_app.config["PORTAL_SEED_KEY"]
    return key
