"""Open flags on every staff page that concerns one patient, until somebody acknowledges them.

The layout of staff pages asks for them by the patient in the address, so that a new page cannot
forget them; only the brief leaves them to its own box, where they are acknowledged.
"""

from collections.abc import Callable
from uuid import UUID

from flask import request

from portal import clock, db
from portal.accounts.session import reader_or_none
from portal.db import PatientId
from portal.review import queries
from portal.review.blueprint import bp
from portal.review.brief_shown import FlagShown
from portal.review.brief_words import Clocks, flag_shown


def flags_here() -> list[FlagShown]:
    """Return the flags and calls that wait of the patient whose page this is, if any.

    Empty on pages about nobody, and for whoever may not see that patient.
    """
    patient_id = (request.view_args or {}).get("patient_id")
    person = reader_or_none()
    if not isinstance(patient_id, UUID) or person is None or not person.is_practitioner:
        return []
    session = db.session()
    waiting = queries.open_flags(session, person, PatientId(patient_id))
    if not waiting:
        return []
    patient_zone = queries.zone_of_patient(session, person, PatientId(patient_id))
    clocks = Clocks(clock.now(), queries.zone_of_clinic(session, person), patient_zone)
    return [flag_shown(flag, clocks) for flag in waiting]


@bp.app_context_processor
def _for_templates() -> dict[str, Callable[[], list[FlagShown]]]:
    return {"flags_here": flags_here}
