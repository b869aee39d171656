"""Addresses: who may open each, how they are spelled, and that none is ever lost."""

import re

import pytest
from flask import Flask

from tests.house import policy, sources

SAID_OTHERWISE = re.compile(
    r"\b(?:case|cases|log|logs|journal|response|responses|submission|survey|level|client|clients"
    r"|provider|providers|user|users|appointment|treatment-plan|session|sessions)\b"
)
# `/clinic/appointments` is the booking, which is the word's own meaning (docs/words.md).
KEPT_WORDS = ("/clinic/appointments",)
KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*")


def test_list_of_endpoints_is_as_reviewed(app: Flask) -> None:
    """`make policy` writes the list anew; its diff is what a reviewer reads."""
    assert policy.endpoint_lines(app) == policy.stated("tests/house/endpoints.txt")


def test_no_address_is_ever_lost(app: Flask) -> None:
    served = {rule.rule for rule in policy.rules(app)}
    lost = [path for path in policy.stated("tests/house/paths.txt") if path not in served]
    assert lost == []


def test_every_address_is_on_the_list(app: Flask) -> None:
    known = set(policy.stated("tests/house/paths.txt"))
    assert {rule.rule for rule in policy.rules(app)} <= known


def test_parameters_are_typed(app: Flask) -> None:
    untyped = [rule.rule for rule in policy.rules(app) if re.search(r"<\w+>", rule.rule)]
    assert untyped == []


def test_paths_are_kebab_case(app: Flask) -> None:
    odd = {
        part
        for rule in policy.rules(app)
        for part in re.sub(r"<[^>]*>", "x", rule.rule).strip("/").split("/")
        if part and not KEBAB.fullmatch(part)
    }
    assert odd == set()


def test_addresses_use_the_houses_words(app: Flask) -> None:
    said = [
        rule.rule
        for rule in policy.rules(app)
        if rule.rule not in KEPT_WORDS and SAID_OTHERWISE.search(re.sub(r"<[^>]*>", "", rule.rule))
    ]
    assert said == []


def test_templates_are_named_in_the_houses_words() -> None:
    names = [str(path.relative_to(sources.TEMPLATES)) for path in sources.templates()]
    assert [name for name in names if SAID_OTHERWISE.search(name.replace("_", "-"))] == []


@pytest.mark.parametrize("path", ["/no-such-page", "/me/no-such-page", "/clinic/patients/x"])
def test_unknown_address_has_the_houses_page(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 404
