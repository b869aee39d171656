"""`portal invite`: an invitation from the server's own terminal, as a link to hand over."""

from argparse import ArgumentParser, Namespace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts.models import Account
from portal.app import create_app
from portal.audit import Actor
from portal.care import invitation_letters, invitations, readiness
from portal.care.invitations import Issued, NewInvitation
from portal.care.invite_forms import PLAN_DAYS, email_or_none
from portal.care.invited import YOUNGEST, InvitedColleague, InvitedPatient, Kind, age_on
from portal.care.models import Practitioner
from portal.clinics.models import Clinic
from portal.commands.command import Command
from portal.commands.opened import refuse_missing_database
from portal.commands.terminal import say
from portal.commands.typed import day
from portal.config import load_settings
from portal.errors import BadSettings
from portal.migrations.run import refuse_old


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("kind", choices=[kind.value for kind in Kind], help="what they will be")
    parser.add_argument("--email", required=True, help="their e-mail address")
    parser.add_argument("--name", required=True, help="their name")
    parser.add_argument(
        "--clinic", default="", help="the clinic's short name, if there are several"
    )
    colleague = parser.add_argument_group("for a practitioner")
    colleague.add_argument("--profession", default="", help="as the college names it")
    colleague.add_argument("--college", default="")
    colleague.add_argument("--registration-number", default="")
    colleague.add_argument("--rostered-on", type=day, metavar="DAY")
    patient = parser.add_argument_group("for a patient")
    patient.add_argument("--born-on", type=day, metavar="DAY")
    patient.add_argument("--complaint", help="what brings them, in a few words")
    patient.add_argument("--activity", action="append", default=[], help="one to three times")
    patient.add_argument("--lead", help="the e-mail address of who leads the care")


def _clinic(session: Session, slug: str) -> Clinic:
    found = session.scalars(select(Clinic).order_by(Clinic.created_at)).all()
    fitting = [clinic for clinic in found if clinic.slug == slug] if slug else list(found)
    if len(fitting) != 1:
        known = ", ".join(clinic.slug for clinic in found) or "none; `portal init` makes one"
        raise BadSettings(f"--clinic: name one of the clinics: {known}")
    return fitting[0]


def _colleague(told: Namespace) -> InvitedColleague:
    if told.kind == Kind.PRACTITIONER and not told.profession:
        raise BadSettings("--profession is needed for a practitioner")
    return InvitedColleague(
        name=told.name.strip(),
        profession=told.profession,
        college=told.college,
        registration_number=told.registration_number,
        rostered_on=told.rostered_on,
    )


def _patient(session: Session, clinic: Clinic, told: Namespace) -> InvitedPatient:
    readiness.refuse_not_ready(session, clinic.id)
    given, _, family = told.name.strip().rpartition(" ")
    if not (given and family and told.complaint and told.activity and told.born_on):
        raise BadSettings(
            "a patient needs --name with two names, --born-on, --complaint and --activity"
        )
    today = clock.today(clinic.zone)
    if age_on(told.born_on, today) < YOUNGEST:
        raise BadSettings(f"--born-on: patients are {YOUNGEST} or over and write for themselves")
    return InvitedPatient(
        given_name=given,
        family_name=family,
        date_of_birth=told.born_on,
        complaint=told.complaint,
        activities=tuple(told.activity[:3]),
        plan_ends_on=today + timedelta(days=PLAN_DAYS),
        zone=clinic.zone,
        lead_practitioner_id=_lead(session, clinic, told.lead).id,
    )


def _lead(session: Session, clinic: Clinic, email: str | None) -> Practitioner:
    found = session.scalar(
        select(Practitioner)
        .join(Account, Account.id == Practitioner.account_id)
        .where(
            Practitioner.clinic_id == clinic.id,
            Practitioner.is_active,
            Account.email == (email_or_none(email or "") or ""),
        )
    )
    if found is None:
        raise BadSettings("--lead: name the e-mail address of a practitioner of this clinic")
    return found


def _issue(told: Namespace, email: str) -> Issued:
    kind = Kind(told.kind)
    with db.write_transaction() as session:
        clinic = _clinic(session, told.clinic)
        details = _patient(session, clinic, told) if kind is Kind.PATIENT else _colleague(told)
        new = NewInvitation(clinic.id, kind, email, details, invitation_letters.lasts(kind))
        who = Actor(clinic_id=clinic.id, route="portal invite")
        return invitations.invite(session, who, new)


def _invite(told: Namespace) -> int:
    email = email_or_none(told.email)
    if email is None:
        raise BadSettings(f"--email {told.email}: this does not look like an e-mail address")
    settings = load_settings()
    refuse_missing_database(settings)
    app = create_app(settings)
    refuse_old(app.extensions["portal.database"])
    with app.app_context():
        issued = _issue(told, email)
        say(invitation_letters.link(issued.code))
        lasts = invitation_letters.lasts(Kind(told.kind))
    app.extensions["portal.database"].engine.dispose()
    say(f"It works once, for {round(lasts / timedelta(hours=1))} hours. Nobody else was told it.")
    return 0


COMMANDS = {"invite": Command("Invite a colleague or a patient, as a link", _invite, _arguments)}
