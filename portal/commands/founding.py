"""`portal init`: from an empty folder to a clinic whose administrator can sign in."""

import os
import secrets
import stat
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

from email_validator import EmailNotValidError, validate_email
from flask import Flask
from sqlalchemy.orm import Session

from portal import db
from portal.accounts.passwords import Weakness, Whose, hashed, weakness
from portal.admin.founding import FirstPerson, found_first_clinic, refuse_founded
from portal.app import create_app
from portal.clinics.regions import region_pack
from portal.clinics.settings import NewClinic, refuse_unknown_zone
from portal.commands.command import Command
from portal.commands.terminal import given_or_asked, password_given_or_asked, say
from portal.config import Settings, load_settings
from portal.errors import BadSettings
from portal.migrations.run import migrate

_WHY = {
    Weakness.TOO_SHORT: "it needs 12 characters or more",
    Weakness.TOO_LONG: "it has more than 1,024 characters",
    Weakness.COMMON: "it is on the list of passwords that are tried first",
    Weakness.CLINIC_NAME: "it holds the clinic's name",
    Weakness.OWN_EMAIL: "it holds the e-mail address",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What the operator said about the clinic and about themself."""

    clinic: NewClinic
    name: str
    email: str
    password: str


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--base-url", help="the portal's address, such as https://portal.example.org"
    )
    parser.add_argument("--clinic", help="the clinic's name")
    parser.add_argument("--city", help="the town it is in")
    parser.add_argument("--region", help="whose emergency numbers are shown (CA-ON)")
    parser.add_argument("--zone", help="its time zone (America/Toronto)")
    parser.add_argument("--name", help="the first administrator's name")
    parser.add_argument("--email", help="the first administrator's e-mail address")
    parser.add_argument(
        "--password-file", type=Path, help="a file whose first line is the password"
    )


def known_email(typed: str) -> str:
    """Return an e-mail address as it is stored; raises BadSettings for what cannot be one."""
    try:
        checked = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadSettings(f"{typed}: {error}") from None
    return checked.normalized.lower()


def _needed(what: str, given: str) -> str:
    if not given:
        raise BadSettings(f"{what} is needed; nothing was made")
    return given


def _answers(told: Namespace) -> Answers:
    clinic = NewClinic(
        name=_needed("the clinic's name", given_or_asked(told.clinic, "--clinic", "Clinic")),
        city=given_or_asked(told.city, "--city", "Town"),
        region=given_or_asked(told.region, "--region", "Region", "CA-ON"),
        zone=given_or_asked(told.zone, "--zone", "Time zone", "America/Toronto"),
    )
    region_pack(clinic.region)
    refuse_unknown_zone(clinic.zone)
    name = _needed("your name", given_or_asked(told.name, "--name", "Your name"))
    email = known_email(given_or_asked(told.email, "--email", "Your e-mail address"))
    password = password_given_or_asked(told.password_file)
    weak = weakness(password, Whose(email, clinic.name, has_second_factor=True))
    if weak is not None:
        raise BadSettings(f"this password is not taken: {_WHY[weak]}; nothing was made")
    return Answers(clinic, name, email, password)


def prepare_instance(settings: Settings) -> None:
    """Make the instance folder and the secret key where they are missing, for our eyes only."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(settings.instance.stat().st_mode) & 0o077:
        settings.instance.chmod(0o700)
    if not settings.key_file.exists():
        write_new(settings.key_file, secrets.token_urlsafe(48) + "\n")


def write_new(path: Path, content: str) -> None:
    """Write a file that only we may read; raises FileExistsError instead of changing one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)


def _settings_with_address(told: Namespace) -> Settings:
    """Return the settings; the address is asked for where it is nowhere set, and kept."""
    if told.base_url is None:
        try:
            return load_settings()
        except BadSettings as error:
            if "BASE_URL" not in str(error) or os.environ.get("PORTAL_BASE_URL"):
                raise
    address = given_or_asked(told.base_url, "--base-url", "The portal's address (https://…)")
    settings = load_settings(base_url=address)
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = settings.instance / "portal.toml"
    if file.exists():
        raise BadSettings(f"{file}: there is one already; write base_url into it")
    write_new(file, f'base_url = "{settings.base_url}"\n')
    return settings


def _found(app: Flask, answers: Answers) -> None:
    with app.app_context():
        person = FirstPerson(answers.name, answers.email, hashed(answers.password))
        with db.write_transaction() as session:
            found_first_clinic(session, clinic=answers.clinic, person=person)
        app.extensions["portal.directory"].settings_changed()
    app.extensions["portal.database"].engine.dispose()


def _init(told: Namespace) -> int:
    settings = _settings_with_address(told)
    prepare_instance(settings)
    data = db.open_database(settings.database)
    migrate(data)
    with Session(data.engine) as session:
        refuse_founded(session)
    data.engine.dispose()
    answers = _answers(told)
    app = create_app(settings)
    _found(app, answers)
    _say_what_next(settings, answers)
    return 0


def _say_what_next(settings: Settings, answers: Answers) -> None:
    say(f"{answers.clinic.name} is founded in {settings.instance}.")
    say(f"Keep a copy of {settings.key_file} somewhere safe: backups do not hold it.")
    say("What next:")
    say("  1. portal run")
    say(f"  2. {settings.base_url}/sign-in: sign in as {answers.email}, set up a second factor.")
    say(f"  3. {settings.base_url}/admin/people: invite the practitioners.")
    say(f"  4. {settings.base_url}/admin/clinic: phone, hours, who reads and when.")


COMMANDS = {"init": Command("Make the first clinic and its administrator", _init, _arguments)}
