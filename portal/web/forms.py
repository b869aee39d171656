"""The house form: what was typed is cleaned and bounded, what is wrong is said in one sentence."""

import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from portal.web.languages import ngettext
from portal.web.text import LONGEST, composed

Problem = tuple[str, str]
_KEPT_CONTROLS = frozenset("\n\t")
_LINE = 200


def cleaned(text: str | None) -> str:
    """Return typed text in one Unicode form, without control characters or blank ends.

    NUL and its kin break databases and mail headers; line breaks and tabs stay. Every line
    break is a single newline, so that a limit counts what the person typed. Text longer than
    any form takes stays as it is: its length is refused.
    """
    joined = composed((text or "").replace("\r\n", "\n").replace("\r", "\n"))
    if len(joined) > LONGEST:
        return joined
    kept = (char for char in joined if char in _KEPT_CONTROLS or not _is_control(char))
    return "".join(kept).strip()


def one_line(text: str | None) -> str:
    """Return cleaned text in which a line break has become a space."""
    return " ".join(cleaned(text).split())


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"}


class Required:
    """The field must not be empty; `sentence` says what to do, at the field and in the summary."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it so

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Stop at an empty field."""
        if not field.data:
            raise StopValidation(str(self.sentence))


class AtMost:
    """The text has a longest length; more is refused aloud, never cut off."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Stop at a text that is too long, and say by how much."""
        over = len(field.data or "") - self.limit
        if over > 0:
            raise StopValidation(
                ngettext(
                    "This is %(num)s character too long. At most %(limit)s fit here.",
                    "This is %(num)s characters too long. At most %(limit)s fit here.",
                    over,
                    limit=self.limit,
                )
            )


def text_field(
    label: str, *, limit: int = _LINE, required: str = "", hint: str = ""
) -> StringField:
    """One line of text; `required` is the sentence for an empty one, or nothing if it may be."""
    return StringField(
        label, description=hint, filters=[one_line], validators=_rules(limit, required)
    )


def long_text_field(label: str, *, limit: int, required: str = "", hint: str = "") -> TextAreaField:
    """Several lines of text."""
    return TextAreaField(
        label, description=hint, filters=[cleaned], validators=_rules(limit, required)
    )


def secret_field(label: str, *, required: str, hint: str = "") -> PasswordField:
    """A password or code exactly as typed: nothing is cleaned away, nothing is sent back."""
    return PasswordField(label, description=hint, validators=[Required(required)])


def _rules(limit: int, required: str) -> list[Any]:
    return [Required(required), AtMost(limit)] if required else [AtMost(limit)]


class HouseForm(FlaskForm):
    """The parent of every form of the portal."""

    def problems(self) -> list[Problem]:
        """Return (id of the field, sentence) in the order of the page, for the error summary."""
        return [
            (field.id, str(field.errors[0]))
            for field in self
            if field.errors and field.name != "csrf_token"
        ]

    def refuse(self, name: str, sentence: str) -> None:
        """Say what is wrong with one field, found out after the form itself was in order."""
        self[name].errors = [*self[name].errors, sentence]
