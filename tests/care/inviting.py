"""How tests invite somebody: the form as a practitioner fills it in, and the code it makes."""

import re
from typing import Any

from sqlalchemy import select

from portal import db
from portal.care.models import Invitation
from portal.mail.models import OutboxMail
from tests.people import Cast, HouseClient

BORN = {"born_on_day": "27", "born_on_month": "3", "born_on_year": "1968"}
PASSWORD = "seven-quiet-otters-swim"


def form_of(cast: Cast, **more: Any) -> dict[str, Any]:
    """What a practitioner types to invite Zoe."""
    return {
        "given_name": "Zoe",
        "family_name": "Martin",
        "preferred_name": "",
        **BORN,
        "email": "zoe@example.org",
        "phone": "519-555-0199",
        "clinic_number": "A-17",
        "complaint": "Neck pain",
        "activity_1": "Carry groceries",
        "activity_2": "",
        "activity_3": "",
        "history": ["blood-thinners"],
        "language": "en",
        "zone": "America/Toronto",
        "plan_ends_on": "2027-02-01",
        "lead": str(cast.ana.practitioner_id),
        "care_team": [str(cast.ben.practitioner_id)],
        "way": "mail",
        **more,
    }


def mailed_code() -> str:
    """The code in the newest mail, as its reader finds it."""
    newest = select(OutboxMail.body).order_by(OutboxMail.id.desc())
    body = db.session().scalars(newest).first()
    db.end_read()
    found = re.search(r"/invitation/(\S+)", body or "")
    assert found is not None
    return found[1]


def invite(client: HouseClient, cast: Cast, **more: Any) -> str:
    """Invite by mail and return the code."""
    answer = client.post("/clinic/invite", form_of(cast, **more))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return mailed_code()


def invitations() -> list[Invitation]:
    """All invitations, oldest first."""
    found = db.session().scalars(select(Invitation).order_by(Invitation.id)).all()
    db.end_read()
    return list(found)


def take(client: HouseClient, step: str, **fields: str) -> Any:
    """Send one step of accepting."""
    return client.post("/invitation", {"step": step, **fields})


def through_consent(client: HouseClient, code: str) -> None:
    """Open the link, answer the date of birth, agree."""
    assert client.get(f"/invitation/{code}").location.endswith("/invitation")
    assert take(client, "birth", **BORN).status_code == 303
    version = client.page("/invitation").field("text_version").get("value")
    assert take(client, "consent", answer="agree", text_version=version).status_code == 303
