"""A clinic's first day: an empty folder, no mail server, real processes, forms as people send them.

From `portal init` to a restored copy in which everything is there. Each step prints a line; the
first thing that is missing stops the walk.

    python -m drills.first_day
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from re import search
from shutil import rmtree

from pyotp import TOTP

from drills.house import free_port, portal, served
from drills.visitor import Missed, Page, Visitor
from portal.web.pages import STAMP_CHECKED_EVERY

ADMIN, LEAD, DEPUTY, PATIENT = (
    "joan@first-day.example",
    "ana@first-day.example",
    "dov@first-day.example",
    "mia@first-day.example",
)
PASSWORD = "four lanterns by the quiet ferry"
NOTE = "Spoke with her at 17:10; she goes to emergency now."
HALF_MINUTE = 30


def say(sentence: str) -> None:
    print(f"  ✓ {sentence}", flush=True)


class App:
    """The app on somebody's phone; each code is used once, so it may wait for the next one."""

    def __init__(self, seed: str) -> None:
        self._totp = TOTP(seed)
        self._last = 0

    def code(self) -> str:
        """A code that was not used yet: of this half minute, or else of the next."""
        step = max(self._last + 1, self._now())
        while step > self._now() + 1:
            time.sleep(0.5)
        self._last = step
        return self._totp.generate_otp(step)

    def _now(self) -> int:
        return time.time_ns() // 1_000_000_000 // HALF_MINUTE


class FirstDay:
    """The people of the day, each at a browser of their own, and what they learned so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.instance = folder / "clinic"
        self.log = folder / "log"
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.joan, self.ana, self.dov, self.mia = (Visitor(self.base) for _ in range(4))
        self.apps: dict[str, App] = {}
        self.brief = ""
        self.diary = ""

    @contextmanager
    def running(self, instance: Path) -> Iterator[None]:
        """`portal run` on this instance, until the block ends."""
        with served(instance, self.port, "run", log=self.log):
            yield

    def found(self) -> None:
        """portal init makes the instance folder, the key, the clinic and its administrator."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD + "\n")
        given = {
            "--base-url": self.base,
            "--clinic": "First Day Clinic",
            "--city": "Guelph",
            "--name": "Joan Pereira",
            "--email": ADMIN,
            "--password-file": str(secret),
        }
        said = portal(self.instance, "init", *(part for pair in given.items() for part in pair))
        if "is founded" not in said:
            raise Missed(said)

    def sign_in(self, who: Visitor, email: str) -> Page:
        """Type address and password; return what comes next."""
        page = who.get("/sign-in")
        return who.send(page, {"email": email, "password": PASSWORD}, to="/sign-in")

    def set_up_second_step(self, who: Visitor, email: str, page: Page) -> None:
        """Type the key into an app, and the app's code into the page."""
        key = page.root.find_class("seed")[0].find(".//code")
        if key is None or key.text is None:
            raise Missed("no key for the app")
        self.apps[email] = App("".join(key.text.split()))
        page = who.send(page, {"code": self.apps[email].code()}, to=page.path)
        page.says("recovery codes")

    def sign_in_with_code(self, who: Visitor, email: str) -> None:
        """Password, then the app's code."""
        page = self.sign_in(who, email)
        page = who.send(page, {"code": self.apps[email].code()}, to="/sign-in/code")
        if page.path != "/clinic":
            raise Missed(f"signing in ended on {page.path}")

    def administrator_signs_in(self) -> None:
        """The administrator signs in and must set up a second step first."""
        page = self.sign_in(self.joan, ADMIN)
        self.set_up_second_step(self.joan, ADMIN, page)
        self.joan.get("/admin/people").says("Joan Pereira")

    def colleague(self, name: str, email: str, way: str) -> dict[str, str]:
        """What the administrator types to invite a practitioner."""
        return {
            "kind": "practitioner",
            "name": name,
            "email": email,
            "profession": "Physiotherapist",
            "college": "College of Physiotherapists of Ontario",
            "registration_number": "12345",
            "rostered_on": "2019-05-01",
            "way": way,
        }

    def practitioner_joins_by_mail(self) -> None:
        """A practitioner is invited by mail; portal mail writes it as a file; its link works."""
        page = self.joan.get("/admin/people")
        self.joan.send(page, self.colleague("Ana Costa", LEAD, "mail"), to="/admin/people")
        portal(self.instance, "mail")
        self.accept_as_colleague(self.ana, LEAD, self.link_in_mail_to(LEAD))

    def link_in_mail_to(self, email: str) -> str:
        """The invitation's link in the newest mail to somebody."""
        for path in sorted((self.instance / "mail").iterdir(), reverse=True):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = mail.get_body() if email in str(mail["To"]) else None
            link = search(r"http\S+/invitation/\S+", body.get_content()) if body else None
            if link:
                return link[0]
        raise Missed(f"no mail with an invitation to {email}")

    def accept_as_colleague(self, who: Visitor, email: str, link: str) -> None:
        page = who.get(link)
        page = who.send(page, {"password": PASSWORD}, to="/invitation")
        if page.path == "/sign-in":
            page = self.sign_in(who, email)
        self.set_up_second_step(who, email, page)
        who.get("/clinic")

    def deputy_joins_by_sheet(self) -> None:
        """A second practitioner is invited by printed sheet and types its code."""
        page = self.joan.get("/admin/people")
        page = self.joan.send(page, self.colleague("Dov Katz", DEPUTY, "sheet"), to="/admin/people")
        address, code = self.on_the_sheet(page)
        page = self.dov.get(address)
        page = self.dov.send(page, {"code": code}, to="/invitation")
        self.accept_as_colleague(self.dov, DEPUTY, page.path)

    def on_the_sheet(self, page: Page) -> tuple[str, str]:
        """The short address and the code, as somebody reads them from the paper."""
        sheet = page.root.find_class("invite-sheet")
        if not sheet or not sheet[0].find_class("qr"):
            raise Missed(f"no sheet with a QR code: {page.words[:200]}")
        address, code = (str(one.text) for one in sheet[0].iterfind(".//code"))
        return (address if "//" in address else f"http://{address}"), code

    def patients_need_a_reader(self) -> None:
        """Inviting is refused with a checklist until the clinic has said who reads, and when."""
        self.ana.get("/clinic/invite", status=409)

    def clinic_settings(self) -> None:
        """Phone, hours, rhythm, flag reader and deputy: shown before and after, then saved."""
        page = self.joan.get("/admin/clinic")
        names = {
            (option.text or "").strip(): option.get("value", "")
            for option in page.root.iterfind(".//select[@name='flag_reader']/option")
        }
        wanted = {
            "phone": "519-555-0142",
            "address": "12 Mill Street",
            "hours": "Monday to Friday, 8:00 to 18:00",
            "review_rhythm": "before each visit, not at night",
            "flag_reader": names["Ana Costa"],
            "deputy": names["Dov Katz"],
        }
        page = self.joan.send(page, wanted, to="/admin/clinic")
        page.says("519-555-0142", "Ana Costa")
        page = self.joan.send(page, {}, to="/admin/clinic", press=("answer", "save"))
        page.says("settings are saved")
        time.sleep(STAMP_CHECKED_EVERY * 2)  # each process looks for changes once a second
        Visitor(self.base).get("/contact").says("519-555-0142")

    def invite_patient(self) -> None:
        """A new role asks for a new sign-in; then a patient is invited by sheet, shown once."""
        self.sign_in_with_code(self.ana, LEAD)
        page = self.ana.get("/clinic/invite")
        typed = {
            "given_name": "Mia",
            "family_name": "Tremblay",
            "born_on_day": "27",
            "born_on_month": "3",
            "born_on_year": "1968",
            "email": PATIENT,
            "complaint": "Left low back, 14 months",
            "activity_1": "carry groceries up the stairs",
            "way": "sheet",
        }
        page = self.ana.send(page, typed, to="/clinic/invite")
        self.sheet = self.on_the_sheet(page)
        again = self.ana.get(page.path)
        if self.sheet[1] in again.text:
            raise Missed("the sheet's code shows twice")

    def patient_accepts(self) -> None:
        """Date of birth, consent, password: the patient has a diary."""
        address, code = self.sheet
        page = self.mia.send(self.mia.get(address), {"code": code}, to="/invitation")
        born = {"born_on_day": "27", "born_on_month": "3", "born_on_year": "1968"}
        page = self.mia.send(page, born, to="/invitation")
        page.says("Ana Costa")
        page = self.mia.send(page, {}, to="/invitation", press=("answer", "agree"))
        page = self.mia.send(page, {"password": PASSWORD}, to="/invitation")
        if page.path == "/sign-in":
            self.sign_in(self.mia, PATIENT)
        self.mia.get("/me")

    def first_entry(self) -> None:
        """The first entry, pain 0, saves; the page says when it is read."""
        self.diary = self.mia.get(self.mia.get("/me").href("/me/diary/20")).path
        page = self.mia.get(self.diary)
        page = self.mia.send(page, {"pain_average": "0", "interference": "2"}, to=self.diary)
        page.says("saved")
        if page.path != f"{self.diary}/saved":
            raise Missed(f"ended on {page.path}")

    def red_flag(self) -> None:
        """Correcting it, the patient ticks a red flag and is advised at once."""
        page = self.mia.get(self.diary)
        form = page.form(self.diary)
        flags = [one for one in form.iterfind(".//input[@name='flags']") if one.get("value")]
        chosen = next(one for one in flags if one.get("value") == "RF1")
        words = {"flags": [str(chosen.get("value"))], "note": "Short of breath since noon."}
        page = self.mia.send(page, words, to=self.diary)
        page.says("911", "No one is watching this page")

    def panel_shows_it_first(self) -> None:
        """The practitioner's panel names the patient first, for the flag."""
        page = self.ana.get("/clinic").says("Mia Tremblay")
        self.brief = page.href("/clinic/patients/")

    def brief_and_acknowledge(self) -> None:
        """The brief shows the flag; only an acknowledgement with a note settles it."""
        page = self.ana.get(self.brief).says("Short of breath since noon.")
        page = self.ana.send(page, {"how": "called"}, to="/flags/", status=422)
        page = self.ana.send(page, {"how": "called", "note": NOTE}, to="/flags/")
        if page.root.find_class("flagbox"):
            raise Missed("the flag still waits")

    def mark_reviewed(self) -> None:
        """The practitioner marks the diary reviewed; it can be undone."""
        page = self.ana.get(self.brief)
        page = self.ana.send(page, {}, to="/review")
        page.form("/review/undo")

    def patient_sees_it(self) -> None:
        """The patient sees that it was read, that the flag was answered, and who looked."""
        self.mia.get("/me").says("Ana Costa")
        self.mia.get("/me/access").says("Ana Costa")

    def mails_are_files(self) -> None:
        """portal mail writes what waits as files in the instance folder, without a health word."""
        portal(self.instance, "mail")
        files = list((self.instance / "mail").iterdir())
        for path in files:
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = mail.get_body()
            words = f"{mail['Subject']} {body.get_content() if body else ''}".lower()
            if "pain" in words or "breath" in words or "needle" in words:
                raise Missed(f"{path.name} names a health matter")
        if not files:
            raise Missed("no mail was written")

    def backup(self) -> None:
        """portal backup makes a checked copy while the portal runs."""
        portal(self.instance, "backup", str(self.folder / "backup"))

    def restore(self) -> None:
        """The instance is lost; portal restore makes a new one from backup, key and settings."""
        key, chosen = self.folder / "kept.key", self.folder / "kept.toml"
        (self.instance / "secret.key").rename(key)
        (self.instance / "portal.toml").rename(chosen)
        rmtree(self.instance)
        elsewhere = self.folder / "elsewhere"
        portal(elsewhere, "restore", str(self.folder / "backup"), str(elsewhere), "--key", str(key))
        chosen.rename(elsewhere / "portal.toml")
        self.instance = elsewhere

    def everything_is_there(self) -> None:
        """Accounts, entries, the acknowledgement, the review and who looked: all of it is there."""
        ana, mia = Visitor(self.base), Visitor(self.base)
        self.sign_in_with_code(ana, LEAD)
        page = ana.get(self.brief).says("Mia Tremblay", "Short of breath since noon.")
        page.form("/review/undo")
        if page.root.find_class("flagbox"):
            raise Missed("the flag waits again")
        self.sign_in(mia, PATIENT)
        mia.get(self.diary).says("Short of breath since noon.")
        mia.get("/me/access").says("Ana Costa")

    def audit_holds(self) -> None:
        """portal audit verify: no event was altered, removed or put in between."""
        if "holds" not in portal(self.instance, "audit", "verify"):
            raise Missed("the audit does not hold")


def walk(day: FirstDay) -> None:
    """All steps in order."""

    def take(*steps: Callable[[], None]) -> None:
        for step in steps:
            step()
            say(str(step.__doc__).strip())

    take(day.found)
    with day.running(day.instance):
        take(
            day.administrator_signs_in,
            day.practitioner_joins_by_mail,
            day.deputy_joins_by_sheet,
            day.patients_need_a_reader,
            day.clinic_settings,
            day.invite_patient,
            day.patient_accepts,
            day.first_entry,
            day.red_flag,
            day.panel_shows_it_first,
            day.brief_and_acknowledge,
            day.mark_reviewed,
            day.patient_sees_it,
            day.mails_are_files,
            day.backup,
        )
    take(day.restore)
    with day.running(day.instance):
        take(day.everything_is_there)
    take(day.audit_holds)


def main() -> int:
    """Walk through the day; 1 at the first thing that is missing."""
    print("A clinic's first day")
    with tempfile.TemporaryDirectory(prefix="portal-first-day-") as name:
        try:
            walk(FirstDay(Path(name)))
        except Missed as missed:
            print(f"  ✗ {missed}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
