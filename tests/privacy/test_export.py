"""A patient downloads all of their own record, and nothing of anybody else's."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select

from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import Episode
from portal.clinics.models import Clinic
from portal.privacy.record_fields import ANSWERS_TABLE, ENTRIES_TABLE, ITEMS
from portal.privacy.record_schema import REDCAP_HEAD
from tests import factories
from tests.faults import fill_the_audit
from tests.people import MONDAY, Cast, ClientOf, HouseClient
from tests.privacy import scenes
from tests.privacy.scenes import FILES, FORMULA


@pytest.fixture
def mia(cast: Cast, client_of: ClientOf) -> HouseClient:
    """Mia at her browser, with something of everything in her record."""
    with db.write_transaction() as session:
        scenes.full_record(session, cast)
    return client_of(cast.mia)


def table(client: HouseClient, name: str) -> list[dict[str, str]]:
    """A CSV file as rows by column."""
    text_of = client.get(f"/me/export/{name}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text_of, newline="")))


def record_of(client: HouseClient) -> dict[str, Any]:
    """The JSON file, read."""
    found = json.loads(client.get("/me/export/record.json").data)
    assert isinstance(found, dict)
    return found


def words_of(client: HouseClient) -> str:
    """The words of the readable page."""
    tree = html.document_fromstring(client.get("/me/export/record.html").data)
    return " ".join(" ".join(str(one) for one in tree.itertext()).split())


def test_page_offers_every_file(mia: HouseClient) -> None:
    links = mia.page("/me/export").hrefs()
    assert [f"/me/export/{name}" for name in FILES] == [one for one in links if "/export/" in one]


def test_page_says_what_is_kept_and_why(mia: HouseClient) -> None:
    main = mia.page("/me/export").main
    assert "What was written stays stored" in main
    assert "the law makes a clinic keep such records for years" in main


@pytest.mark.parametrize("name", FILES)
def test_file_is_an_attachment_that_nobody_keeps(mia: HouseClient, name: str) -> None:
    headers = mia.get(f"/me/export/{name}").headers
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", FILES)
def test_download_is_written_down_and_not_told_as_somebody_elses(
    cast: Cast, mia: HouseClient, name: str
) -> None:
    mia.get(f"/me/export/{name}")
    found = select(AuditEvent).where(AuditEvent.act == "record-exported")
    event = db.session().scalars(found).one()
    assert (event.actor_id, event.patient_id) == (cast.mia.account_id, cast.mia.patient_id)
    assert event.subject == name
    assert "Nobody has opened" in mia.page("/me/access").main


@pytest.mark.sqlite
@pytest.mark.parametrize("name", FILES)
def test_what_cannot_be_written_down_does_not_leave(mia: HouseClient, name: str) -> None:
    fill_the_audit()
    answer = mia.get(f"/me/export/{name}")
    assert answer.status_code in {500, 503}
    assert b"Tremblay" not in answer.data


def test_entries_have_every_version_with_its_two_times(mia: HouseClient) -> None:
    rows = table(mia, "entries.csv")
    told = [(row["about_on"], row["version"], row["is_newest"]) for row in rows]
    assert told[:4] == [
        ("2026-11-03", "1", "0"),
        ("2026-11-03", "2", "1"),
        ("2026-11-04", "1", "0"),
        ("2026-11-04", "2", "1"),
    ]
    assert (rows[0]["entered_at"], rows[0]["entered_on"]) == ("2026-11-04T00:42:00Z", "2026-11-03")


def test_entries_tell_late_and_taken_out(mia: HouseClient) -> None:
    rows = {(row["about_on"], row["version"]): row for row in table(mia, "entries.csv")}
    assert rows["2026-11-05", "1"]["is_late"] == "1"
    assert rows["2026-11-04", "2"]["withdrawn_at"] == "2026-11-10T01:00:00Z"
    assert rows["2026-11-04", "2"]["reason"] == "Wrong day"


def test_entries_name_places_by_key_and_in_words(mia: HouseClient) -> None:
    row = table(mia, "entries.csv")[0]
    assert row["places"] == "shoulder-r;shoulder-l"
    assert row["place_labels"] == "Right shoulder;Left shoulder"


def test_every_row_has_the_patients_own_number(mia: HouseClient) -> None:
    for name in ("entries.csv", "answers.csv"):
        assert {row["clinic_number"] for row in table(mia, name)} == {"G-1042"}


def test_formula_in_a_note_is_harmless(mia: HouseClient) -> None:
    assert table(mia, "entries.csv")[0]["note"] == f"'{FORMULA}"


def test_answers_have_a_row_for_each_answer_and_tick(mia: HouseClient) -> None:
    first = [row for row in table(mia, "answers.csv") if row["about_on"] == "2026-11-03"]
    told = [(row["item"], row["value"]) for row in first if row["version"] == "1"]
    assert told == [
        ("pain_average", "7"),
        ("interference", "7"),
        ("flags", "none"),
        ("places", "shoulder-r"),
        ("places", "shoulder-l"),
        ("note", f"'{FORMULA}"),
    ]


def test_answers_of_a_choice_carry_their_words(mia: HouseClient) -> None:
    rows = [row for row in table(mia, "answers.csv") if row["item"] == "medicine"]
    assert [(row["value"], row["value_label"]) for row in rows] == [("as-usual", "As usual")]


def test_answers_end_with_the_assessments(mia: HouseClient) -> None:
    rows = [row for row in table(mia, "answers.csv") if row["instrument"] == "peg"]
    assert [(row["item"], row["value"]) for row in rows] == [
        ("pain", "4"),
        ("enjoyment", "5"),
        ("activity", "6"),
        ("score", "5.0"),
    ]
    assert all(row["item_label"] for row in rows)


@pytest.mark.parametrize("days", [0, 40])
def test_frictionless_has_no_finding(
    cast: Cast, mia: HouseClient, tmp_path: Path, days: int
) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        for back in range(20, 20 + days):
            factories.entry(session, of, MONDAY - timedelta(days=back), note="+1\n=2")
    for name in ("entries.csv", "answers.csv", "datapackage.json"):
        (tmp_path / name).write_bytes(mia.get(f"/me/export/{name}").data)
    ran = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    report = json.loads(ran.stdout)
    assert report["valid"], report
    assert [task["errors"] + task["warnings"] for task in report["tasks"]] == [[], []]


def test_package_describes_the_columns_that_the_files_have(mia: HouseClient) -> None:
    package = json.loads(mia.get("/me/export/datapackage.json").data)
    heads = [[one["name"] for one in found["schema"]["fields"]] for found in package["resources"]]
    assert heads == [list(ENTRIES_TABLE.head), list(ANSWERS_TABLE.head)]
    assert list(table(mia, "entries.csv")[0]) == heads[0]


def test_package_refuses_a_pain_that_is_no_number_of_the_scale(
    mia: HouseClient, tmp_path: Path
) -> None:
    """So that "no finding" says something."""
    (tmp_path / "datapackage.json").write_bytes(mia.get("/me/export/datapackage.json").data)
    (tmp_path / "answers.csv").write_bytes(mia.get("/me/export/answers.csv").data)
    spoilt = mia.get("/me/export/entries.csv").data.replace(b"one-row,7,", b"one-row,17,", 1)
    (tmp_path / "entries.csv").write_bytes(spoilt)
    ran = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert not json.loads(ran.stdout)["valid"]


def test_dictionary_is_redcaps(mia: HouseClient) -> None:
    rows = list(csv.reader(io.StringIO(mia.get("/me/export/redcap.csv").text, newline="")))
    assert rows[0] == list(REDCAP_HEAD)
    assert [row[0] for row in rows[1:]] == list(ENTRIES_TABLE.head)
    assert {len(row) for row in rows} == {18}


def test_dictionary_names_the_choices(mia: HouseClient) -> None:
    lines = mia.get("/me/export/redcap.csv").text
    assert "no, No | as-usual, As usual | more, More than usual | less, Less than usual" in lines


def test_every_answer_of_the_diary_is_a_column() -> None:
    assert set(ITEMS) <= set(ENTRIES_TABLE.head)


def test_json_keeps_everything_of_the_course_of_care(mia: HouseClient) -> None:
    (care,) = record_of(mia)["courses_of_care"]
    counted = {name: len(found) for name, found in care.items() if isinstance(found, list)}
    assert counted == {
        "activities": 2,
        "history": 0,
        "care_team": 2,
        "consents": 2,
        "restrictions": 1,
        "openings_by_reason": 1,
        "plans": 1,
        "visits": 2,
        "reviews": 2,
        "questions": 1,
        "pages_read": 0,
        "reminders": 1,
        "flags": 3,
        "assessments": 1,
        "entries": 6,
    }


def test_json_tells_what_the_clinic_did_about_a_flag(mia: HouseClient) -> None:
    flags = record_of(mia)["courses_of_care"][0]["flags"]
    acts = [act for flag in flags for act in flag["acts"]]
    assert acts == [{"at": "2026-11-10T01:00:00Z", "how": "called", "by": "Ana Costa"}]


def test_json_tells_who_looked(cast: Cast, client_of: ClientOf, mia: HouseClient) -> None:
    client_of(cast.ana).get(f"/clinic/patients/{cast.mia.patient_id}")
    (seen,) = record_of(mia)["who_looked"]
    assert (seen["person"], seen["words"]) == ("Ana Costa", "Opened your diary’s summary")


def test_readable_page_says_it_all(mia: HouseClient) -> None:
    words = words_of(mia)
    for said in (
        "Record of Mia Tremblay",
        "Number at the clinic G-1042",
        "Tuesday 3 November 2026",
        "Version 1 Replaced by a later version",
        "Taken out of the figures",
        "Written on a later day",
        "Right shoulder and left shoulder",
        "Ana Costa called",
        "Mia asks: may I ski?",
        "Visit 1, with needles",
        "marked the diary as read",
    ):
        assert said in words, said


def test_readable_page_needs_nothing_from_anywhere(mia: HouseClient) -> None:
    tree = html.document_fromstring(mia.get("/me/export/record.html").data)
    sources: Any = tree.xpath("//@src | //link/@href | //script")
    assert all(str(one).startswith("data:") for one in sources)


@pytest.mark.parametrize("name", FILES)
def test_clinics_own_chart_is_not_in_it(mia: HouseClient, name: str) -> None:
    assert b"the clinic's own words" not in mia.get(f"/me/export/{name}").data


@pytest.mark.parametrize("name", ["record.html", "record.json", "entries.csv", "answers.csv"])
def test_nothing_of_anybody_else_is_in_it(cast: Cast, mia: HouseClient, name: str) -> None:
    data = mia.get(f"/me/export/{name}").data
    for other in (cast.noor, cast.pim):
        for word in (other.name, other.email, str(other.patient_id), str(other.episode_id)):
            assert word.encode() not in data


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("who", ["ana", "ada", "olga"])
def test_who_is_no_patient_has_no_own_record(
    cast: Cast, client_of: ClientOf, who: str, name: str
) -> None:
    assert client_of(cast.everybody[who]).get(f"/me/export/{name}").status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_patient_without_a_course_of_care_gets_empty_files(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    with db.write_transaction() as session:
        clinic = session.get_one(Clinic, cast.clinic_id)
        zoe = factories.patient(session, clinic, "Zoe Roy")
    own = replace(cast.mia, account_id=zoe.account_id, patient_id=zoe.id)
    assert client_of(own).get(f"/me/export/{name}").status_code == 200
