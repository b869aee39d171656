"""Rows belong to somebody: each clinical table to an episode, each clinic's own to a clinic."""

import ast

from portal import models
from portal.db import Base
from tests.house import sources

CLINICAL = {
    table.name
    for table in Base.metadata.tables.values()
    for mapper in Base.registry.mappers
    if mapper.local_table is table
    and mapper.class_.__module__ in {"portal.diary.models", "portal.review.models"}
} | {
    "care_team",
    "consent",
    "restriction",
    "break_glass",
    "diary_plan",
    "visit",
    "visit_record",
    "needling_site",
}
OF_A_CLINIC = {"patient", "practitioner", "episode", "invitation", "account_role"}


# Public functions of a queries module that read rows without asking who reads, with the reason.
READERLESS = {
    "portal/review/brief_queries.py: flag_rows": "its condition is flags_visible_to(reader)",
}


def test_every_table_is_known() -> None:
    assert models
    assert set(Base.metadata.tables) >= CLINICAL | OF_A_CLINIC


def test_clinical_rows_name_their_episode() -> None:
    for name in CLINICAL:
        column = Base.metadata.tables[name].columns["episode_id"]
        assert (name, column.nullable) == (name, False)


def test_clinics_rows_name_their_clinic() -> None:
    for name in OF_A_CLINIC:
        column = Base.metadata.tables[name].columns["clinic_id"]
        assert (name, column.nullable) == (name, False)


def test_nothing_clinical_goes_with_its_parent() -> None:
    cascading = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.ondelete is not None
    }
    assert cascading == set()


def test_every_query_asks_who_reads() -> None:
    """What is given a session reads rows; conditions and plain values are none of its business."""
    careless = {
        f"{sources.name(path)}: {function.name}"
        for path in sources.python("portal")
        if path.stem.endswith("queries")
        for function in sources.functions(path)
        if not function.name.startswith("_")
        if "session" in (taken := _parameters(function)) and not taken & {"reader", "person"}
    }
    assert careless == set(READERLESS)


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
