"""The language of a page, and its words, found once per language."""

from babel.support import NullTranslations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, get_locale


class QuickDomain(Domain):
    """The portal's words; a page asks hundreds of times, so each language is looked up once."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """Return the words of this request's language."""
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        kept = self._kept.get(locale.language)
        if kept is None:
            kept = self._kept[locale.language] = super().get_translations()
        return kept


def _language() -> str:
    return "fr" if has_request_context() and request.path.startswith("/fr/") else "en"


def register_languages(app: Flask) -> None:
    """Let the address decide the language, never the browser or a redirect."""
    babel = Babel(app, locale_selector=_language)
    babel.domain_instance = QuickDomain()
