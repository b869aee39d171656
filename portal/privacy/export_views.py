"""Downloading a record: the patient's own, and by the care team as the patient has it."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, reader, require_proof, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care.episode_queries import episode_to_change
from portal.care.queries import care_record
from portal.db import PatientId
from portal.errors import OutOfSight
from portal.privacy.blueprint import bp
from portal.privacy.record_files import FILES, File, in_pieces
from portal.privacy.record_queries import record_of
from portal.web.guard import Audience, audience

_OWN = "/me/export"
_OF_A_PATIENT = "/clinic/patients/<uuid:patient_id>/export"
View = Callable[..., ResponseReturnValue]


@bp.get(_OWN)
@audience(Audience.PATIENT)
def own_export() -> ResponseReturnValue:
    """Show patients what of theirs they can download, and what happens when they leave."""
    return render_template("privacy/export.html", files=list(FILES.values()))


@bp.get(_OF_A_PATIENT)
@audience(Audience.PRACTITIONER)
def export(patient_id: UUID) -> ResponseReturnValue:
    """Show the care team what of a patient's record it can download, after fresh proof."""
    person, patient = staff_reader(), PatientId(patient_id)
    _refuse_outside_care(person, patient)
    require_proof()
    care = care_record(db.session(), person, patient)
    _note(person, patient, Act.EXPORT_OPENED)
    return render_template("privacy/staff_export.html", files=list(FILES.values()), care=care)


def _own_file(file: File) -> View:
    @audience(Audience.PATIENT)
    def view() -> ResponseReturnValue:
        person = reader()
        if person.patient_id is None:
            raise OutOfSight
        with db.write_transaction() as session:
            event = Event(
                Act.RECORD_EXPORTED,
                patient_id=person.patient_id,
                subject=file.name,
            )
            record(session, actor(), event)
        return _sent(person, person.patient_id, file)

    return view


def _patients_file(file: File) -> View:
    @audience(Audience.PRACTITIONER)
    def view(patient_id: UUID) -> ResponseReturnValue:
        person, patient = staff_reader(), PatientId(patient_id)
        _refuse_outside_care(person, patient)
        require_proof()
        _note(person, patient, Act.RECORD_EXPORTED, file.name)
        return _sent(person, patient, file)

    return view


def _refuse_outside_care(person: Reader, patient_id: PatientId) -> None:
    """Raise OutOfSight for whoever may read for an hour only: what is taken away stays away."""
    episode_to_change(db.session(), person, patient_id)


def _note(person: Reader, patient_id: PatientId, act: Act, subject: str = "") -> None:
    """Write down what is about to leave, with the permission looked up anew (S-038)."""
    with db.write_transaction() as session:
        episode = episode_to_change(session, person, patient_id)
        event = Event(act, patient_id=patient_id, episode_id=episode.id, subject=subject)
        record(session, actor(), event)


def _sent(person: Reader, patient_id: PatientId, file: File) -> Response:
    """Return a file that is read while it is sent, all of it as it stands now."""
    reading = db.snapshot()
    try:
        chunks = file.write(record_of(reading, person, patient_id))
    except BaseException:
        reading.close()
        raise
    answer = Response(in_pieces(chunks), content_type=file.content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.call_on_close(reading.close)
    return answer


for _file in FILES.values():
    _name = _file.name.replace(".", "_")
    bp.add_url_rule(f"{_OWN}/{_file.name}", f"own_{_name}", _own_file(_file))
    bp.add_url_rule(f"{_OF_A_PATIENT}/{_file.name}", _name, _patients_file(_file))

__all__ = ["bp"]
