import pytest
from lxml import html as parser

from portal.education.errors import ContentError
from portal.education.markdown import Renderer, SafeHtml, fill, sanitise, sections, tickable

RICH = """## Heading {#here}

Text with *stress*, a [link](/learn/), a [number](tel:911) and a note.[^1]

| | IMS <small>new</small> | Acupuncture |
|---|---|---|
| Needle | Thin | The same |

Term
:   Meaning of it

!!! note
    Something to note.

<div class="care" markdown="1">
### Say so
- at once
</div>

*[IMS]: intramuscular stimulation

[^1]: The note.
"""


def render(text: str) -> SafeHtml:
    return Renderer().render(text, file="content/en/page.md", first_line=10)


def test_rich_page_survives_the_sanitiser_whole() -> None:
    html = render(RICH)
    assert sanitise(html) == html


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<p onclick="x()">hello</p>',
        "[click](javascript:alert(1))",
        '<img src="x" onerror="x()" alt="a">',
        "<iframe src='https://example.org'></iframe>",
        '<a href="http://example.org">plain http</a>',
        "<!-- a remark -->",
        '<p style="color:red">red</p>',
        "<form><input></form>",
        "<h1>Another title</h1>",
        "[data](data:text/html;base64,AAAA)",
    ],
)
def test_what_the_sanitiser_would_eat_is_refused_with_its_line(bad: str) -> None:
    with pytest.raises(ContentError) as refused:
        render(f"## Fine {{#fine}}\n\nGood text.\n\n{bad}\n")
    assert (refused.value.file, refused.value.line) == ("content/en/page.md", 14)


def test_citation_becomes_the_number_of_its_source() -> None:
    html = Renderer().render("Sore.[@brady]", file="page.md", sources=["gunn", "brady"])
    assert '<sup class="cite"><a href="#source-2">[2]</a></sup>' in html


def test_citation_of_a_source_the_page_does_not_list_is_refused() -> None:
    with pytest.raises(ContentError, match=r"line 3, key sources: .*'boyce'.*Allowed: brady"):
        Renderer().render("One\n\nTwo[@boyce]", file="page.md", sources=["brady"])


def test_table_cells_carry_the_label_their_card_shows() -> None:
    made = render("Table: Two\n\n| | It’s <small>new</small> | B |\n|---|---|---|\n| R | x | y |\n")
    labels = [cell.get("data-col") for cell in parser.fragments_fromstring(made)[0].iter("td")]
    assert labels == [None, "It’s", "B"]


def test_table_has_caption_and_row_headings() -> None:
    table = parser.fragment_fromstring(
        render("Table: Side by side\n\n| | A |\n|---|---|\n| Row | yes |\n"), create_parent="div"
    ).find("table")
    assert table is not None
    assert table.findtext("caption") == "Side by side"
    assert [cell.get("scope") for cell in table.iter("th")] == ["col", "row"]


def test_page_is_cut_at_its_headings() -> None:
    cut = sections(render("## One {#one}\n\nA\n\n## Two {#two}\n\nB"))
    assert [(piece.anchor, piece.title) for piece in cut] == [("one", "One"), ("two", "Two")]


def test_words_of_the_clinic_are_escaped_when_filled_in() -> None:
    filled = fill(render("Call [[clinic]]."), {"clinic": "<b>A & B</b>"}, {})
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in filled


def test_phone_becomes_a_link() -> None:
    filled = fill(render("Call [[phone]]."), {"phone": "519 555"}, {"phone": "tel:519555"})
    assert '<a href="tel:519555">519 555</a>' in filled


def test_item_to_tick_has_a_box_with_its_words() -> None:
    [item] = parser.fromstring(tickable(render("- [ ] I am *afraid*."))).iter("label")
    assert [str(words) for words in item.itertext()] == [" I am ", "afraid", "."]
    assert [dict(box.attrib) for box in item.iter("input")] == [{"type": "checkbox"}]


def test_item_without_a_box_stays_an_item() -> None:
    html = render("- I am afraid. [ ]")
    assert tickable(html) == html


def test_anything_added_to_safe_html_is_plain_text_again() -> None:
    assert not hasattr(SafeHtml("<b>") + "<i>", "__html__")
