"""Filling an empty database with the demonstration's clinics, people and diaries."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from pyotp import random_base32
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts import factors
from portal.accounts.models import Account, AccountRole, Role
from portal.care.consent import TEXT_VERSION
from portal.care.models import (
    CareTeam,
    Consent,
    DiaryPlan,
    Episode,
    Patient,
    Practitioner,
    Visit,
)
from portal.care.visits import Site, VisitFacts, instant_of, record_visit
from portal.clinics.models import Clinic
from portal.db import AccountId, ClinicId, EpisodeId, PatientId, PractitionerId
from portal.demo import patients, people
from portal.demo.assessments import write_assessments
from portal.demo.diaries import write_diary
from portal.demo.people import Colleague, Person
from portal.diary.models import Question
from portal.review.models import Review

ZONE = "America/Toronto"
_GRASPS = (3, 2, 2, 1)


@dataclass(slots=True)
class DemoAccount:
    """One line of the accounts file that `portal demo --accounts` writes."""

    role: str
    clinic: str
    email: str
    password: str
    totp_secret: str | None
    patient_id: str | None
    episode_id: str | None
    care_of: list[str]

    def as_json(self) -> dict[str, object]:
        """Return the line as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Lock:
    """The one password of the demonstration, and its hash."""

    password: str
    password_hash: str


def build(session: Session, lock: Lock) -> list[DemoAccount]:
    """Build both clinics; return the accounts, with the password of each."""
    riverside = _clinic(
        session,
        slug="riverside",
        name="Riverside IMS Clinic",
        phone="519-555-0142",
        address="12 Mill Street, Guelph, Ontario",
    )
    harbour = _clinic(
        session,
        slug="harbour",
        name="Harbour Needling Clinic",
        phone="519-555-0177",
        address="3 Quay Street, Guelph, Ontario",
    )
    first = _Builder(session, riverside, lock)
    first.staff((people.LEAD, people.SECOND, people.ADMIN), reader="lead", deputy="second")
    first.patients(patients.RIVERSIDE)
    second = _Builder(session, harbour, lock)
    second.staff((people.OTHER,), reader="other", deputy="other")
    second.patients(patients.HARBOUR)
    return first.accounts + second.accounts


def _clinic(session: Session, *, slug: str, name: str, phone: str, address: str) -> Clinic:
    clinic = Clinic(
        id=ClinicId(db.new_id()),
        slug=slug,
        name=name,
        city="Guelph",
        address=address,
        phone=phone,
        hours="Monday to Friday, 8:00 to 18:00",
        zone=ZONE,
        region="CA-ON",
        review_rhythm="before each visit, not at night",
        is_demo=True,
        created_at=clock.now(),
    )
    session.add(clinic)
    session.flush()
    return clinic


class _Builder:
    """Builds one clinic: first its staff, then its patients."""

    def __init__(self, session: Session, clinic: Clinic, lock: Lock) -> None:
        self.session = session
        self.clinic = clinic
        self.lock = lock
        self.today = clock.today(clinic.zone)
        self.accounts: list[DemoAccount] = []
        self.practitioners: dict[str, PractitionerId] = {}
        self.lines: dict[str, DemoAccount] = {}
        self.account_ids: dict[str, AccountId] = {}

    def _account(self, name: str, email: str) -> Account:
        account = Account(
            id=AccountId(db.new_id()),
            email=email,
            name=name,
            password_hash=self.lock.password_hash,
            created_at=clock.now() - timedelta(days=200),
        )
        self.session.add(account)
        self.session.flush()
        return account

    def _line(self, role: str, email: str) -> DemoAccount:
        line = DemoAccount(role, self.clinic.name, email, self.lock.password, None, None, None, [])
        self.accounts.append(line)
        return line

    def staff(self, colleagues: Sequence[Colleague], *, reader: str, deputy: str) -> None:
        """Make the accounts of the staff; name the flag reader and the deputy."""
        for colleague in colleagues:
            account = self._account(colleague.name, colleague.email)
            self.account_ids[colleague.key] = account.id
            line = self._line(colleague.roles[0], colleague.email)
            self.lines[colleague.key] = line
            line.totp_secret = random_base32()
            factors.enrol(self.session, account_id=account.id, seed=line.totp_secret)
            if "practitioner" in colleague.roles:
                self._practitioner(colleague, account.id)
            else:
                self._role(account.id, Role.ADMINISTRATOR, None)
        for key, role in ((reader, Role.FLAG_READER), (deputy, Role.DEPUTY)):
            self._role(self.account_ids[key], role, self.practitioners[key])
        self.session.flush()

    def _role(
        self, account_id: AccountId, role: Role, person: PractitionerId | PatientId | None
    ) -> None:
        self.session.add(
            AccountRole(
                account_id=account_id, clinic_id=self.clinic.id, role=role, person_id=person
            )
        )

    def _practitioner(self, colleague: Colleague, account_id: AccountId) -> None:
        practitioner = Practitioner(
            id=PractitionerId(db.new_id()),
            clinic_id=self.clinic.id,
            account_id=account_id,
            display_name=colleague.name,
            profession=colleague.profession,
            college="an invented college",
            registration_number=f"DEMO-{len(self.practitioners) + 1}",
            rostered_on=date(2019, 5, 1),
        )
        self.session.add(practitioner)
        self.session.flush()
        self.practitioners[colleague.key] = practitioner.id
        self._role(account_id, Role.PRACTITIONER, practitioner.id)

    def patients(self, persons: Iterable[Person]) -> None:
        """Make the patients with everything that happened to them."""
        for number, person in enumerate(persons, 1):
            self._patient(person, number)

    def _patient(self, person: Person, number: int) -> None:
        given, _, family = person.name.rpartition(" ")
        mailbox = f"patient{number}@{self.clinic.slug}.example"
        account = self._account(person.name, mailbox)
        patient = Patient(
            id=PatientId(db.new_id()),
            clinic_id=self.clinic.id,
            account_id=account.id,
            given_name=given,
            family_name=family,
            date_of_birth=person.born,
            phone=f"519-555-{1000 + number}",
            zone=self.clinic.zone,
            clinic_number=f"{self.clinic.slug[:1].upper()}{1000 + number}",
            created_at=clock.now() - timedelta(days=person.days + 1),
        )
        self.session.add(patient)
        self.session.flush()
        self._role(account.id, Role.PATIENT, patient.id)
        episode = self._episode(person, patient)
        line = self._line("patient", mailbox)
        line.patient_id, line.episode_id = str(patient.id), str(episode.id)
        self._care(person, episode, str(patient.id))
        self._visits(person, episode)
        write_diary(self.session, person, episode, account.id, today=self.today)
        write_assessments(self.session, person, episode, account.id, today=self.today)
        self._questions(person, episode.id)
        self._end(person, episode)
        db.touch(self.session, episode.id)

    def _lead(self, person: Person) -> str:
        return person.team if person.team in self.practitioners else next(iter(self.practitioners))

    def _episode(self, person: Person, patient: Patient) -> Episode:
        episode = Episode(
            id=EpisodeId(db.new_id()),
            clinic_id=self.clinic.id,
            patient_id=patient.id,
            lead_practitioner_id=self.practitioners[self._lead(person)],
            complaint=person.complaint,
            activities=list(person.activities) or ["Sleep through the night"],
            history=list(person.history),
            started_on=self.today - timedelta(days=person.days),
        )
        self.session.add(episode)
        self.session.flush()
        return episode

    def _care(self, person: Person, episode: Episode, patient_id: str) -> None:
        start = instant_of(episode.started_on, time(9), self.clinic.zone)
        keys = list(self.practitioners) if person.team == "both" else [self._lead(person)]
        for key in keys:
            self.session.add(
                CareTeam(
                    episode_id=episode.id, practitioner_id=self.practitioners[key], from_at=start
                )
            )
            self.lines[key].care_of.append(patient_id)
        self.session.add(Consent(episode_id=episode.id, text_version=TEXT_VERSION, given_at=start))
        self.session.add(
            DiaryPlan(
                episode_id=episode.id,
                made_at=start,
                made_by_id=self.account_ids[keys[0]],
                starts_on=episode.started_on,
                ends_on=max(episode.started_on + timedelta(weeks=12), self.today + timedelta(35)),
            )
        )
        self.session.flush()

    def _visits(self, person: Person, episode: Episode) -> None:
        practitioner = self.practitioners[self._lead(person)]
        for at, ago in enumerate(sorted(person.held, reverse=True)):
            on = self.today - timedelta(days=ago)
            sites = [
                Site(place, side, _GRASPS[min(at + row, len(_GRASPS) - 1)])
                for row, (place, side) in enumerate(person.sites)
            ]
            record_visit(
                self.session,
                episode=episode,
                zone=self.clinic.zone,
                practitioner_id=practitioner,
                facts=VisitFacts(on, sites),
            )
            self._review(person, episode.id, practitioner, self._at(on, time(9, 50)))
        if person.next_in is not None:
            self._plan(person, episode.id, practitioner)

    def _at(self, on: date, at: time) -> datetime:
        return instant_of(on, at, self.clinic.zone)

    def _review(
        self, person: Person, episode_id: EpisodeId, practitioner: PractitionerId, at: datetime
    ) -> None:
        if person.reviewed:
            self.session.add(Review(episode_id=episode_id, practitioner_id=practitioner, at=at))

    def _plan(self, person: Person, episode_id: EpisodeId, practitioner: PractitionerId) -> None:
        on = self.today + timedelta(days=person.next_in or 0)
        self.session.add(
            Visit(
                episode_id=episode_id,
                practitioner_id=practitioner,
                planned_for=self._at(on, time(*person.next_time)),
                planned_on=on,
            )
        )
        self.session.flush()

    def _questions(self, person: Person, episode_id: EpisodeId) -> None:
        for position, body in enumerate(person.questions, 1):
            self.session.add(
                Question(
                    episode_id=episode_id,
                    body=body,
                    position=position,
                    asked_at=clock.now() - timedelta(days=1, hours=position),
                )
            )
        self.session.flush()

    def _end(self, person: Person, episode: Episode) -> None:
        if person.ended:
            episode.ended_on = self.today - timedelta(days=person.silent - 5)
            episode.end_reason = "The course is finished."
            self.session.flush()
