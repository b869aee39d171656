"""Each component alone and each layout empty: valid, named, labelled, without inline anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from flask import Flask
from jinja2 import UndefinedError
from wtforms import EmailField, Form
from wtforms.validators import InputRequired

from portal.education.facts import ClinicFacts, RegionFacts
from portal.web.jinja import configure_jinja
from portal.web.languages import register_languages
from tests.pages import Page, check

TEMPLATES = Path(__file__).parents[2] / "portal" / "templates"
REGIONS_FILE = Path(__file__).parents[2] / "portal" / "diary" / "regions.yaml"
COMPONENTS = sorted(file.stem for file in (TEMPLATES / "components").glob("*.html"))


@dataclass(frozen=True)
class Region:
    key: str
    view: str
    label: str
    side: str
    path: str


class _Form(Form):
    email = EmailField("E-mail", [InputRequired("Type an e-mail address")], description="For you")


def _refused_form() -> _Form:
    form = _Form()
    form.validate()
    return form


REGIONS = [Region(**row) for row in yaml.safe_load(REGIONS_FILE.read_text("utf-8"))]
CLINIC = ClinicFacts(
    name="Riverside IMS Clinic",
    city="Guelph",
    address="1 River Street",
    phone="519-555-0142",
    hours="Monday to Friday, 9 to 5",
    rhythm="before each visit, not at night",
    region=RegionFacts("CA-ON", "911", "Health811", "811", "Suicide Crisis Helpline", "988"),
)
WORDS = {
    "clinic": CLINIC,
    "flags": [
        SimpleNamespace(title="Fever", written="Sunday", age="1 day", quote="Hot", is_call=False)
    ],
    "glass": SimpleNamespace(
        until=datetime(2026, 11, 9, 10, 42, tzinfo=UTC), reason="Fell in the hall"
    ),
    "patient_id": "7",
    "demo": True,
    "theme": "dark",
    "regions": REGIONS,
    "reader": SimpleNamespace(
        name="A. Sample", roles={"practitioner", "administrator"}, reads_flags=True
    ),
    "form": _refused_form(),
    "offer": SimpleNamespace(picture=SimpleNamespace(size=21, path="M0 0h7v7h-7z"), seed="ABCD"),
}
EXAMPLES = {
    "authenticator": "authenticator(offer)",
    "body_figure": 'body_figure(regions, ["low-back-l"], "Where was it?", hint="Tap.", error="No")',
    "bound_field": 'bound_field(form.email, type="email", autocomplete="username")',
    "brand_mark": "brand_mark()",
    "button": 'button("Save")',
    "button_row": "call button_row()",
    "care_card": 'call care_card("Call us", level=2)',
    "certainty": 'certainty("some", "Some support, low certainty")',
    "change": 'change("down", "2.7 lower")',
    "chip": 'chip("Visit today")',
    "choice": 'choice("tablets", "Any?", [("no", "No"), ("more", "More")], "no", error="Pick")',
    "crumbs": 'crumbs([("/", "Home"), ("", "Here")])',
    "date_parts": 'date_parts("born_on", "Born", hint="27 3 1968", error="Type it", birthday=true)',
    "demo_banner": "demo_banner()",
    "disclosure": 'call disclosure("More", small="Sleep", open=true)',
    "emergency_notice": "emergency_notice(clinic.region)",
    "empty_state": 'empty_state("Nothing yet.", href="/", action="Start")',
    "error_summary": 'error_summary([("main", "Choose a number")])',
    "fibres": "fibres()",
    "field": 'field("note", "A note", type="textarea", value="<b>", hint="Short", error="No")',
    "flag_banner": "flag_banner(flags, patient_id)",
    "glass_banner": "glass_banner(glass)",
    "mini_body": 'mini_body(regions, {"low-back-l": 3})',
    "needle_track": 'needle_track(14, 3, "9 Nov", "23 Nov")',
    "own_row": 'own_row("Firefox", "Since 8 November", "end", "7", "End", "t")',
    "pagination": 'pagination("1 to 9 of 24", previous="?page=1", next="?page=3")',
    "part": 'call part("The clinic", intro="Its name.", id="clinic")',
    "password_advice": 'password_advice("acorn-river-stone")',
    "patient_header": 'patient_header(clinic, token="t")',
    "phoned": 'phoned("Nobody reads new entries; call 519-555-0142.", clinic)',
    "pick": 'pick("side-0", "Side", [("left", "L"), ("right", "R")], hints={"left": "Left"})',
    "qr_code": 'qr_code(offer.picture, "QR code for your app")',
    "quick_exit": "quick_exit()",
    "said": 'said(["Your password is changed."])',
    "savebar": 'savebar("Save today", note="One number is enough.")',
    "scale": 'scale("pain", "How bad?", ("No pain", "Worst"), hint="Today", value=0, error="Pick")',
    "select_field": 'select_field("side", "Side", [("a", "A")], value="a", hint="One", blank="No")',
    "setting": 'setting("Time zone", "Toronto", hint="EST", part="zone", change="Change the zone")',
    "sign_out": 'sign_out("t")',
    "site_footer": "site_footer(clinic)",
    "site_header": 'site_header(clinic, current="learn")',
    "staff_header": 'staff_header(clinic, reader, current="today", token="t")',
    "stat": 'call stat("Diary days", "11", unit="of 14")',
    "steps": "steps(2, 3)",
    "tabs": 'tabs(current="diary")',
    "tick": 'tick("call_me", "yes", "Call me", checked=true, hint="Not urgent")',
    "tick_rows": 'tick_rows("flags", "New?", [("RF1", "A")], ["RF1"], none_option=("none", "No"))',
    "to_agree": "to_agree()",
    "whom_to_call": "whom_to_call(clinic.region)",
}
INSIDE = {
    "own_row": "<ul>{}</ul>",
    "stat": "<dl>{}</dl>",
    "setting": '<dl class="set">{}</dl>',
}


@pytest.fixture(scope="module")
def look() -> Iterator[Flask]:
    """The templates alone: no database."""
    app = Flask("portal", static_folder=None)
    configure_jinja(app)
    register_languages(app)
    app.add_url_rule("/clinic/patients/<patient_id>", endpoint="review.brief")
    app.jinja_env.globals.update(
        csrf_token=lambda: "token", glass_here=lambda: None, flags_here=tuple
    )
    with app.test_request_context("/"):
        yield app


def _drawn(app: Flask, source: str) -> str:
    return app.jinja_env.from_string(source).render(**WORDS)


def _component(app: Flask, name: str, call: str) -> str:
    start = f'{{% from "components/{name}.html" import {name} %}}'
    if call.startswith("call "):
        return _drawn(app, f"{start}{{% {call} %}}<p>Inside</p>{{% endcall %}}")
    return _drawn(app, f"{start}{{{{ {call} }}}}")


def _page(name: str, html: str) -> str:
    form = f'<form><input type="hidden" name="csrf_token">{html}</form>'
    inner = html if "<form" in html else form
    inner = INSIDE.get(name, "{}").format(inner)
    return (
        "<!doctype html><html lang='en'><title>Part</title>"
        f"<body><main id='main'><h1>Part</h1>{inner}</main></body></html>"
    )


def test_every_component_has_an_example() -> None:
    assert list(EXAMPLES) == COMPONENTS


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_says_how_it_is_called(name: str) -> None:
    source = (TEMPLATES / "components" / f"{name}.html").read_text("utf-8")
    comment = source[: source.index("-#}")]
    assert source.startswith("{#-")
    assert f"{name}(" in comment
    public = [m for m in re.findall(r"{% macro (\w+)", source) if not m.startswith("_")]
    assert public == [name]


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_drawn_alone_is_sound(look: Flask, name: str) -> None:
    check(None, name, _page(name, _component(look, name, EXAMPLES[name])))


@pytest.mark.parametrize("name", ["public", "card", "patient", "sheet", "staff"])
def test_a_layout_is_sound(look: Flask, name: str) -> None:
    block = "card" if name == "card" else "content"
    source = (
        f'{{% extends "layouts/{name}.html" %}}{{% block title %}}A page{{% endblock %}}'
        f"{{% block {block} %}}<h1>A page</h1><p id='after-map'>Words</p>{{% endblock %}}"
    )
    text = _drawn(look, source)
    check(None, name, text)
    assert ('data-theme="dark"') in text


@pytest.mark.parametrize("name", ["patient", "sheet"])
def test_the_patients_titles_do_not_name_the_clinic(look: Flask, name: str) -> None:
    text = _drawn(
        look, f'{{% extends "layouts/{name}.html" %}}{{% block title %}}Today{{% endblock %}}'
    )
    assert Page(text).title == "Today"


def test_a_public_page_can_be_drawn_without_a_clinic(look: Flask) -> None:
    source = '{% extends "layouts/public.html" %}{% block title %}Error{% endblock %}'
    text = look.jinja_env.from_string(source).render(clinic=None)
    assert Page(text).title == "Error"


def test_a_page_without_a_title_is_refused(look: Flask) -> None:
    with pytest.raises(Exception, match="Required block"):
        look.jinja_env.from_string('{% extends "layouts/public.html" %}').render(**WORDS)


def test_an_unknown_name_stops_a_page(look: Flask) -> None:
    with pytest.raises(UndefinedError):
        look.jinja_env.from_string("{{ pian }}").render()


@pytest.mark.parametrize("status", [400, 404, 503])
def test_an_error_page_is_sound(look: Flask, status: int) -> None:
    page = {
        "status": status,
        "title": "There is no such page",
        "happened": "It has moved.",
        "kept": "Nothing is lost.",
        "way_on": "Go on",
        "way_on_href": "/",
    }
    text = look.jinja_env.get_template("errors/error.html").render(
        **WORDS, page=page, typed=[("note", "<b>bold</b>")], request_id="8f3a2c"
    )
    check(None, "error", text)
    assert "&lt;b&gt;bold" in text
    assert ("8f3a2c" in text) == (status >= 500)


def test_nothing_is_chosen_before_the_patient_chooses(look: Flask) -> None:
    html = _component(look, "scale", 'scale("pain", "How bad?", ("None", "Worst"))')
    assert " checked" not in html
    assert html.count('type="radio"') == 11


def test_an_answer_of_zero_comes_back_chosen(look: Flask) -> None:
    html = _component(look, "scale", 'scale("pain", "How bad?", ("None", "Worst"), value=0)')
    assert re.findall(r'value="(\d+)" id="[\w-]+" checked', html) == ["0"]


def test_the_figure_reads_the_places_back_on_the_patients_side(look: Flask) -> None:
    call = (
        'body_figure(regions, ["low-back-l", "abdomen"], "Where?", picked_lead="From yesterday:")'
    )
    page = Page(_page("body_figure", _component(look, "body_figure", call)))
    said = page.find("//p[@data-picked]")[0].text_content()
    assert " ".join(said.split()) == "From yesterday: stomach and your left low back"
    assert len(page.find("//label[starts-with(@class, 'rg ')]//input")) == 54
    assert [e.get("id") for e in page.find("//input[@name='bodyview']")] == [
        "v-front",
        "v-back",
        "v-list",
    ]


def test_a_password_is_never_sent_back(look: Flask) -> None:
    html = _component(
        look, "field", 'field("password", "Password", type="password", value="secret")'
    )
    assert "secret" not in html


def test_what_was_typed_comes_back_escaped(look: Flask) -> None:
    html = _component(
        look, "field", 'field("name", "Name", value=\'"><script>\', attrs={"maxlength": 9})'
    )
    assert "<script>" not in html
    assert 'maxlength="9"' in html


def test_the_figures_regions_are_the_54_agreed() -> None:
    assert len({region.key for region in REGIONS}) == 54
    assert [sum(r.view == view for r in REGIONS) for view in ("front", "back")] == [24, 30]
    assert all((r.side != "none") == r.label.startswith(("Left ", "Right ")) for r in REGIONS)
    assert all(r.key.endswith(f"-{r.side[0]}") for r in REGIONS if r.side != "none")


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("[ce]*/*.html")), ids=lambda file: file.stem)
def test_a_shared_template_is_short_and_has_nothing_inline(file: Path) -> None:
    source = file.read_text("utf-8")
    assert len(source.splitlines()) <= 200
    assert not re.search(
        r"\bstyle=|<style|<script(?! src| type=\"application/ld\+json\")|\bon\w+=", source
    )
