from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portal.education.check import check_library, content_check, open_library, print_report
from portal.education.content import load_library
from portal.education.errors import ContentError
from portal.education.rules import Finding, Weight, page_findings
from tests.education.shelf import CLAIMS, HELP, PAGE, SOURCES, lay, line_of

TODAY = date(2026, 11, 22)


def findings(folder: Path) -> tuple[Finding, ...]:
    return check_library(folder, today=TODAY).findings


def only_finding(folder: Path) -> Finding:
    found = findings(folder)
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(autouse=True)
def _one_home_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.education.check.HOME_CLAIMS", ("effect-relax",))


def test_good_folder_has_no_finding(tmp_path: Path) -> None:
    assert findings(lay(tmp_path)) == ()


BROKEN = [
    ("summary: IMS is a treatment", "summary: In 40 people IMS is one", "cannot have a source"),
    ("Nothing is injected.", "This is a cure.", "'cure'"),
    ("Nothing is injected.", "It is guaranteed.", "'guaranteed'"),
    ("Nothing is injected.", "It is proven.", "'proven'"),
    ("Nothing is injected.", "It is painless.", "'painless'"),
    ("Nothing is injected.", "It is better than pills.", "'better than'"),
    ("Nothing is injected.", "It has a high success rate.", "'success rate'"),
    ("Nothing is injected.", "It treats the cause.", "'treats the cause'"),
    ("Nothing is injected.", "It always helps.", "'always'"),
    ("Nothing is injected.", "Our physiotherapist is an acupuncturist.", "'acupuncturist'"),
    ("Nothing is injected.", "It is intermuscular.", "intermuscular"),
    ("Nothing is injected.", "It eased 40 % of pain.[@brady-2014]", "20 of 100"),
    ("Nothing is injected.", "It took 40 years.", "no source"),
    ("Nothing is injected.", "Read [this](/learn/nowhere).", "no page"),
    ("Nothing is injected.", "Read [this](#nowhere).", "no place"),
    ("Nothing is injected.", "Read [this](/learn/what-it-is#nowhere).", "no place"),
    ("Nothing is injected.", "![](/static/img/brand.svg)", "no words"),
    ("Nothing is injected.", "![A plate](/static/img/none.svg)", "no picture"),
    ("Nothing is injected.", "Nothing " + "and nothing " * 12 + "goes in.", "27 words"),
    ("Nothing is injected.", "#### Deep {#deep}", "never skip"),
    ("Nothing is injected.", "{drawings: a-horse}", "no drawing"),
    ("Nothing is injected.", "\n".join("- a" for _ in range(8)), "8 items"),
]


@pytest.mark.parametrize(("good", "bad", "told"), BROKEN)
def test_broken_rule_is_found_at_its_line(tmp_path: Path, good: str, bad: str, told: str) -> None:
    page = PAGE.replace(good, bad)
    found = only_finding(lay(tmp_path, page=page))
    assert told in found.sentence
    assert (found.file, found.weight) == ("content/en/what-it-is.md", Weight.ERROR)
    assert found.line in {line_of(page, bad), line_of(page, "## The short")}


@pytest.mark.parametrize(
    "fine",
    [
        "They say <q>it is a cure</q>.",
        "> It is painless, he said.",
        "Never stop a medicine because of this site.",
        "Call 911 now.",
        "Read [about us](/about) or [there](https://example.org/a#b).",
    ],
)
def test_fair_words_pass(tmp_path: Path, fine: str) -> None:
    assert findings(lay(tmp_path, page=PAGE.replace("Nothing is injected.", fine))) == ()


def test_second_mention_of_the_other_spelling_is_found(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    page = PAGE.replace("Nothing is", "Some write intermuscular.\n\nAnd intermuscular. Nothing is")
    (folder / "en" / "what-it-is.md").rename(folder / "en" / "what-is-ims.md")
    (folder / "en" / "what-is-ims.md").write_text(page, encoding="utf-8")
    assert only_finding(folder).line == line_of(page, "And intermuscular")


def test_first_level_heading_is_found(tmp_path: Path) -> None:
    page = PAGE.replace("## What it feels like {#feel}", "# What it feels like")
    found = only_finding(lay(tmp_path, page=page))
    assert "headings from ##" in found.sentence
    assert found.line == line_of(page, "# What it feels")


def test_missing_section_is_found(tmp_path: Path) -> None:
    page = PAGE.replace("## Tell us before {#tell-us}", "## Something else {#else}")
    assert "{#tell-us}" in only_finding(lay(tmp_path, page=page)).sentence


def test_sections_out_of_order_are_found(tmp_path: Path) -> None:
    page = PAGE.replace("{#what}", "{#x}").replace("{#feel}", "{#what}").replace("{#x}", "{#feel}")
    assert "out of order" in only_finding(lay(tmp_path, page=page)).sentence


def test_help_block_in_another_place_is_found(tmp_path: Path) -> None:
    page = PAGE.replace("\n{help}\n", "").replace("Nothing is injected.", "{help}")
    assert "{#help}" in only_finding(lay(tmp_path, page=page)).sentence


def test_page_without_claims_is_found(tmp_path: Path) -> None:
    told = [
        found.sentence for found in findings(lay(tmp_path, page=PAGE.replace("{claims: sore}", "")))
    ]
    assert len(told) == len(["unused claim", "no claims on the page"])


def test_source_listed_but_not_cited_is_found(tmp_path: Path) -> None:
    more = SOURCES + SOURCES.replace("brady-2014", "boyce-2020")
    page = PAGE.replace("[brady-2014]\n", "[brady-2014, boyce-2020]\n")
    assert "listed but not cited" in only_finding(lay(tmp_path, page=page, sources=more)).sentence


def test_claim_resting_on_a_source_the_page_does_not_list_is_found(tmp_path: Path) -> None:
    more = SOURCES + SOURCES.replace("brady-2014", "boyce-2020")
    claims = CLAIMS.replace("[brady-2014]", "[brady-2014, boyce-2020]", 1)
    told = {found.sentence for found in findings(lay(tmp_path, claims=claims, sources=more))}
    assert any("does not list" in sentence for sentence in told)


def test_unused_claim_and_source_are_found(tmp_path: Path) -> None:
    claims = CLAIMS + CLAIMS.replace("sore", "unused").replace("effect-relax", "unused-too")
    sources = SOURCES + SOURCES.replace("brady-2014", "unused-source")
    found = findings(lay(tmp_path, claims=claims, sources=sources))
    assert [entry.file for entry in found] == ["content/claims.yaml"] * 2 + ["content/sources.yaml"]


def test_forbidden_word_in_a_claim_is_found(tmp_path: Path) -> None:
    claims = CLAIMS.replace("You may be sore.", "It is a miracle.")
    found = only_finding(lay(tmp_path, claims=claims))
    assert (found.file, found.line) == ("content/claims.yaml", line_of(claims, "It is a miracle"))


def test_help_block_above_grade_five_is_found(tmp_path: Path) -> None:
    hard = "Immediately communicate neurological deterioration to emergency practitioners."
    told = only_finding(lay(tmp_path, help=HELP.replace("You are short of breath.", hard)))
    assert "Allowed: 5" in told.sentence


def test_page_above_grade_eight_is_found(tmp_path: Path) -> None:
    hard = "Intramuscular stimulation mechanically normalises neuropathic musculature. " * 12
    found = findings(lay(tmp_path, page=PAGE.replace("Nothing is injected.", hard)))
    assert any("Allowed: 8" in finding.sentence for finding in found)


def test_long_average_sentence_is_found(tmp_path: Path) -> None:
    long = ("The needle goes in and " + "then it is out and in and " * 3 + "out. ") * 30
    found = findings(lay(tmp_path, page=PAGE.replace("Nothing is injected.", long)))
    assert any("on average" in finding.sentence for finding in found)


def test_passed_review_date_is_a_warning(tmp_path: Path) -> None:
    page = PAGE.replace("2027-05-31", "2026-11-21")
    found = only_finding(lay(tmp_path, page=page))
    assert (found.weight, found.line) == (Weight.WARNING, line_of(page, "next_review"))


def test_warning_does_not_fail_the_command(tmp_path: Path) -> None:
    folder = lay(tmp_path, page=PAGE.replace("2027-05-31", "2020-01-01"))
    code, told = content_check(folder)
    assert code == 0
    assert "1 pages, 0 errors, 1 warnings" in told


def test_file_that_cannot_be_read_is_one_error(tmp_path: Path) -> None:
    code, told = content_check(lay(tmp_path, page=PAGE.replace("version: 1", "version: x")))
    assert code == 1
    assert "error: content/en/what-it-is.md:" in told
    assert "key version" in told


def test_opening_for_service_refuses_the_first_error(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cure"):
        open_library(lay(tmp_path, page=PAGE.replace("Nothing is injected.", "A cure.")))


def test_report_names_each_page_with_its_grade(tmp_path: Path) -> None:
    assert "content/en/what-it-is.md" in print_report(check_library(lay(tmp_path), today=TODAY))


def told_without(tmp_path: Path, words: str, *anchors: str) -> str:
    """What the check tells of the small page with these words, but without some sections."""
    library = load_library(lay(tmp_path, page=PAGE.replace("Nothing is injected.", words)))
    page = library.articles[0]
    kept = tuple(section for section in page.sections if section.anchor not in anchors)
    found = page_findings(replace(page, sections=kept), library, today=TODAY)
    return " ".join(one.sentence for one in found)


def test_benefit_without_a_risk_is_told(tmp_path: Path) -> None:
    assert "a benefit, but no risk" in told_without(tmp_path, "You may have less pain.", "risks")


def test_benefit_without_what_nobody_knows_is_told(tmp_path: Path) -> None:
    assert "not what nobody knows" in told_without(tmp_path, "You may have less pain.", "sure")


def test_page_without_a_benefit_needs_neither(tmp_path: Path) -> None:
    assert "a benefit" not in told_without(tmp_path, "Nothing is injected.", "risks", "sure")


def test_table_has_a_line_for_each_page_with_its_longest_sentence(tmp_path: Path) -> None:
    table = content_check(lay(tmp_path))[1].splitlines()
    heads = next(line.split() for line in table if line.startswith("page"))
    assert heads == ["page", "words", "grade", "longest", "claims", "sources", "review"]


def test_file_of_a_megabyte_is_refused(tmp_path: Path) -> None:
    assert "larger than 200 kB" in only_finding(lay(tmp_path, page="x" * 1_000_000)).sentence
