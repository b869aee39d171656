"""Typed parts of addresses."""

import re
from datetime import date

from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DayConverter(BaseConverter):
    """A day in an address, such as 2026-11-09; anything else is no page of ours."""

    regex = _ISO.pattern

    def to_python(self, value: str) -> date:
        """Read a day; one that no calendar has is no page, whatever is sent there."""
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise NotFound from error

    def to_url(self, value: date) -> str:
        """Write a day as addresses do."""
        return value.isoformat()


def register_converters(app: Flask) -> None:
    """Let addresses hold days."""
    app.url_map.converters["day"] = DayConverter
