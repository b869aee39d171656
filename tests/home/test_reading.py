"""A patient marks pages as read; the care team sees that only where the patient allows."""

from sqlalchemy import select

from portal import db
from portal.care.models import Reading
from tests.pages import page_of
from tests.people import Cast, ClientOf

READ = "Marked as read by the patient:"


def brief(client_of: ClientOf, cast: Cast) -> str:
    path = f"/clinic/patients/{cast.mia.patient_id}"
    return page_of(client_of(cast.ana).get(path)).main


def mark(client_of: ClientOf, cast: Cast, *pages: str, share: str = "") -> None:
    answer = client_of(cast.mia).post("/me/reading", {"page": list(pages), "share": share})
    assert answer.status_code == 303


def test_opening_a_page_is_never_recorded(client_of: ClientOf, cast: Cast) -> None:
    client_of(cast.mia).get("/learn/safety")
    assert db.session().scalars(select(Reading)).all() == []


def test_marked_page_stays_marked(client_of: ClientOf, cast: Cast) -> None:
    mark(client_of, cast, "safety")
    page = page_of(client_of(cast.mia).get("/me/reading"))
    ticked = [one.get("value") for one in page.find("//input[@name='page'][@checked]")]
    assert ticked == ["safety"]


def test_one_page_is_marked_by_its_own_address(client_of: ClientOf, cast: Cast) -> None:
    mark(client_of, cast, "the-grasp", share="yes")
    answer = client_of(cast.mia).post("/me/reading/safety")
    assert answer.status_code == 303
    found = db.session().scalars(select(Reading).where(Reading.is_shared))
    assert {one.slug for one in found} == {"safety", "the-grasp"}


def test_page_that_is_none_cannot_be_marked(client_of: ClientOf, cast: Cast) -> None:
    assert client_of(cast.mia).post("/me/reading/no-such-page").status_code == 404
    assert db.session().scalars(select(Reading)).all() == []


def test_page_is_taken_back(client_of: ClientOf, cast: Cast) -> None:
    mark(client_of, cast, "safety", "the-grasp", share="yes")
    mark(client_of, cast, "the-grasp", share="yes")
    assert f"{READ} What the grasp feels like." in brief(client_of, cast)


def test_page_taken_back_can_be_marked_again(client_of: ClientOf, cast: Cast) -> None:
    mark(client_of, cast, "safety", share="yes")
    mark(client_of, cast, share="yes")
    assert READ not in brief(client_of, cast)
    mark(client_of, cast, "safety", share="yes")
    assert READ in brief(client_of, cast)


def test_care_team_sees_nothing_unless_the_patient_allows(client_of: ClientOf, cast: Cast) -> None:
    mark(client_of, cast, "safety")
    assert READ not in brief(client_of, cast)


def test_leave_can_be_taken_back(client_of: ClientOf, cast: Cast) -> None:
    mark(client_of, cast, "safety", share="yes")
    mark(client_of, cast, "safety")
    assert READ not in brief(client_of, cast)


def test_unknown_page_is_not_kept(client_of: ClientOf, cast: Cast) -> None:
    mark(client_of, cast, "no-such-page", "safety")
    assert db.session().scalars(select(Reading.slug)).all() == ["safety"]


def test_nobody_marks_for_another(client_of: ClientOf, cast: Cast) -> None:
    assert client_of(cast.ana).get("/me/reading").status_code in {403, 404}
