"""Who looks after an episode, and how it ends."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import db
from portal.audit.models import AuditEvent
from portal.care.consent import TEXT_VERSION
from portal.care.models import CareTeam, Consent, Episode, Practitioner
from portal.care.reading import who_reads
from tests import factories
from tests.pages import Page, page_of
from tests.people import MONDAY, Cast, ClientOf, Person

ENDS = {"act": "end", "reason": "Recovered"}
WITHDRAWS = {"act": "withdraw-consent", "withdrawn_on": MONDAY.isoformat()}


def path_of(patient: Person) -> str:
    return f"/clinic/patients/{patient.patient_id}/episode"


def send(client_of: ClientOf, who: Person, patient: Person, **sent: str) -> Page | None:
    """Send one act of the page; the page that answers, or nothing where it was done."""
    form = {"episode": str(patient.episode_id), **sent}
    answer = client_of(who).post(path_of(patient), form)
    return None if answer.status_code == 303 else page_of(answer)


def share(patient: Person, colleague: Person, *, shut_out: bool = False) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, patient.episode_id)
        person = session.get_one(Practitioner, colleague.practitioner_id)
        factories.care_team(session, of, person)
        if shut_out:
            factories.restriction(session, of, person)


def shut_out(patient: Person, colleague: Person) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, patient.episode_id)
        factories.restriction(session, of, session.get_one(Practitioner, colleague.practitioner_id))


def episode_of(patient: Person) -> Episode:
    return db.session().get_one(Episode, patient.episode_id)


def changes() -> list[tuple[str, dict[str, object]]]:
    found = select(AuditEvent).where(AuditEvent.act.in_(["episode-changed", "consent-withdrawn"]))
    return [(event.act, event.details) for event in db.session().scalars(found)]


def test_page_names_team_lead_consent_and_state(cast: Cast, client_of: ClientOf) -> None:
    words = client_of(cast.ana).page(path_of(cast.mia)).main
    for part in (
        "Mia Tremblay",
        "Low back pain",
        "Lead practitioner: Ana Costa",
        "20 October 2026",
        f"version {TEXT_VERSION} of the consent",
        "The diary is open",
    ):
        assert part in words


def test_brief_leads_to_the_page(cast: Cast, client_of: ClientOf) -> None:
    brief = client_of(cast.ana).page(f"/clinic/patients/{cast.mia.patient_id}")
    assert path_of(cast.mia) in brief.hrefs()


@pytest.mark.parametrize("name", ["ben", "fay", "ada", "mia", "noor", "olga"])
def test_page_is_out_of_sight_for_others(cast: Cast, client_of: ClientOf, name: str) -> None:
    client = client_of(cast.everybody[name])
    assert client.get(path_of(cast.mia)).status_code == 404
    sent = {"episode": str(cast.mia.episode_id), **ENDS, "answer": "yes"}
    assert client.post(path_of(cast.mia), sent).status_code == 404
    assert episode_of(cast.mia).ended_on is None


def test_each_opening_is_written_down_for_the_patient(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).get(path_of(cast.mia))
    assert "Opened the page about your care team" in client_of(cast.mia).page("/me/access").main


def test_colleague_who_is_added_reads_from_now_on(cast: Cast, client_of: ClientOf) -> None:
    ben = str(cast.ben.practitioner_id)
    assert send(client_of, cast.ana, cast.mia, act="join", joins=ben) is None
    assert client_of(cast.ben).get(path_of(cast.mia)).status_code == 200
    assert changes() == [("episode-changed", {"what": "joined", "practitioner": ben})]
    assert "Let Ben Okafor read your diary" in client_of(cast.mia).page("/me/access").main


def test_nobody_of_another_clinic_is_added(cast: Cast, client_of: ClientOf) -> None:
    page = send(client_of, cast.ana, cast.mia, act="join", joins=str(cast.olga.practitioner_id))
    assert page is not None
    assert "Choose a colleague of this clinic" in page.main
    assert who_reads(db.session(), cast.mia.episode_id) == ("Ana Costa",)


def test_whom_the_patient_shut_out_is_not_offered(cast: Cast, client_of: ClientOf) -> None:
    shut_out(cast.mia, cast.ben)
    page = client_of(cast.ana).page(path_of(cast.mia))
    assert "Ben Okafor" not in page.field("joins").text_content()
    ben = str(cast.ben.practitioner_id)
    assert send(client_of, cast.ana, cast.mia, act="join", joins=ben) is not None


def test_member_whom_the_patient_shut_out_is_shown_not_to_read(
    cast: Cast, client_of: ClientOf
) -> None:
    share(cast.mia, cast.ben, shut_out=True)
    assert (
        "the patient closed the diary to them" in client_of(cast.ana).page(path_of(cast.mia)).main
    )
    ben = str(cast.ben.practitioner_id)
    assert (
        client_of(cast.ana)
        .post(path_of(cast.mia), {"act": "lead", "leads": ben, "episode": str(cast.mia.episode_id)})
        .status_code
        == 404
    )


def test_member_who_is_taken_out_loses_sight(cast: Cast, client_of: ClientOf) -> None:
    share(cast.mia, cast.ben)
    ben = client_of(cast.ben)
    assert ben.get(path_of(cast.mia)).status_code == 200
    key = str(cast.ben.practitioner_id)
    assert send(client_of, cast.ana, cast.mia, act="leave", leaves=key) is None
    assert ben.get(path_of(cast.mia)).status_code == 404


def test_whoever_leaves_goes_back_to_the_panel(cast: Cast, client_of: ClientOf) -> None:
    share(cast.mia, cast.ben)
    sent = {
        "act": "leave",
        "leaves": str(cast.ben.practitioner_id),
        "episode": str(cast.mia.episode_id),
    }
    assert client_of(cast.ben).post(path_of(cast.mia), sent).location == "/clinic"


def test_last_reader_is_not_taken_out(cast: Cast, client_of: ClientOf) -> None:
    share(cast.mia, cast.ben)
    with db.write_transaction() as session:
        session.get_one(
            Episode, cast.mia.episode_id
        ).lead_practitioner_id = cast.ben.practitioner_id
    shut_out(cast.mia, cast.ben)
    page = send(client_of, cast.ana, cast.mia, act="leave", leaves=str(cast.ana.practitioner_id))
    assert page is not None
    assert "Nobody else reads this diary" in page.by_class("errsum")[0].text_content()
    assert who_reads(db.session(), cast.mia.episode_id) == ("Ana Costa",)


def test_lead_stays_until_somebody_else_leads(cast: Cast, client_of: ClientOf) -> None:
    share(cast.mia, cast.ben)
    ana, ben = str(cast.ana.practitioner_id), str(cast.ben.practitioner_id)
    page = send(client_of, cast.ana, cast.mia, act="leave", leaves=ana)
    assert page is not None
    assert "somebody else the lead practitioner first" in page.main
    assert send(client_of, cast.ana, cast.mia, act="lead", leads=ben) is None
    assert send(client_of, cast.ana, cast.mia, act="leave", leaves=ana) is None
    assert who_reads(db.session(), cast.mia.episode_id) == ("Ben Okafor",)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose what to change"),
        ({"act": "delete"}, "Choose what to change"),
        ({"act": "leave", "leaves": "nobody"}, "Choose somebody of the care team"),
        ({"act": "lead"}, "Choose somebody of the care team"),
        ({"act": "end"}, "why the episode ends"),
        ({"act": "end", "reason": "x" * 201}, "200 characters"),
        ({**WITHDRAWS, "withdrawn_on": "today"}, "Enter the day"),
        ({**WITHDRAWS, "withdrawn_on": "2026-11-10"}, "in the future"),
        ({**WITHDRAWS, "withdrawn_on": "2026-10-01"}, "before the patient agreed"),
    ],
)
def test_what_cannot_be_used_is_said_and_changes_nothing(
    cast: Cast, client_of: ClientOf, sent: dict[str, str], words: str
) -> None:
    page = send(client_of, cast.ana, cast.mia, **{**sent, "answer": "yes"})
    assert page is not None
    assert words in page.by_class("errsum")[0].text_content()
    assert changes() == []


@pytest.mark.parametrize("sent", [ENDS, WITHDRAWS])
def test_an_end_is_asked_about_once_more(
    cast: Cast, client_of: ClientOf, sent: dict[str, str]
) -> None:
    page = send(client_of, cast.ana, cast.mia, **sent)
    assert page is not None
    assert "This cannot be undone" in page.main
    assert changes() == []
    assert send(client_of, cast.ana, cast.mia, **page.values()) is None
    assert episode_of(cast.mia).ended_on == MONDAY


def test_ended_episode_is_read_only_for_the_patient(cast: Cast, client_of: ClientOf) -> None:
    send(client_of, cast.ana, cast.mia, **ENDS, answer="yes")
    mia = client_of(cast.mia)
    assert "Nobody reads new entries" in mia.page("/me").main
    answer = mia.post(f"/me/diary/{MONDAY.isoformat()}", {"pain_average": "4"})
    assert answer.status_code == 409
    assert changes() == [("episode-changed", {"what": "ended"})]


@pytest.mark.parametrize("path", ["/me", "/me/diary", "/me/diary/2026-11-09"])
def test_no_page_of_an_ended_diary_says_that_the_clinic_reads_it(
    cast: Cast, client_of: ClientOf, path: str
) -> None:
    send(client_of, cast.ana, cast.mia, **ENDS, answer="yes")
    text = client_of(cast.mia).get(path).text
    assert "Your clinic reads diaries" not in text
    assert "Nobody reads" in text


def test_ended_episode_stays_in_sight_and_says_how_to_begin_anew(
    cast: Cast, client_of: ClientOf
) -> None:
    send(client_of, cast.ana, cast.mia, **ENDS, answer="yes")
    page = client_of(cast.ana).page(path_of(cast.mia))
    assert "ended on 9 November 2026. Recovered" in page.main
    assert "A new invitation begins a new one" in page.main
    assert "Add a colleague" not in page.main


@pytest.mark.parametrize("act", ["join", "end"])
def test_ended_episode_is_not_changed(cast: Cast, client_of: ClientOf, act: str) -> None:
    send(client_of, cast.ana, cast.mia, **ENDS, answer="yes")
    sent = {
        "episode": str(cast.mia.episode_id),
        "act": act,
        "joins": str(cast.ben.practitioner_id),
        "reason": "Again",
        "answer": "yes",
    }
    assert client_of(cast.ana).post(path_of(cast.mia), sent).status_code == 409
    assert episode_of(cast.mia).end_reason == "Recovered"


def test_s034_withdrawn_consent_hides_the_diary_at_the_next_request(
    cast: Cast, client_of: ClientOf
) -> None:
    ana = client_of(cast.ana)
    yesterday = (MONDAY - timedelta(days=1)).isoformat()
    sent = {"episode": str(cast.mia.episode_id), "answer": "yes", **WITHDRAWS}
    answer = ana.post(path_of(cast.mia), {**sent, "withdrawn_on": yesterday})
    assert answer.location == "/clinic"
    assert "Mia Tremblay took back the agreement" in ana.page("/clinic").main
    for path in (path_of(cast.mia), f"/clinic/patients/{cast.mia.patient_id}"):
        assert ana.get(path).status_code == 404
    assert ("consent-withdrawn", {}) in changes()


def test_withdrawal_keeps_its_day_and_leaves_no_consent(cast: Cast, client_of: ClientOf) -> None:
    send(client_of, cast.ana, cast.mia, **{**WITHDRAWS, "withdrawn_on": "2026-11-01"}, answer="yes")
    given = select(Consent).where(Consent.episode_id == cast.mia.episode_id)
    ends = [one.withdrawn_at for one in db.session().scalars(given.order_by(Consent.given_at))]
    assert None not in ends
    assert ends[-1] is not None
    assert ends[-1].date() == date(2026, 11, 1)


def test_patient_reads_that_the_diary_closed_with_the_consent(
    cast: Cast, client_of: ClientOf
) -> None:
    send(client_of, cast.ana, cast.mia, **WITHDRAWS, answer="yes")
    mia = client_of(cast.mia)
    assert "since you withdrew your consent" in mia.page("/me").main
    assert mia.get("/me/diary").status_code == 200
    assert "you took back your agreement" in mia.page("/me/access").main


def test_form_of_an_earlier_episode_is_refused(cast: Cast, client_of: ClientOf) -> None:
    sent = {"episode": str(cast.noor.episode_id), **ENDS, "answer": "yes"}
    assert client_of(cast.ana).post(path_of(cast.mia), sent).status_code == 409
    assert episode_of(cast.mia).ended_on is None


def test_whoever_broke_the_glass_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.break_glass(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
    ben = client_of(cast.ben)
    assert "Only the care team can change" in ben.page(path_of(cast.mia)).main
    sent = {
        "episode": str(cast.mia.episode_id),
        "act": "join",
        "joins": str(cast.ben.practitioner_id),
    }
    assert ben.post(path_of(cast.mia), sent).status_code == 404
    team = select(CareTeam.practitioner_id).where(
        CareTeam.episode_id == cast.mia.episode_id, CareTeam.until_at.is_(None)
    )
    assert list(db.session().scalars(team)) == [cast.ana.practitioner_id]
