"""One tap on the first page pauses the diary, and one asks again."""

from datetime import timedelta

from sqlalchemy import select

from portal import db
from portal.care.models import DiaryPlan
from tests.people import MONDAY, Cast, ClientOf, HouseClient


def press(client: HouseClient) -> None:
    """Press the one button under "Your plan"."""
    (button,) = client.page("/me").find("//section[@aria-labelledby='plan']//button")
    answer = client.post("/me/settings", {"act": button.get("value")})
    assert answer.status_code == 303


def paused_until(cast: Cast) -> object:
    db.end_read()
    rows = select(DiaryPlan.paused_until).where(DiaryPlan.episode_id == cast.mia.episode_id)
    return db.session().scalars(rows.order_by(DiaryPlan.made_at.desc())).first()


def test_one_tap_pauses_for_a_week(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.mia)
    press(client)
    assert paused_until(cast) == MONDAY + timedelta(weeks=1)
    assert "Paused until 16 November." in client.page("/me").main


def test_one_more_tap_asks_again(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.mia)
    press(client)
    press(client)
    assert paused_until(cast) is None


def test_a_plan_that_is_over_has_nothing_to_pause(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        plan = session.scalars(
            select(DiaryPlan).where(DiaryPlan.episode_id == cast.mia.episode_id)
        ).one()
        plan.ends_on = MONDAY - timedelta(days=1)
    client = client_of(cast.mia)
    assert client.page("/me").find("//section[@aria-labelledby='plan']//button") == []
