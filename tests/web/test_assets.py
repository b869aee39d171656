import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web import assets
from portal.web.assets import BUNDLES, FOLDER, PREFIX, UnknownAsset, build, house_assets, minified

SHEETS = sorted((FOLDER / "css").glob("*.css"))
RAW_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hwb|lab|lch|oklch|color)\(")
KEYWORD_COLOUR = re.compile(r":[^;{}]*(?<![-\w])(?:white|black|red|green|blue|gray|grey|orange)\b")


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("portal", static_folder=None)
    assets.register_assets(app)
    return app.test_client()


def _small_folder(tmp_path: Path, css: str) -> Path:
    for part in ("css", "fonts", "img", "js"):
        (tmp_path / part).mkdir(exist_ok=True)
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"font")
    (tmp_path / "css" / "one.css").write_text(css, "utf-8")
    return tmp_path


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_only_the_tokens_hold_raw_colours(sheet: Path) -> None:
    if sheet.stem != "tokens":
        css = minified(sheet.read_text("utf-8"))
        assert not RAW_COLOUR.search(re.sub(r"#v-(?:front|back|list)", "", css))
        assert not KEYWORD_COLOUR.search(css)


def test_every_sheet_belongs_to_a_bundle() -> None:
    assert {sheet.stem for sheet in SHEETS} == {
        name for names in BUNDLES.values() for name in names
    }


def test_no_sheet_asks_another_house_for_anything() -> None:
    for name in BUNDLES:
        asset = house_assets().body(house_assets().url(name))
        assert asset is not None
        assert b"@import" not in asset.plain
        assert b"//" not in asset.plain
        assert set(re.findall(rb'url\("(/static/)', asset.plain)) <= {b"/static/"}


def test_every_name_used_for_a_colour_is_a_token() -> None:
    tokens = set(re.findall(r"(--[\w-]+):", (FOLDER / "css" / "tokens.css").read_text("utf-8")))
    made_elsewhere = {"--gutter", "--ramp", "--pick", "--on-pick", "--pad", "--t-xs", "--t-sm"}
    for sheet in SHEETS:
        used = set(re.findall(r"var\((--[\w-]+)", sheet.read_text("utf-8")))
        assert used <= tokens | made_elsewhere, sheet.name


def test_a_chosen_dark_is_the_same_as_the_systems_dark() -> None:
    css = minified((FOLDER / "css" / "tokens.css").read_text("utf-8"))
    system = re.search(r':root:not\(\[data-theme="light"\]\)\{(color-scheme:dark[^}]*)\}', css)
    chosen = re.search(r':root\[data-theme="dark"\]\{([^}]*)\}', css)
    assert system is not None
    assert chosen is not None
    assert system[1] == chosen[1]


def test_minifying_leaves_strings_and_selectors_alone() -> None:
    css = 'a :hover , b { content: "  /* : */ ; " ; color : red ; } /* gone */ c > d{e:f}'
    assert minified(css) == 'a :hover,b{content:"  /* : */ ; ";color :red}c > d{e:f}'


def test_a_changed_sheet_has_a_new_name(tmp_path: Path) -> None:
    bundles = {"all.css": ("one",)}
    before = build(_small_folder(tmp_path, "a{b:c}"), bundles).url("all.css")
    after = build(_small_folder(tmp_path, "a{b:d}"), bundles).url("all.css")
    assert before != after
    assert re.fullmatch(r"/static/all\.[0-9a-f]{16}\.css", after)


def test_a_sheet_names_its_font_by_the_hashed_name(tmp_path: Path) -> None:
    folder = _small_folder(tmp_path, 'a{src:url("../fonts/a.woff2")}')
    made = build(folder, {"all.css": ("one",)})
    sheet = made.body(made.url("all.css"))
    assert sheet is not None
    assert sheet.plain.decode() == f'a{{src:url("{made.url("a.woff2")}")}}'


def test_a_sheet_that_names_a_missing_font_is_refused(tmp_path: Path) -> None:
    folder = _small_folder(tmp_path, 'a{src:url("../fonts/b.woff2")}')
    with pytest.raises(UnknownAsset, match=r"b\.woff2"):
        build(folder, {"all.css": ("one",)})


def test_an_unknown_asset_is_an_error_in_a_template() -> None:
    with pytest.raises(UnknownAsset, match="patients"):
        house_assets().url("patients.css")


def test_every_font_comes_with_its_licence() -> None:
    fonts = {font.name.split("-latin")[0] for font in (FOLDER / "fonts").glob("*.woff2")}
    assert fonts == {
        licence.stem.removeprefix("OFL-") for licence in (FOLDER / "fonts").glob("OFL-*.txt")
    }


def test_first_view_with_fonts_stays_small() -> None:
    made = house_assets()
    for bundle in BUNDLES:
        names = (bundle, "page.js", "diary.js", *[n for n in made.names if n.endswith("woff2")])
        size = 0
        for name in names:
            asset = made.body(made.url(name))
            assert asset is not None
            size += len(asset.brotli or asset.plain)
        assert size < 180_000


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None), ("br;q=0, gzip", "gzip")],
)
def test_the_browser_gets_the_coding_it_reads(
    client: FlaskClient, accepts: str, coding: str | None
) -> None:
    path = house_assets().url("public.css")
    answer = client.get(path, headers={"Accept-Encoding": accepts})
    open_it = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    asset = house_assets().body(path)
    assert asset is not None
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert open_it(answer.data) == asset.plain


def test_a_file_may_be_kept_for_a_year(client: FlaskClient) -> None:
    answer = client.get(house_assets().url("source-sans-3-latin-wght-normal.woff2"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "font/woff2"


def test_a_file_already_known_is_not_sent_again(client: FlaskClient) -> None:
    path = house_assets().url("patient.css")
    first = client.get(path, headers={"Accept-Encoding": "br"})
    again = client.get(
        path, headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.data == b""


def test_only_files_of_the_house_are_served(client: FlaskClient) -> None:
    for name in ("public.css", "public.0123456789abcdef.css", "..%2Fapp.py", "tokens.css"):
        assert client.get(PREFIX + name).status_code == 404


@pytest.mark.parametrize("script", sorted((FOLDER / "js").glob("*.js")), ids=lambda file: file.stem)
def test_a_script_writes_no_markup_and_no_style(script: Path) -> None:
    source = script.read_text("utf-8")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        ".style",
        "document.write",
    ):
        assert word not in source
