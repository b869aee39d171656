"""Error pages offer one way on that fits who reads them."""

import pytest

from tests.people import Cast, ClientOf


@pytest.mark.parametrize(
    ("who", "home"), [("ana", "/clinic"), ("ada", "/admin/people"), ("mia", "/me")]
)
def test_who_is_signed_in_is_led_to_their_own_pages(
    cast: Cast, client_of: ClientOf, who: str, home: str
) -> None:
    page = client_of(cast.everybody[who]).get("/no-such-page").get_data(as_text=True)
    assert page.count(f'href="{home}"') == 2
    assert 'href="/sign-in"' not in page


def test_a_reader_is_led_to_the_start_page(client_of: ClientOf) -> None:
    page = client_of().get("/no-such-page").get_data(as_text=True)
    assert 'class="btn btn--primary" href="/"' in page
    assert 'href="/sign-in"' in page
