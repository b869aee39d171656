"""What an operator can ask and do besides founding and backing up."""

import gzip
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal import db
from portal.accounts import factors
from portal.accounts.models import Account
from portal.app import create_app
from portal.cli import COMMANDS, parser_for, sentence_for
from portal.clinics.models import Clinic
from portal.config import load_settings
from portal.errors import EpisodeEnded, QueueFull
from portal.review.models import EpisodeSummary
from tests.cli.conftest import Portal, refused


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            parser_for(COMMANDS).parse_args([*name.split(), "--help"])
        assert ended.value.code == 0
    assert "usage: portal" in capsys.readouterr().out


def test_audit_says_who_saw_a_patient(portal: Portal, mia: str) -> None:
    said = portal("audit", "who", mia).stdout
    assert "brief-opened" in said
    assert "Ana Costa" in said


def test_s073_list_that_showed_a_patient_is_told_and_no_other(portal: Portal, mia: str) -> None:
    assert portal("audit", "who", mia).stdout.count("panel-shown") == 1


@pytest.mark.parametrize(
    ("days", "shown"),
    [(("--from=2026-11-09", "--to=2026-11-09"), 1), (("--from=2026-11-10",), 0)],
)
def test_audit_can_be_asked_of_days(
    portal: Portal, mia: str, days: tuple[str, ...], shown: int
) -> None:
    assert portal("audit", "who", mia, *days).stdout.count("brief-opened") == shown


def test_audit_of_nobody(portal: Portal) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    assert "no patient and no account" in refused(portal("audit", "who", nobody))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("audit", "who", "mia"), "mia is not a patient's or account's id"),
        (("audit", "who", "1", "--from=today"), "1 is not a patient's or account's id"),
        (("export", "nope"), "nope is not a patient's id"),
        (("invite", "patient", "--born-on=1.2.90"), "1.2.90 is not a day such as 2026-11-09"),
        (("run", "--port=99999"), "99999 is not a port from 1 to 65535"),
        (("run", "--workers=two"), "two is not a number of processes from 1 to 64"),
        (("run", "--workers=0"), "0 is not a number of processes from 1 to 64"),
        (("run", "--workers=-3"), "-3 is not a number of processes from 1 to 64"),
        (("dance",), "invalid choice: 'dance'"),
        ((), "the following arguments are required: COMMAND"),
    ],
)
def test_argument_of_another_kind(portal: Portal, typed: tuple[str, ...], words: str) -> None:
    assert words in refused(portal(*typed))


def test_summaries_fit(portal: Portal, mia: str) -> None:
    ran = portal("summaries", "verify")
    assert (ran.returncode, ran.stdout.strip()) == (0, "Every summary says what its diary says.")
    assert mia


def test_summary_that_does_not_fit_is_named(portal: Portal, mia: str, instance: Path) -> None:
    app = create_app(load_settings(instance=instance, base_url="http://127.0.0.1:8000"))
    with app.app_context(), db.write_transaction() as session:
        session.delete(session.scalars(select(EpisodeSummary).limit(1)).one())
    ran = portal("summaries", "verify")
    assert (ran.returncode, "does not fit the diary" in ran.stderr) == (1, True)
    assert mia


def test_content_is_in_order(portal: Portal) -> None:
    assert " 0 errors" in portal("content", "check").stdout


def test_snapshot_holds_the_pages_and_files_as_they_are_sent(
    portal: Portal, tmp_path: Path
) -> None:
    ran = portal("content", "snapshot", str(tmp_path / "front"))
    assert (ran.returncode, "forms of the public pages" in ran.stdout) == (0, True)
    page = (tmp_path / "front" / "learn" / "the-grasp.html").read_bytes()
    squeezed = (tmp_path / "front" / "learn" / "the-grasp.html.gz").read_bytes()
    assert gzip.decompress(squeezed) == page
    for named in re.findall(rb'(?:href|src)="/(static/[^"]+)"', page):
        assert (tmp_path / "front" / named.decode()).is_file()


def test_migrating_twice_changes_nothing(portal: Portal) -> None:
    assert portal("migrate").stdout == portal("migrate").stdout


def test_colleague_is_invited_with_a_link(portal: Portal) -> None:
    ran = portal(
        "invite", "practitioner", "--email=Kai@example.org", "--name=Kai Ito", "--profession=PT"
    )
    assert ran.stdout.startswith("http://127.0.0.1:8000/invitation/")
    assert "for 72 hours" in ran.stdout


PATIENT = (
    "invite",
    "patient",
    "--email=zoe@example.org",
    "--name=Zoe Martin",
    "--born-on=1968-03-27",
    "--complaint=Neck pain",
    "--activity=Carry groceries",
)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("invite", "practitioner", "--email=kai", "--name=Kai"), "e-mail address"),
        (("invite", "practitioner", "--email=k@example.org", "--name=Kai"), "--profession"),
        (
            ("invite", "administrator", "--email=k@example.org", "--name=Kai", "--clinic=other"),
            "name one of the clinics: grand-river-ims",
        ),
        (PATIENT, "still to be set"),
    ],
)
def test_refused_invitation(portal: Portal, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(portal(*arguments))


def riverside(instance: Path) -> tuple[str, str]:
    """The short name of the cast's clinic, and Ana's address."""
    app = create_app(load_settings(instance=instance, base_url="http://127.0.0.1:8000"))
    with app.app_context():
        slug = db.session().scalar(select(Clinic.slug).where(Clinic.name.startswith("Riverside")))
        email = db.session().scalar(select(Account.email).where(Account.name == "Ana Costa"))
    app.extensions["portal.database"].engine.dispose()
    return str(slug), str(email)


def test_patient_is_invited_for_a_practitioner(portal: Portal, mia: str, instance: Path) -> None:
    slug, ana = riverside(instance)
    ran = portal(*PATIENT, f"--clinic={slug}", f"--lead={ana}")
    assert ran.stdout.startswith("http://127.0.0.1:8000/invitation/"), ran.stderr
    assert mia


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--born-on=2012-01-01", "--lead=a@b.ca"), "16 or over"),
        (("--lead=nobody@example.org",), "--lead: name the e-mail address"),
        (("--name=Zoe",), "--name with two names"),
    ],
)
@pytest.mark.usefixtures("mia")
def test_refused_patient(portal: Portal, instance: Path, more: tuple[str, ...], words: str) -> None:
    slug, _ana = riverside(instance)
    assert words in refused(portal(*PATIENT, f"--clinic={slug}", *more))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (EpisodeEnded(), "The episode of care has ended, so its diary is read-only."),
        (
            QueueFull(),
            "Too many people save at this moment; nothing was saved, try again soon.",
        ),
        (PermissionError(13, "Permission denied", "/srv/x"), "/srv/x: Permission denied"),
        (EOFError(), "the input ended before everything was answered; nothing was made"),
        (
            OperationalError("UPDATE x", {}, Exception("attempt to write a readonly database")),
            "the database cannot be used: attempt to write a readonly database",
        ),
    ],
)
def test_error_is_one_sentence(error: Exception, sentence: str) -> None:
    assert sentence_for(error) == sentence


def test_lost_second_step_is_taken_away_from_the_terminal(
    portal: Portal, mia: str, instance: Path
) -> None:
    assert mia
    _, email = riverside(instance)
    app = create_app(load_settings(instance=instance, base_url="http://127.0.0.1:8000"))
    with app.app_context(), db.write_transaction() as session:
        ana = session.scalars(select(Account).where(Account.email == email)).one()
        factors.enrol(session, account_id=ana.id, seed="JBSWY3DPEHPK3PXP" * 2)
    app.extensions["portal.database"].engine.dispose()
    assert "taken away" in portal("second-step", "reset", email).stdout
    assert "no second step" in refused(portal("second-step", "reset", email))


def test_nobody_has_no_second_step(portal: Portal) -> None:
    words = refused(portal("second-step", "reset", "nobody@example.org"))
    assert "nobody here has the e-mail address" in words
