"""E-mail addresses as people type them."""

from email_validator import EmailNotValidError, validate_email

from portal.accounts.people import normal_email


def email_or_none(typed: str) -> str | None:
    """Return an e-mail address as accounts store it; None for what cannot be one."""
    try:
        checked = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return normal_email(checked.normalized)
