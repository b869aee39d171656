import pytest
from flask import Flask
from sqlalchemy import select

from portal import db
from portal.accounts.models import Role
from portal.accounts.reader import Reader
from portal.accounts.session import reader_or_none
from portal.care.access import episodes_visible_to
from portal.care.models import Episode
from portal.web.guard import Audience, audience
from tests.pages import check
from tests.people import Cast, ClientOf


@pytest.fixture
def whoami(app: Flask) -> Flask:
    def answer() -> tuple[str, dict[str, str]]:
        person = reader_or_none()
        return person.name if person else "nobody", {"Content-Type": "text/plain"}

    app.view_functions["health.readyz"] = audience(Audience.ANYONE)(answer)
    app.add_url_rule("/whoami", endpoint="health.readyz", methods=["GET", "POST"])
    return app


@pytest.mark.usefixtures("whoami")
def test_each_browser_is_somebody_elses(cast: Cast, client_of: ClientOf) -> None:
    ana, mia, nobody = client_of(cast.ana), client_of(cast.mia), client_of(None)
    assert [client.get("/whoami").text for client in (ana, mia, nobody, ana)] == [
        "Ana Costa",
        "Mia Tremblay",
        "nobody",
        "Ana Costa",
    ]


@pytest.mark.usefixtures("whoami")
def test_post_carries_a_form_token(cast: Cast, client_of: ClientOf) -> None:
    mia = client_of(cast.mia)
    assert mia.post("/whoami").status_code == 200
    assert mia.post("/whoami", token=False).status_code == 400


def test_unknown_path_has_a_whole_page(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.ana).get("/no-such-path").status_code == 404


def test_everybody_sees_their_own_episodes(cast: Cast) -> None:
    seen = {}
    for name, who in cast.everybody.items():
        reader = Reader(
            who.account_id,
            who.name,
            who.clinic_id,
            who.roles,
            patient_id=who.patient_id if Role.PATIENT in who.roles else None,
            practitioner_id=who.practitioner_id if Role.PRACTITIONER in who.roles else None,
        )
        found = db.session().scalars(episodes_visible_to(reader)).all()
        if found:
            seen[name] = list(found)
    mine = {"ana": cast.mia, "ben": cast.noor, "olga": cast.pim}
    own = {name: cast.everybody[name] for name in ("mia", "noor", "pim")}
    assert seen == {name: [who.episode_id] for name, who in (mine | own).items()}
    assert len(db.session().scalars(select(Episode.id)).all()) == 3


def test_bad_page_is_told_all_its_faults(app: Flask) -> None:
    text = "<!doctype html><html><title>Two</title><main><h1>One</h1><input name=x style=a></main>"
    with pytest.raises(AssertionError, match=r"no lang.*title.*no label: x.*inline style"):
        check(app, "/x", text)
