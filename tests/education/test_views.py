import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from lxml import html
from sqlalchemy.orm import Session

from portal.education.blueprint import as_data
from portal.education.facts import NO_CLINIC, ClinicFacts, PractitionerFacts
from portal.education.keeper import house_keeper
from portal.education.lint import forbidden_in
from portal.education.models import Certainty, Reviewer
from portal.education.readability import sentences_in
from portal.education.rules import LIGHT_PAGES
from portal.education.views import PLAIN_PAGES, public_paths
from tests import factories
from tests.pages import Page, page_of
from tests.people import Cast, ClientOf

SLUGS = [article.slug for article in house_keeper().library.articles]
EXPLAINERS = [f"/learn/{slug}" for slug in SLUGS]
COMPARED = house_keeper().library.comparison
PAIRS = list(COMPARED.pairs) if COMPARED else []
each_explainer = pytest.mark.parametrize("path", EXPLAINERS)


@pytest.fixture
def clinic(write: Session) -> None:
    factories.clinic(write)
    write.commit()


def read(app: Flask, path: str) -> Page:
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    return page_of(answer)


@pytest.mark.parametrize("path", [*PLAIN_PAGES, *EXPLAINERS])
@pytest.mark.usefixtures("clinic")
def test_public_page_opens_for_anyone(app: Flask, path: str) -> None:
    assert "Riverside IMS Clinic" in read(app, path).title


@pytest.mark.parametrize("path", [*PLAIN_PAGES, *EXPLAINERS])
def test_public_page_opens_before_a_clinic_is_set_up(app: Flask, path: str) -> None:
    assert read(app, path).h1


@pytest.mark.parametrize("path", [*PLAIN_PAGES, *EXPLAINERS])
@pytest.mark.usefixtures("clinic")
def test_links_of_the_page_itself_lead_somewhere(app: Flask, path: str) -> None:
    served = {rule.rule for rule in app.url_map.iter_rules()} | set(EXPLAINERS)
    served |= set(public_paths(house_keeper().library))
    main = read(app, path).find("//main//a[starts-with(@href, '/')]")
    assert {link.get("href", "").partition("#")[0] for link in main} <= served


@pytest.mark.parametrize("path", [*PLAIN_PAGES, *EXPLAINERS])
def test_page_uses_no_forbidden_word(app: Flask, path: str) -> None:
    page = read(app, path)
    told = [word for sentence in sentences_in(page.main) for word in forbidden_in(sentence)]
    assert told == (["cure", "guarantee"] if path == "/how-pages-are-checked" else [])


def test_missing_explainer_is_404(app: Flask) -> None:
    assert app.test_client().get("/learn/nothing").status_code == 404
    assert app.test_client().get("/learn/nothing/print").status_code == 404


@each_explainer
@pytest.mark.usefixtures("clinic")
def test_explainer_shows_certainty_sources_and_dates(app: Flask, path: str) -> None:
    page = read(app, path)
    assert path.rpartition("/")[2] in LIGHT_PAGES or page.by_class("certainty")
    assert page.find("//ol[@class='sources']/li/a")
    assert "Not yet reviewed by a practitioner" in page.main
    assert "Next check due 31 May 2027" in page.main


@each_explainer
@pytest.mark.usefixtures("clinic")
def test_help_block_is_the_same_on_every_explainer(app: Flask, path: str) -> None:
    [block] = read(app, path).by_class("helps")
    [first] = read(app, EXPLAINERS[0]).by_class("helps")
    assert html.tostring(block, with_tail=False) == html.tostring(first, with_tail=False)


@pytest.mark.usefixtures("clinic")
def test_help_block_calls_the_clinic_by_its_number(app: Flask) -> None:
    hrefs = read(app, "/learn/safety").hrefs()
    assert {"tel:911", "tel:811", "tel:988", "tel:5195550142"} <= set(hrefs)


def test_help_block_says_whether_a_practitioner_checked_it(app: Flask, write: Session) -> None:
    factories.clinic(write, advice_checked_on=datetime(2026, 11, 1, tzinfo=UTC).date())
    write.commit()
    assert "A practitioner of this clinic has checked it." in read(app, "/learn/safety").main


@pytest.mark.usefixtures("clinic")
def test_every_number_of_a_source_leads_to_it(app: Flask) -> None:
    page = read(app, "/learn/safety")
    targets = {link.get("href", "")[1:] for link in page.find("//sup[@class='cite']/a")}
    assert targets
    assert targets <= {item.get("id") for item in page.find("//ol[@class='sources']/li")}


def test_page_past_its_review_date_says_so(app: Flask, now: time_machine.Traveller) -> None:
    now.move_to(datetime(2027, 6, 1, 12, tzinfo=UTC))
    assert "due for a check on 31 May 2027" in read(app, "/learn/safety").main


def test_page_within_its_review_date_is_quiet(app: Flask) -> None:
    assert "may be out of date" not in read(app, "/learn/safety").main


def test_printed_page_has_no_contents_list(app: Flask) -> None:
    assert not read(app, "/learn/safety/print").by_class("toc")


def test_comparison_carries_the_columns_for_cards(app: Flask) -> None:
    cells = read(app, "/learn/ims-and-acupuncture").find("//td[@data-col]")
    assert [cell.get("data-col") for cell in cells] == ["IMS", "Acupuncture"] * 7


def test_other_spelling_stands_once_on_home_and_once_on_what_is_ims(app: Flask) -> None:
    for path in ("/", "/learn/what-is-ims"):
        assert len(re.findall("intermuscular", read(app, path).main)) == 1


def test_home_says_how_sure_anyone_can_be_of_each_effect(app: Flask) -> None:
    marks = [mark.text_content().strip() for mark in read(app, "/").by_class("certainty")]
    assert marks == ["Some support, low certainty", "Theory", "Theory"]


def test_drawings_have_a_title_and_a_description(app: Flask) -> None:
    drawings = read(app, "/learn/the-grasp").find("//svg[@role='img'] | //*[@role='img']")
    assert len(drawings) == len(["relaxed", "shortened", "arrives", "holds", "lets go", "stop"])
    assert all(len((one.get("aria-labelledby") or "").split()) == 2 for one in drawings)


@pytest.mark.parametrize("path", ["/learn/safety", "/learn/after-your-visit"])
def test_numbers_in_drawings_carry_their_sources(app: Flask, path: str) -> None:
    captions = read(app, path).find("//figure/figcaption")
    assert captions
    assert all(one.xpath("./sup[@class='cite']/a") for one in captions)


def test_icon_array_shows_as_many_dots_as_it_says(app: Flask) -> None:
    array = read(app, "/learn/safety").by_class("array")[0]
    counted = {one.get("class"): (one.get("d") or "").count("M") for one in array.xpath(".//path")}
    assert counted == {"dots-on": 20, "dots-maybe": 17, "dots-hole": 17, "dots-off": 63}


def test_grasp_moves_only_on_request(app: Flask) -> None:
    box = read(app, "/learn/the-grasp").by_class("moves")[0]
    assert box.get("checked") is None


def test_evidence_lists_every_claim_with_its_certainty(app: Flask) -> None:
    page = read(app, "/learn/evidence")
    rows = page.find("//table//tbody/tr")
    assert "22 November 2026" in page.main
    assert len(rows) == len(house_keeper().library.claims)
    assert all(row.xpath(".//*[@class='certainty']") and row.xpath(".//li/a") for row in rows)


def test_evidence_tells_once_since_when_all_its_claims_stand(app: Flask) -> None:
    assert read(app, "/learn/evidence").main.count("stated on") == 1


def test_evidence_counts_what_is_well_supported(app: Flask) -> None:
    claims = house_keeper().library.claims.values()
    well = len([claim for claim in claims if claim.certainty.code == "well"])
    told = f"Well supported: {well} of the {len(claims)} claims."
    assert told in read(app, "/learn/evidence").main


def test_evidence_begins_with_what_is_most_sure(app: Flask) -> None:
    marks = read(app, "/learn/evidence").find("//tbody//*[@class='certainty']")
    words = [mark.text_content().strip() for mark in marks]
    assert words == sorted(words, key=[str(word) for word in Certainty].index)


def test_evidence_names_sources_in_a_word_or_two(app: Flask) -> None:
    told = [one.text for one in read(app, "/learn/evidence").find("//tbody//td//li/a")]
    assert {"Kim 2012", "Gunn", "lakecountryphysio.com"} <= set(told)


def test_claim_says_in_its_heading_how_sure_anyone_can_be(app: Flask) -> None:
    heading = read(app, "/learn/the-grasp").find("//h3[@id='claim-grasp-from-muscle']")[0]
    assert heading.text_content().split()[0] == "Theory:"


def test_evidence_as_data_names_sources_and_pages(app: Flask) -> None:
    told = {
        claim["id"]: claim for claim in app.test_client().get("/learn/evidence.json").json or []
    }
    assert told.keys() == house_keeper().library.claims.keys()
    assert told["grasp-is-held"]["pages"] == ["/learn/the-grasp"]
    assert all(claim["sources"] and claim["certainty"] for claim in told.values())


@pytest.mark.parametrize("sure", ["well", "some", "theory", "unknown"])
def test_evidence_can_be_narrowed_to_one_certainty(app: Flask, sure: str) -> None:
    claims = house_keeper().library.claims.values()
    rows = read(app, f"/learn/evidence/{sure}").find("//table//tbody/tr")
    assert len(rows) == len([claim for claim in claims if claim.certainty.code == sure]) > 0


def test_evidence_of_another_word_is_404(app: Flask) -> None:
    assert app.test_client().get("/learn/evidence/sure").status_code == 404


def test_change_log_names_every_claim(app: Flask) -> None:
    rows = read(app, "/learn/evidence/changes").find("//table//tbody/tr")
    assert len(rows) >= len(house_keeper().library.claims)


@pytest.mark.parametrize("pair", PAIRS)
def test_any_two_kinds_stand_side_by_side(app: Flask, pair: str) -> None:
    page = read(app, f"/learn/compare/{pair}")
    assert len(page.find("//thead//th")) == 2
    assert all(cell.get("data-col") for cell in page.find("//tbody/tr/td"))


def test_four_kinds_stand_side_by_side(app: Flask) -> None:
    assert len(read(app, "/learn/compare/all").find("//thead//th")) == 4


def test_a_kind_is_not_compared_with_itself(app: Flask) -> None:
    assert app.test_client().get("/learn/compare/ims-or-ims").status_code == 404


def test_missing_explainer_is_searched_for_by_its_words(app: Flask) -> None:
    answer = app.test_client().get("/learn/sore-after-visit")
    assert answer.status_code == 404
    assert page_of(answer).field("q").get("value") == "sore after visit"
    assert len(page_of(answer).find("//ul[@class='hits']/li")) == 3


@each_explainer
def test_explainer_tells_engines_what_it_is(app: Flask, path: str) -> None:
    page = read(app, path)
    [script] = page.find("//script[@type='application/ld+json']")
    told = json.loads(script.text or "")
    assert told["@type"] == "MedicalWebPage"
    assert "lastReviewed" not in told
    assert page.find("//link[@rel='canonical']")[0].get("href") == f"http://localhost{path}"
    assert page.find("//meta[@property='og:title']")[0].get("content") == page.h1


def test_printed_page_names_the_page_it_copies(app: Flask) -> None:
    link = read(app, "/learn/safety/print").find("//link[@rel='canonical']")[0]
    assert link.get("href") == "http://localhost/learn/safety"


@pytest.mark.parametrize("path", [*PLAIN_PAGES, *EXPLAINERS])
def test_page_describes_itself_and_fetches_nothing(app: Flask, path: str) -> None:
    page = read(app, path)
    assert len(page.find("//meta[@name='description'][string-length(@content) > 20]")) == 1
    assert page.find("//meta[@property='og:image']") == []


def test_explainer_names_its_languages(app: Flask) -> None:
    links = read(app, "/learn/safety").find("//link[@hreflang]")
    assert [link.get("hreflang") for link in links] == ["en-CA", "x-default"]


def test_reviewed_page_says_so_to_engines(app: Flask) -> None:
    page = house_keeper().library.articles[0]
    front = page.front.model_copy(
        update={
            "clinical_reviewer": Reviewer(name="A. One", profession="physiotherapist"),
            "last_reviewed": datetime(2026, 11, 1, tzinfo=UTC).date(),
        }
    )
    told = as_data(replace(page, front=front), "A clinic")
    assert app
    assert told["lastReviewed"] == "2026-11-01"


def test_all_pages_stand_on_one_sheet_with_one_help_block(app: Flask) -> None:
    page = read(app, "/learn/print")
    assert len(page.by_class("helps")) == 1
    assert len(page.find("//article")) == len(EXPLAINERS)


def test_glossary_has_a_place_for_each_word(app: Flask) -> None:
    page = read(app, "/glossary")
    assert len(page.find("//dl[@class='words']/div[@id]")) == len(house_keeper().library.glossary)


def test_search_finds_the_glossary_first(app: Flask) -> None:
    first = read(app, "/search?q=grasp").find("//ol[@class='hits']/li/a")[0]
    assert first.get("href") == "/glossary#needle-grasp"


def test_every_page_that_search_names_besides_explainers_opens(app: Flask) -> None:
    for place in house_keeper().library.search.places:
        assert app.test_client().get(place.path.partition("#")[0]).status_code == 200, place.path


def test_search_names_the_number_to_call(app: Flask) -> None:
    hit = read(app, "/search?q=cant+breathe").find("//ol[@class='hits']/li/a")[0]
    assert hit.get("href") == "/learn/safety#help-now"
    assert "Call 911 now" in hit.text_content()


def test_search_without_a_word_says_so_at_the_field(app: Flask) -> None:
    assert "Type a word first" in read(app, "/search?q=").main
    assert "Type a word first" not in read(app, "/search").main


def test_search_without_a_hit_offers_three_pages_and_contact(app: Flask) -> None:
    page = read(app, "/search?q=zzzzzz")
    assert len(page.find("//ul[@class='hits']/li")) == 3
    assert "/contact" in page.hrefs()


def test_search_without_a_hit_names_the_numbers_to_call(app: Flask) -> None:
    assert {"tel:911", "tel:811", "tel:988"} <= set(read(app, "/search?q=zzzzzz").hrefs())


def test_search_says_which_word_it_took_a_mistyped_one_for(app: Flask) -> None:
    assert "Shown for: breathing" in read(app, "/search?q=brething").main
    assert "Shown for" not in read(app, "/search?q=breathing").main


def test_search_gives_back_what_was_typed_as_text(app: Flask) -> None:
    page = read(app, "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.field("q").get("value") == '"><script>alert(1)</script>'


def test_sitemap_lists_every_explainer(app: Flask) -> None:
    told = app.test_client().get("/sitemap.xml").get_data(as_text=True)
    assert all(f"<loc>http://localhost{path}</loc>" in told for path in EXPLAINERS)


def test_privacy_says_what_to_do_if_someone_checks_the_phone(app: Flask) -> None:
    assert "If someone checks your phone" in read(app, "/privacy").main


def test_about_lists_practitioners_with_college_and_number(app: Flask) -> None:
    with app.test_request_context():
        told = app.jinja_env.get_template("education/about.html").render(
            clinic=a_clinic(), no_clinic=NO_CLINIC, base="", path="/about"
        )
    assert "College of Physiotherapists" in told
    assert "12345" in told
    assert "Not on the college’s list for needling" in told


def a_clinic() -> ClinicFacts:
    listed = PractitionerFacts(
        name="A. One",
        profession="physiotherapist",
        college="College of Physiotherapists",
        registration_number="12345",
        rostered_for_needling=True,
        ims_training="UBC",
    )
    return replace(NO_CLINIC, practitioners=(listed, replace(listed, rostered_for_needling=False)))


def test_signed_in_reader_gets_a_page_that_nobody_keeps(client_of: ClientOf, cast: Cast) -> None:
    answer = client_of(cast.mia).get("/learn/safety")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/privacy", "/learn/your-diary"])
@pytest.mark.parametrize("promise", ["passkey", "neutral sender", "No mail reminds", "in French"])
def test_pages_promise_only_what_this_portal_can_do(app: Flask, path: str, promise: str) -> None:
    assert promise not in read(app, path).main
