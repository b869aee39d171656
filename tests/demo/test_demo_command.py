"""The demonstration as a stranger starts it: one real process, asked over the wire."""

import json
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pyotp import TOTP

from drills.house import free_port, served
from drills.visitor import Page, Visitor
from tests.conftest import EVENING
from tests.people import ClientOf


@dataclass(frozen=True)
class Demo:
    """A running demonstration whose clock was set to the evening of every other test."""

    port: int
    instance: Path
    accounts: Path
    since: float

    @property
    def lines(self) -> list[dict[str, Any]]:
        read: list[dict[str, Any]] = json.loads(self.accounts.read_text(encoding="utf-8"))
        return read

    def line(self, email: str) -> dict[str, Any]:
        return next(line for line in self.lines if line["email"] == email)

    def visitor(self, host: str = "127.0.0.1") -> Visitor:
        return Visitor(f"http://{host}:{self.port}")

    def code(self, seed: str) -> str:
        """What the app on the phone shows now, by the demonstration's clock."""
        return TOTP(seed).at(EVENING + timedelta(seconds=time.monotonic() - self.since))


@pytest.fixture(autouse=True)
def now() -> None:
    """The process has its own clock; here it is the real time, so that waiting ends."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    port, instance, accounts = free_port(), folder / "instance", folder / "accounts.json"
    command = ("demo", "--accounts", str(accounts))
    log = folder / "log"
    with served(instance, port, *command, log=log, PORTAL_TEST_NOW=EVENING.isoformat()):
        yield Demo(port, instance, accounts, time.monotonic())


def sign_in(demo: Demo, email: str, host: str = "127.0.0.1") -> tuple[Visitor, Page]:
    visitor, line = demo.visitor(host), demo.line(email)
    page = visitor.get("/sign-in")
    page = visitor.send(page, {"email": email, "password": line["password"]}, to="/sign-in")
    if line["totp_secret"]:
        page = visitor.send(page, {"code": demo.code(line["totp_secret"])}, to="/sign-in/code")
    return visitor, page


def test_accounts_file_is_for_its_owner_alone(demo: Demo) -> None:
    assert stat.S_IMODE(demo.accounts.stat().st_mode) == 0o600


def test_accounts_file_names_everybody(demo: Demo) -> None:
    fields = {
        "role",
        "clinic",
        "email",
        "password",
        "totp_secret",
        "patient_id",
        "episode_id",
        "care_of",
    }
    assert all(set(line) == fields and line["password"] for line in demo.lines)
    roles = [(line["clinic"].split()[0], line["role"]) for line in demo.lines]
    assert roles.count(("Riverside", "patient")) == 24
    assert roles.count(("Riverside", "practitioner")) == 2
    assert roles.count(("Riverside", "administrator")) == 1
    assert roles.count(("Harbour", "practitioner")) == 1


def test_staff_have_a_seed_and_patients_their_ids(demo: Demo) -> None:
    for line in demo.lines:
        is_patient = line["role"] == "patient"
        assert bool(line["totp_secret"]) is not is_patient
        assert bool(line["patient_id"] and line["episode_id"]) is is_patient


def test_two_practitioners_look_after_different_people(demo: Demo) -> None:
    lead = set(demo.line("helen.marsh@riverside.example")["care_of"])
    second = set(demo.line("victor.adeyemi@riverside.example")["care_of"])
    here = {line["patient_id"] for line in demo.lines if line["clinic"].startswith("Riverside")}
    assert lead - second
    assert second - lead
    assert lead | second == here - {None}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize(
    ("role", "landing"),
    [("patient", "/me"), ("practitioner", "/clinic"), ("administrator", "/admin/people")],
)
def test_one_click_signs_in(demo: Demo, host: str, role: str, landing: str) -> None:
    visitor = demo.visitor(host)
    page = visitor.send(visitor.get("/"), {}, to="/demo/sign-in", press=("role", role))
    assert page.path == landing


def test_one_click_works_only_from_our_own_pages(demo: Demo) -> None:
    sent = [("role", "patient")]
    page = demo.visitor().post("/demo/sign-in", sent, is_browser=False, status=400)
    assert page.path == "/demo/sign-in"


def test_nobody_plays_an_unknown_role(demo: Demo) -> None:
    page = demo.visitor().post("/demo/sign-in", [("role", "owner")], status=404)
    assert page.status == 404


def test_there_is_no_one_click_outside_the_demonstration(app: Flask, client_of: ClientOf) -> None:
    answer = client_of().post("/demo/sign-in", {"role": "patient"})
    assert app.name
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("email", "landing"),
    [
        ("helen.marsh@riverside.example", "/clinic"),
        ("joan.pereira@riverside.example", "/admin/people"),
        ("sylvie.tran@harbour.example", "/clinic"),
        ("patient2@riverside.example", "/me"),
    ],
)
def test_the_accounts_file_signs_everybody_in(demo: Demo, email: str, landing: str) -> None:
    _visitor, page = sign_in(demo, email)
    assert page.path == landing


def test_the_other_clinic_sees_nobody_of_the_first(demo: Demo) -> None:
    visitor, _page = sign_in(demo, "victor.adeyemi@riverside.example")
    own, *_others = demo.line("victor.adeyemi@riverside.example")["care_of"]
    of_other = demo.line("patient1@harbour.example")["patient_id"]
    visitor.get(f"/clinic/patients/{own}")
    assert visitor.get(f"/clinic/patients/{of_other}", status=404).status == 404


def test_a_form_works_on_localhost_too(demo: Demo) -> None:
    visitor, _page = sign_in(demo, "patient3@riverside.example", "localhost")
    page = visitor.get("/me/diary/2026-11-09")
    page = visitor.send(page, {"pain_average": "0"}, to="/me/diary/")
    assert page.path == "/me/diary/2026-11-09/saved"


def test_other_hosts_are_refused(demo: Demo) -> None:
    visitor = Visitor(f"http://127.0.0.2:{demo.port}")
    assert not visitor.answers("/")
