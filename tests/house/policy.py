"""The application's addresses as lines of text, so that a diff of them is the review."""

from flask import Flask
from werkzeug.routing import Rule

from portal.web.guard import audiences_of
from tests.house import sources

ENDPOINTS = sources.ROOT / "tests" / "house" / "endpoints.txt"
PATHS = sources.ROOT / "tests" / "house" / "paths.txt"


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def endpoint_lines(app: Flask) -> list[str]:
    """One line per rule: what may be sent, where, which view, who may."""
    policy = audiences_of(app)
    return [
        f"{','.join(methods_of(rule)):9} {rule.rule:75} {rule.endpoint:32} "
        f"{' '.join(sorted(policy[rule.endpoint]))}".rstrip()
        for rule in rules(app)
    ]


def stated(path: str) -> list[str]:
    """The lines of a checked-in list, without its comments."""
    text = (sources.ROOT / path).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
