"""The truth table: every address, every method, everybody; `make policy` writes it anew."""

import os

import pytest
from flask import Flask

from tests.access import observed
from tests.access.observed import Stage
from tests.house import policy

HEAD = """\
# What each person gets from each address. Written by `make policy`, then read by a person.
# The record in the addresses is Noor's. own: Noor herself. other: Mia, another patient of the
# clinic. in-care: Ben, who looks after Noor. not-in-care: Ana of the same clinic. flag-reader:
# Fay, in no care team. elsewhere: Olga, flag reader of another clinic. unfinished: Ben, his second
# factor not yet shown. ended: Ben, his sign-in revoked. own-phone: a phone that Noor called her
# own, nobody signed in. A word says where the answer sends.
"""
STATED = policy.stated("tests/access/table.txt") if observed.TABLE.exists() else []


@pytest.mark.parametrize("stated", STATED, ids=lambda line: " ".join(line.split()[:2]))
def test_everybody_gets_what_the_table_says(stage: Stage, stated: str) -> None:
    method, rule, *words = stated.split()
    assert stage.words(method, rule) == words


def test_table_lists_every_address(app: Flask) -> None:
    listed = [tuple(line.split()[:2]) for line in STATED]
    assert listed == [(method, observed.name_of(rule)) for method, rule in observed.cells_of(app)]


@pytest.mark.skipif("WRITE_POLICY" not in os.environ, reason="writes the table, for `make policy`")
def test_table_is_written_anew(stage: Stage) -> None:
    lines = [
        observed.line(method, name, stage.words(method, name))
        for method, rule in observed.cells_of(stage.app)
        for name in [observed.name_of(rule)]
    ]
    observed.TABLE.write_text("\n".join([HEAD + observed.head(), *lines, ""]), encoding="utf-8")
