"""The forms of the account pages, and their sentences."""

from typing import assert_never

from portal.accounts.passwords import LONGEST, Weakness, Whose, weakness
from portal.web.forms import HouseForm, secret_field, text_field
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext, ngettext

_EMAIL = 254
_MINUTE = 60


class SignInForm(HouseForm):
    """E-mail and password."""

    email = text_field(
        lazy_gettext("E-mail"), limit=_EMAIL, required=lazy_gettext("Enter your e-mail address.")
    )
    password = secret_field(lazy_gettext("Password"), required=lazy_gettext("Enter your password."))


class CodeForm(HouseForm):
    """The code of the second step, or a recovery code."""

    code = text_field(lazy_gettext("Code"), limit=40, required=lazy_gettext("Enter the code."))


class ResetForm(HouseForm):
    """The e-mail address that the link goes to."""

    email = text_field(
        lazy_gettext("E-mail"), limit=_EMAIL, required=lazy_gettext("Enter your e-mail address.")
    )


class NewPasswordForm(HouseForm):
    """A new password, after a link from the mail."""

    password = secret_field(
        lazy_gettext("New password"), required=lazy_gettext("Enter a new password.")
    )


class ChangePasswordForm(HouseForm):
    """The present password and a new one."""

    password = secret_field(
        lazy_gettext("Your password now"), required=lazy_gettext("Enter your password.")
    )
    new_password = secret_field(
        lazy_gettext("New password"), required=lazy_gettext("Enter a new password.")
    )


class PasswordForm(HouseForm):
    """The present password, asked again before the second step changes."""

    password = secret_field(
        lazy_gettext("Your password"), required=lazy_gettext("Enter your password.")
    )


class EmailForm(HouseForm):
    """The address that mail shall go to, and the present password."""

    email = text_field(
        lazy_gettext("New e-mail address"),
        limit=_EMAIL,
        required=lazy_gettext("Enter the new e-mail address."),
    )
    password = secret_field(
        lazy_gettext("Your password"), required=lazy_gettext("Enter your password.")
    )


class PhoneForm(PasswordForm):
    """The present password, and a code that proves the app on the phone."""

    code = text_field(
        lazy_gettext("Code from the app"), limit=40, required=lazy_gettext("Enter the code.")
    )


def advice(shortest: int) -> str:
    """Return what makes a good password, said before anything is typed."""
    return _(
        "At least %(count)s characters. A few words you can remember are best. "
        "Your password manager may fill this in.",
        count=shortest,
    )


def password_problem(password: str, whose: Whose) -> str:
    """Return why a new password is not taken, as a sentence; empty for a good one."""
    found = weakness(password, whose)
    return _weak_sentence(found, whose.shortest) if found is not None else ""


def _weak_sentence(found: Weakness, shortest: int) -> str:
    match found:
        case Weakness.TOO_SHORT:
            return _("Use at least %(count)s characters. A few words are fine.", count=shortest)
        case Weakness.TOO_LONG:
            return _("Use at most %(count)s characters.", count=LONGEST)
        case Weakness.COMMON:
            return _("Many people use this password, so it is easy to guess. Choose another one.")
        case Weakness.CLINIC_NAME:
            return _("Leave the clinic’s name out of your password. It is easy to guess.")
        case Weakness.OWN_EMAIL:
            return _("Leave your e-mail address out of your password. It is easy to guess.")
    assert_never(found)


def not_right() -> str:
    """Return the one sentence for a wrong password and for an unknown e-mail (S-011)."""
    return _("The e-mail address or the password is not right. Check both.")


def wait_sentence(seconds: int) -> str:
    """Return how long to wait after too many wrong tries."""
    if seconds < 2 * _MINUTE:
        wait = ngettext("%(num)s second", "%(num)s seconds", seconds)
    else:
        minutes = -(-seconds // _MINUTE)
        wait = ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return _("There were too many wrong tries. Wait %(wait)s, then try again.", wait=wait)


def busy_sentence() -> str:
    """Return what to do while too many people sign in at once."""
    return _("Many people are signing in right now. Try again in a few seconds.")
