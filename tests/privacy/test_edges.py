"""What happens where a permission, an instrument or a course of care is not there (any more)."""

import csv
import io
import json
from dataclasses import replace

import pytest
from flask import Flask

from portal import db
from portal.accounts.models import Role
from portal.accounts.reader import Reader
from portal.audit import Actor
from portal.care.models import Episode
from portal.clinics.models import Clinic
from portal.errors import OutOfSight
from portal.privacy import export_views, restrictions
from portal.privacy.record_files import FILES
from tests import factories
from tests.people import Cast, ClientOf
from tests.privacy import scenes


def reader(cast: Cast) -> Reader:
    mia = cast.mia
    roles = frozenset({Role.PATIENT})
    return Reader(mia.account_id, mia.name, mia.clinic_id, roles, patient_id=mia.patient_id)


def test_permission_that_ended_meanwhile_leaves_nothing_open(app: Flask, cast: Cast) -> None:
    pool = app.extensions["portal.database"].engine.pool
    before = pool.checkedout()
    with pytest.raises(OutOfSight):
        export_views._sent(reader(cast), cast.noor.patient_id, FILES["entries.csv"])
    assert pool.checkedout() == before


@pytest.mark.parametrize("name", ["olga", "mia"])
@pytest.mark.usefixtures("app")
def test_service_shuts_out_nobody_from_elsewhere(cast: Cast, name: str) -> None:
    whom = cast.everybody[name].practitioner_id
    with pytest.raises(OutOfSight), db.write_transaction() as session:
        restrictions.shut_out(
            session, Actor(), reader=reader(cast), practitioner_id=whom, is_told=True
        )


def test_who_has_no_diary_yet_closes_none(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        new = factories.patient(session, session.get_one(Clinic, cast.clinic_id), "Zoe Roy")
    zoe = client_of(replace(cast.mia, account_id=new.account_id, patient_id=new.id))
    form = {"act": "close", "practitioner": str(cast.ana.practitioner_id), "answer": "yes"}
    assert zoe.post("/me/access/restrict", form).status_code == 404
    assert "Who may look" not in zoe.page("/me/access").main


@pytest.mark.parametrize("name", ["record.html", "record.json", "answers.csv"])
def test_assessment_of_a_version_nobody_knows_any_more_is_kept(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        scenes.peg(session, of, (4, 5, 6), version="0", score=None, no_score="unknown")
    said = client_of(cast.mia).get(f"/me/export/{name}").text
    assert "enjoyment" in said


def test_place_of_an_older_figure_is_kept_by_its_key(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.entry(session, of, scenes.DAY[1], places=["spleen", "low-back-l"])
    said = client_of(cast.mia).get("/me/export/entries.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(said, newline=""))
    assert row["places"] == "low-back-l;spleen"
    assert row["place_labels"] == "Left low back;spleen"


def test_an_entry_keeps_the_names_of_the_first_format(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.entry(session, of, scenes.DAY[1])
    record = json.loads(client_of(cast.mia).get("/me/export/record.json").data)
    entry = record["courses_of_care"][0]["entries"][0]
    assert record["format_version"] == 1
    assert " ".join(sorted(entry)) == (
        "about_on call_me change entered_at episode_id flags grasp_felt grasp_lasted id "
        "interference is_late is_newest managed medicine method needled note pain_average "
        "pain_worst places reason scale_layout sleep soreness version withdrawn_at"
    )
