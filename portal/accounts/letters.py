"""Letters about an account, in neutral words: they say what happened and what to do, no more."""

from flask import current_app, render_template

from portal.mail.outbox import Letter
from portal.web.languages import gettext as _
from portal.web.languages import speaking


def reset_link(token: str, *, language: str = "en") -> Letter:
    """The link for choosing a new password."""
    return _letter("reset", token=token, language=language)


def new_device(device: str, *, language: str = "en") -> Letter:
    """Somebody signed in with a browser not seen before (S-014)."""
    return _letter("new-device", device=device, language=language)


def own_phone(device: str, *, language: str = "en") -> Letter:
    """A browser was marked as the person's own, so that it writes without a password (S-014)."""
    return _letter("own-phone", device=device, language=language)


def password_changed(*, language: str = "en") -> Letter:
    """The password is another one now (S-014)."""
    return _letter("password-changed", language=language)


def email_link(token: str, *, language: str = "en") -> Letter:
    """The link that proves a new address, sent to it."""
    return _letter("email-link", token=token, language=language)


def email_asked(*, language: str = "en") -> Letter:
    """To the present address: another one is to take its place (S-014)."""
    return _letter("email-asked", language=language)


def email_changed(*, language: str = "en") -> Letter:
    """To the old and the new address: the one has taken the other's place (S-014)."""
    return _letter("email-changed", language=language)


def factor_changed(*, is_on: bool, language: str = "en") -> Letter:
    """The second step was turned on, changed or turned off (S-014)."""
    return _letter("factor-changed", is_on=is_on, language=language)


def roles_changed(*, language: str = "en") -> Letter:
    """Somebody got or gave up a task; it does not say who or which."""
    return _letter("roles-changed", language=language)


def _subjects() -> dict[str, str]:
    return {
        "reset": _("Your link for a new password"),
        "new-device": _("A new sign-in to your account"),
        "own-phone": _("A phone was marked as your own"),
        "password-changed": _("Your password was changed"),
        "factor-changed": _("Your sign-in was changed"),
        "email-link": _("Confirm your new e-mail address"),
        "email-asked": _("Your e-mail address is about to change"),
        "email-changed": _("Your e-mail address was changed"),
        "roles-changed": _("Who may do what has changed"),
    }


def _letter(kind: str, *, language: str, **facts: object) -> Letter:
    base_url: str = current_app.extensions["portal.settings"].base_url
    with speaking(language):
        body = render_template(f"mail/{kind}.txt", base_url=base_url, **facts)
        return Letter(kind, _subjects()[kind], body)
