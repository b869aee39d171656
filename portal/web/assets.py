"""Style sheets, scripts, fonts and pictures as finished bytes under names that never change.

Nothing here knows a feature. A bundle is a list of small style sheets in a fixed order; every
file is read once, its name carries a hash of its content, so a browser may keep it for a year.
"""

import gzip
import hashlib
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Response, abort, request

from portal.web.guard import Audience, audience
from portal.web.kept import shelf

PREFIX = "/static/"
CACHE_CONTROL = "public, max-age=31536000, immutable"
FOLDER = Path(__file__).parent.parent / "static"

_EVERYWHERE = (
    "tokens",
    "base",
    "header",
    "buttons",
    "notice",
    "demo-banner",
    "crumbs",
    "care",
    "certainty",
    "disclosure",
    "fields",
    "ticks",
    "error-summary",
    "panel",
    "data",
    "change",
    "chip",
    "pages",
    "fibres",
    "card-in",
    "account",
    "footer",
)

_NOT_FOR_READING = frozenset(
    {
        "disclosure",
        "ticks",
        "error-summary",
        "panel",
        "data",
        "change",
        "chip",
        "card-in",
        "account",
    }
)
"""What no page that is only read needs; cards (sign-in, errors) use the patients' bundle."""

BUNDLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "public.css": (
            *(sheet for sheet in _EVERYWHERE if sheet not in _NOT_FOR_READING),
            "home",
            "article",
            "plate",
            "claims",
            "learn",
            "comparison",
            "find",
            "glossary",
            "print",
        ),
        "patient.css": (
            *_EVERYWHERE,
            "tabs",
            "sheet",
            "question",
            "scale",
            "segmented",
            "body-figure",
            "savebar",
            "advice",
            "today",
            "checks",
            "month",
            "asks",
            "chart",
            "minibody",
            "trends",
            "settings",
            "record",
            "print",
        ),
        "staff.css": (
            *_EVERYWHERE,
            "desk",
            "question",
            "scale",
            "find",
            "filters",
            "flagbox",
            "brief",
            "figures",
            "roster",
            "asks",
            "chart",
            "minibody",
            "invitation",
            "visit",
            "review",
            "assessed",
            "record",
            "print",
            "print-brief",
        ),
        "record.css": ("tokens", "base", "panel", "data", "month", "record", "print"),
        "paper.css": ("tokens", "chart", "minibody", "paper"),
    }
)

_CONTENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml; charset=utf-8",
        ".woff2": "font/woff2",
        ".png": "image/png",
        ".webp": "image/webp",
        ".webmanifest": "application/manifest+json; charset=utf-8",
    }
)
_SQUEEZED_ALREADY = frozenset({".woff2", ".png", ".webp"})
_SMALLEST_WORTH_SQUEEZING = 256

_STRING_COMMENT_SPACE = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(/\*.*?\*/|\s+)""", re.DOTALL
)
_AROUND_MARKS = re.compile(r" ?([{};,]) ?")
_AFTER_COLON = re.compile(r": ")
_LOCAL_URL = re.compile(r'url\("\.\./(?:fonts|img)/([^"]+)"\)')


class UnknownAsset(KeyError):
    """A template or style sheet names a file that is not in the static folder."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no asset {name!r}; known: {', '.join(sorted(known))}")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it leaves the house: plain, and squeezed both ways where that helps."""

    path: str
    content_type: str
    etag: str
    plain: bytes
    gzip: bytes | None
    brotli: bytes | None

    def best_for(self, codings: Container[str]) -> tuple[bytes, str | None]:
        """Choose the smallest form this browser understands, with the name of its coding."""
        if self.brotli is not None and "br" in codings:
            return self.brotli, "br"
        if self.gzip is not None and "gzip" in codings:
            return self.gzip, "gzip"
        return self.plain, None


class Assets:
    """All files of the house, by the name templates use and by the path browsers ask for."""

    def __init__(self, by_name: Mapping[str, Asset]) -> None:
        self._by_name = MappingProxyType(dict(by_name))
        self._by_path = MappingProxyType({asset.path: asset for asset in by_name.values()})

    def url(self, name: str) -> str:
        """Name the hashed path of a file; an unknown name is an error, not an empty string."""
        try:
            return self._by_name[name].path
        except KeyError:
            raise UnknownAsset(name, self._by_name) from None

    def body(self, path: str) -> Asset | None:
        """Return the file behind a path, or None where there is none."""
        return self._by_path.get(path)

    def snapshot(self, folder: Path) -> list[Path]:
        """Write every file as it leaves the house, plain and squeezed, under its hashed path."""
        written = []
        for path, asset in sorted(self._by_path.items()):
            plain = folder / path.removeprefix("/")
            plain.parent.mkdir(parents=True, exist_ok=True)
            forms = (("", asset.plain), (".gz", asset.gzip), (".br", asset.brotli))
            for ending, body in forms:
                if body is not None:
                    file = plain.with_name(plain.name + ending)
                    file.write_bytes(body)
                    written.append(file)
        return written

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that :meth:`url` knows, in alphabetical order."""
        return tuple(sorted(self._by_name))


def minified(css: str) -> str:
    """Take comments and needless spaces out of a style sheet, leaving quoted strings alone."""
    pieces = []
    position = 0
    for found in _STRING_COMMENT_SPACE.finditer(css):
        pieces.append(css[position : found.start()])
        pieces.append(found[1] if found[1] is not None else " ")
        position = found.end()
    pieces.append(css[position:])
    return _squeezed("".join(pieces))


def _squeezed(css: str) -> str:
    """Close up the spaces around punctuation, outside quoted strings."""
    parts = re.split(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", css)
    for index in range(0, len(parts), 2):
        part = re.sub(r" {2,}", " ", parts[index])
        part = _AROUND_MARKS.sub(r"\1", part)
        parts[index] = _AFTER_COLON.sub(":", part).replace(";}", "}")
    return "".join(parts).strip()


def build(folder: Path, bundles: Mapping[str, tuple[str, ...]] = BUNDLES) -> Assets:
    """Read a static folder once: fonts, pictures and scripts first, for the sheets name them."""
    made = {
        file.name: _asset(file.name, file.read_bytes())
        for part in ("fonts", "img", "js")
        for file in sorted((folder / part).glob("*"))
        if file.suffix in _CONTENT_TYPES
    }
    for name, sheets in bundles.items():
        css = "\n".join((folder / "css" / f"{sheet}.css").read_text("utf-8") for sheet in sheets)
        made[name] = _asset(name, minified(_with_hashed_urls(css, made)).encode())
    return Assets(made)


def _with_hashed_urls(css: str, made: Mapping[str, Asset]) -> str:
    def hashed(found: re.Match[str]) -> str:
        name = found[1]
        if name not in made:
            raise UnknownAsset(name, made)
        return f'url("{made[name].path}")'

    return _LOCAL_URL.sub(hashed, css)


def _asset(name: str, plain: bytes) -> Asset:
    stem, suffix = name.rsplit(".", 1)
    digest = hashlib.sha256(plain).hexdigest()[:16]
    squeeze = f".{suffix}" not in _SQUEEZED_ALREADY and len(plain) >= _SMALLEST_WORTH_SQUEEZING
    return Asset(
        path=f"{PREFIX}{stem}.{digest}.{suffix}",
        content_type=_CONTENT_TYPES[f".{suffix}"],
        etag=digest,
        plain=plain,
        gzip=gzip.compress(plain, 9, mtime=0) if squeeze else None,
        brotli=shelf.squeezed(plain) if squeeze else None,
    )


@cache
def house_assets() -> Assets:
    """Build the portal's own files, once per process."""
    return build(FOLDER)


def register_assets(app: Flask) -> None:
    """Serve the finished files in place of Flask's own static view (``static_folder=None``)."""
    house_assets()
    app.add_url_rule(f"{PREFIX}<string:name>", endpoint="static", view_func=static_file)


@audience(Audience.ANYONE)
def static_file(name: str) -> Response:
    """Answer one hashed file; a name of yesterday's content is simply not there."""
    asset = house_assets().body(PREFIX + name)
    if asset is None:
        abort(404)
    accepted = {name for name, quality in request.accept_encodings if quality > 0}
    body, coding = asset.best_for(accepted)
    response = Response(body, content_type=asset.content_type)
    if coding is not None:
        response.headers["Content-Encoding"] = coding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.set_etag(asset.etag if coding is None else f"{asset.etag}-{coding}")
    response.make_conditional(request)
    return response
