"""The clinics of this installation and who needles there, kept in memory until settings change."""

from collections import defaultdict
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.care.models import Practitioner
from portal.clinics.models import Clinic
from portal.clinics.regions import region_pack
from portal.clinics.stamp import Stamp
from portal.db import ClinicId
from portal.education.facts import ClinicFacts, PractitionerFacts
from portal.errors import BadSettings


def _practitioner_facts(found: Practitioner) -> PractitionerFacts:
    return PractitionerFacts(
        name=found.display_name,
        profession=found.profession,
        college=found.college,
        registration_number=found.registration_number,
        rostered_for_needling=found.rostered_on is not None,
    )


def clinic_facts(clinic: Clinic, practitioners: list[Practitioner]) -> ClinicFacts:
    """Return what pages say about a clinic."""
    return ClinicFacts(
        name=clinic.name,
        city=clinic.city,
        address=clinic.address,
        phone=clinic.phone,
        hours=clinic.hours,
        rhythm=clinic.review_rhythm,
        region=region_pack(clinic.region),
        practitioners=tuple(_practitioner_facts(found) for found in practitioners),
        signed=clinic.advice_checked_on is not None,
    )


class Directory:
    """All clinics' facts; read again when the stamp says that settings changed."""

    def __init__(self, session: Callable[[], Session], stamp: Stamp, public_slug: str) -> None:
        self._session = session
        self._stamp = stamp
        self._slug = public_slug
        self._loaded_at: int | None = None
        self._facts: dict[ClinicId, ClinicFacts] = {}
        self._public: ClinicId | None = None

    def _refresh(self) -> None:
        version = self._stamp.value()
        if self._loaded_at == version and self._facts:
            return
        clinics = (
            self._session().scalars(select(Clinic).order_by(Clinic.created_at, Clinic.id)).all()
        )
        people: dict[ClinicId, list[Practitioner]] = defaultdict(list)
        active = select(Practitioner).where(Practitioner.is_active)
        for found in self._session().scalars(active.order_by(Practitioner.display_name)):
            people[found.clinic_id].append(found)
        self._facts = {clinic.id: clinic_facts(clinic, people[clinic.id]) for clinic in clinics}
        self._public = self._choose_public(list(clinics))
        self._loaded_at = version

    def _choose_public(self, clinics: list[Clinic]) -> ClinicId | None:
        if self._slug:
            for clinic in clinics:
                if clinic.slug == self._slug:
                    return clinic.id
            raise BadSettings(f"PORTAL_PUBLIC_CLINIC: there is no clinic named {self._slug}")
        return clinics[0].id if clinics else None

    def of(self, clinic_id: ClinicId) -> ClinicFacts:
        """Return a clinic's facts."""
        self._refresh()
        return self._facts[clinic_id]

    def public_id(self) -> ClinicId:
        """Return the key of the clinic whose name stands on the public pages.

        Raises BadSettings when there is no clinic yet.
        """
        self._refresh()
        if self._public is None:
            raise BadSettings("there is no clinic yet; `portal init` makes the first one")
        return self._public

    def public(self) -> ClinicFacts:
        """Return the facts of the clinic whose name stands on the public pages."""
        return self.of(self.public_id())

    def settings_changed(self) -> None:
        """Let every worker read the settings again."""
        self._stamp.touch()
        self._loaded_at = None
