"""URL rules that are compiled once for all the applications a test run makes.

Werkzeug compiles two functions per rule, 2 ms a rule; each test has an application of its own.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

_compiled: dict[tuple[str, bool, str], Callable[..., tuple[str, str]]] = {}


class RememberedRule(Rule):
    """A rule whose address builder, which depends on its text alone, is made once."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 - werkzeug's own signature
        key = (self.rule, append_unknown, repr(self.defaults))
        if key not in _compiled:
            make: Any = super()._compile_builder
            _compiled[key] = make(append_unknown)
        return _compiled[key]


def remember_rules() -> None:
    """Have every application of this run use such rules."""
    Flask.url_rule_class = RememberedRule
