"""Writing a patient's record into a folder, in the files that the patient can download."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from portal import clock, db, serve
from portal.accounts.models import Role
from portal.accounts.reader import Reader
from portal.app import create_app
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care.models import Patient
from portal.commands.command import Command
from portal.commands.opened import refuse_missing_database
from portal.commands.terminal import complain, say
from portal.config import load_settings
from portal.db import PatientId
from portal.errors import BadSettings, OutOfSight
from portal.privacy.record_files import FILES, in_pieces
from portal.privacy.record_queries import Record, record_of

_ROUTE = "portal export"


def _patient(typed: str) -> PatientId:
    try:
        return PatientId(UUID(typed))
    except ValueError:
        raise ArgumentTypeError(f"{typed} is not a patient's id") from None


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "patient",
        type=_patient,
        help="a patient's id, as in the address of the brief: /clinic/patients/…",
    )
    parser.add_argument(
        "--to", type=Path, help="a new folder for the files; without it, one named by the day"
    )


def _export(told: Namespace) -> int:
    """Write the files, once it is written down for the patient to read."""
    settings = load_settings()
    refuse_missing_database(settings)
    folder: Path = told.to or Path(f"record-{clock.now():%Y-%m-%d}")
    if folder.exists():
        raise BadSettings(f"{folder}: this is there already; name a new folder")
    app = create_app(settings)
    try:
        with app.app_context():
            _write(_as_the_patient(told.patient), folder)
    finally:
        serve.database_of(app).engine.dispose()
    say(f"{folder}: {len(FILES)} files of this record. The patient sees that it was exported.")
    complain(
        "The files are not locked and hold health data; delete them once they are handed over."
    )
    return 0


def _as_the_patient(patient_id: PatientId) -> Reader:
    """Return the patient as a reader: the files are those that they themself can download."""
    found = (
        db.session()
        .execute(select(Patient.account_id, Patient.clinic_id).where(Patient.id == patient_id))
        .first()
    )
    if found is None:
        raise OutOfSight(f"{patient_id}: there is no patient with this id")
    return Reader(found[0], "", found[1], frozenset({Role.PATIENT}), patient_id=patient_id)


def _write(person: Reader, folder: Path) -> None:
    patient_id = person.patient_id
    assert patient_id is not None  # noqa: S101 - made just above
    with db.write_transaction() as session:
        event = Event(Act.RECORD_EXPORTED, patient_id=patient_id, subject="all files")
        record(session, Actor(clinic_id=person.clinic_id, route=_ROUTE), event)
    with db.snapshot() as reading:
        _write_files(record_of(reading, person, patient_id), folder)


def _write_files(found: Record, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    for file in FILES.values():
        with (folder / file.name).open("w", encoding="utf-8", newline="") as out:
            out.writelines(in_pieces(file.write(found)))


COMMANDS = {
    "export": Command("Write a patient's whole record into a folder", _export, _arguments),
}
