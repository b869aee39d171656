"""HTML set as a tagged PDF by WeasyPrint; imported late, for the engine is an optional extra."""

import logging
from hashlib import sha256

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from portal.web.assets import PREFIX, Asset, house_assets

BASE = "portal:"
VARIANT = "pdf/ua-1"

# The engine tells of every style it does not know; nothing of a record may reach a log.
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.CRITICAL)


class HouseFetcher(URLFetcher):
    """Hands out the portal's own finished files and reaches for nothing else, on disk or wire."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return a file of the house; raises ValueError for any other address."""
        asset = self._asset(url)
        if asset is None:
            raise ValueError("only the portal's own files are read")
        return URLFetcherResponse(
            url, asset.plain, {"Content-Type": asset.content_type, **(headers or {})}
        )

    def _asset(self, url: str) -> Asset | None:
        path = url.removeprefix(BASE)
        return house_assets().body(path) if path.startswith(PREFIX) else None


def typeset(html: str) -> bytes:
    """Set a page as PDF/UA; the same HTML always makes the same bytes."""
    page = HTML(string=html, base_url=f"{BASE}/", url_fetcher=HouseFetcher())
    name = sha256(html.encode()).digest()[:16]
    return page.write_pdf(pdf_variant=VARIANT, pdf_identifier=name)
