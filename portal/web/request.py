"""The request as the portal reads it: text that a page can show again."""

import re
from collections.abc import Iterable
from functools import cached_property

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

# Control characters, and the code points that Unicode keeps out of text: no page may carry them,
# and databases stumble over the first of them.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(
        chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
    )
    + "]"
)
_AS_TYPED = frozenset({"password", "new_password", "current_password"})


def showable(text: str) -> str:
    """Return text without what no page can show; line breaks and tabs stay."""
    return _UNSHOWABLE.sub("", text)


def _pairs(fields: MultiDict[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in fields.items(multi=True):
        yield showable(name), value if name in _AS_TYPED else showable(value)


class HouseRequest(Request):
    """A request whose fields are cleaned once, before any form, page or draft sees them.

    Passwords stay as they were typed: they are compared, never shown.
    """

    def _load_form_data(self) -> None:
        super()._load_form_data()
        vars(self)["form"] = ImmutableMultiDict(_pairs(vars(self)["form"]))

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The address's fields."""
        return ImmutableMultiDict(_pairs(super().args))
